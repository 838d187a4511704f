"""Queries of reports for lists and other rooms, each in a number that does not grow with the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, User
from app.gatherings.events.access import of_trainer, trains_only, visible_to
from app.gatherings.events.models import Event, EventStatus, EventTag, Tag
from app.gatherings.events.reach import took_place
from app.gatherings.events.states import TOOK_PLACE
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report, ReportWriter
from app.kernel.roles import SYSTEM, Actor
from app.kernel.site import site_of
from app.kernel.slots import Slot

UNREPORTED = (EventStatus.PLANNED, EventStatus.ANNOUNCED, EventStatus.HELD)
"""Past its end, such an event lacks its report."""
REPORTED_ELSEWHERE = Slot[Select[int]]("reports.reported_elsewhere")
"""Ids of events that are reported with what they are part of."""
"""The table of a higher room, by its name: sessions of training are reported by their batch, with attendance and marks.
One has a report of its own only where somebody writes it."""


@dataclass(frozen=True)
class YearOfGroup:
    """What a group did in a calendar year of the regency's zone. Only what took place counts; a merged record not.

    `by_tag` has every letter of ADINDA (an activity with two letters counts under both); `people` are visits, not
    persons, summed over the activities where somebody counted (`counted` of them).
    """

    year: int
    activities: int
    by_tag: Mapping[Tag, int]
    untagged: int
    people: int
    counted: int
    villages: int
    verified: int
    aspirations_noted: int
    aspirations_answered: int
    aspirations_told_back: int


def year_of_group(session: Session, organisation_id: int, year: int, zone: ZoneInfo, now: datetime) -> YearOfGroup:
    """Return what a group did in a year; four queries, whatever it was."""
    this_year = _in_year(Event.starts_at, year, zone)
    held = took_place(now, practice=site_of(session).practice)
    mine = and_(Event.organisation_id == organisation_id, held, this_year)
    done = session.execute(
        select(
            func.count(Event.id),
            func.coalesce(func.sum(Event.people), 0),
            func.count(Event.people),
            func.count(Event.village_code.distinct()),
            func.count(case((Event.status == EventStatus.VERIFIED, 1))),
        ).where(mine)
    ).one()
    tags = session.execute(
        select(EventTag.tag, func.count()).join(Event, Event.id == EventTag.event_id).where(mine).group_by(EventTag.tag)
    ).all()
    tagged = select(func.count(EventTag.event_id.distinct())).join(Event, Event.id == EventTag.event_id).where(mine)
    heard = session.execute(
        select(
            func.count(Aspiration.id),
            func.count(case((Aspiration.status == AspirationStatus.ANSWERED, 1))),
            func.count(Aspiration.told_back_at),
        )
        .join(Event, Event.id == Aspiration.event_id)
        .where(mine)
    ).one()
    counts = {row[0]: row[1] for row in tags}
    return YearOfGroup(
        year=year,
        activities=done[0],
        by_tag={tag: counts.get(tag, 0) for tag in Tag},
        untagged=done[0] - (session.scalar(tagged) or 0),
        people=int(done[1] or 0),
        counted=done[2],
        villages=done[3],
        verified=done[4],
        aspirations_noted=heard[0],
        aspirations_answered=heard[1],
        aspirations_told_back=heard[2],
    )


def _in_year(column: Any, year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    begins = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    ends = datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    return and_(column >= begins, column < ends)


def is_unreported(now: datetime) -> ColumnElement[bool]:
    """Return the condition of an event that is over, was not cancelled, has no report handed in, and is no session of a
    training."""
    return and_(Event.status.in_(UNREPORTED), Event.ends_at < now, _needs_report())


def is_session(session: Session, event: Event) -> bool:
    """Decide whether the event is a session of a training, which needs no report of its own."""
    return session.scalar(select(Event.id).where(Event.id == event.id, not_(_needs_report()))) is not None


def _needs_report() -> ColumnElement[bool]:
    return and_(true(), *(Event.id.not_in(ids) for ids in REPORTED_ELSEWHERE))


STATES: Mapping[str, tuple[EventStatus, ...]] = {
    "menunggu": (EventStatus.REPORTED,),
    "dikembalikan": (EventStatus.RETURNED,),
    "diperiksa": (EventStatus.VERIFIED,),
}


def reports(actor: Actor, *, state: str = "", q: str = "", now: datetime) -> Select[Any]:
    """Select rows (Event, Report | None, organisation, village | None, district | None).

    `state`: "menunggu" (the one that waits longest first), "dikembalikan", "belum" (over and not reported),
    "diperiksa", or "" for all of these, the newest first.
    """
    query: Any = (
        select(
            Event,
            Report,
            Organisation.name.label("organisation"),
            Village.name.label("village"),
            District.name.label("district"),
        )
        .outerjoin(Report, Report.event_id == Event.id)
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(visible_to(actor))
    )
    waits_longest = (Report.submitted_at, Event.id)
    if state in STATES:
        query = query.where(Event.status.in_(STATES[state]))
    elif state == "belum":
        query = query.where(is_unreported(now))
    else:
        took_place = and_(Event.status.in_(TOOK_PLACE), or_(Event.status != EventStatus.HELD, _needs_report()))
        query = query.where(or_(is_unreported(now), took_place))
    if q.strip():
        words = " ".join(q.split())
        found = (Event.title, Event.place, Organisation.name, Village.name, Report.receipt)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in found)))
    order = waits_longest if state == "menunggu" else (Event.starts_at.desc(), Event.id.desc())
    listed: Select[Any] = query.order_by(*order)
    return listed


def count_states(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Count the reports in each state of `reports()`: one query."""
    row = session.execute(
        select(
            func.count(case((Event.status == EventStatus.REPORTED, 1))).label("menunggu"),
            func.count(case((Event.status == EventStatus.RETURNED, 1))).label("dikembalikan"),
            func.count(case((is_unreported(now), 1))).label("belum"),
            func.count(case((Event.status == EventStatus.VERIFIED, 1))).label("diperiksa"),
        ).where(visible_to(actor))
    ).one()
    return dict(row._mapping)


