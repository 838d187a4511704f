"""What is late or at risk, counted and listed as one list, in a number of queries that does not grow with it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.base.people.organisations import OrganisationKind
from app.base.people.signers import signers
from app.kernel import workdays
from app.kernel.local_day import day_number
from app.kernel.paging import Page
from app.kernel.roles import SYSTEM, Actor, Can
from app.oversight.control import sources_events, sources_posts, sources_work
from app.oversight.control.items import KINDS, Item, UnitTally
from app.oversight.control.lines import Moment, due_of
from app.oversight.control.models import Escalation

Source = Callable[[Moment], Select[Any]]
SOURCES: Mapping[str, Source] = {
    "delivery": sources_posts.deliveries,
    "approval": sources_posts.approvals,
    "draft": sources_posts.drafts,
    "outlet": sources_posts.outlets,
    "order": sources_posts.orders,
    "proof": sources_posts.proofs,
    "report": sources_events.unreported,
    "mending": sources_events.returned,
    "verification": sources_events.unverified,
    "routing": sources_events.unrouted,
    "aspiration": sources_events.unanswered,
    "wave": sources_work.open_waves,
    "unopened": sources_work.unopened,
    "after": sources_work.without_after,
    "baseline": sources_work.without_baseline,
    "goal": sources_work.goals_past_due,
    "decision": sources_work.decisions,
    "clause": sources_work.clauses,
    "batch": sources_work.unfinished,
    "marking": sources_work.unmarked,
}
UNITS = (OrganisationKind.OPD, OrganisationKind.BIDANG)
MOST = 200
NO_UNIT = 0
"""As `organisation_id` of a filter: what belongs to no organisation."""


@dataclass(frozen=True)
class LateFilters:
    """What a list is narrowed to; empty values narrow nothing. `unit_id`: an OPD or bidang, NO_UNIT for none of them;
    `with_bidang`: also what is of its bidang. `late` True: late only; False: at risk only. `nobody`: no person and no
    post is named for it. `newest`: what is overdue for the shortest time first."""

    kind: str = ""
    unit_id: int | None = None
    mine: bool = False
    late: bool | None = None
    nobody: bool = False
    q: str = ""
    newest: bool = False
    with_bidang: bool = False


EVERYTHING = LateFilters()


def moment_of(session: Session, *, today: date, now: datetime, zone: ZoneInfo) -> Moment:
    return Moment(today, now, zone, signers(session, today))


def lines(moment: Moment, kind: str = "") -> Subquery:
    """Return every line of every source, or of one, as a subquery; made once for a moment."""
    chosen = [SOURCES[kind]] if kind in SOURCES else list(SOURCES.values())
    if kind not in moment.made:
        moment.made[kind] = union_all(*(source(moment) for source in chosen)).subquery("lines")
    return moment.made[kind]


def list_late(
    session: Session,
    actor: Actor,
    *,
    today: date,
    now: datetime,
    zone: ZoneInfo,
    kind: str = "",
    organisation_id: int | None = None,
) -> list[Item]:
    """Return what is late or at risk, the longest overdue first, at most `MOST`; `organisation_id`: an OPD or
    bidang."""
    moment = moment_of(session, today=today, now=now, zone=zone)
    return list(listed(session, actor, moment, LateFilters(kind=kind, unit_id=organisation_id), size=MOST).items)


def listed(
    session: Session, actor: Actor, moment: Moment, filters: LateFilters, *, number: int = 1, size: int = 25
) -> Page[Item]:
    """Return a page of the list, the longest overdue first.

    The database sorts by the day and a usual number of days until it is due; within a page the order is exact.
    """
    found = lines(moment, filters.kind)
    unit, place = unit_of(moment), _place(found)
    query = (
        _selected(found, unit, actor, filters)
        .add_columns(
            *found.c, unit.label("unit_id"), Organisation.name.label("organisation"),
            User.name.label("owner"), User.id.label("user_id"), _level(found).label("level"),
        )
        .order_by(found.c.late.desc(), place.desc() if filters.newest else place, found.c.kind, found.c.subject_id)
    )  # fmt: skip
    total = session.scalar(_selected(found, unit, actor, filters).with_only_columns(func.count())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    rows = session.execute(query.limit(size).offset((number - 1) * size)).all()
    items = [_item(row, moment, actor) for row in rows]
    items.sort(key=lambda item: item.due, reverse=filters.newest)
    items.sort(key=lambda item: not item.late)
    return Page(items, total, number, size)


def _selected(found: Subquery, unit: Any, actor: Actor, filters: LateFilters) -> Select[Any]:
    query = (
        select()
        .select_from(found)
        .outerjoin(Organisation, Organisation.id == found.c.organisation_id)
        .outerjoin(User, and_(User.id == found.c.owner_id, User.active))
        .where(_sees(actor, found))
    )
    if filters.unit_id is not None:
        here = unit == filters.unit_id if filters.unit_id != NO_UNIT else unit.is_(None)
        query = query.where(or_(here, Organisation.parent_id == filters.unit_id) if filters.with_bidang else here)
    if filters.mine:
        query = query.where(found.c.owner_id == actor.id)
    if filters.nobody:
        query = query.where(User.id.is_(None), found.c.owner_text.is_(None))
    if filters.q.strip():
        words = " ".join(filters.q.split())
        query = query.where(or_(*(one.icontains(words, autoescape=True) for one in (found.c.title, found.c.detail))))
    if filters.late is not None:
        query = query.where(found.c.late if filters.late else ~found.c.late)
    return query


def _sees(actor: Actor, found: Subquery) -> ColumnElement[bool]:
    """The office's staff see all; others what is their organisation's or their own."""
    if actor == SYSTEM or (actor.of_office and actor.can(Can.READ_ALL_LATE)):
        return true()
    if actor.id is None:
        return false()
    return or_(found.c.owner_id == actor.id, found.c.organisation_id.in_(actor.organisation_ids))


def unit_of(moment: Moment) -> Any:
    """Return the OPD or bidang under which an organisation is counted: a KIM, and any other, under the office."""
    return case(
        (Organisation.kind.in_(UNITS), Organisation.id),
        (Organisation.id.is_not(None), func.coalesce(Organisation.parent_id, moment.signers.office_id)),
        else_=None,
    )


def _level(found: Subquery) -> Any:
    return (
        select(func.coalesce(func.max(Escalation.level), 0))
        .where(
            Escalation.closed_on.is_(None),
            Escalation.kind == found.c.kind,
            Escalation.subject_id == found.c.subject_id,
        )
        .scalar_subquery()
    )


def _place(found: Subquery) -> Any:
    """The day told by the source, moved on by about as many days as its kind has: a number to sort by."""
    usual = case(
        *((found.c.kind == kind.key, kind.grace + 2 * (kind.grace // 5)) for kind in KINDS.values() if kind.grace),
        else_=0,
    )
    return day_number(found.c.since) + usual


def _item(row: Any, moment: Moment, actor: Actor) -> Item:
    kind, due = KINDS[row.kind], due_of(row.kind, row.since)
    endpoint, values = kind.endpoint, {kind.number: row.target_id, **kind.more}
    if row.kind == "decision" and actor.id is not None and row.user_id == actor.id:  # also of a campaign of others
        endpoint, values = "campaigns.finish_decision", {"campaign_id": row.target_id, "decision_id": row.subject_id}
    return Item(
        kind=row.kind,
        subject_id=row.subject_id,
        title=" ".join(row.title.split()),
        detail=row.detail or "",
        endpoint=endpoint,
        values=values,
        due=due,
        days=workdays.between(due, moment.today),
        late=bool(row.late),
        owner_id=row.user_id,
        owner=row.owner or row.owner_text or "",
        organisation_id=row.organisation_id,
        organisation=row.organisation or "",
        unit_id=row.unit_id,
        level=row.level,
        since=row.since,
    )


def tally(session: Session, actor: Actor, *, today: date, now: datetime, zone: ZoneInfo) -> list[UnitTally]:
    """Count how much is late in every OPD or bidang, the most first. Five queries, whatever there is."""
    return tally_filtered(session, actor, moment_of(session, today=today, now=now, zone=zone))


def tally_filtered(
    session: Session, actor: Actor, moment: Moment, filters: LateFilters = EVERYTHING
) -> list[UnitTally]:
    """Count as `tally` does, in a list that is narrowed already."""
    found = lines(moment, filters.kind)
    unit = unit_of(moment).label("unit_id")
    query = _selected(found, unit, actor, filters).with_only_columns(
        unit, found.c.kind, found.c.late, func.count().label("n"), func.min(found.c.since).label("oldest")
    )
    rows: dict[int | None, list[Any]] = defaultdict(list)
    for row in session.execute(query.group_by(unit, found.c.kind, found.c.late)):
        rows[row.unit_id].append(row)
    names = _names(session, [number for number in rows if number is not None])
    counted = [_of_unit(number, names.get(number, ""), group, moment) for number, group in rows.items()]
    return sorted(counted, key=lambda one: (-one.total, -one.at_risk, one.name))


def _of_unit(number: int | None, name: str, rows: Sequence[Any], moment: Moment) -> UnitTally:
    late_rows = [row for row in rows if row.late]
    by_kind = {row.kind: row.n for row in late_rows}
    oldest = [workdays.between(due_of(row.kind, row.oldest), moment.today) for row in late_rows]
    return UnitTally(
        organisation_id=number,
        name=name,
        total=sum(by_kind.values()),
        by_kind={kind: by_kind[kind] for kind in KINDS if kind in by_kind},
        oldest_days=max(oldest, default=None),
        at_risk=sum(row.n for row in rows if not row.late),
    )


def _names(session: Session, ids: Sequence[int | None]) -> dict[int | None, str]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}
