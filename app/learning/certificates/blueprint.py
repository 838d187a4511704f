from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.learning.certificates.mailing import MailState
from app.learning.certificates.models import Certificate
from app.learning.training.models import Trainee

bp = Blueprint("certificates", __name__, template_folder="templates")
MAIL_BADGES = {
    MailState.NO_ADDRESS: "warn",
    MailState.NOT_YET: "muted",
    MailState.WAITING: "wait",
    MailState.SENT: "ok",
    MailState.FAILED: "bad",
}


def mail_badge(state: MailState) -> tuple[str, str]:
    words = {
        MailState.NO_ADDRESS: _("Tanpa surel"),
        MailState.NOT_YET: _("Belum dikirim"),
        MailState.WAITING: _("Menunggu dikirim"),
        MailState.SENT: _("Terkirim"),
        MailState.FAILED: _("Tidak sampai"),
    }
    return MAIL_BADGES[state], words[state]


def certificates_of(trainee: Trainee) -> Sequence[Certificate]:
    """List all certificates of a person, also the revoked ones, latest first."""
    query = select(Certificate).where(Certificate.trainee_id == trainee.id).order_by(Certificate.id.desc())
    return db.session.scalars(query).all()


@bp.context_processor
def _badges() -> dict[str, Any]:
    return {"mail_badge": mail_badge}
