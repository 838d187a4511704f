"""Batches that share people never wait for each other, whatever the order in which the people come."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.check import Checked
from app.base.media.storage import Storage
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.learning.training.admission.deciding import decide
from app.learning.training.admission.nominations import Letter, nominate
from app.learning.training.admission.service import apply, withdraw
from app.learning.training.models import Enrolment, EnrolmentStatus, Trainee
from tests.training.test_quotas import applicant, at_once
from tests.world import World

TIMES = 8


def test_who_asks_here_waits_there_and_the_other_way_round(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock
) -> None:
    """Each asks for a place in the batch where the other one waits."""
    here, there = world.batch(capacity=1), world.batch(capacity=1)
    for batch, own, others in ((here, 11, 3), (there, 21, 5)):
        apply(session, batch.id, applicant(own), now=clock.now())
        apply(session, batch.id, applicant(others), now=clock.now())
    session.commit()
    asks = ((here.id, 5), (there.id, 3))

    def one(number: int) -> None:
        with unit_of_work(sessions) as own:
            apply(own, asks[number][0], applicant(asks[number][1]), now=clock.now())

    for _ in range(TIMES):
        assert at_once(2, one) == []
        for batch_id, number in asks:
            entry = session.scalars(
                select(Enrolment)
                .join(Trainee)
                .where(Enrolment.batch_id == batch_id, Trainee.phone == f"+6281234560{number:03d}"),
                execution_options={"populate_existing": True},
            ).one()
            withdraw(session, entry, now=clock.now())
        session.commit()


def test_two_letters_name_the_same_people_in_another_order(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock, tmp_path: Path
) -> None:
    opd, editor, storage = world.organisation(), world.actor(Role.EDITOR), Storage(tmp_path / "media")
    known = {n: world.trainee(f"Warga {n}", phone=f"+6281234560{n:03d}", organisation_id=opd.id) for n in range(1, 6)}
    pairs = [(world.batch().id, world.batch().id) for _ in range(TIMES)]
    session.commit()
    opd_id = opd.id
    for step, pair in enumerate(pairs):
        numbers = [*known, 100 + step, 200 + step]  # and two that nobody knows yet

        def one(number: int, pair: tuple[int, int] = pair, numbers: list[int] = numbers, step: int = step) -> None:
            letter = Letter(opd_id, Checked(f"%PDF-1.7 {step} {number}".encode(), "application/pdf", "surat.pdf"))
            people = [applicant(n, organisation_id=opd_id) for n in (reversed(numbers) if number else numbers)]
            with unit_of_work(sessions) as own:
                nominate(own, storage, editor, pair[number], letter, people, now=clock.now())

        assert at_once(2, one) == []


def test_two_trainers_choose_the_same_people_in_another_order(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock
) -> None:
    editor = world.actor(Role.EDITOR)
    people = [world.trainee() for _ in range(6)]
    for _ in range(TIMES):
        batches = [world.batch(selection=True) for _ in range(2)]
        ids = [
            [world.enrolment(batch, each, status=EnrolmentStatus.APPLIED).id for each in people] for batch in batches
        ]
        session.commit()

        def one(number: int, ids: list[list[int]] = ids) -> None:
            with unit_of_work(sessions) as own:
                for each in reversed(ids[1]) if number else ids[0]:
                    decide(own, editor, each, EnrolmentStatus.ACCEPTED, now=clock.now())

        assert at_once(2, one) == []
