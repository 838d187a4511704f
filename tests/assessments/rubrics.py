"""A batch with a rubric, participants and their works, as the tests of works need it."""

from collections.abc import Sequence
from typing import Any

from app.base.media.storage import Storage
from app.learning.assessments.models import Work
from app.learning.assessments.works.service import PARTICIPANT, HandIn, hand_in
from app.learning.programmes.models import Criterion
from app.learning.training.models import Batch, BatchStatus, Enrolment
from tests.world import World


def rubric_batch(world: World, most: Sequence[int] = (4, 10), **values: Any) -> Batch:
    """A running batch whose programme has a criterion for each number, which is its most points."""
    programme = world.programme()
    programme.criteria = [
        Criterion(position=place, title=f"Unsur {place + 1}", guide="0: belum ada", most=points)
        for place, points in enumerate(most)
    ]
    world.session.commit()
    values.setdefault("status", BatchStatus.RUNNING)
    return world.batch(programme=programme, **values)


def handed_in(world: World, storage: Storage, enrolment: Enrolment, **values: Any) -> Work:
    given = HandIn(**{"title": "Halaman posyandu", "link": "https://contoh.go.id/kode", **values})
    work, _gone = hand_in(world.session, storage, PARTICIPANT, enrolment.id, given, now=world.clock.now())
    world.session.commit()
    return work
