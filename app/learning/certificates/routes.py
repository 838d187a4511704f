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

__all__ = ["bp", "routes_files", "routes_issue", "routes_list", "routes_one", "routes_panels", "routes_public"]

MAKERS[KIND], SENT[KIND] = attach, note_sent
