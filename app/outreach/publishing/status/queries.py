"""What the page of the state counts, each in one statement over an index; what another room knows is asked there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.kernel.roles import Actor
from app.outreach.outlets.closing import takes_nothing
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post
from app.outreach.publishing.decisions import decidable_by
from app.outreach.publishing.gate import OPEN, Gate
from app.outreach.publishing.health import is_stuck
from app.outreach.publishing.ledger import LOOKUP_AFTER, still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.preflight import queries as preflight
from app.outreach.publishing.preflight.models import Level
from app.outreach.publishing.queries import visible_to, waits_for_somebody
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.removal.service import select_tasks
from app.outreach.publishing.self_audit.models import Finding
from app.outreach.publishing.self_audit.queries import select_findings
from app.outreach.publishing.spacing.queries import planned

LATE_AFTER = timedelta(minutes=2)
"""A worker looks every second and needs some seconds for a post; what is due for longer is late."""
NEXT, LAST = 5, 3
WINDOWS = (20, 2_000)
"""How many of what is planned are looked at for the next ones."""
LEAVING = (S.QUEUED, S.RETRYING)
LOOKING = "looking"
"""Beside the states that wait for a person: unknown, and still looked for by itself."""


@dataclass(frozen=True)
class Waiting:
    """How many wait, since when, how many of them this person can decide, and the first one to open."""

    total: int = 0
    own: int = 0
    since: datetime | None = None
    first_id: int | None = None

    def __bool__(self) -> bool:
        return self.total > 0


@dataclass(frozen=True)
class Checked:
    """What the checks before posts found: how many things, how many of them would keep a post from leaving, since
    when, and whether more was found of accounts that are closed anyhow."""

    total: int = 0
    bad: int = 0
    since: datetime | None = None
    besides: bool = False


def decisions(session: Session, actor: Actor) -> Mapping[str, Waiting]:
    """Return what waits for a person by its state; LOOKING are those that are still looked for."""
    looking = and_(Delivery.status == S.UNKNOWN, Delivery.lookups < len(LOOKUP_AFTER))
    state = case((looking, LOOKING), else_=Delivery.status)
    query: Select[Any] = select(state, func.count(), func.sum(_mark(actor)), func.min(Delivery.due_at))
    query = _with_post(query.select_from(Delivery)).where(waits_for_somebody(), *_seen_by(actor)).group_by(state)
    return {row[0]: Waiting(row[1], int(row[2]), row[3]) for row in session.execute(query)}


def held(session: Session, actor: Actor, *, now: datetime) -> Waiting:
    """Return what is due and kept back by a person."""
    query = select(func.count(), func.sum(_mark(actor)), func.min(Delivery.due_at)).select_from(Delivery)
    query = _with_post(query).where(Delivery.status == S.HELD, Delivery.due_at <= now, *_seen_by(actor))
    total, own, since = session.execute(query).one()
    return Waiting(total, int(own or 0), since)


def late(session: Session, actor: Actor, gate: Gate, *, now: datetime) -> Waiting:
    """Return what is due, may leave and has not left; nothing where nothing may leave at all."""
    if gate.closed:
        return Waiting()
    return _leaving(session, actor, gate, Delivery.status.in_(LEAVING), Delivery.wake_at <= now - LATE_AFTER)


def retrying(session: Session, actor: Actor, gate: Gate, *, now: datetime) -> Waiting:
    """Return what did not get through and is tried again by itself; `since` is when the next one is."""
    if gate.closed:
        return Waiting()
    return _leaving(session, actor, gate, Delivery.status == S.RETRYING, Delivery.wake_at > now - LATE_AFTER)


def stuck(session: Session, *, now: datetime) -> int:
    """Count the deliveries that no worker goes on with."""
    return session.scalar(select(func.count()).select_from(Delivery).where(is_stuck(now))) or 0


def closed_accounts(session: Session, actor: Actor) -> Sequence[Any]:
    """Return rows (Outlet, owner) of accounts in use that take nothing, those first that wait for a person."""
    waits = case((Outlet.status == OutletStatus.NEEDS_SIGN_IN, 0), (Outlet.resume_at.is_(None), 1), else_=2)
    query = (
        select(Outlet, func.coalesce(User.name, Organisation.name).label("owner"))
        .outerjoin(Organisation, Organisation.id == Outlet.organisation_id)
        .outerjoin(User, (User.id == Outlet.responsible_id) & User.active)
        .where(takes_nothing(), Outlet.active)
        .order_by(waits, Outlet.name)
    )
    if not actor.of_office:
        query = query.where(or_(Outlet.organisation_id.in_(actor.organisation_ids), Outlet.responsible_id == actor.id))
    return session.execute(query).all()


def kept_by_accounts(session: Session, outlet_ids: Iterable[int], *, now: datetime) -> dict[int, int]:
    """Return how many deliveries are due and wait for each of these accounts."""
    ids = sorted(outlet_ids)
    if not ids:
        return {}
    query = select(Delivery.outlet_id, func.count()).where(
        Delivery.status.in_(LEAVING), Delivery.wake_at <= now, Delivery.outlet_id.in_(ids), still_approved()
    )
    return dict(session.execute(query.group_by(Delivery.outlet_id)).tuples().all())


def findings(session: Session, actor: Actor) -> Waiting:
    """Return what does not agree between the ledger and the accounts."""
    return _counted(session, select_findings(actor), Finding.found_at, Finding.delivery_id, actor)


def removals(session: Session, actor: Actor) -> Waiting:
    """Return what a person has to take down."""
    return _counted(session, select_tasks(actor), Removal.asked_at, Removal.delivery_id, actor)


def spaced(session: Session, actor: Actor, *, now: datetime) -> Waiting:
    """Return what an outage kept waiting and leaves by a plan."""
    return _counted(session, planned(actor, now=now), Delivery.spaced_at, Delivery.id, actor)


def checked(session: Session, actor: Actor, *, kinds: Iterable[str], until: datetime, closed: Iterable[int]) -> Checked:
    """Return what the checks found of accounts that are open, and of what leaves until then."""
    shut = set(closed)
    rows = [*preflight.accounts(session, actor, kinds), *preflight.coming(session, actor, until=until)]
    found = [row.Inspection for row in rows if row.Inspection is not None and row.Inspection.level in preflight.LOOK]
    open_ones = [one for one in found if one.delivery_id is not None or one.outlet_id not in shut]
    return Checked(
        total=len(open_ones),
        bad=sum(one.level == Level.BAD for one in open_ones),
        since=min((one.checked_at for one in open_ones), default=None),
        besides=len(open_ones) < len(found),
    )


def next_out(session: Session, actor: Actor, gate: Gate) -> list[Any]:
    """Return rows (Delivery, Post, Outlet) of what goes out next, the soonest first; where nothing of it may leave at
    present, what was planned."""
    soonest: list[Any] = []
    for of in dict.fromkeys((gate, OPEN)):  # where all that waits is kept back by something: what was planned
        for status in LEAVING:
            soonest += _soonest(session, actor, of, status)
        if soonest:
            break
    ids = [row.id for row in sorted(soonest, key=tuple)[:NEXT]]
    rows = session.execute(_with_post(select(Delivery, Post, Outlet)).where(Delivery.id.in_(ids))).all() if ids else []
    return sorted(rows, key=lambda row: ids.index(row.Delivery.id))


def is_kept_back(session: Session, delivery: Delivery, gate: Gate) -> bool:
    """Tell whether this delivery waits behind the gate."""
    return session.scalar(select(Delivery.id).where(Delivery.id == delivery.id, gate.keeps())) is not None


def _soonest(session: Session, actor: Actor, gate: Gate, status: S) -> Sequence[Any]:
    """Walk over the index of one state, further only where too many of its first rows may not leave.

    Two statements: in one, PostgreSQL joins all that is planned with all posts before it takes the first five.
    """
    rows: Sequence[Any] = ()
    for window in WINDOWS:
        first = select(Delivery.id).where(Delivery.status == status, *gate.lets(Delivery), *_seen_by(actor))
        ids = session.scalars(first.order_by(Delivery.wake_at).limit(window)).all()
        query = select(Delivery.wake_at, Delivery.id).where(Delivery.id.in_(ids), still_approved(gate))
        rows = session.execute(query.order_by(Delivery.wake_at).limit(NEXT)).all() if ids else ()
        if len(rows) == NEXT or len(ids) < window:
            break
    return rows


def last_out(session: Session, actor: Actor) -> Sequence[Any]:
    """Return rows (Delivery, Post, Outlet) of what went out last. Only what was sent has a time of it."""
    query = _with_post(select(Delivery, Post, Outlet)).where(Delivery.sent_at.is_not(None), *_seen_by(actor))
    return session.execute(query.order_by(Delivery.sent_at.desc()).limit(LAST)).all()


def _leaving(session: Session, actor: Actor, gate: Gate, *which: ColumnElement[bool]) -> Waiting:
    query = select(func.count(), func.min(Delivery.wake_at)).where(*which, still_approved(gate), *_seen_by(actor))
    total, since = session.execute(query).one()
    return Waiting(total, 0, since)


def _with_post(query: Any) -> Any:
    return query.join(Post, Post.id == Delivery.post_id).join(Outlet, Outlet.id == Delivery.outlet_id)


def _seen_by(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the condition of a delivery that somebody sees, where that is not every one."""
    visible = visible_to(actor)
    if visible is None:
        return []
    of_row = exists().where(Post.id == Delivery.post_id, Outlet.id == Delivery.outlet_id, visible)
    return [of_row.correlate(Delivery)]


def _mark(actor: Actor) -> ColumnElement[int]:
    return case((decidable_by(actor), 1), else_=0)


def _counted(session: Session, query: Select[Any], since: Any, delivery_id: Any, actor: Actor) -> Waiting:
    """Count the rows of another room's query, those first that this person can decide."""
    mark = _mark(actor)
    query = query.add_columns(
        func.count().over().label("total"), func.sum(mark).over().label("own"), func.min(since).over().label("oldest"),
        delivery_id.label("first_id"),
    )  # fmt: skip
    row = session.execute(query.order_by(None).order_by(mark.desc(), since, delivery_id).limit(1)).first()
    return Waiting(row.total, int(row.own), row.oldest, row.first_id) if row is not None else Waiting()
