"""Which deliveries are late, and which of them wait by a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post
from app.outreach.publishing.breaker import LONGEST_SPREAD
from app.outreach.publishing.decisions import decidable_by
from app.outreach.publishing.gate import Gate
from app.outreach.publishing.ledger import still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.queries import visible_to
from app.outreach.publishing.states import BY_PERSON

LOOK_AT = 1000
"""How many late rows are looked at in one go, those first that a claim would take first."""
COLUMNS = (
    Delivery.id, Delivery.token, Delivery.status, Delivery.due_at, Delivery.useful_until, Delivery.wake_at,
    Delivery.spaced_at,
)  # fmt: skip


@dataclass(frozen=True)
class Spacing:
    """More than `after` deliveries of one account that are over `late` past their time leave `gap` apart; a gap of zero
    switches it off. `tz` is the zone of times in notices."""

    after: int = 3
    late: timedelta = timedelta(minutes=15)
    gap: timedelta = timedelta(minutes=10)
    tz: str = "Asia/Makassar"

    @classmethod
    def of(cls, settings: Any) -> "Spacing":
        """Read it from the settings of an installation (config.Settings)."""
        return cls(
            after=settings.spacing_after,
            late=timedelta(minutes=settings.spacing_late),
            gap=timedelta(minutes=settings.spacing_minutes),
            tz=settings.tz,
        )


def is_late(spacing: Spacing, *, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a delivery that an outage kept waiting: long due, never begun, useful, wanted.

    What got a time of its own since, from a person or from a plan, is late once that time has long gone by too. A walk
    over the index of status and `wake_at`, which ends a few minutes ahead: an account that takes posts again has
    spread what waited for it over so much (breaker.py).
    """
    before = now - spacing.late
    own_time = or_(Delivery.spaced_at.is_not(None), Delivery.settled_by_id.is_not(None))
    return [
        Delivery.status.in_((S.QUEUED, S.RETRYING)),
        Delivery.wake_at <= now + LONGEST_SPREAD,
        Delivery.due_at < before,
        or_(Delivery.wake_at < before, ~own_time),
        Delivery.tries == 0,
        Delivery.first_tried_at.is_(None),
        Delivery.wish.is_(None),
        or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now),
    ]


def late_rows(session: Session, spacing: Spacing, gate: Gate, *, now: datetime) -> dict[int, list[int]]:
    """Return the ids of late deliveries that may leave, by their account."""
    if gate.closed:
        return {}
    found: dict[int, list[int]] = {}
    rows = session.execute(
        select(Delivery.id, Delivery.outlet_id)
        .where(*is_late(spacing, now=now), still_approved(gate))
        .order_by(Delivery.wake_at, Delivery.id)
        .limit(LOOK_AT)
    )
    for row in rows:
        found.setdefault(row.outlet_id, []).append(row.id)
    return found


def online(session: Session, outlets: Sequence[int]) -> set[int]:
    """Return those of the outlets that Gaung posts to; a person paces the others."""
    query = select(Outlet.id).where(
        Outlet.id.in_(outlets), Outlet.kind.in_(sorted(SOCIAL)), Outlet.status != OutletStatus.UNCONNECTED
    )
    return set(session.scalars(query))


def planned(actor: Actor, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select what left its time behind and has another: (Delivery, Post, Outlet, whether this person decides about it),
    by account, as they leave. What a person held stands among them until it is released or of no use."""
    held = and_(
        Delivery.status == S.HELD,
        Delivery.hold_reason == BY_PERSON,
        or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now),
    )
    query: Select[*tuple[Any, ...]] = (
        select(Delivery, Post, Outlet, decidable_by(actor).label("may"))
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(
            Delivery.spaced_at.is_not(None),
            or_(Delivery.status == S.QUEUED, held),
            Delivery.tries == 0,
            Delivery.first_tried_at.is_(None),
        )
        .order_by(Outlet.name, Outlet.id, Delivery.wake_at, Delivery.id)
    )
    visible = visible_to(actor)
    return query if visible is None else query.where(visible)


def count_planned(session: Session, actor: Actor, *, now: datetime) -> int:
    """Count what this person finds on the page of the plan."""
    rows = planned(actor, now=now).order_by(None).with_only_columns(Delivery.id)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def waits_by_plan(*, now: datetime) -> ColumnElement[bool]:
    """Return the condition of a delivery whose planned time is still to come."""
    return and_(
        Delivery.spaced_at.is_not(None),
        Delivery.status == S.QUEUED,
        Delivery.wake_at > now,
        Delivery.tries == 0,
        Delivery.first_tried_at.is_(None),
    )
