"""Take a certificate back, for everybody to see, and issue it anew under a right name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.certificates.eligibility import list_eligibility
from app.learning.certificates.issued import REVOKED
from app.learning.certificates.issuing import create_certificates, local_day, refuse_stale
from app.learning.certificates.mailing import tell_revoked
from app.learning.certificates.models import Certificate
from app.learning.certificates.numbering import FORMAT
from app.learning.training.access import get, to_manage
from app.learning.training.models import Batch, BatchStatus, Enrolment, Outcome
from app.learning.training.participants.people import read_name

MISSING = T("Sertifikat ini tidak ada, atau bukan untuk Anda.")
MAX_REASON = 500


def certificate_of(session: Session, actor: Actor, certificate_id: int) -> Certificate:
    """Return the certificate of a batch that this person may see. Raises NotFound."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound(MISSING)
    get(session, actor, certificate.batch_id)
    return certificate


def revoke(session: Session, actor: Actor, certificate_id: int, *, reason: str, now: datetime) -> Certificate:
    """Revoke a certificate: the public page says from now on that, when and why it was revoked; who got it by mail is
    told by mail. A second time changes nothing.

    Raises Invalid (`reason`), NotFound, Forbidden.
    """
    batch, certificate = _locked(session, actor, certificate_id)
    if certificate.revoked_at is not None:
        return certificate
    _take_back(session, actor, certificate, reason, now)
    tell_revoked(session, certificate, batch, local_day(session, now), now)
    return certificate


def _take_back(session: Session, actor: Actor, certificate: Certificate, reason: str, now: datetime) -> None:
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(
            T("Tulis alasan pencabutan. Alasan ini tampil di halaman pemeriksaan sertifikat."), field="reason"
        )
    if len(reason) > MAX_REASON:
        raise Invalid(T("Terlalu panjang; paling banyak %(most)s huruf.", most=MAX_REASON), field="reason")
    certificate.revoked_at, certificate.revoked_by_id, certificate.revoke_reason = now, actor.id, reason
    session.flush()
    audit.record(
        session, actor, "certificate.revoked", certificate, now=now,
        after={"number": certificate.number, "name": certificate.name, "with_reason": True},
    )  # fmt: skip
    for hook in REVOKED:
        hook(session, actor, certificate, now)


def correct_name(
    session: Session,
    actor: Actor,
    certificate_id: int,
    *,
    name: str,
    number_format: str = FORMAT,
    now: datetime,
) -> Certificate:
    """Put the name of the person right, revoke this certificate and issue another; gives the valid one.

    Printed is what stood on the old one, whatever became of the programme. A second time, with the name that it has
    already, changes nothing. Raises Invalid (`name`), Refused for one that was revoked before or is deserved no more.
    """
    batch, old = _locked(session, actor, certificate_id)
    name = read_name(name)
    if old.revoked_at is not None:
        return _reissued(session, old, name)
    if name == old.name:
        return old
    enrolment = session.get_one(Enrolment, old.enrolment_id)
    if enrolment.trainee.erased_at is not None:
        raise Refused(
            T("Data orang ini sudah dihapus atas permintaannya, jadi sertifikat baru tidak bisa diterbitkan.")
        )
    _check_deserved(session, batch, enrolment, now)
    before = {"name": enrolment.trainee.name}
    enrolment.trainee.name, enrolment.trainee.updated_at = name, now
    _take_back(session, actor, old, str(T("Nama diperbaiki; sertifikat ini diganti dengan yang baru.")), now)
    facts = {**old.facts, "day": local_day(session, now).isoformat()}
    made = create_certificates(session, actor, batch, [enrolment], facts, number_format=number_format, now=now)[0]
    audit.record(
        session, actor, "certificate.name_corrected", made, now=now, before=before,
        after={"name": name, "number": made.number, "instead_of": old.number},
    )  # fmt: skip
    return made


def replaced_certificates(session: Session, certificate: Certificate) -> Sequence[Certificate]:
    """List the revoked ones that a valid certificate stands in for, the latest first."""
    if certificate.revoked_at is not None:
        return ()
    query = select(Certificate).where(
        Certificate.enrolment_id == certificate.enrolment_id, Certificate.revoked_at.is_not(None)
    )
    return session.scalars(query.order_by(Certificate.id.desc())).all()


def _check_deserved(session: Session, batch: Batch, enrolment: Enrolment, now: datetime) -> None:
    """A right name renews no certificate that would not be issued today. Raises Refused, with the way out."""
    if batch.status != BatchStatus.FINISHED:
        raise Refused(T("Angkatan ini belum ditandai selesai. Tandai selesai dulu, lalu perbaiki namanya."))
    found = next((one for one in list_eligibility(session, batch, now=now) if one.enrolment.id == enrolment.id), None)
    if found is None:
        raise Refused(
            T(
                "Orang ini bukan lagi peserta angkatan ini, jadi sertifikat baru tidak diterbitkan. Bila sertifikatnya "
                "tidak lagi benar, cabut."
            )
        )
    refuse_stale([found])
    if found.outcome != Outcome.COMPLETED:
        raise Refused(
            T(
                "Orang ini tidak lagi memenuhi aturan sertifikat, jadi sertifikat baru tidak diterbitkan. Cabut "
                "sertifikat ini, atau minta kantor memutuskan kelulusannya lebih dulu."
            )
        )


def _reissued(session: Session, old: Certificate, name: str) -> Certificate:
    """What the same press made before. Raises Refused where there is none of this name."""
    query = select(Certificate).where(Certificate.enrolment_id == old.enrolment_id, Certificate.revoked_at.is_(None))
    found = session.scalar(query)
    if found is None or found.name != name:
        raise Refused(T("Sertifikat ini sudah dicabut. Terbitkan yang baru dari halaman Sertifikat."))
    return found


def _locked(session: Session, actor: Actor, certificate_id: int) -> tuple[Batch, Certificate]:
    """Behind the lock of its batch, as it stands now."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound(MISSING)
    batch = to_manage(session, actor, certificate.batch_id, lock=True)
    session.refresh(certificate)
    return batch, certificate
