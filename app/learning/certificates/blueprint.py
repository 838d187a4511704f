from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.learning.certificates.codes import shown
from app.learning.certificates.mailing import Mailed
from app.learning.certificates.models import Certificate
from app.learning.training.models import Trainee

bp = Blueprint("certificates", __name__, template_folder="templates")
MAIL_BADGES = {
    Mailed.NO_ADDRESS: "warn",
    Mailed.NOT_YET: "muted",
    Mailed.WAITING: "wait",
    Mailed.SENT: "ok",
    Mailed.FAILED: "bad",
}


def mail_badge(state: Mailed) -> tuple[str, str]:
    words = {
        Mailed.NO_ADDRESS: _("Tanpa surel"),
        Mailed.NOT_YET: _("Belum dikirim"),
        Mailed.WAITING: _("Menunggu dikirim"),
        Mailed.SENT: _("Terkirim"),
        Mailed.FAILED: _("Tidak sampai"),
    }
    return MAIL_BADGES[state], words[state]


def certificates_of(trainee: Trainee) -> Sequence[Certificate]:
    """List all certificates of a person, also the revoked ones, latest first."""
    query = select(Certificate).where(Certificate.trainee_id == trainee.id).order_by(Certificate.id.desc())
    return db.session.scalars(query).all()


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Also of the own page of a participant, which belongs to the room below."""
    return {"certificates_of": certificates_of, "shown_code": shown}


@bp.context_processor
def _badges() -> dict[str, Any]:
    return {"mail_badge": mail_badge}
