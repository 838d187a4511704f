"""Events that recur: a rule of RFC 5545 and an event of its own for every day, in the regency's zone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

import lokal
from dateutil.rrule import rrulestr
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.access import to_manage
from app.gatherings.events.models import Event, Series
from app.gatherings.events.planning.changes import cancel_event
from app.gatherings.events.planning.editing import edit, keeps_time_and_place
from app.gatherings.events.planning.plans import shift_plan
from app.gatherings.events.service import YEARS, Plan, check, plan
from app.gatherings.events.states import UPCOMING
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T

MOST = 52
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = 5  # the fifth Tuesday is not in every month: the last is meant


class Every(StrEnum):
    WEEK = "week"
    MONTH_DAY = "month_day"  # the 15th
    MONTH_WEEKDAY = "month_weekday"  # the second Tuesday


@dataclass(frozen=True)
class Repeat:
    """How it recurs. `weekdays`: 0 is Monday; none means the weekday of the first. Either `count` or `until`."""

    every: str
    interval: int = 1
    weekdays: Sequence[int] = ()
    count: int | None = None
    until: date | None = None


@dataclass(frozen=True)
class Occurrence:
    """A day of the series. `holiday`: the public holiday on it, as a hint."""

    starts_at: datetime
    ends_at: datetime
    day: date
    holiday: str | None


def rule_of(repeat: Repeat, first: date) -> str:
    """Return the RRULE without DTSTART. Raises Invalid (fields repeat, repeat_interval, repeat_count, repeat_until)."""
    if repeat.every not in set(Every):
        raise Invalid(T("Pilih cara mengulangnya dari daftar."), field="repeat")
    if not 1 <= repeat.interval <= 12:
        raise Invalid(T("Isi jarak pengulangan antara 1 dan 12."), field="repeat_interval")
    parts = [f"FREQ={'WEEKLY' if repeat.every == Every.WEEK else 'MONTHLY'}"]
    if repeat.interval > 1:
        parts.append(f"INTERVAL={repeat.interval}")
    parts.append(_by(repeat, first))
    parts.append(_end(repeat, first))
    return ";".join(parts)


def _by(repeat: Repeat, first: date) -> str:
    if repeat.every == Every.MONTH_DAY:
        return f"BYMONTHDAY={first.day}"
    if repeat.every == Every.MONTH_WEEKDAY:
        nth = (first.day - 1) // 7 + 1
        return f"BYDAY={-1 if nth == LAST else nth}{DAYS[first.weekday()]}"
    days = sorted({day for day in repeat.weekdays if 0 <= day < len(DAYS)} or {first.weekday()})
    return "BYDAY=" + ",".join(DAYS[day] for day in days)


def _end(repeat: Repeat, first: date) -> str:
    if repeat.count is not None:
        if not 2 <= repeat.count <= MOST:
            raise Invalid(T("Isi berapa kali, antara 2 dan %(n)s.", n=MOST), field="repeat_count")
        return f"COUNT={repeat.count}"
    if repeat.until is None:
        raise Invalid(T("Isi berapa kali, atau sampai tanggal berapa."), field="repeat_count")
    if repeat.until <= first:
        raise Invalid(T("Tanggal terakhir harus sesudah tanggal pertama."), field="repeat_until")
    if repeat.until.year not in YEARS:
        raise Invalid(T("Periksa tahunnya."), field="repeat_until")
    return f"UNTIL={repeat.until:%Y%m%d}T235959"


def occurrences(values: Plan, repeat: Repeat, tz: str) -> list[Occurrence]:
    """Return every day of the series, at the same local hour. Raises Invalid where there are fewer than 2 or more than
    52."""
    if values.starts_at is None or values.ends_at is None:
        raise Invalid(T("Isi tanggal dan jam mulai."), field="starts_at")
    zone = ZoneInfo(tz)
    first = values.starts_at.astimezone(zone).replace(tzinfo=None)
    # the wall clock counts: an event at nine stays at nine, whatever the zone does
    rule = rrulestr(rule_of(repeat, first.date()), dtstart=first)
    starts = [start.replace(tzinfo=zone) for start in islice(rule, MOST + 1)]
    if len(starts) > MOST:
        raise Invalid(
            T("Pengulangan ini lebih dari %(n)s kali. Pilih tanggal terakhir yang lebih dekat.", n=MOST),
            field="repeat_until",
        )
    if len(starts) < 2:
        raise Invalid(T("Dengan pengulangan ini hanya ada satu tanggal."), field="repeat_until")
    length = values.ends_at - values.starts_at
    return [Occurrence(start, start + length, start.date(), holiday(start.date())) for start in starts]


def holiday(day: date) -> str | None:
    """Return the name of the public holiday of that day, None for none and for years without a published decree."""
    try:
        found = lokal.holidays_on(day)
    except ValueError:
        return None
    return found[0].name if found else None


def plan_series(
    session: Session, actor: Actor, values: Plan, repeat: Repeat, *, tz: str, now: datetime, skip: Collection[date] = ()
) -> list[Event]:
    """Plan an event for every day of the series that is not skipped. Raises Invalid, Forbidden."""
    days = [each for each in occurrences(values, repeat, tz) if each.day not in set(skip)]
    if not days:
        raise Invalid(T("Semua tanggal dilewati. Pilih paling sedikit satu."), field="repeat")
    check(session, actor, values)
    first = values.starts_at or days[0].starts_at
    series = Series(
        rule=rule_of(repeat, first.astimezone(ZoneInfo(tz)).date()), created_by_id=actor.id, created_at=now
    )  # fmt: skip
    session.add(series)
    session.flush()
    return [
        plan(session, actor, shift_plan(values, each.starts_at - first), now=now, series_id=series.id) for each in days
    ]


def following(session: Session, event: Event, *, own: bool = True) -> Sequence[Event]:
    """Return the events of its series from this one on that have not taken place. `own`: this one too."""
    if event.series_id is None:
        return [event] if own else []
    query = select(Event).where(
        Event.series_id == event.series_id, Event.starts_at >= event.starts_at, Event.status.in_(UPCOMING)
    )
    found = session.scalars(query.order_by(Event.starts_at, Event.id)).all()
    return found if own else [one for one in found if one.id != event.id]


def edit_following(
    session: Session, actor: Actor, event_id: int, values: Plan, *, version: int | None, tz: str, now: datetime
) -> list[Event]:
    """Change this one and those after it alike; each keeps its own day.

    A new hour or place goes to all of them; a new day moves the later ones by as many days. Where time and place stay
    as they are, each keeps its own. Raises as `edit`; nothing is half done.
    """
    event = to_manage(session, actor, event_id)
    later = following(session, event, own=False)
    wanted = plans_for(values, event, later, tz)
    changed = [edit(session, actor, event_id, values, version=version, now=now)]
    for one, its in zip(later, wanted[1:], strict=True):
        changed.append(edit(session, actor, one.id, its, version=one.version, now=now))
    return changed


def plans_for(values: Plan, event: Event, later: Sequence[Event], tz: str) -> list[Plan]:
    """Return the plans that `edit_following` gives to this event and to each of those after it."""
    zone = ZoneInfo(tz)
    if values.starts_at is None or values.ends_at is None:
        return [values, *(values for _one in later)]
    if keeps_time_and_place(event, values):
        return [values, *(_at_its_own(values, one) for one in later)]
    first = event.starts_at.astimezone(zone).date()
    days = [(one.starts_at.astimezone(zone).date() - first).days for one in later]
    return [values, *(_days_later(values, each, zone) for each in days)]


def _at_its_own(values: Plan, one: Event) -> Plan:
    by = one.starts_at - values.starts_at if values.starts_at else timedelta()
    return replace(
        shift_plan(values, by),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        village_code=one.village_code,
        place=one.place,
    )


def _days_later(values: Plan, days: int, zone: ZoneInfo) -> Plan:
    """The same hour on the wall so many days later."""
    if values.starts_at is None:
        return values
    start = values.starts_at.astimezone(zone)
    later = datetime.combine(start.date() + timedelta(days=days), time(start.hour, start.minute), zone)
    return shift_plan(values, later - start)


def cancel_following(session: Session, actor: Actor, event_id: int, *, reason: str, now: datetime) -> list[Event]:
    """Cancel this one and those after it that have not taken place."""
    event = to_manage(session, actor, event_id)
    later = following(session, event, own=False)
    cancelled = [cancel_event(session, actor, event_id, reason=reason, now=now)]
    return cancelled + [cancel_event(session, actor, one.id, reason=reason, now=now) for one in later]
