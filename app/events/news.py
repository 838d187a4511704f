"""Tell everybody registered what became of an event."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.events.models import Event


def tell_registered(session: Session, event: Event, what: str, *, now: datetime) -> int:
    """Everybody registered or waiting hears that the event was "moved" or "cancelled"; returns how many are told."""
    return 0
