"""Whose event it is. Routes ask for the role; here the record is asked too."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from app.events.models import Event, EventStatus, Speaker
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Role
from app.kernel.text import T

PLANNERS = (Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN, Role.TRAINER, Role.COMMUNITY)
"""Who plans events: the office for everybody, a KIM for itself."""
READERS = (Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, *PLANNERS)

KEEPERS: list[Callable[[Actor, Event], bool | None]] = []
"""Rules of higher rooms for events that are part of something else: whether this planner keeps it, None where the
event is none of theirs."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The events that a person may see with their records: the office all, others those of their organisation and
    those at which they speak."""
    if actor == SYSTEM or actor.of_office:
        return true()
    speaks = exists().where(Speaker.event_id == Event.id, Speaker.user_id == actor.id)
    return or_(Event.organisation_id.in_(actor.organisation_ids), speaks)


def is_public() -> ColumnElement[bool]:
    """What everybody sees on the public calendar: announced once, a cancelled one as such."""
    return (Event.announced_at.is_not(None)) & (Event.status != EventStatus.MERGED)


def get(session: Session, actor: Actor, event_id: int) -> Event:
    """The event, or NotFound where it is not there or not for this person."""
    event = session.scalar(select(Event).where(Event.id == event_id, visible_to(actor)))
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada, atau bukan milik organisasi Anda."))
    return event


def may_plan(actor: Actor) -> bool:
    return actor == SYSTEM or actor.has(*PLANNERS)


def may_manage(actor: Actor, event: Event) -> bool:
    """Change it, announce it, keep its lists: planners of the office, of the organisation that holds it, and those who
    speak there (a trainer). What is part of something else is kept by who keeps that."""
    if actor == SYSTEM:
        return True
    if not actor.has(*PLANNERS):
        return False
    if any(speaker.user_id == actor.id for speaker in event.speakers):
        return True
    for rule in KEEPERS:
        answer = rule(actor, event)
        if answer is not None:
            return answer
    return actor.of_office or event.organisation_id in actor.organisation_ids


def may_plan_for(actor: Actor, organisation_id: int) -> bool:
    return actor == SYSTEM or (may_plan(actor) and (actor.of_office or organisation_id in actor.organisation_ids))


def to_manage(session: Session, actor: Actor, event_id: int, *, lock: bool = False) -> Event:
    """The event to be changed by this person. `lock`: nobody else changes its lists until the end of the transaction.

    Raises NotFound, Forbidden.
    """
    query = select(Event).where(Event.id == event_id, visible_to(actor))
    event = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada, atau bukan milik organisasi Anda."))
    if not may_manage(actor, event):
        raise Forbidden(T("Kegiatan ini hanya bisa diubah oleh penyelenggaranya atau staf kantor."))
    return event
