"""The certificate by e-mail, to whoever gave an address; the others are handed theirs. Who got one by mail is told by
mail when it is taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import renderer
from app.base.notices.attachments import Attachment, Gone, attachment_name
from app.base.notices.models import Notice
from app.base.notices.service import notify_address
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.certificates.codes import format_code
from app.learning.certificates.document import day_in_words, file_name, render_single, sheets_of
from app.learning.certificates.models import Certificate
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.tokens import own_path

KIND = "certificate"
PDF = "application/pdf"
REVOKED = T("Sertifikatnya sudah dicabut, jadi tidak dikirim.")


class MailState(StrEnum):
    """How the mail of one certificate stands, and with it what the office still has to do."""

    NO_ADDRESS = "no_address"  # hand it out
    NOT_YET = "not_yet"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # hand it out, or mend the address


def send(
    session: Session, actor: Actor, batch_id: int, *, certificate_ids: Collection[int] | None = None, now: datetime
) -> int:
    """Queue the mails of all valid certificates of its participants, or of these; gives how many are new.

    One that waits or went is not sent again; one that failed is. Raises Refused for practice, whose people are made up.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.simulated:
        raise Refused(T("Ini angkatan latihan, jadi tidak ada surel yang dikirim."))
    valid = select(Certificate).where(Certificate.batch_id == batch.id, Certificate.revoked_at.is_(None))
    if certificate_ids is None:  # who left gets none unasked
        accepted = select(Enrolment.id).where(
            Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED
        )
        valid = valid.where(Certificate.enrolment_id.in_(accepted))
    else:
        valid = valid.where(Certificate.id.in_(certificate_ids))
    certificates = session.scalars(valid.order_by(Certificate.id)).all()
    trainees = _trainees(session, certificates)
    state, tries = mail_states(session, certificates, trainees), _tries(session, [one.id for one in certificates])
    sent = 0
    for one in certificates:
        if state[one.id] in (MailState.NOT_YET, MailState.FAILED):
            sent += _queue(session, one, trainees[one.trainee_id], tries.get(one.id, 0), now)
    if sent:
        audit.record(session, actor, "certificate.mailed", batch, now=now, after={"count": sent})
    return sent


def _queue(session: Session, certificate: Certificate, trainee: Trainee, tries: int, now: datetime) -> bool:
    facts = certificate.facts
    return notify_address(
        session,
        address=trainee.email or "",
        kind=KIND,
        subject=T("Sertifikat Anda: %(programme)s", programme=facts["programme"]),
        body=T(
            "Selamat, %(name)s. Sertifikat Anda untuk pelatihan “%(programme)s” (%(batch)s) terlampir, nomor "
            "%(number)s.\n\nSiapa pun bisa memeriksa keasliannya dengan kode %(code)s. Sertifikat dan catatan belajar "
            "Anda juga ada di halaman Anda sendiri:",
            name=certificate.name, programme=facts["programme"], batch=facts["batch"], number=certificate.number,
            code=format_code(certificate.code),
        ),
        path=own_path(session, trainee),
        attachment=attachment_name(KIND, certificate.id),
        dedupe_key=_key(certificate.id, tries),
        now=now,
    )  # fmt: skip


def tell_revoked(session: Session, certificate: Certificate, batch: Batch, day: date, now: datetime) -> bool:
    """Mail the holder that it holds no more, where it went out by mail; gives whether they are told."""
    trainee = session.get_one(Trainee, certificate.trainee_id)
    if batch.simulated or not was_any_mailed(session, [certificate]) or not trainee.email:
        return False
    facts = certificate.facts
    return notify_address(
        session,
        address=trainee.email,
        kind=KIND,
        subject=T("Sertifikat Anda dicabut: %(programme)s", programme=facts["programme"]),
        body=T(
            "%(name)s, sertifikat Anda nomor %(number)s untuk pelatihan “%(programme)s” (%(batch)s) dicabut pada "
            "%(day)s dan tidak berlaku lagi.\n\nAlasan: %(reason)s\n\nBila menurut Anda ini keliru, hubungi "
            "penyelenggara pelatihannya. Catatan belajar Anda tetap ada di halaman Anda sendiri:",
            name=certificate.name, number=certificate.number, programme=facts["programme"], batch=facts["batch"],
            day=day_in_words(day.isoformat()), reason=certificate.revoke_reason or "–",
        ),
        path=own_path(session, trainee),
        dedupe_key=f"{occasions_of([certificate.id])[0]}revoked",
        now=now,
    )  # fmt: skip


def was_any_mailed(session: Session, certificates: Sequence[Certificate]) -> bool:
    """Return whether one of these, valid or revoked, reached somebody by mail."""
    return MailState.SENT in mail_states(session, certificates).values()


def mail_states(
    session: Session, certificates: Sequence[Certificate], trainees: Mapping[int, Trainee] | None = None
) -> dict[int, MailState]:
    """Return how the mail of each valid certificate stands, by its id; two queries. The last try counts."""
    people = _trainees(session, certificates) if trainees is None else trainees
    names = {attachment_name(KIND, one.id): one.id for one in certificates}
    rows = session.execute(
        select(Notice.attachment, Notice.email_status).where(Notice.attachment.in_(names)).order_by(Notice.id)
    ).all()
    status = {names[str(name)]: str(state) for name, state in rows}
    return {one.id: _state(one, people[one.trainee_id], status.get(one.id)) for one in certificates}


def _state(certificate: Certificate, trainee: Trainee, status: str | None) -> MailState:
    if certificate.mailed_at is not None or status == "sent":  # old notices are deleted
        return MailState.SENT
    if status in ("queued", "sending"):
        return MailState.WAITING
    if not trainee.email:
        return MailState.NO_ADDRESS
    return MailState.NOT_YET if status is None else MailState.FAILED


def note_sent(session: Session, certificate_id: int, now: datetime) -> None:
    """Note that a certificate was mailed, for notices.attachments.SENT."""
    session.execute(update(Certificate).where(Certificate.id == certificate_id).values(mailed_at=now))


def _tries(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    names = {attachment_name(KIND, one): one for one in ids}
    rows = session.execute(
        select(Notice.attachment, func.count()).where(Notice.attachment.in_(names)).group_by(Notice.attachment)
    )
    return {names[str(name)]: count for name, count in rows}


def _trainees(session: Session, certificates: Sequence[Certificate]) -> Mapping[int, Trainee]:
    ids = {one.trainee_id for one in certificates}
    return {one.id: one for one in session.scalars(select(Trainee).where(Trainee.id.in_(ids)))}


def _key(certificate_id: int, tries: int) -> str:
    return f"certificate:{certificate_id}:{tries}"


def occasions_of(certificate_ids: Iterable[int]) -> list[str]:
    """Return how the keys of all mails of these certificates begin."""
    return [f"certificate:{one}:" for one in certificate_ids]


def attach(sessions: "sessionmaker[Session]", certificate_id: int, settings: Any) -> Attachment:
    """Render the PDF for a mail (notices/attachments.py). Raises Gone for one that was revoked since."""
    with sessions() as session:
        certificate = session.get(Certificate, certificate_id)
        if certificate is None or certificate.revoked_at is not None:
            raise Gone(REVOKED)
        sheet, name = sheets_of([certificate], settings.public_url)[0], file_name(certificate)
    return Attachment(name, PDF, render_single(renderer(settings.logo_path), sheet))
