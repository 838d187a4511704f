"""Take a certificate back, for everybody to see, and issue it anew under a right name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certificates.facts import Signer
from app.certificates.issued import REVOKED, tell
from app.certificates.issuing import make
from app.certificates.models import Certificate
from app.certificates.numbering import FORMAT
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.training.access import get, to_manage
from app.training.models import Batch, Enrolment

MISSING = T("Sertifikat ini tidak ada, atau bukan untuk Anda.")
MAX_REASON, MAX_NAME = 500, 200


def certificate_of(session: Session, actor: Actor, certificate_id: int) -> Certificate:
    """The certificate of a batch that this person may see. Raises NotFound."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound(MISSING)
    get(session, actor, certificate.batch_id)
    return certificate


def revoke(session: Session, actor: Actor, certificate_id: int, *, reason: str, now: datetime) -> Certificate:
    """The public page says from now on that it was revoked, when and why. A second time changes nothing.

    Raises Invalid (`reason`), NotFound, Forbidden.
    """
    _batch, certificate = _locked(session, actor, certificate_id)
    if certificate.revoked_at is not None:
        return certificate
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
        after={"number": certificate.number, "name": certificate.name, "reason": reason},
    )  # fmt: skip
    tell(REVOKED, session, actor, certificate, now)
    return certificate


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

    A second time, with the name that it has already, changes nothing. Raises Invalid (`name`), Refused for one that
    was revoked before.
    """
    batch, old = _locked(session, actor, certificate_id)
    name = " ".join(name.split())
    if not name:
        raise Invalid(T("Isi nama yang benar, seperti akan dicetak."), field="name")
    if len(name) > MAX_NAME:
        raise Invalid(T("Terlalu panjang; paling banyak %(most)s huruf.", most=MAX_NAME), field="name")
    if old.revoked_at is not None:
        return _reissued(session, old, name)
    if name == old.name:
        return old
    enrolment = session.get_one(Enrolment, old.enrolment_id)
    if enrolment.trainee.erased_at is not None:
        raise Refused(
            T("Data orang ini sudah dihapus atas permintaannya, jadi sertifikat baru tidak bisa diterbitkan.")
        )
    before = {"name": enrolment.trainee.name}
    enrolment.trainee.name, enrolment.trainee.updated_at = name, now
    revoke(session, actor, old.id, reason=str(T("Nama diperbaiki; sertifikat ini diganti dengan yang baru.")), now=now)
    signer = Signer(**old.facts["signer"])
    made = make(session, actor, batch, [enrolment], signer=signer, number_format=number_format, now=now)[0]
    audit.record(
        session, actor, "certificate.name_corrected", made, now=now, before=before,
        after={"name": name, "number": made.number, "instead_of": old.number},
    )  # fmt: skip
    return made


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
