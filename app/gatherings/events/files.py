"""Decide who reads the pictures of events: whoever sees the event."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.gatherings.events.access import visible_to
from app.gatherings.events.models import Event, EventPhoto
from app.kernel.roles import Actor, Can


def _photos(actor: Actor) -> Select[Any]:
    return select(EventPhoto.file_id).join(Event, Event.id == EventPhoto.event_id).where(visible_to(actor))


HOLDERS = (Holder(EventPhoto.file_id, Can.READ_EVENTS, _photos),)
