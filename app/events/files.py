"""Who reads the pictures of events: whoever sees the event."""

from typing import Any

from sqlalchemy import Select, select

from app.events.access import READERS, visible_to
from app.events.models import Event, EventPhoto
from app.kernel.roles import Actor
from app.media.holders import Holder


def _photos(actor: Actor) -> Select[Any]:
    return select(EventPhoto.file_id).join(Event, Event.id == EventPhoto.event_id).where(visible_to(actor))


HOLDERS = (Holder(EventPhoto.file_id, READERS, _photos),)
