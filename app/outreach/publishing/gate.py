"""What may not leave at present: pauses, closed accounts, reasons for which this worker does not send.

`read_gate` is the one place that knows of them all. It runs in each transaction that claims, starts or misses rows, so
it asks small tables only; the ledger then compares plain ids, and its statements stay a walk over one index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from app.outreach.outlets.closing import takes_nothing
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery, SendingStop
from app.outreach.publishing.pauses.active import active_pauses, scopes_of
from app.outreach.publishing.pauses.models import Pause
from app.outreach.publishing.safety import Reason


@dataclass(frozen=True)
class Gate:
    """Whose deliveries stay where they are: neither claimed nor started nor missed while they stand here."""

    closed: bool = False  # nothing leaves at all
    outlets: frozenset[int] = frozenset()
    campaigns: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()  # those that the posts belong to
    accounts: frozenset[int] = frozenset()  # outlets that take nothing; what waits for one is missed in its time
    probes: frozenset[int] = frozenset()  # deliveries that go ahead of the others of a closed account

    def __or__(self, other: Self) -> "Gate":
        return Gate(
            closed=self.closed or other.closed,
            outlets=self.outlets | other.outlets,
            campaigns=self.campaigns | other.campaigns,
            organisations=self.organisations | other.organisations,
            accounts=self.accounts | other.accounts,
            probes=self.probes | other.probes,
        )

    def to_miss(self) -> "Gate":
        """Return the gate as missing asks it: a closed account keeps nobody's deadline."""
        return replace(self, accounts=frozenset(), probes=frozenset())

    def lets(self, delivery: type[Delivery]) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of the ledger; none where no outlet is closed."""
        conditions: list[ColumnElement[bool]] = []
        if self.outlets:
            conditions.append(delivery.outlet_id.not_in(sorted(self.outlets)))
        if self.accounts:
            closed = delivery.outlet_id.not_in(sorted(self.accounts))
            conditions.append(or_(closed, delivery.id.in_(sorted(self.probes))) if self.probes else closed)
        return conditions

    def lets_post(self, post: type[Post]) -> list[ColumnElement[bool]]:
        """Return the conditions on the row's post; none where no campaign and no organisation is paused."""
        conditions: list[ColumnElement[bool]] = []
        if self.campaigns:
            conditions.append(post.campaign_id.not_in(sorted(self.campaigns)))
        if self.organisations:
            conditions.append(post.organisation_id.not_in(sorted(self.organisations)))
        return conditions

    def keeps(self) -> ColumnElement[bool]:
        """Return the condition of a delivery that stays where it is: the opposite of the two above."""
        if self.closed:
            return true()
        posts = [Post.campaign_id.in_(sorted(self.campaigns)), Post.organisation_id.in_(sorted(self.organisations))]
        of_post = exists().where(Post.id == Delivery.post_id, or_(*posts)).correlate(Delivery)
        return or_(Delivery.outlet_id.in_(sorted(self.outlets)), of_post)


OPEN = Gate()


def gate_of(session: Session, pauses: Sequence[Pause]) -> Gate:
    """Return what these pauses keep back."""
    return Gate(*scopes_of(session, pauses)) if pauses else OPEN


_ANY = select(
    or_(
        exists().where(Pause.lifted_at.is_(None)),
        exists().where(SendingStop.reason == Reason.RESTORED),
        exists().where(takes_nothing()),
    )
)
"""Whether anything is closed. Mostly nothing is, and in a burst this is asked before every handful of posts."""


def read_gate(session: Session, *, now: datetime) -> Gate:
    """Return what may not leave now, over all reasons."""
    session.flush()
    if not session.connection().execute(_ANY).scalar():
        return OPEN
    return gate_of(session, active_pauses(session)) | _closed_accounts(session) | _older_copy(session)


def _older_copy(session: Session) -> Gate:
    """Nothing leaves on an older copy of the database, whichever worker has seen that it is one."""
    stopped = select(SendingStop.worker).where(SendingStop.reason == Reason.RESTORED).limit(1)
    return Gate(closed=session.scalar(stopped) is not None)


def _closed_accounts(session: Session) -> Gate:
    rows = session.execute(select(Outlet.id, Outlet.probe_id).where(takes_nothing())).all()
    if not rows:
        return OPEN
    probes = frozenset(row.probe_id for row in rows if row.probe_id is not None)
    return Gate(accounts=frozenset(row.id for row in rows), probes=probes)
