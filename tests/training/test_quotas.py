"""Who gets a place: capacity, limits of OPDs and villages, kept places, and many who ask at once."""

import threading
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.events.models import Sex
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.learning.training.admission.quotas import count_taken, refusal, unreserved_places
from app.learning.training.admission.service import apply
from app.learning.training.models import Batch, BatchQuota, Enrolment, EnrolmentStatus, QuotaKind, Trainee
from app.learning.training.participants.people import Applicant
from tests.world import World

ACCEPTED, WAITING = EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING


def applicant(number: int = 1, **values: object) -> Applicant:
    return replace(Applicant(name=f"Warga {number}", phone=f"0812-3456-{number:04d}", consent=True), **values)  # type: ignore[arg-type]


def at_once(count: int, work) -> list[BaseException]:  # type: ignore[no-untyped-def]
    """Run `work(number)` in so many threads that start together; return what went wrong."""
    barrier, faults = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults


def quota(session: Session, batch: Batch, kind: str, key: object, **values: int) -> None:
    batch.quotas.append(BatchQuota(kind=kind, key=str(key), **values))
    session.flush()


@pytest.mark.parametrize("limit", ["capacity", "per_opd"])
def test_many_ask_at_once_for_the_last_place_and_exactly_one_gets_it(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock, limit: str
) -> None:
    opd = world.organisation()
    batch = world.batch(sessions=2, **({"capacity": 1} if limit == "capacity" else {"per_opd": 1}))
    session.commit()
    batch_id, opd_id = batch.id, opd.id

    def one(number: int) -> None:
        with unit_of_work(sessions) as own:
            apply(own, batch_id, applicant(number, organisation_id=opd_id), now=clock.now())

    assert at_once(12, one) == []
    session.expire_all()
    ordered = session.scalars(select(Enrolment.status).order_by(Enrolment.queue_no)).all()
    assert ordered == [ACCEPTED] + [WAITING] * 11


def test_one_person_who_asks_many_times_at_once_is_one_trainee(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock
) -> None:
    ids = [world.batch().id for _ in range(2)]
    session.commit()

    def one(number: int) -> None:
        with unit_of_work(sessions) as own:
            apply(own, ids[number % 2], applicant(1), now=clock.now())

    assert at_once(8, one) == []
    assert len(session.scalars(select(Trainee)).all()) == 1
    assert Counter(session.scalars(select(Enrolment.batch_id))) == {ids[0]: 1, ids[1]: 1}


def test_the_limit_of_a_village_is_for_that_village(session: Session, world: World) -> None:
    batch = world.batch(per_village=1)
    here, there = world.village(0), world.village(1)
    world.enrolment(batch, world.trainee(village_code=here))
    assert refusal(session, batch, world.trainee(village_code=here)) is not None
    assert refusal(session, batch, world.trainee(village_code=there)) is None
    assert refusal(session, batch, world.trainee()) is None, "a village that is not known is no village"


def test_a_single_opd_may_have_more_than_the_others_and_its_bidang_count_with_it(
    session: Session, world: World
) -> None:
    opd, other = world.organisation(), world.organisation()
    bidang = world.organisation(parent_id=opd.id, kind="bidang")
    batch = world.batch(per_opd=1)
    quota(session, batch, QuotaKind.OPD, opd.id, most=2)
    world.enrolment(batch, world.trainee(organisation_id=opd.id))
    world.enrolment(batch, world.trainee(organisation_id=other.id))
    assert refusal(session, batch, world.trainee(organisation_id=other.id)) is not None
    assert refusal(session, batch, world.trainee(organisation_id=bidang.id)) is None
    world.enrolment(batch, world.trainee(organisation_id=bidang.id))
    assert refusal(session, batch, world.trainee(organisation_id=opd.id)) is not None


def test_kept_places_are_not_for_others(session: Session, world: World) -> None:
    batch = world.batch(capacity=3)
    quota(session, batch, QuotaKind.SEX, Sex.FEMALE, least=2)
    man, woman = world.trainee(sex=Sex.MALE), world.trainee(sex=Sex.FEMALE)
    assert refusal(session, batch, man) is None
    world.enrolment(batch, man)
    assert refusal(session, batch, world.trainee(sex=Sex.MALE)) is not None
    assert refusal(session, batch, woman) is None
    assert unreserved_places(batch, count_taken(session, batch)) == 0


def test_one_person_fills_a_kept_place_of_each_kind(session: Session, world: World) -> None:
    opd = world.organisation()
    batch = world.batch(capacity=2)
    quota(session, batch, QuotaKind.SEX, Sex.FEMALE, least=1)
    quota(session, batch, QuotaKind.OPD, opd.id, least=1)
    assert refusal(session, batch, world.trainee(sex=Sex.MALE)) is None, "a woman of that OPD still fits"
    world.enrolment(batch, world.trainee(sex=Sex.MALE))
    assert refusal(session, batch, world.trainee(sex=Sex.FEMALE)) is not None
    assert refusal(session, batch, world.trainee(sex=Sex.FEMALE, organisation_id=opd.id)) is None
