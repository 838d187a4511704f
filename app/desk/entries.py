"""Everything that has a date, as one select: posts, events, campaigns and surveys (first and last day), goals, proofs.

Days are the regency's. Their borders come as a small table of values (day, first instant, first instant of the next),
so that no database has to know about time zones; a month is one statement with a window over each day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    BindParameter,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from app.desk import states
from app.desk.lookups import EventMark, campaign_names, channels_of, deliveries_of, event_marks
from app.evidence.surveys.access import visible_to as visible_waves
from app.evidence.surveys.models import Wave, WaveStatus
from app.gatherings.events.access import visible_to as visible_events
from app.gatherings.events.models import Event, EventStatus
from app.kernel.db import UtcDateTime
from app.kernel.paging import Page, paginate
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus, Goal
from app.outreach.campaigns.rules import visible as visible_campaigns
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.posts.access import visible_to as visible_posts
from app.outreach.posts.models import Post, PostStatus, Variant
from app.outreach.printing.models import PrintPiece, Proof
from app.outreach.publishing.preflight.queries import marked_posts

SHOWN_A_DAY = 3


@dataclass(frozen=True)
class CalendarFilters:
    campaign_id: int | None = None
    channel: str = ""  # a key of outlets.kinds.KINDS
    state: str = ""  # desk.states.State.key
    organisation_id: int | None = None

    @property
    def only_posts(self) -> bool:
        """A channel or a state belongs to posts alone."""
        return bool(self.channel or self.state)


@dataclass(frozen=True)
class Entry:
    """One thing on one day. `kind`: post, event, starts, ends, goal, proof; `id` is that of the post, the event,
    the campaign or the piece."""

    day: date
    kind: str
    id: int
    title: str
    campaign: str
    at: datetime | None = None
    amount: int | None = None  # copies of a proof
    state: states.State | None = None
    channels: tuple[str, ...] = ()
    prints: bool = False  # a post that goes to print outlets alone: an order, nothing is published
    gathering: EventMark | None = None
    marked: bool = False  # a check found something that stands in the way of the post


@dataclass(frozen=True)
class Day:
    entries: tuple[Entry, ...]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.entries)


NOTHING = Day((), 0)


def entries_by_day(
    session: Session, actor: Actor, days: Sequence[date], zone: ZoneInfo, filters: CalendarFilters
) -> dict[date, Day]:
    """Return up to SHOWN_A_DAY entries of each day and how many there are. Days without any are left out."""
    dated = _dated(actor, days, zone, filters)
    over: dict[str, Any] = {"partition_by": dated.c.day, "order_by": (dated.c.sort, dated.c.at, dated.c.id)}
    ranked = select(
        dated,
        func.row_number().over(**over).label("place"),
        func.count().over(**over, rows=(None, None)).label("total"),  # the same window, so one sort
    ).subquery()
    rows = session.execute(
        select(ranked).where(ranked.c.place <= SHOWN_A_DAY).order_by(ranked.c.day, ranked.c.place)
    ).all()
    by_day: dict[date, list[Entry]] = defaultdict(list)
    totals: dict[date, int] = {}
    for entry, row in zip(_entries(session, rows), rows, strict=True):
        by_day[entry.day].append(entry)
        totals[entry.day] = row.total
    return {day: Day(tuple(entries), totals[day]) for day, entries in by_day.items()}


def page_of_entries(
    session: Session,
    actor: Actor,
    days: Sequence[date],
    zone: ZoneInfo,
    filters: CalendarFilters,
    *,
    number: int = 1,
    size: int = 50,
) -> Page[Entry]:
    """Return a page of all entries on these days, in the order of time."""
    dated = _dated(actor, days, zone, filters)
    query = select(dated).order_by(dated.c.day, dated.c.sort, dated.c.at, dated.c.id)
    page = paginate(session, query, number, size, rows=True)
    return Page(items=_entries(session, page.items), total=page.total, number=page.number, size=page.size)


def day_borders(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a local day and of the next day, in UTC."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


@lru_cache(maxsize=64)
def _calendar(days: tuple[date, ...], zone: ZoneInfo) -> CTE:
    """The days as a table. As text with bound values, since SQLAlchemy's own `values()` is compiled anew each time."""
    lines = ", ".join(f"(:day{number}, :starts{number}, :ends{number})" for number in range(len(days)))
    bound: list[BindParameter[Any]] = []
    for number, day in enumerate(days):
        starts, ends = day_borders(day, zone)
        bound += [
            bindparam(f"day{number}", day, Date),
            bindparam(f"starts{number}", starts, UtcDateTime),
            bindparam(f"ends{number}", ends, UtcDateTime),
        ]
    table = text(f"VALUES {lines}").bindparams(*bound)
    return table.columns(column("column1", Date), column("column2", UtcDateTime), column("column3", UtcDateTime)).cte(
        "days"
    )


