"""Eligibility of each participant of a batch: what counts for the rule, what the office decided, the certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.kernel.text import T
from app.learning.assessments.scores import results
from app.learning.certificates.models import Certificate, OutcomeException
from app.learning.certificates.rule import HasAttendance, HasRule, HasScore, Verdict, verdict
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Outcome, Trainee
from app.learning.training.participants.presence import attendance_by_enrolment


@dataclass(frozen=True)
class Eligibility:
    """What decides about a participant: the `verdict` by the rule, and before it the office's decision (`exception`).

    `certificate`: the valid one.
    """

    enrolment: Enrolment
    came: HasAttendance | None
    result: HasScore | None
    verdict: Verdict
    exception: OutcomeException | None = None
    certificate: Certificate | None = None

    @property
    def outcome(self) -> Outcome:
        if self.exception is not None:
            return Outcome(self.exception.outcome)
        return Outcome.COMPLETED if self.verdict.ok else Outcome.INCOMPLETE

    @property
    def reasons(self) -> list[T]:
        """Why the outcome is what it is; empty where the rule is met."""
        if self.exception is not None:
            return [T("Keputusan kantor: %(reason)s", reason=self.exception.reason), *self.verdict.reasons]
        return self.verdict.reasons

    @property
    def is_current(self) -> bool:
        """Whether the outcome that was written down still holds."""
        return self.enrolment.outcome == self.outcome


def list_eligibility(
    session: Session, batch: Batch, *, rule: HasRule | None = None, now: datetime | None = None
) -> list[Eligibility]:
    """List the eligibility of all accepted participants, by name; a constant number of queries. `rule`: another one
    than the batch's."""
    enrolments = accepted(session, batch.id)
    came, scored = attendance_by_enrolment(session, [batch.id], now=now), results(session, [batch.id])
    decided, valid = exceptions(session, batch.id), valid_certificates(session, batch.id)
    return [
        Eligibility(
            one, came.get(one.id), scored.get(one.id), verdict(rule or batch, came.get(one.id), scored.get(one.id)),
            decided.get(one.id), valid.get(one.id),
        )
        for one in enrolments
    ]  # fmt: skip


def accepted(session: Session, batch_id: int) -> Sequence[Enrolment]:
    query = (
        select(Enrolment)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .where(Enrolment.batch_id == batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
        .options(contains_eager(Enrolment.trainee))
        .order_by(Trainee.name, Enrolment.id)
    )
    return session.scalars(query).all()


def exceptions(session: Session, batch_id: int) -> Mapping[int, OutcomeException]:
    query = (
        select(OutcomeException)
        .join(Enrolment, Enrolment.id == OutcomeException.enrolment_id)
        .where(Enrolment.batch_id == batch_id)
    )
    return {one.enrolment_id: one for one in session.scalars(query)}


def valid_certificates(session: Session, batch_id: int) -> Mapping[int, Certificate]:
    query = select(Certificate).where(Certificate.batch_id == batch_id, Certificate.revoked_at.is_(None))
    return {one.enrolment_id: one for one in session.scalars(query)}
