"""Lost links to the own page: whoever keeps the batch sends it again."""

from typing import NamedTuple
from urllib.parse import quote

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.kernel.roles import Can
from app.learning.training.blueprint import bp
from app.learning.training.models import Trainee
from app.learning.training.participants import links


class OwnLink(NamedTuple):
    """A link to send by hand: `address` of the own page; `whatsapp` opens WhatsApp with it, "" without a phone."""

    address: str
    whatsapp: str


def own_link(trainee: Trainee) -> OwnLink | None:
    """Return the link to be sent by hand; None where the application mails it, and for who was erased."""
    if trainee.email or trainee.erased_at:
        return None
    address = links.address_of(db.session, trainee, settings().public_url)
    phone, text = (trainee.phone or "").lstrip("+"), sentence(links.message_by_hand(trainee, address))
    return OwnLink(address, f"https://wa.me/{phone}?text={quote(text)}" if phone else "")


@bp.post("/pelatihan/<int:batch_id>/peserta/<int:enrolment_id>/tautan", endpoint="participant_link")
@allow(Can.PLAN_TRAINING)
def participant_link(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    if links.mail_link(db.session, current_actor(), enrolment_id, now=now()):
        flash(_("Tautan dikirim lewat surel."), "success")
    else:
        flash(_("Tautannya baru saja dikirim lewat surel. Bila belum masuk, coba lagi satu jam lagi."), "info")
    return redirect(url_for(".participant", batch_id=batch_id, enrolment_id=enrolment_id), 303)
