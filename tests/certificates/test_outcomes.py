import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import SYSTEM, Role
from app.learning.certificates import outcomes
from app.learning.certificates.revoking import revoke
from app.learning.training.batches.finishing import finish, reopen_finished
from app.learning.training.models import BatchTrainer
from tests.certificates.finished import enrolment_of, finished_batch, issued, taught_batch
from tests.world import World


def told(world: World, batch: object, name: str) -> tuple[str | None, str]:
    world.session.expire_all()
    one = enrolment_of(world, batch, name)  # type: ignore[arg-type]
    return one.outcome, one.outcome_reason


@pytest.mark.usefixtures("app")  # whose rooms are registered
def test_finishing_a_batch_sets_every_outcome_with_its_reason(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = taught_batch(world)
    finish(session, SYSTEM, batch.id, now=clock.now())
    session.commit()
    assert told(world, batch, "Siti Aminah") == ("completed", "")
    assert told(world, batch, "Budi Santoso") == (
        "incomplete", "Hadir 2 dari 4 pertemuan (50%), batasnya 75%.",
    )  # fmt: skip
    assert told(world, batch, "Rina Wati") == ("incomplete", "Nilai 40, batasnya 60.")


@pytest.mark.usefixtures("app")  # whose rooms are registered
def test_taking_a_batch_up_again_takes_outcomes_back_and_finishing_sets_them_anew(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = taught_batch(world)
    finish(session, SYSTEM, batch.id, now=clock.now())
    reopen_finished(session, SYSTEM, batch.id, now=clock.now())
    session.commit()
    assert told(world, batch, "Siti Aminah") == (None, "")
    batch.min_attendance = 50
    finish(session, SYSTEM, batch.id, now=clock.now())
    session.commit()
    assert told(world, batch, "Budi Santoso") == ("completed", "")


def test_the_office_decides_against_the_rule_with_a_reason_that_lasts(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = finished_batch(world), world.actor(Role.EDITOR)
    ill = enrolment_of(world, batch, "Budi Santoso")
    outcomes.decide(session, editor, ill.id, "completed", reason=" sakit,  ada surat dokter ", now=clock.now())
    session.commit()
    outcome, reason = told(world, batch, "Budi Santoso")
    assert outcome == "completed"
    assert reason.startswith("Keputusan kantor: sakit, ada surat dokter")
    outcomes.settle(session, SYSTEM, batch, clock.now())
    assert told(world, batch, "Budi Santoso")[0] == "completed"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.outcome_decided")).one()
    assert (entry.actor_name, entry.after) == (
        editor.name, {"outcome": "completed", "with_reason": True},
    )  # fmt: skip
    outcomes.take_back(session, editor, ill.id, now=clock.now())
    outcomes.take_back(session, editor, ill.id, now=clock.now())
    session.commit()
    assert told(world, batch, "Budi Santoso")[0] == "incomplete"
    words = [str((entry.before, entry.after)) for entry in session.scalars(select(AuditEntry))]
    assert not any("sakit" in one for one in words), "the trail outlives the person's data"


def test_a_decision_needs_a_reason_and_the_office(session: Session, world: World, clock: FrozenClock) -> None:
    batch = finished_batch(world)
    ill = enrolment_of(world, batch, "Budi Santoso")
    with pytest.raises(Invalid) as caught:
        outcomes.decide(session, world.actor(Role.EDITOR), ill.id, "completed", reason="  ", now=clock.now())
    assert caught.value.field == "reason"
    trainer = world.user(Role.TRAINER)
    batch.trainers.append(BatchTrainer(position=0, user_id=trainer.id, name=trainer.name))
    session.commit()
    with pytest.raises(Forbidden):
        outcomes.decide(session, world.actor_of(trainer), ill.id, "completed", reason="sakit", now=clock.now())


def test_who_holds_a_certificate_cannot_be_failed_before_it_is_revoked(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = finished_batch(world), world.actor(Role.EDITOR)
    certificate = issued(world, batch)[0]
    with pytest.raises(Refused):
        outcomes.decide(session, editor, certificate.enrolment_id, "incomplete", reason="menyontek", now=clock.now())
    session.rollback()
    revoke(session, editor, certificate.id, reason="Menyontek.", now=clock.now())
    outcomes.decide(session, editor, certificate.enrolment_id, "incomplete", reason="menyontek", now=clock.now())
    session.commit()
    assert told(world, batch, "Siti Aminah")[0] == "incomplete"


@pytest.mark.usefixtures("app")  # whose rooms are registered
def test_who_teaches_does_not_take_up_again_what_the_office_decided_or_certified(
    session: Session, world: World, clock: FrozenClock
) -> None:
    trainer = world.user(Role.TRAINER)
    plain, decided, certified = (finished_batch(world) for _ in range(3))
    for batch in (plain, decided, certified):
        batch.trainers.append(BatchTrainer(position=0, user_id=trainer.id, name=trainer.name))
    session.commit()
    issued(world, certified)
    ill = enrolment_of(world, decided, "Budi Santoso")
    outcomes.decide(session, world.actor(Role.EDITOR), ill.id, "incomplete", reason="sakit", now=clock.now())
    session.commit()
    reopen_finished(session, world.actor_of(trainer), plain.id, now=clock.now())
    session.commit()
    for batch in (decided, certified):
        with pytest.raises(Forbidden):
            reopen_finished(session, world.actor_of(trainer), batch.id, now=clock.now())
        session.rollback()
    reopen_finished(session, world.actor(Role.EDITOR), certified.id, now=clock.now())
