"""The link to the own page reaches its person again, by those who keep the batch."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.training.admission.deciding import to_decide
from app.learning.training.models import Trainee
from app.learning.training.participants.news import send_own_link
from app.learning.training.participants.tokens import own_path


def address_of(session: Session, trainee: Trainee, site_url: str) -> str:
    """Return the whole address of the own page."""
    return site_url.rstrip("/") + own_path(session, trainee)


def message_by_hand(trainee: Trainee, address: str) -> T:
    """Say what to write to somebody who has no e-mail address."""
    return T(
        "Halo %(name)s,\n\nIni halaman pelatihan Anda: status, jadwal, tiket, dan hasil. Tautan ini milik Anda "
        "sendiri: jangan dibagikan.\n\n%(link)s",
        name=trainee.name, link=address,
    )  # fmt: skip


def mail_link(session: Session, actor: Actor, enrolment_id: int, *, now: datetime) -> bool:
    """Send it to the e-mail address that is known; whether a mail goes out: one does each hour.

    Raises Refused where there is no address, NotFound, Forbidden.
    """
    batch, enrolment = to_decide(session, actor, enrolment_id)
    if not enrolment.trainee.email:
        raise Refused(T("Orang ini tidak punya alamat surel. Kirim tautannya lewat WhatsApp, atau salin."))
    sent = send_own_link(session, enrolment.trainee, now=now, asked=False)
    if sent:
        audit.record(session, actor, "training.link_sent", batch, now=now, after={"enrolment_id": enrolment.id})
    return sent
