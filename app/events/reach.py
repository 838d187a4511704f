"""Which villages were reached by events: only by those that took place there. Planned or announced does not count."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.events.states import TOOK_PLACE


def held(campaign_id: int | None = None) -> Select[Any]:
    """Rows (village_code, events, last: the latest beginning, people: sum of those counted) by village."""
    query: Any = (
        select(
            Event.village_code,
            func.count(Event.id).label("events"),
            func.max(Event.starts_at).label("last"),
            func.sum(Event.people).label("people"),
        )
        .where(Event.status.in_(TOOK_PLACE), Event.village_code.is_not(None))
        .group_by(Event.village_code)
    )
    if campaign_id is not None:
        query = query.where(Event.campaign_id == campaign_id)
    grouped: Select[Any] = query
    return grouped


def reached_villages(session: Session, *, campaign_id: int | None = None) -> dict[str, datetime]:
    """Village code → when the last event that took place there began."""
    return {row.village_code: row.last for row in session.execute(held(campaign_id))}
