"""Find the villages that events reached: only those that took place there count.

Planned or announced does not count, and neither does one that a device with a wrong clock dated ahead, until its day
has come or the date is mended. The meetings of simulated training count only in an installation for practice.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event
from app.gatherings.events.states import TOOK_PLACE
from app.kernel.periods import Period
from app.kernel.site import site_of
from app.kernel.slots import Slot

SIMULATED = Slot[Select[int]]("events.simulated")
"""Ids of events that are practice."""


def took_place(now: datetime, *, practice: bool = False) -> ColumnElement[bool]:
    """Return the condition of an event that counts. `practice`: meetings of simulated training count too
    (`Site.practice`)."""
    counts = and_(Event.status.in_(TOOK_PLACE), Event.starts_at <= now)
    return counts if practice else and_(counts, *(Event.id.not_in(ids) for ids in SIMULATED))


def within(period: Period, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition of an event that begins on a local day of the period."""
    begin, end = period.borders(zone)
    return and_(Event.starts_at >= begin, Event.starts_at < end)


def count_by_village(
    now: datetime, campaign_id: int | None = None, during: ColumnElement[bool] | None = None, *, practice: bool = False
) -> Select[Any]:
    """Select rows (village_code, events, last: the latest beginning, people: sum of those counted) by village;
    `during`: as `within` gives it, `practice`: as in `took_place`."""
    query: Any = (
        select(
            Event.village_code,
            func.count(Event.id).label("events"),
            func.max(Event.starts_at).label("last"),
            func.sum(Event.people).label("people"),
        )
        .where(took_place(now, practice=practice), Event.village_code.is_not(None))
        .group_by(Event.village_code)
    )
    if campaign_id is not None:
        query = query.where(Event.campaign_id == campaign_id)
    if during is not None:
        query = query.where(during)
    grouped: Select[Any] = query
    return grouped


def reached_villages(
    session: Session, now: datetime, *, campaign_id: int | None = None, during: ColumnElement[bool] | None = None
) -> dict[str, datetime]:
    """Return village code → when the last event that took place there began. Answered from an index alone."""
    query = count_by_village(now, campaign_id, during, practice=site_of(session).practice).with_only_columns(
        Event.village_code, func.max(Event.starts_at).label("last")
    )
    return {row.village_code: row.last for row in session.execute(query)}
