"""The outcome of every participant: set by the rule when a batch is finished, or by the office with a reason."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.learning.certificates.eligibility import Eligibility, exceptions, list_eligibility, valid_certificates
from app.learning.certificates.models import Certificate, OutcomeException
from app.learning.certificates.rule import join_sentences
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome

MAX_REASON = 400


def settle(session: Session, actor: Actor, batch: Batch, now: datetime) -> None:
    """Write down the outcome of every accepted participant. Again: what changed since is put right."""
    for one in list_eligibility(session, batch, now=now):
        _write(one)
    session.flush()


def settle_again(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> bool:
    """Write down the outcomes of a finished batch as they are now, and return whether it is one. The trail says how
    many changed."""
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status != BatchStatus.FINISHED:
        return False
    stale = sum(not one.is_current for one in list_eligibility(session, batch, now=now))
    settle(session, actor, batch, now)
    if stale:
        audit.record(session, actor, "certificate.outcomes_settled", batch, now=now, after={"count": stale})
    return True


def unsettle(session: Session, actor: Actor, batch: Batch, now: datetime) -> None:
    """Clear the outcomes of a batch that goes on: nobody has one yet. Decisions of the office stay for the next time.

    Raises Forbidden for who teaches, where certificates were issued or the office decided.
    """
    if not may_decide(actor) and (was_used(session, batch.id) or exceptions(session, batch.id)):
        raise Forbidden(
            T(
                "Angkatan ini sudah punya sertifikat atau keputusan kantor, jadi hanya editor atau admin kantor yang "
                "membukanya kembali."
            )
        )
    session.execute(
        update(Enrolment).where(Enrolment.batch_id == batch.id).values(outcome=None, outcome_reason=""),
        execution_options={"synchronize_session": "fetch"},
    )


def was_used(session: Session, batch_id: int) -> bool:
    """Return whether a certificate was ever issued in this batch."""
    return session.scalar(select(Certificate.id).where(Certificate.batch_id == batch_id).limit(1)) is not None


def _write(one: Eligibility) -> None:
    reason = join_sentences(one.reasons)[:500]
    if (one.enrolment.outcome, one.enrolment.outcome_reason) != (one.outcome, reason):
        one.enrolment.outcome, one.enrolment.outcome_reason = one.outcome, reason


def may_decide(actor: Actor) -> bool:
    """Return whether this person may decide against the rule: the office that supervises, not who teaches."""
    return actor == SYSTEM or (actor.of_office and actor.can(Can.DECIDE_OUTCOMES))


def decide(
    session: Session, actor: Actor, enrolment_id: int, outcome: str, *, reason: str, now: datetime
) -> OutcomeException:
    """Say that somebody completed the batch, or did not, whatever the rule says.

    The trail does not repeat the reason, which may be an illness. Raises Forbidden, NotFound, Invalid (`reason`,
    `outcome`), Refused while a certificate is valid.
    """
    enrolment = _of_office(session, actor, enrolment_id)
    reason = " ".join(reason.split())[:MAX_REASON]
    if not reason:
        raise Invalid(
            T("Tulis alasannya, misalnya “sakit, ada surat dokter”. Alasan ini ikut dicatat."), field="reason"
        )
    if outcome not in set(Outcome):
        raise Invalid(T("Pilih lulus atau belum lulus."), field="outcome")
    _refuse_certified(session, enrolment, Outcome(outcome))
    found = session.get(OutcomeException, enrolment.id)
    before = {"outcome": found.outcome if found else enrolment.outcome}
    made = found or OutcomeException(enrolment_id=enrolment.id)
    made.outcome, made.reason, made.by_id, made.at = outcome, reason, actor.id, now
    session.add(made)
    session.flush()
    _settle_finished(session, actor, enrolment, now)
    audit.record(
        session, actor, "certificate.outcome_decided", enrolment, now=now, before=before,
        after={"outcome": outcome, "with_reason": True},
    )  # fmt: skip
    return made


def take_back(session: Session, actor: Actor, enrolment_id: int, *, now: datetime) -> None:
    """Take the office's decision back: the rule decides again. Once more changes nothing."""
    enrolment = _of_office(session, actor, enrolment_id)
    found = session.get(OutcomeException, enrolment.id)
    if found is None:
        return
    if found.outcome == Outcome.COMPLETED:
        _refuse_certified(session, enrolment, Outcome.INCOMPLETE)
    before = {"outcome": found.outcome}
    session.delete(found)
    session.flush()
    _settle_finished(session, actor, enrolment, now)
    audit.record(session, actor, "certificate.outcome_by_rule", enrolment, now=now, before=before)


def _of_office(session: Session, actor: Actor, enrolment_id: int) -> Enrolment:
    """The accepted participant, behind the lock of the batch."""
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.status != EnrolmentStatus.ACCEPTED:
        raise NotFound(T("Peserta ini tidak ada di angkatan ini."))
    to_manage(session, actor, enrolment.batch_id, lock=True)
    if not may_decide(actor):
        raise Forbidden(T("Keputusan di luar aturan hanya dibuat oleh editor atau admin kantor."))
    return enrolment


def _refuse_certified(session: Session, enrolment: Enrolment, wanted: Outcome) -> None:
    if wanted == Outcome.INCOMPLETE and enrolment.id in valid_certificates(session, enrolment.batch_id):
        raise Refused(T("Peserta ini memegang sertifikat yang berlaku. Cabut dulu sertifikatnya, lalu ubah hasilnya."))


def _settle_finished(session: Session, actor: Actor, enrolment: Enrolment, now: datetime) -> None:
    batch = session.get_one(Batch, enrolment.batch_id)
    if batch.status == BatchStatus.FINISHED:
        settle(session, actor, batch, now)
