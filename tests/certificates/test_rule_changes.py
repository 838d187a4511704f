"""Who may change the rule of a batch, and when."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Role
from app.learning.certificates.rule import Rule
from app.learning.certificates.rule_changes import change_rule
from app.learning.training.batches import service as batches
from app.learning.training.batches.plans import plan_of
from app.learning.training.models import BatchStatus, BatchTrainer
from tests.certificates.finished import finished_batch, issued, taught_batch
from tests.world import World

EASY = Rule(0, None, "test", 50)


def test_who_teaches_sets_the_rule_until_the_batch_is_over_and_then_the_office(
    session: Session, world: World, clock: FrozenClock
) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    running, finished, resumed = taught_batch(world), finished_batch(world), finished_batch(world)
    for batch in (running, finished, resumed):
        batch.trainers.append(BatchTrainer(position=0, user_id=trainer.id, name=trainer.name))
    issued(world, resumed)
    resumed.status = BatchStatus.RUNNING
    session.commit()
    assert change_rule(session, world.actor_of(trainer), running.id, EASY, now=clock.now()).min_score is None
    for batch in (finished, resumed):
        with pytest.raises(Forbidden, match="kantor"):
            change_rule(session, world.actor_of(trainer), batch.id, EASY, certain=True, now=clock.now())
    editor = world.actor(Role.EDITOR)
    assert change_rule(session, editor, finished.id, EASY, now=clock.now()).min_score is None


@pytest.mark.usefixtures("app")
def test_the_form_of_a_batch_leaves_a_rule_alone_by_which_certificates_were_issued(
    session: Session, world: World, clock: FrozenClock
) -> None:
    editor, batch = world.actor(Role.EDITOR), finished_batch(world)
    issued(world, batch)
    batch.status = BatchStatus.RUNNING
    session.commit()
    with pytest.raises(Invalid, match="halaman Sertifikat") as error:
        batches.edit(
            session, editor, batch.id, replace(plan_of(batch), min_attendance=10, place="Balai"), now=clock.now()
        )
    assert error.value.field == "min_attendance"
    renamed = replace(plan_of(batch), name="Nama baru", place="Balai")
    assert batches.edit(session, editor, batch.id, renamed, now=clock.now()).name == "Nama baru"
    other = taught_batch(world)
    changed = replace(plan_of(other), min_attendance=10, place="Balai")
    assert batches.edit(session, editor, other.id, changed, now=clock.now()).min_attendance == 10
