"""Decide who may see an event and who may change it. Routes ask for the role; here the record is asked too.

A trainer who holds no other of these roles has the own sessions alone: those at which he or she speaks, those that are
part of something this person keeps (a batch), and those that this person made or answers for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Speaker
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.slots import Slot
from app.kernel.text import T


@dataclass(frozen=True)
class EventKeeper:
    """How a higher room decides on events that are part of something of its own (sessions of a batch).

    `keeps`: whether this planner keeps the event, None where it is none of theirs. `kept_by`: the same for trainers, in
    the database.
    """

    keeps: Callable[[Actor, Event], bool | None]
    kept_by: Callable[[Actor], ColumnElement[bool]]


KEEPERS = Slot[EventKeeper]("events.keepers")
"""Who keeps the events that are part of something else; the first that says so decides."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the events that a person may see with their records: the office all, others those of
    their organisation and those at which they speak, a trainer those of `of_trainer`."""
    if trains_only(actor):
        return of_trainer(actor)
    if actor == SYSTEM or actor.of_office:
        return true()
    return or_(Event.organisation_id.in_(actor.organisation_ids), _speaks(actor))


def trains_only(actor: Actor) -> bool:
    return actor.has(Role.TRAINER) and not actor.can(Can.READ_ALL_EVENTS)


def of_trainer(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the events that this trainer teaches, speaks at, made or answers for."""
    if actor.id is None:
        return false()
    mine = (Event.created_by_id == actor.id, Event.responsible_id == actor.id, _speaks(actor))
    return or_(*mine, *(whole.kept_by(actor) for whole in KEEPERS))


def _speaks(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Speaker.event_id == Event.id, Speaker.user_id == actor.id)


def is_public() -> ColumnElement[bool]:
    """Return the condition of the events on the public calendar: announced to all, also once cancelled, but not
    merged."""
    return (Event.announced_at.is_not(None)) & (Event.status != EventStatus.MERGED)


def get(session: Session, actor: Actor, event_id: int) -> Event:
    """Return the event. Raises NotFound where it is not there or not for this person."""
    event = session.scalar(select(Event).where(Event.id == event_id, visible_to(actor)))
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada, atau bukan milik organisasi Anda."))
    return event


def may_plan(actor: Actor) -> bool:
    return actor == SYSTEM or actor.can(Can.PLAN_EVENTS)


def may_manage(actor: Actor, event: Event) -> bool:
    """Decide whether this person may change the event, announce it and keep its lists: planners of the office, of the
    organisation that holds it, and those who speak there (a trainer). What is part of something else is decided by its
    keeper."""
    if actor == SYSTEM:
        return True
    if not actor.can(Can.PLAN_EVENTS):
        return False
    if any(speaker.user_id == actor.id for speaker in event.speakers):
        return True
    for whole in KEEPERS:
        answer = whole.keeps(actor, event)
        if answer is not None:
            return answer
    if trains_only(actor):
        return actor.id in {event.created_by_id, event.responsible_id}
    return actor.of_office or event.organisation_id in actor.organisation_ids


def may_plan_for(actor: Actor, organisation_id: int) -> bool:
    """Decide whether this person may plan events for an organisation: the office for all, others and trainers for their
    own."""
    return actor == SYSTEM or (may_plan(actor) and (plans_for_all(actor) or organisation_id in actor.organisation_ids))


def plans_for_all(actor: Actor) -> bool:
    return actor.of_office and not trains_only(actor)


def to_manage(session: Session, actor: Actor, event_id: int, *, lock: bool = False) -> Event:
    """Return the event for this person to change. `lock`: nobody else changes its lists until the end of the
    transaction.

    Raises NotFound, Forbidden.
    """
    query = select(Event).where(Event.id == event_id, visible_to(actor))
    event = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada, atau bukan milik organisasi Anda."))
    if not may_manage(actor, event):
        raise Forbidden(T("Kegiatan ini hanya bisa diubah oleh penyelenggaranya atau staf kantor."))
    return event