def _dated(actor: Actor, days: Sequence[date], zone: ZoneInfo, filters: CalendarFilters) -> Subquery:
    calendar = _calendar(tuple(days), zone)
    parts = [_posts(actor, calendar, filters)]
    if not filters.only_posts:
        parts += [
            _events(actor, calendar, filters),
            _campaigns(actor, calendar, filters, "starts", Campaign.starts_on),
            _campaigns(actor, calendar, filters, "ends", Campaign.ends_on),
            _goals(actor, calendar, filters),
            _proofs(actor, calendar, filters),
            _waves(actor, calendar, filters, "survey_starts", Wave.starts_on),
            _waves(actor, calendar, filters, "survey_ends", Wave.ends_on),
        ]
    return union_all(*parts).subquery("dated")


def _posts(actor: Actor, calendar: CTE, filters: CalendarFilters) -> Select[Any]:
    query = (
        select(
            calendar.c.column1.label("day"),
            literal(1, Integer).label("sort"),
            Post.scheduled_at.label("at"),
            literal("post", String).label("kind"),
            Post.id.label("id"),
            Post.title.label("title"),
            Post.campaign_id.label("campaign_id"),
            Post.status.label("status"),
            cast(null(), Integer).label("amount"),
        )
        .join(calendar, and_(Post.scheduled_at >= calendar.c.column2, Post.scheduled_at < calendar.c.column3))
        .where(visible_posts(actor))
    )
    if filters.state:
        query = query.where(states.is_in(filters.state))
    else:
        query = query.where(Post.status != PostStatus.CANCELLED)
    if filters.campaign_id:
        query = query.where(Post.campaign_id == filters.campaign_id)
    if filters.organisation_id:
        query = query.where(Post.organisation_id == filters.organisation_id)
    if filters.channel:
        at_channel = select(Variant.id).join(Outlet).where(Variant.post_id == Post.id, Outlet.kind == filters.channel)
        query = query.where(at_channel.exists())
    return query


def _events(actor: Actor, calendar: CTE, filters: CalendarFilters) -> Select[Any]:
    """On the day of their beginning. What was called off, or is counted with another record, is left out."""
    query = (
        select(
            calendar.c.column1.label("day"),
            literal(1, Integer).label("sort"),
            Event.starts_at.label("at"),
            literal("event", String).label("kind"),
            Event.id.label("id"),
            Event.title.label("title"),
            Event.campaign_id.label("campaign_id"),
            Event.status.label("status"),
            cast(null(), Integer).label("amount"),
        )
        .join(calendar, and_(Event.starts_at >= calendar.c.column2, Event.starts_at < calendar.c.column3))
        .where(visible_events(actor), Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)))
    )
    if filters.campaign_id:
        query = query.where(Event.campaign_id == filters.campaign_id)
    if filters.organisation_id:
        query = query.where(Event.organisation_id == filters.organisation_id)
    return query


