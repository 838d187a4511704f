"""The place of a batch, which its sessions follow."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event
from app.gatherings.events.planning.changes import move_event
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.training.batches.announcing import as_holder
from app.learning.training.batches.plans import Plan
from app.learning.training.models import Batch, BatchSession, Seat
from app.learning.training.sessions.meetings import ahead, events_of
from app.learning.training.sessions.news import tell_place

ONLINE = "Daring"


def session_place(batch: Batch | Plan) -> tuple[str, str | None]:
    """Return (place, village) of a session that says nothing else. The link of a batch is for participants only."""
    if not batch.place and not batch.village_code and batch.link:
        return ONLINE, None
    return batch.place, batch.village_code


def sessions_at_place(session: Session, batch: Batch, where: tuple[str, str | None], *, now: datetime) -> list[Event]:
    """List the sessions of a batch that lie ahead and are held there."""
    return [one for one in ahead(events_of(session, batch), now) if (one.place, one.village_code) == where]


def follow_place(session: Session, actor: Actor, batch: Batch, before: tuple[str, str | None], *, now: datetime) -> int:
    """Move the sessions that lie ahead and were held where the batch was, and tell who sits there: participants by one
    mail, others who registered as always. Returns how many sessions moved."""
    place, village = session_place(batch)
    if (place, village) == before:
        return 0
    moved = [
        move_event(
            session, as_holder(actor, batch), one.id, starts_at=one.starts_at, ends_at=one.ends_at,
            reason=str(T("Tempat pelatihannya berubah")), village_code=village or "", place=place,
            spare=_mailed(session, one.id), now=now,
        )
        for one in sessions_at_place(session, batch, before, now=now)
    ]  # fmt: skip
    tell_place(session, batch, moved, now=now)
    return len(moved)


def _mailed(session: Session, event_id: int) -> set[int]:
    """Registrations at this event that are seats of the batch."""
    query = select(Seat.registration_id).join(BatchSession, BatchSession.id == Seat.session_id)
    return set(session.scalars(query.where(BatchSession.event_id == event_id)))
