"""Queries of the public calendar and the public page of an event: plain rows in few queries, without personal data."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.gatherings.events.access import is_public
from app.gatherings.events.models import Event, Registration, RegistrationStatus, Speaker
from app.kernel.paging import Page

PAGE = 25
FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LONGEST = timedelta(days=31)  # no event lasts longer: bounds the look back for those that still go on


def _people(status: RegistrationStatus) -> Any:
    return (
        select(func.count(Registration.id))
        .where(Registration.event_id == Event.id, Registration.status == status)
        .scalar_subquery()
    )


PLACE_COLUMNS = (Village.name.label("village"), District.name.label("district"))
LIST_COLUMNS = (
    Event.id,
    Event.code,
    Event.kind,
    Event.title,
    Event.place,
    Event.starts_at,
    Event.ends_at,
    Event.status,
    Event.moved_from,
    Event.registration,
    Event.registration_until,
    Event.capacity,
    Event.waiting_list,
    *PLACE_COLUMNS,
    Organisation.name.label("organiser"),
    _people(RegistrationStatus.REGISTERED).label("taken"),
)
PAGE_COLUMNS = (
    *LIST_COLUMNS,
    Event.uid,
    Event.description,
    Event.agenda,
    Event.contact,
    Event.reason,
    Event.sequence,
    Event.version,
    Event.updated_at,
    Event.village_code,
    Event.organisation_id,
    _people(RegistrationStatus.WAITING).label("waiting"),
)


@dataclass(frozen=True)
class Month:
    """A month of the regency's calendar; `begins` and `ends` are aware moments."""

    first: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        return self.moved(1).begins

    def moved(self, months: int) -> "Month":
        number = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(number // 12, number % 12 + 1, 1), self.zone)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(text: str, today: date, zone: ZoneInfo) -> Month:
    """Return the month that a text like "2026-11" names; the present one for anything else."""
    year, _dash, month = text.partition("-")
    if not (MONTH.fullmatch(text) and FIRST_YEAR <= int(year) <= LAST_YEAR):
        return Month(today.replace(day=1), zone)
    return Month(date(int(year), int(month), 1), zone)


@dataclass(frozen=True)
class AgendaFilters:
    """What the agenda is narrowed to: not over before `begins`, started before `ends` (aware moments; None: open)."""

    begins: datetime | None = None
    ends: datetime | None = None
    q: str = ""
    kind: str = ""
    district_code: str = ""


def list_events(session: Session, filters: AgendaFilters, number: int = 1) -> Page[Row[Any]]:
    """Return a page of the public events that fit, 25 a page; a page past the end gives the last one. Two queries."""
    conditions = _conditions(filters)
    counting = select(func.count(Event.id)).where(*conditions)
    if filters.q or filters.district_code:
        counting = counting.outerjoin(Village, Village.code == Event.village_code)
    total = session.scalar(counting) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    window = select_events(*LIST_COLUMNS).where(*conditions).order_by(Event.starts_at, Event.id)
    items = session.execute(window.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(items, total, number, PAGE)


def next_start(session: Session, after: datetime) -> datetime | None:
    """Return when the next public event begins, None where none is planned."""
    return session.scalar(select(func.min(Event.starts_at)).where(is_public(), Event.starts_at >= after))


def find_event(session: Session, code: str) -> Row[Any] | None:
    """Return one public event with all columns of its page but the speakers, None where there is none."""
    return session.execute(_WHOLE, {"code": code}).one_or_none()


def speakers(session: Session, event_id: int) -> Sequence[Any]:
    """Return rows (name, title) of the speakers of an event, in their order."""
    return session.execute(_SPEAKERS, {"event_id": event_id}).all()


def page_etag(row: Row[Any], state: str, build: str) -> str:
    """Return a mark that changes whenever the page of the event would look different. `build`: of the style sheets that
    it names."""
    names = digest_of(row.organiser, row.village, row.district, build)
    return f"{row.id}-{row.version}-{row.taken}-{row.waiting}-{state}-{names}"


def digest_of(*words: str | None) -> str:
    """Return 12 hexadecimal signs that stand for these words."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:12]


def select_events(*columns: Any) -> Select[Any]:
    """Return a select of these columns of events, joined with their organisers, villages and districts."""
    query: Select[Any] = (
        select(*columns)
        .select_from(Event)
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(District, District.code == Village.district_code)
    )
    return query


def _conditions(filters: AgendaFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [is_public()]
    if filters.begins is not None:
        wanted += [Event.ends_at >= filters.begins, Event.starts_at >= filters.begins - LONGEST]
    if filters.ends is not None:
        wanted.append(Event.starts_at < filters.ends)
    words = filters.q.strip()
    if words:
        wanted.append(or_(*(one.icontains(words, autoescape=True) for one in (Event.title, Event.place, Village.name))))
    if filters.kind:
        wanted.append(Event.kind == filters.kind)
    if filters.district_code:
        wanted.append(Village.district_code == filters.district_code)
    return wanted


# built once: putting a statement together costs as much as running it
_WHOLE = select_events(*PAGE_COLUMNS).where(Event.code == bindparam("code"), is_public())
_SPEAKERS = (
    select(Speaker.name, Speaker.title)
    .where(Speaker.event_id == bindparam("event_id"))
    .order_by(Speaker.position, Speaker.id)
)


def start_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


RECENT = timedelta(days=90)
"""How far back a feed reaches."""
