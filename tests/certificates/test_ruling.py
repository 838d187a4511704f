"""Who may change the rule of a batch, and when."""

import pytest
from sqlalchemy.orm import Session

from app.certificates.rule import Rule
from app.certificates.ruling import change_rule
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden
from app.kernel.roles import Role
from app.training.models import BatchStatus, BatchTrainer
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
