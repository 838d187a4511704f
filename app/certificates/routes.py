from app.certificates import (
    routes_files,
    routes_issue,
    routes_list,
    routes_one,
    routes_panels,
    routes_public,
)
from app.certificates.blueprint import bp
from app.certificates.erasing import forget
from app.certificates.mailing import KIND, attach, note_sent
from app.certificates.outcomes import settle, unsettle, was_used
from app.notices.attachments import MAKERS, SENT
from app.training.finishing import FINISHED, RESUMED
from app.training.plans import RULE_KEPT
from app.training.retention import ERASED

__all__ = ["bp", "routes_files", "routes_issue", "routes_list", "routes_one", "routes_panels", "routes_public"]

FINISHED.append(settle)
RULE_KEPT.append(was_used)
RESUMED.append(unsettle)
ERASED.append(forget)
MAKERS[KIND], SENT[KIND] = attach, note_sent