def _row(
    calendar: CTE, kind: str, sort: int, record: Any, title: Any, campaign: Any, amount: Any = None
) -> Select[Any]:
    return select(
        calendar.c.column1.label("day"),
        literal(sort, Integer).label("sort"),
        cast(null(), UtcDateTime).label("at"),
        literal(kind, String).label("kind"),
        record.label("id"),
        title.label("title"),
        campaign.label("campaign_id"),
        cast(null(), String).label("status"),
        (cast(null(), Integer) if amount is None else amount).label("amount"),
    )


def _of_campaign(query: Select[Any], actor: Actor, filters: CalendarFilters) -> Select[Any]:
    query = query.where(visible_campaigns(actor), Campaign.status != CampaignStatus.CANCELLED)
    if filters.campaign_id:
        query = query.where(Campaign.id == filters.campaign_id)
    if filters.organisation_id:
        query = query.where(Campaign.organisation_id == filters.organisation_id)
    return query


def _campaigns(actor: Actor, calendar: CTE, filters: CalendarFilters, kind: str, day: Any) -> Select[Any]:
    query = _row(calendar, kind, 0, Campaign.id, Campaign.name, Campaign.id)
    return _of_campaign(query.join(Campaign, day == calendar.c.column1), actor, filters)


def _goals(actor: Actor, calendar: CTE, filters: CalendarFilters) -> Select[Any]:
    query = _row(calendar, "goal", 0, Goal.campaign_id, Goal.measure, Goal.campaign_id)
    joined = query.join(Goal, Goal.due_on == calendar.c.column1).join(Campaign, Campaign.id == Goal.campaign_id)
    return _of_campaign(joined, actor, filters)


def _proofs(actor: Actor, calendar: CTE, filters: CalendarFilters) -> Select[Any]:
    """One line for all proofs of a piece on a day: 237 villages are one thing that happened."""
    query = _row(calendar, "proof", 2, PrintPiece.id, PrintPiece.title, PrintPiece.campaign_id, func.sum(Proof.copies))
    joined = (
        query.join(Proof, and_(Proof.placed_on == calendar.c.column1, Proof.withdrawn_at.is_(None)))
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .join(Campaign, Campaign.id == PrintPiece.campaign_id)
        .group_by(calendar.c.column1, PrintPiece.id, PrintPiece.title, PrintPiece.campaign_id)
    )
    return _of_campaign(joined, actor, filters)


def _waves(actor: Actor, calendar: CTE, filters: CalendarFilters, kind: str, day: Any) -> Select[Any]:
    """First and last day of a survey that was not called off, with or without a campaign."""
    query = _row(calendar, kind, 0, Wave.id, Wave.name, Wave.campaign_id)
    joined = query.join(Wave, day == calendar.c.column1).where(
        visible_waves(actor), Wave.status != WaveStatus.CANCELLED
    )
    if filters.campaign_id:
        joined = joined.where(Wave.campaign_id == filters.campaign_id)
    if filters.organisation_id:
        joined = joined.where(Wave.organisation_id == filters.organisation_id)
    return joined


def _entries(session: Session, rows: Sequence[Any]) -> list[Entry]:
    ids = {row.id for row in rows if row.kind == "post"}
    channels, deliveries = channels_of(session, ids), deliveries_of(session, ids)
    marked = marked_posts(session, ids)
    gatherings = event_marks(session, {row.id for row in rows if row.kind == "event"})
    names = campaign_names(session, {row.campaign_id for row in rows})
    found = []
    for row in rows:
        kinds = channels.get(row.id, ()) if row.kind == "post" else ()
        state = states.state_of(row.status, deliveries.get(row.id, ()), kinds) if row.kind == "post" else None
        found.append(
            Entry(
                day=row.day,
                kind=row.kind,
                id=row.id,
                title=row.title,
                campaign=names.get(row.campaign_id, ""),
                at=row.at,
                amount=row.amount,
                state=state,
                channels=kinds,
                prints=bool(kinds) and all(kind in PRINT for kind in kinds),
                gathering=gatherings.get(row.id) if row.kind == "event" else None,
                marked=row.kind == "post" and row.id in marked,
            )
        )
    return found
