from app.base.notices.attachments import MAKERS, SENT
from app.learning.certificates import (
    routes_files,
    routes_issue,
    routes_list,
    routes_one,
    routes_panels,
    routes_public,
)
from app.learning.certificates.blueprint import bp
from app.learning.certificates.mailing import KIND, attach, note_sent
from app.learning.certificates.outcomes import settle, unsettle, was_used
from app.learning.training.finishing import FINISHED, RESUMED
from app.learning.training.plans import RULE_KEPT

__all__ = ["bp", "routes_files", "routes_issue", "routes_list", "routes_one", "routes_panels", "routes_public"]

FINISHED.append(settle)
RULE_KEPT.append(was_used)
RESUMED.append(unsettle)
MAKERS[KIND], SENT[KIND] = attach, note_sent
