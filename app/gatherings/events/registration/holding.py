"""Registrations on hold, since they came in a burst: they take no place until the organiser looked at them.

Honest people behind one address are few at a time for one event; who registers a whole list by a script is answered as
anybody, and the places stay free.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.gatherings.events.access import to_manage
from app.gatherings.events.models import Event, Registration, RegistrationStatus
from app.gatherings.events.registration.news import confirm_registration
from app.gatherings.events.registration.waiting_list import count_places, seat_for
from app.kernel import audit
from app.kernel.errors import Stale
from app.kernel.limits import Hit
from app.kernel.roles import Actor
from app.kernel.text import T

BURST_LIMITS = ((8, timedelta(minutes=10)), (16, timedelta(hours=1)))
"""Registrations for one event from one address within a time: who registers the neighbours on one phone."""
TIMES_AT_THE_DOOR = 5
"""So many times as many while people come in at the door."""
DOOR_OPENS_BEFORE = timedelta(hours=2)


def burst_hits(event_id: int, starts_at: datetime, ends_at: datetime, address: str, now: datetime) -> list[Hit]:
    """Return the counters that one registration adds to, with their limits. `address`: a keyed hash."""
    times = TIMES_AT_THE_DOOR if starts_at - DOOR_OPENS_BEFORE <= now <= ends_at else 1
    return [
        Hit(f"registrations.{int(per.total_seconds())}", f"{event_id}:{address}", most * times, per)
        for most, per in BURST_LIMITS
    ]


def count_on_hold(session: Session, event: Event) -> int:
    query = select(func.count(Registration.id))
    return session.scalar(query.where(Registration.event_id == event.id, _held())) or 0


def accept_on_hold(session: Session, actor: Actor, event_id: int, registration_id: int | None, *, now: datetime) -> int:
    """Give places to registrations on hold, in their order, or put them on the waiting list; they are mailed as
    anybody.

    `registration_id`: one of them, None for all. Returns how many. Raises NotFound, Forbidden, Stale where none waits.
    """
    event, people = _to_decide(session, actor, event_id, registration_id)
    for person in people:
        person.status = seat_for(event, count_places(session, event))
        person.told_sequence = event.sequence
        session.flush()
        confirm_registration(session, event, person, now=now)
    after = {"n": len(people), "registration_ids": [one.id for one in people]}
    audit.record(session, actor, "event.registrations_accepted", event, now=now, after=after)
    return len(people)


def discard_on_hold(session: Session, actor: Actor, event_id: int, *, now: datetime) -> int:
    """Cancel all registrations on hold without a word to anybody; as `accept_on_hold`."""
    event, people = _to_decide(session, actor, event_id, None)
    for person in people:
        person.status, person.cancelled_at = RegistrationStatus.CANCELLED, now
    after = {"n": len(people), "registration_ids": [one.id for one in people]}
    audit.record(session, actor, "event.registrations_discarded", event, now=now, after=after)
    session.flush()
    return len(people)


def _to_decide(
    session: Session, actor: Actor, event_id: int, registration_id: int | None
) -> tuple[Event, Sequence[Registration]]:
    event = to_manage(session, actor, event_id, lock=True)
    query = select(Registration).where(Registration.event_id == event.id, _held()).order_by(Registration.queue_no)
    if registration_id is not None:
        query = query.where(Registration.id == registration_id)
    people = session.scalars(query, execution_options={"populate_existing": True}).all()
    if not people:
        raise Stale(T("Tidak ada lagi pendaftaran yang perlu diperiksa. Tidak ada yang berubah."))
    return event, people


def _held() -> ColumnElement[bool]:
    return Registration.status == RegistrationStatus.HELD
