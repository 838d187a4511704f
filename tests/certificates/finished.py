"""Batches with participants who came to their sessions and were marked, as the tests of certificates need them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.kernel.roles import SYSTEM
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.certificates import outcomes
from app.learning.certificates.eligibility import accepted
from app.learning.certificates.facts import Signer
from app.learning.certificates.issuing import issue
from app.learning.certificates.models import Certificate
from app.learning.training.models import Batch, BatchStatus, Enrolment
from tests.world import World

SIGNER = Signer(
    "Hj. Contoh Kadis, M.Si.", "Kepala Dinas Komunikasi dan Informatika", "Tenggarong", "19700101 199503 2 001"
)
PASSED, ABSENT, WEAK = ("Siti Aminah", 80, 4), ("Budi Santoso", 90, 2), ("Rina Wati", 40, 4)


def taught_batch(
    world: World,
    people: Sequence[tuple[str, float | None, int]] = (PASSED, ABSENT, WEAK),
    *,
    held: int = 4,
    **values: Any,
) -> Batch:
    """A running batch whose sessions lie in the past. `people`: (name, points of 100 or None, sessions attended)."""
    values.setdefault("status", BatchStatus.RUNNING)
    mails = values.pop("emails", {})
    batch = world.batch(**values)
    meetings = [
        world.session_of(batch, position=place, starts_in=timedelta(days=place - held - 1)) for place in range(held)
    ]
    world.session.refresh(batch)
    version = world.instrument().versions[-1]
    now = world.clock.now()
    paper = world._add(
        Paper(batch_id=batch.id, kind=PaperKind.POST, instrument_version_id=version.id, most=100, created_at=now)
    )
    for name, points, came in people:
        trainee = world.trainee(name, email=mails.get(name))
        enrolment = world.enrolment(batch, trainee)
        world.attended(enrolment, *meetings[:came])
        if points is not None:
            world._add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, score=points, most=100, handed_in_at=now))
    return batch


def finished_batch(world: World, *given: Any, **values: Any) -> Batch:
    """The same, marked as finished, with its outcomes."""
    batch = taught_batch(world, *given, **values)
    batch.status, batch.finished_at = BatchStatus.FINISHED, world.clock.now()
    outcomes.settle(world.session, SYSTEM, batch, world.clock.now())
    world.session.commit()
    return batch


def issued(world: World, batch: Batch, **values: Any) -> list[Certificate]:
    made = issue(world.session, SYSTEM, batch.id, signer=SIGNER, now=world.clock.now(), **values)
    world.session.commit()
    return made


def enrolment_of(world: World, batch: Batch, name: str) -> Enrolment:
    return next(one for one in accepted(world.session, batch.id) if one.trainee.name == name)
