"""Activities of a group in one year, beside the numbers of `app.gatherings.reports.queries.year_of_group`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.gatherings.events.models import Event, EventPhoto, EventStatus
from app.gatherings.events.states import TOOK_PLACE
from app.kernel.errors import NotFound
from app.kernel.text import T

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class ActivityLine:
    """An activity of the year; `place` with its district, since names of villages repeat."""

    event: Event
    place: str
    photos: int
    took_place: bool  # as reach counts it: not dated ahead by a wrong clock


@dataclass(frozen=True)
class Month:
    number: int  # 1 to 12
    lines: Sequence[ActivityLine]


@dataclass(frozen=True)
class YearOfActivities:
    months: Sequence[Month]
    villages: Sequence[str]  # where something took place, by name
    photos: int


def check_year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(T("Tahun ini tidak ada dalam catatan."))
    return year


def activities_of_year(
    session: Session, organisation_id: int, year: int, zone: ZoneInfo, now: datetime
) -> YearOfActivities:
    """Return the activities by month of the regency's zone: planned and cancelled ones too, each with its status, but
    no merged records. Three queries, whatever the group did."""
    begins = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    ends = datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    rows = session.execute(
        select(Event, Village.name, District.name)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(
            Event.organisation_id == organisation_id,
            Event.status != EventStatus.MERGED,
            Event.starts_at >= begins,
            Event.starts_at < ends,
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    photos = _photos(session, [event.id for event, _village, _district in rows])
    months: dict[int, list[ActivityLine]] = {}
    for event, village, district in rows:
        place = f"{village} ({district})" if village else event.place
        line = ActivityLine(
            event, place, photos.get(event.id, 0), event.status in TOOK_PLACE and event.starts_at <= now
        )
        months.setdefault(event.starts_at.astimezone(zone).month, []).append(line)
    lines = [line for month in months.values() for line in month]
    return YearOfActivities(
        months=[Month(number, months[number]) for number in sorted(months)],
        villages=sorted({line.place for line in lines if line.took_place and line.event.village_code}),
        photos=sum(line.photos for line in lines if line.took_place),
    )


def _photos(session: Session, event_ids: Sequence[int]) -> dict[int, int]:
    if not event_ids:
        return {}
    rows = session.execute(
        select(EventPhoto.event_id, func.count())
        .where(EventPhoto.event_id.in_(event_ids))
        .group_by(EventPhoto.event_id)
    )
    return {row[0]: row[1] for row in rows}
