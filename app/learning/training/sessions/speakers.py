"""The trainers of a batch speak at its sessions, with their accounts, so that they keep those events too."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, Speaker
from app.gatherings.events.registration.names import name_key
from app.learning.programmes.models import ProgrammeTrainer
from app.learning.training.batches.plans import TrainerPlan
from app.learning.training.models import Batch, BatchTrainer
from app.learning.training.sessions.meetings import ahead, events_of

Person = TrainerPlan | BatchTrainer | Speaker | ProgrammeTrainer


def accounts_of(people: Iterable[Person]) -> dict[int, str]:
    """Map the id of the user to the name, of those who have an account, as events.clashes takes it."""
    return {one.user_id: one.name for one in people if one.user_id is not None}


def link_accounts(event: Event, trainers: Sequence[Person]) -> None:
    """Give the event's speakers the accounts of the trainers of these names."""
    known = {name_key(one.name): one.user_id for one in trainers}
    for speaker in event.speakers:
        speaker.user_id = known.get(speaker.name_key, speaker.user_id)


def follow_trainers(session: Session, batch: Batch, before: Sequence[TrainerPlan], *, now: datetime) -> None:
    """Put the trainers of now in place of those of `before` at sessions that lie ahead. Where just the trainers of
    `before` spoke, those of now do, names and titles too. Else who does not teach any more leaves and who is new comes;
    guests, and who was taken off a single session, stay."""
    gone = [one for one in before if not _among(one, batch.trainers)]
    new = [one for one in batch.trainers if not _among(one, before)]
    written = [(one.name, one.title) for one in before]
    if written == [(one.name, one.title) for one in batch.trainers] and not gone and not new:
        return
    for event in ahead(events_of(session, batch), now):
        if [(one.name, one.title) for one in event.speakers] == written:
            event.speakers = [_speaker(one) for one in batch.trainers]
        else:
            kept = [one for one in event.speakers if not _among(one, gone)]
            event.speakers = [*kept, *(_speaker(one) for one in new if not _among(one, kept))]
        for place, speaker in enumerate(event.speakers):
            speaker.position = place
        event.updated_at = now
    session.flush()


def _among(one: Person, others: Iterable[Person]) -> bool:
    """By the account, else by the name."""
    return any(_same(one, other) for other in others)


def _same(one: Person, other: Person) -> bool:
    if one.user_id is not None and other.user_id is not None:
        return one.user_id == other.user_id
    return name_key(one.name) == name_key(other.name)


def _speaker(one: BatchTrainer) -> Speaker:
    return Speaker(name=one.name, title=one.title, name_key=name_key(one.name), user_id=one.user_id)
