"""What becomes of a batch's sessions in events/: whoever keeps the batch keeps them, announced as the batch is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.service import announce, facts, show_to_public
from app.kernel import audit
from app.kernel.roles import SYSTEM, Actor
from app.learning.training.models import Admission, Batch
from app.learning.training.sessions.meetings import events_of
from app.learning.training.states import ALIVE


def as_holder(actor: Actor, batch: Batch) -> Actor:
    """Return the same person for events/: who may keep a batch plans its sessions for whoever holds it, also as a
    trainer from another organisation. Asked of `training.access.to_manage` before."""
    if actor == SYSTEM:
        return actor
    return replace(actor, organisation_ids=actor.organisation_ids | {batch.organisation_id})


def is_public(batch: Batch) -> bool:
    """Return whether its sessions stand on the public agenda: everybody may apply, and nothing of it is made up."""
    return batch.admission != Admission.NOMINATION and not batch.simulated


def announce_sessions(session: Session, actor: Actor, batch: Batch, *, now: datetime) -> None:
    """Announce the sessions that are planned and not over; each is reminded of from now on."""
    for event in events_of(session, batch):
        announce_one(session, actor, batch, event, now=now)


def announce_one(session: Session, actor: Actor, batch: Batch, event: Event, *, now: datetime) -> None:
    """Announce one session; nothing before the batch is open."""
    if batch.status in ALIVE and event.status == EventStatus.PLANNED and event.ends_at > now:
        announce(session, as_holder(actor, batch), event.id, now=now, public=is_public(batch))


def follow_admission(session: Session, actor: Actor, batch: Batch, *, now: datetime) -> None:
    """Show to all the sessions that only participants knew of, since everybody may apply from now on."""
    if batch.status not in ALIVE or not is_public(batch):
        return
    for event in _hidden(events_of(session, batch)):
        show_to_public(session, as_holder(actor, batch), event.id, now=now)


def follow_holder(session: Session, actor: Actor, batch: Batch, *, now: datetime) -> None:
    """Give the sessions to the organisation that holds the batch now."""
    for event in events_of(session, batch):
        if event.organisation_id == batch.organisation_id or event.status == EventStatus.VERIFIED:
            continue
        before = facts(event)
        event.organisation_id, event.updated_at = batch.organisation_id, now
        session.flush()
        audit.record(session, actor, "event.edited", event, now=now, before=before, after=facts(event))


def _hidden(events: Sequence[Event]) -> list[Event]:
    return [one for one in events if one.status == EventStatus.ANNOUNCED and one.announced_at is None]
