"""Remember which event's list a person keeps, so that a ticket of another one is noticed at the door."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.gatherings.events.models import Event

KEY = "hadir"
LASTS = timedelta(hours=12)  # after the end of the event

Memory = MutableMapping[str, Any]
"""The browser's session."""


def take_desk(memory: Memory, event: Event) -> None:
    memory[KEY] = event.id


def leave_desk(memory: Memory) -> None:
    memory.pop(KEY, None)


def event_at_desk(session: Session, memory: Memory, now: datetime) -> Event | None:
    """Return the event whose list this person keeps; None once it is long over."""
    event_id = memory.get(KEY)
    event = session.get(Event, event_id) if isinstance(event_id, int) else None
    return event if event is not None and now <= event.ends_at + LASTS else None
