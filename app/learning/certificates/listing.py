"""The list on the page of certificates: who meets the rule, who holds which certificate, and what is still to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.paging import Page
from app.learning.certificates.eligibility import Eligibility, list_eligibility
from app.learning.certificates.mailing import MailState, mail_states
from app.learning.certificates.models import Certificate
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome

SIZE = 50
TO_HAND_OUT = (MailState.NO_ADDRESS, MailState.FAILED)


@dataclass(frozen=True)
class ParticipantRow:
    """A participant on the page of certificates. `revoked`: the latest one held, where none is valid now."""

    eligibility: Eligibility
    mailed: MailState | None  # None: no valid certificate
    revoked: Certificate | None = None

    @property
    def holds(self) -> bool:
        return self.eligibility.certificate is not None

    @property
    def completed(self) -> bool:
        return self.eligibility.outcome == Outcome.COMPLETED

    @property
    def may_get_one(self) -> bool:
        return self.completed and not self.holds and self.eligibility.enrolment.trainee.erased_at is None

    def is_in(self, state: str) -> bool:
        """Return whether this participant belongs to a state of the filter. "lagi": meets the rule, and a certificate
        was taken back; nobody gets another one unasked."""
        return {
            "memenuhi": self.completed,
            "belum": not self.completed,
            "terbit": self.holds,
            "menunggu": self.may_get_one and self.revoked is None,
            "lagi": self.may_get_one and self.revoked is not None,
            "serahkan": self.mailed in TO_HAND_OUT,
        }.get(state, True)


@dataclass(frozen=True)
class Listing:
    """The page of certificates of a batch. `rows`: all participants. `left`: valid certificates of people who are none
    any more."""

    batch: Batch
    rows: Sequence[ParticipantRow]
    revoked: Sequence[Certificate]
    left: Sequence[Certificate] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        states = ("memenuhi", "belum", "terbit", "menunggu", "lagi", "serahkan")
        return {state: sum(row.is_in(state) for row in self.rows) for state in states}

    @property
    def mails(self) -> Mapping[MailState, int]:
        return Counter(row.mailed for row in self.rows if row.mailed is not None)

    @property
    def to_mail(self) -> int:
        return 0 if self.batch.simulated else self.mails[MailState.NOT_YET]

    @property
    def finished(self) -> bool:
        return self.batch.status == BatchStatus.FINISHED

    @property
    def stale(self) -> Sequence[Eligibility]:
        """Whose outcome is no longer what was written down."""
        return [row.eligibility for row in self.rows if not row.eligibility.is_current] if self.finished else []

    @property
    def undeserved(self) -> Sequence[Certificate]:
        """Of who does not meet the rule any more."""
        return [row.eligibility.certificate for row in self.rows if row.eligibility.certificate and not row.completed]

    def page(self, *, q: str = "", state: str = "", number: int = 1) -> Page[ParticipantRow]:
        wanted = q.casefold().strip()
        found = [
            row for row in self.rows if row.is_in(state) and wanted in row.eligibility.enrolment.trainee.name.casefold()
        ]
        number = min(max(1, number), max(1, -(-len(found) // SIZE)))
        return Page(found[(number - 1) * SIZE : number * SIZE], len(found), number, SIZE)


def listing(session: Session, batch: Batch, *, now: datetime) -> Listing:
    """Return the list of participants with their certificates and counts; a constant number of queries."""
    people = list_eligibility(session, batch, now=now)
    valid = [one.certificate for one in people if one.certificate is not None]
    mails = mail_states(session, valid)
    revoked = session.scalars(
        select(Certificate)
        .where(Certificate.batch_id == batch.id, Certificate.revoked_at.is_not(None))
        .order_by(Certificate.revoked_at.desc(), Certificate.id.desc())
    ).all()
    left = session.scalars(
        select(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Certificate.batch_id == batch.id, Certificate.revoked_at.is_(None))
        .where(Enrolment.status != EnrolmentStatus.ACCEPTED)
        .order_by(Certificate.name, Certificate.id)
    ).all()
    taken_back = {one.enrolment_id: one for one in reversed(revoked)}
    rows = [
        ParticipantRow(one, mails[one.certificate.id], None)
        if one.certificate
        else ParticipantRow(one, None, taken_back.get(one.enrolment.id))
        for one in people
    ]
    return Listing(batch, rows, revoked, left)
