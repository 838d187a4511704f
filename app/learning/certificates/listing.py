"""The list on the page of certificates: who meets the rule, who holds which certificate, and what is still to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.paging import Page
from app.learning.certificates.eligibility import Standing, standings
from app.learning.certificates.mailing import Mailed, mailed
from app.learning.certificates.models import Certificate
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome

SIZE = 50
TO_HAND_OUT = (Mailed.NO_ADDRESS, Mailed.FAILED)


@dataclass(frozen=True)
class Row:
    """`revoked`: the latest that this person held, where none is valid now."""

    standing: Standing
    mailed: Mailed | None  # None: no valid certificate
    revoked: Certificate | None = None

    @property
    def holds(self) -> bool:
        return self.standing.certificate is not None

    @property
    def completed(self) -> bool:
        return self.standing.outcome == Outcome.COMPLETED

    @property
    def may_get_one(self) -> bool:
        return self.completed and not self.holds and self.standing.enrolment.trainee.erased_at is None

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
    """`rows`: all participants. `left`: valid certificates of people who are none any more."""

    batch: Batch
    rows: Sequence[Row]
    revoked: Sequence[Certificate]
    left: Sequence[Certificate] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        states = ("memenuhi", "belum", "terbit", "menunggu", "lagi", "serahkan")
        return {state: sum(row.is_in(state) for row in self.rows) for state in states}

    @property
    def mails(self) -> Mapping[Mailed, int]:
        return Counter(row.mailed for row in self.rows if row.mailed is not None)

    @property
    def to_mail(self) -> int:
        return 0 if self.batch.simulated else self.mails[Mailed.NOT_YET]

    @property
    def finished(self) -> bool:
        return self.batch.status == BatchStatus.FINISHED

    @property
    def stale(self) -> Sequence[Standing]:
        """Whose outcome is no longer what was written down."""
        return [row.standing for row in self.rows if not row.standing.is_current] if self.finished else []

    @property
    def undeserved(self) -> Sequence[Certificate]:
        """Of who does not meet the rule any more."""
        return [row.standing.certificate for row in self.rows if row.standing.certificate and not row.completed]

    def page(self, *, q: str = "", state: str = "", number: int = 1) -> Page[Row]:
        wanted = q.casefold().strip()
        found = [
            row for row in self.rows if row.is_in(state) and wanted in row.standing.enrolment.trainee.name.casefold()
        ]
        number = min(max(1, number), max(1, -(-len(found) // SIZE)))
        return Page(found[(number - 1) * SIZE : number * SIZE], len(found), number, SIZE)


def listing(session: Session, batch: Batch, *, now: datetime) -> Listing:
    """Return the list of participants with their certificates and counts; a constant number of queries."""
    people = standings(session, batch, now=now)
    valid = [one.certificate for one in people if one.certificate is not None]
    mails = mailed(session, valid)
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
        Row(one, mails[one.certificate.id], None)
        if one.certificate
        else Row(one, None, taken_back.get(one.enrolment.id))
        for one in people
    ]
    return Listing(batch, rows, revoked, left)
