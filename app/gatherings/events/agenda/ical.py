"""iCalendar (RFC 5545, RFC 7986) of public events: one event, or a feed that calendars ask for again and again.

Times are written in UTC: every calendar shows them in its owner's zone, the regency has no summer time, and no rule of
a VTIMEZONE can go out of date. A feed holds the last 90 days and what comes, at most 1,000 events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.gatherings.events.access import is_public
from app.gatherings.events.agenda.public import PLACE_COLUMNS, RECENT, digest_of, select_events
from app.gatherings.events.models import Event, EventStatus
from app.kernel.text import T

MOST = 1_000
ASK_AGAIN = timedelta(hours=6)
PRODUCT = "-//Gaung//Agenda//ID"
COLUMNS = (
    Event.uid,
    Event.code,
    Event.sequence,
    Event.title,
    Event.description,
    Event.place,
    Event.reason,
    Event.starts_at,
    Event.ends_at,
    Event.status,
    Event.announced_at,
    Event.updated_at,
    *PLACE_COLUMNS,
    Organisation.name.label("organiser"),
)


@dataclass(frozen=True)
class Feed:
    """The events of a feed: all public ones, or those of one district, organisation or campaign."""

    name: str
    condition: ColumnElement[bool] | None = None

    def wanted(self, now: datetime) -> list[ColumnElement[bool]]:
        conditions = [is_public(), Event.starts_at >= now - RECENT]
        return conditions if self.condition is None else [*conditions, self.condition]


def in_district(code: str) -> ColumnElement[bool]:
    return Event.village_code.in_(select(Village.code).where(Village.district_code == code))


def has_public(session: Session, condition: ColumnElement[bool]) -> bool:
    """Decide whether there is any public event of this condition, however long ago it was."""
    return session.scalar(select(Event.id).where(is_public(), condition).limit(1)) is not None


def feed_etag(session: Session, feed: Feed, now: datetime) -> str:
    """Return a mark that changes whenever the feed would read differently; two light queries."""
    count, versions, last = session.execute(
        select(func.count(Event.id), func.sum(Event.version), func.max(Event.updated_at)).where(*feed.wanted(now))
    ).one()
    names = session.execute(select_events(Organisation.name, *PLACE_COLUMNS).where(*feed.wanted(now)).distinct()).all()
    said = digest_of(feed.name, *sorted(str(row) for row in names))
    return f"{count}-{versions or 0}-{last.timestamp() if last else 0:.0f}-{now:%Y%m%d}-{said}"


def feed_calendar(session: Session, feed: Feed, *, site_url: str, now: datetime) -> bytes:
    ahead = Event.ends_at >= now
    # where not all find room, the oldest are left out
    order = (case((ahead, 0), else_=1), case((ahead, Event.starts_at)), Event.starts_at.desc(), Event.id)
    rows = session.execute(select_events(*COLUMNS).where(*feed.wanted(now)).order_by(*order).limit(MOST)).all()
    return _calendar(feed.name, sorted(rows, key=lambda row: (row.starts_at, row.uid)), site_url)


def event_calendar(session: Session, code: str, *, site_url: str) -> tuple[str, bytes] | None:
    """Return (title, file) of one public event, None where there is no such event."""
    row = session.execute(select_events(*COLUMNS).where(Event.code == code, is_public())).one_or_none()
    return None if row is None else (row.title, _calendar(None, [row], site_url))


def participant_calendar(session: Session, name: str, condition: ColumnElement[bool], *, address: str) -> bytes:
    """Return a calendar file of these events for a participant, with those that the public does not see.

    `address`: the own page, to which every entry leads.
    """
    wanted = (condition, Event.status != EventStatus.MERGED)
    rows = session.execute(select_events(*COLUMNS).where(*wanted).order_by(Event.starts_at, Event.id).limit(MOST)).all()
    return _calendar(name, rows, "", address=address)


def _calendar(name: str | None, rows: Iterable[Row[Any]], site_url: str, *, address: str | None = None) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name is not None:
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)
        calendar["refresh-interval"] = icalendar.vDuration(ASK_AGAIN, params={"VALUE": "DURATION"})
        calendar["x-published-ttl"] = icalendar.vDuration(ASK_AGAIN)
    for row in rows:
        calendar.add_component(_entry(row, address or f"{site_url.rstrip('/')}/agenda/{row.code}"))
    written: bytes = calendar.to_ical()
    return written


def _entry(row: Row[Any], address: str) -> icalendar.Event:
    entry, cancelled = icalendar.Event(), row.status == EventStatus.CANCELLED
    entry.add("uid", row.uid)
    entry.add("sequence", row.sequence)
    entry["dtstamp"] = _moment(row.updated_at)
    entry["last-modified"] = _moment(row.updated_at)
    if row.announced_at is not None:
        entry["created"] = _moment(row.announced_at)
    entry["dtstart"] = _moment(row.starts_at)
    if _moment(row.ends_at).dt > _moment(row.starts_at).dt:  # RFC 5545, 3.8.2.2: later than the start, or left out
        entry["dtend"] = _moment(row.ends_at)
    entry.add("summary", str(T("Dibatalkan: %(title)s", title=row.title)) if cancelled else row.title)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    village = f"{row.village}, {row.district}" if row.village else ""
    entry.add("location", ", ".join(part for part in (row.place, village) if part))
    reason = str(T("Perubahan: %(reason)s", reason=row.reason)) if row.reason else ""
    lines = [part for part in (reason, row.description, row.organiser, address) if part]
    entry["description"] = icalendar.vText("\n\n".join(lines))
    entry["url"] = address
    return entry


def _moment(at: datetime) -> icalendar.vDatetime:
    return icalendar.vDatetime(at.astimezone(UTC).replace(microsecond=0))
