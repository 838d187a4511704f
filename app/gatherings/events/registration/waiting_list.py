"""The places of an event and its waiting list: who gets a place, and who is next.

Whoever changes them locks the event's row first, so that two people never get one place.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, Registration, RegistrationStatus
from app.gatherings.events.registration.news import tell_promoted
from app.gatherings.events.states import UPCOMING


class Places(NamedTuple):
    """Counts of places. `left` is None where there is no limit."""

    taken: int
    waiting: int
    left: int | None


def count_places(session: Session, event: Event) -> Places:
    """Count the places taken, the people waiting, and the places left."""
    counts = {
        row.status: row.people
        for row in session.execute(
            select(Registration.status, func.count().label("people"))
            .where(Registration.event_id == event.id)
            .group_by(Registration.status)
        )
    }
    taken = counts.get(RegistrationStatus.REGISTERED, 0)
    left = None if event.capacity is None else max(0, event.capacity - taken)
    return Places(taken, counts.get(RegistrationStatus.WAITING, 0), left)


def seat_for(event: Event, count: Places) -> RegistrationStatus:
    """Return what a newcomer gets: nobody overtakes those who wait, also where they are not called any more."""
    free = count.left != 0 and not (event.waiting_list and count.waiting)
    return RegistrationStatus.REGISTERED if free else RegistrationStatus.WAITING


def fill_places(session: Session, event: Event, now: datetime) -> list[Registration]:
    """Give free places to those who wait, in their order, and tell them: after the capacity was raised."""
    lock_event(session, event.id)
    return promote_waiting(session, event, now)


def promote_waiting(session: Session, event: Event, now: datetime) -> list[Registration]:
    """Give free places to those who wait and return them. The event's row is locked by the caller. Nobody is called any
    more once the event has begun and registration is closed."""
    until = max(event.starts_at, event.registration_until or event.starts_at)
    if event.status not in UPCOMING or until <= now:
        return []
    left = count_places(session, event).left
    if left == 0:
        return []
    waiting = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.WAITING)
        .order_by(Registration.queue_no)
    )
    people: Sequence[Registration] = session.scalars(waiting.limit(left)).all()
    for person in people:
        person.status = RegistrationStatus.REGISTERED
        person.promoted_at = now
    session.flush()
    tell_promoted(session, event, people, now=now)
    return list(people)


def queue_place(session: Session, registration: Registration) -> int:
    """Return the place of somebody on the waiting list: 1 is next."""
    before = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.status == RegistrationStatus.WAITING,
        Registration.queue_no <= registration.queue_no,
    )
    counted = session.scalar(before) or 0
    return counted if registration.status == RegistrationStatus.WAITING and counted else counted + 1


def lock_event(session: Session, event_id: int) -> Event | None:
    """Return the event as it stands now; nobody else changes its lists until the end of the transaction."""
    return session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(), execution_options={"populate_existing": True}
    )


def next_queue_number(session: Session, event_id: int) -> int:
    """Return the number of the next registration of an event."""
    last = session.scalar(select(func.max(Registration.queue_no)).where(Registration.event_id == event_id))
    return (last or 0) + 1