def waiting_reports(actor: Actor) -> Select[Any]:
    """Select ids of the events whose report this person may verify now, the one that waits longest first."""
    return (
        select(Event.id)
        .join(Report, Report.event_id == Event.id)
        .where(
            Event.status == EventStatus.REPORTED,
            visible_to(actor),
            or_(Report.recorded_by_id.is_(None), Report.recorded_by_id != actor.id),
            ~Report.writers.any(ReportWriter.user_id == actor.id),
        )
        .order_by(Report.submitted_at, Event.id)
    )


def reports_to_write(actor: Actor, now: datetime) -> Select[Any]:
    """Select ids of the events whose report this person's organisation has to write or to mend."""
    return select(Event.id).where(visible_to(actor), or_(is_unreported(now), Event.status == EventStatus.RETURNED))


def unreported_events(actor: Actor, now: datetime, *, for_longer_than: timedelta = timedelta(0)) -> Select[Any]:
    """Select events that are over and not reported, the oldest first: for the desk and for reminders."""
    return (
        select(Event).where(is_unreported(now - for_longer_than), visible_to(actor)).order_by(Event.ends_at, Event.id)
    )


def sees_aspiration(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the aspirations that a person sees: the office all; others what their own group heard or
    what was routed to their OPD; trainers what was asked at their own events."""
    if trains_only(actor):
        return heard_by(actor)
    if actor == SYSTEM or actor.of_office:
        return true()
    if not actor.organisation_ids:
        return false()
    return or_(heard_by(actor), Aspiration.opd_id.in_(actor.organisation_ids))


def heard_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of what was asked at events of the own organisation, or of a trainer."""
    if trains_only(actor):
        return Aspiration.event_id.in_(select(Event.id).where(of_trainer(actor)))
    return Aspiration.organisation_id.in_(actor.organisation_ids)


def is_late(today: date) -> ColumnElement[bool]:
    return and_(Aspiration.status == AspirationStatus.ROUTED, Aspiration.due_on < today)


def late_aspirations(actor: Actor, today: date) -> Select[Any]:
    """Select aspirations whose OPD has not answered in time, the longest overdue first."""
    late = select(Aspiration).where(is_late(today), is_not_merged(), sees_aspiration(actor))
    return late.order_by(Aspiration.due_on, Aspiration.id)


def count_late(session: Session, actor: Actor, today: date) -> int:
    late = select(func.count(Aspiration.id)).where(is_late(today), is_not_merged(), sees_aspiration(actor))
    return session.scalar(late) or 0


def is_not_merged() -> ColumnElement[bool]:
    """Return the condition of aspirations that are not at a merged record, since the same question stands at the kept
    one."""
    return Aspiration.event_id.not_in(select(Event.id).where(Event.status == EventStatus.MERGED))


def aspirations(
    actor: Actor,
    *,
    today: date,
    status: str = "",
    opd_id: int | None = None,
    district: str = "",
    late: bool = False,
    q: str = "",
) -> Select[Any]:
    """Select rows (Aspiration, Event, group, opd | None, village | None, district | None): what waits first, by its
    day.

    `status`: an AspirationStatus, "terbuka" (not answered yet) or "" for all. Those of a merged record are left out.
    """
    opd = _opd()
    query: Any = (
        select(
            Aspiration,
            Event,
            Organisation.name.label("group"),
            opd.c.name.label("opd"),
            Village.name.label("village"),
            District.name.label("district"),
        )
        .join(Event, Event.id == Aspiration.event_id)
        .join(Organisation, Organisation.id == Aspiration.organisation_id)
        .outerjoin(opd, opd.c.id == Aspiration.opd_id)
        .outerjoin(Village, Village.code == Aspiration.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(sees_aspiration(actor), Event.status != EventStatus.MERGED)
    )
    if status in set(AspirationStatus):
        query = query.where(Aspiration.status == status)
    elif status == "terbuka":
        query = query.where(Aspiration.status.in_((AspirationStatus.NOTED, AspirationStatus.ROUTED)))
    if opd_id:
        query = query.where(Aspiration.opd_id == opd_id)
    if district:
        query = query.where(Village.district_code == district)
    if late:
        query = query.where(is_late(today))
    if q.strip():
        words = " ".join(q.split())
        found = (Aspiration.text, Aspiration.answer, Event.title, Organisation.name, Village.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in found)))
    urgency = case(
        (Aspiration.status == AspirationStatus.NOTED, 1), (Aspiration.status == AspirationStatus.ROUTED, 0), else_=2
    )
    listed: Select[Any] = query.order_by(
        urgency, func.coalesce(Aspiration.due_on, date(9999, 1, 1)), Aspiration.created_at.desc(), Aspiration.id.desc()
    )
    return listed


def _opd() -> Any:
    return select(Organisation.id, Organisation.name).subquery("opd")


def opd_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of the OPDs that have aspirations among those this person sees."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(Aspiration.opd_id).where(sees_aspiration(actor))))
        .order_by(Organisation.name)
    )
    return [(row.id, row.name) for row in rows]


def names_of(session: Session, ids: set[int | None]) -> dict[int, str]:
    """Return user id → name."""
    known = [user_id for user_id in ids if user_id is not None]
    if not known:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(known)))}
