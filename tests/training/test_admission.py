"""Asking for a place, the waiting list, overlaps, deciding and giving back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import AgeBand, Registration, RegistrationStatus, Sex
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.training.admission.deciding import Overlap, decide
from app.learning.training.admission.service import SamePerson, apply, enrol, withdraw
from app.learning.training.admission.waiting import fill_places, queue_place
from app.learning.training.models import Admission, Batch, BatchStatus, Enrolment, EnrolmentStatus, Trainee
from tests.training.test_quotas import applicant
from tests.world import World

APPLIED, ACCEPTED, WAITING, REJECTED, WITHDRAWN = (
    EnrolmentStatus.APPLIED,
    EnrolmentStatus.ACCEPTED,
    EnrolmentStatus.WAITING,
    EnrolmentStatus.REJECTED,
    EnrolmentStatus.WITHDRAWN,
)


def seats_of(session: Session, trainee: Trainee) -> list[str]:
    query = select(Registration.status).where(Registration.phone == trainee.phone).order_by(Registration.event_id)
    return list(session.scalars(query))


def test_who_comes_first_gets_the_place_and_sits_in_every_session(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(capacity=1, sessions=2)
    first, second = (apply(session, batch.id, applicant(n), now=clock.now()).enrolment for n in (1, 2))
    assert (first.status, second.status) == (ACCEPTED, WAITING)
    assert seats_of(session, first.trainee) == [RegistrationStatus.REGISTERED] * 2
    assert seats_of(session, second.trainee) == []
    assert queue_place(session, second) == 1


def test_the_waiting_list_moves_up_when_somebody_leaves(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(capacity=1, sessions=1)
    first, second, third = (
        apply(session, batch.id, applicant(n, email=f"w{n}@contoh.id"), now=clock.now()).enrolment for n in (1, 2, 3)
    )
    assert withdraw(session, first, now=clock.now()) == [second]
    assert (first.status, second.status, third.status) == (WITHDRAWN, ACCEPTED, WAITING)
    assert seats_of(session, first.trainee) == [RegistrationStatus.CANCELLED]
    assert seats_of(session, second.trainee) == [RegistrationStatus.REGISTERED]
    subjects = session.scalars(select(Notice.subject).where(Notice.address == "w2@contoh.id")).all()
    assert any(subject.startswith("Anda diterima") for subject in subjects)
    assert withdraw(session, first, now=clock.now()) == [], "a second time changes nothing"


def test_whose_opd_is_full_is_passed_over_and_keeps_the_place_in_the_queue(
    session: Session, world: World, clock: FrozenClock
) -> None:
    opd = world.organisation()
    batch = world.batch(capacity=2, per_opd=1)
    entered = [
        apply(session, batch.id, applicant(n, organisation_id=opd.id if n in {1, 3} else None), now=clock.now())
        for n in (1, 2, 3, 4)
    ]
    one, two, three, four = (entry.enrolment for entry in entered)
    assert [each.status for each in (one, two, three, four)] == [ACCEPTED, ACCEPTED, WAITING, WAITING]
    withdraw(session, two, now=clock.now())
    assert (three.status, four.status) == (WAITING, ACCEPTED)
    withdraw(session, one, now=clock.now())
    assert three.status == ACCEPTED


def test_more_places_call_those_who_wait(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(capacity=1, sessions=1)
    waiting = [apply(session, batch.id, applicant(n), now=clock.now()).enrolment for n in (1, 2, 3)][1:]
    batch.capacity = 3
    assert fill_places(session, batch, now=clock.now()) == waiting
    batch.capacity = 1


def test_nobody_is_called_once_the_first_session_began(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(capacity=1, sessions=1)
    first, second = (apply(session, batch.id, applicant(n), now=clock.now()).enrolment for n in (1, 2))
    clock.move_to(batch.sessions[0].event.starts_at)
    assert withdraw(session, first, now=clock.now()) == []
    assert second.status == WAITING


def test_the_same_contact_again_changes_nothing_and_gets_the_own_link(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch()
    first = apply(session, batch.id, applicant(1, email="a@contoh.id", motivation="Mau"), now=clock.now())
    again = apply(
        session, batch.id, applicant(1, name="Orang Lain", email="lain@contoh.id", sex=Sex.MALE), now=clock.now()
    )
    assert again.known
    assert again.enrolment is first.enrolment
    trainee = first.enrolment.trainee
    assert (trainee.name, trainee.email, trainee.sex) == ("Warga 1", "a@contoh.id", Sex.UNKNOWN)
    addresses = set(session.scalars(select(Notice.address)))
    assert addresses == {"a@contoh.id"}, "nothing goes to an address that a stranger typed"


def test_a_person_is_one_trainee_over_batches_and_keeps_the_data(
    session: Session, world: World, clock: FrozenClock
) -> None:
    known = world.trainee("Siti Aminah", phone="+6281234560001", email="siti@contoh.id")
    entry = apply(session, world.batch().id, applicant(1, name="Bukan Siti", occupation="Guru"), now=clock.now())
    assert (entry.known, entry.met) == (False, True)
    assert entry.enrolment.trainee is known
    assert (known.name, known.occupation) == ("Siti Aminah", "")


def test_a_contact_alone_connects_no_account(session: Session, world: World, clock: FrozenClock) -> None:
    world.user(Role.OPD_CONTACT, email="siti@contoh.id")
    entry = apply(session, world.batch().id, applicant(1, email="Siti@contoh.id"), now=clock.now())
    assert entry.enrolment.trainee.user_id is None


def test_who_withdrew_may_ask_again_at_the_end_of_the_queue(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(capacity=1, sessions=1)
    first = apply(session, batch.id, applicant(1), now=clock.now()).enrolment
    withdraw(session, first, now=clock.now())
    apply(session, batch.id, applicant(2), now=clock.now())
    again = apply(session, batch.id, applicant(1), now=clock.now())
    assert again.enrolment is first
    assert (first.status, first.queue_no) == (WAITING, 3)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Lihat www.contoh.id"}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "salah"}, "email"),
        ({"sex": "x"}, "sex"),
        ({"age_band": AgeBand.CHILD}, "age_band"),
        ({"village_code": "00"}, "village"),
        ({"organisation_id": 99999}, "organisation_id"),
        ({"motivation": "x" * 1001}, "motivation"),
        ({"consent": False}, "consent"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    session: Session, world: World, clock: FrozenClock, change: dict[str, object], field: str
) -> None:
    batch = world.batch()
    with pytest.raises(Invalid) as refused:
        apply(session, batch.id, applicant(1, **change), now=clock.now())
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"status": BatchStatus.DRAFT}, NotFound),
        ({"simulated": True}, NotFound),
        ({"status": BatchStatus.RUNNING}, Refused),
        ({"admission": Admission.NOMINATION}, Refused),
        ({"register_until": "past"}, Refused),
    ],
)
def test_a_batch_that_is_not_open_takes_nobody(
    session: Session, world: World, clock: FrozenClock, values: dict[str, object], error: type[Exception]
) -> None:
    if "register_until" in values:
        values = {"register_until": clock.now() - timedelta(hours=1)}
    batch = world.batch(**values)
    with pytest.raises(error):
        apply(session, batch.id, applicant(1), now=clock.now())


def two_at_once(world: World) -> tuple[Batch, Batch]:
    """Two batches that meet at the same hour."""
    return world.batch(sessions=1), world.batch(sessions=1)


def test_who_sits_elsewhere_at_that_time_is_not_accepted_by_itself(
    session: Session, world: World, clock: FrozenClock
) -> None:
    here, there = two_at_once(world)
    world.enrolment(there, world.trainee(phone="+6281234560001"))
    entry = apply(session, here.id, applicant(1), now=clock.now())
    assert (entry.enrolment.status, entry.enrolment.overlaps) == (APPLIED, True)
    editor = world.actor(Role.EDITOR)
    with pytest.raises(Overlap) as asked:
        decide(session, editor, entry.enrolment.id, ACCEPTED, now=clock.now())
    assert there.name in str(asked.value)
    assert asked.value.field == "certain"
    decided = decide(session, editor, entry.enrolment.id, ACCEPTED, certain=True, now=clock.now())
    assert (decided.status, decided.overlaps) == (ACCEPTED, True)


def test_the_waiting_list_passes_over_who_sits_elsewhere_by_now(
    session: Session, world: World, clock: FrozenClock
) -> None:
    here, there = two_at_once(world)
    here.capacity = 1
    first, second, third = (apply(session, here.id, applicant(n), now=clock.now()).enrolment for n in (1, 2, 3))
    world.enrolment(there, second.trainee)
    assert withdraw(session, first, now=clock.now()) == [third]
    assert (second.status, second.overlaps) == (WAITING, True)


@pytest.mark.parametrize("status", [BatchStatus.FINISHED, BatchStatus.CANCELLED])
def test_a_batch_that_is_over_clashes_with_nothing(
    session: Session, world: World, clock: FrozenClock, status: str
) -> None:
    here, there = two_at_once(world)
    world.enrolment(there, world.trainee(phone="+6281234560001"))
    there.status = status
    assert apply(session, here.id, applicant(1), now=clock.now()).enrolment.status == ACCEPTED


def test_where_somebody_chooses_everybody_waits_for_the_decision(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(selection=True, capacity=1, sessions=1, criteria=[{"key": "a", "text": "Motivasi", "most": 5}])
    first, second = (apply(session, batch.id, applicant(n), now=clock.now()).enrolment for n in (1, 2))
    assert (first.status, second.status) == (APPLIED, APPLIED)
    editor = world.actor(Role.EDITOR)
    with pytest.raises(Invalid):
        decide(session, editor, second.id, ACCEPTED, points={"a": 6}, now=clock.now())
    decide(session, editor, second.id, ACCEPTED, points={"a": 4.5}, now=clock.now())
    assert (second.status, second.points) == (ACCEPTED, {"a": 4.5})
    with pytest.raises(Refused):
        decide(session, editor, first.id, ACCEPTED, now=clock.now())
    with pytest.raises(Invalid) as asked:
        decide(session, editor, first.id, REJECTED, now=clock.now())
    assert asked.value.field == "reason"
    decide(session, editor, first.id, REJECTED, reason="Belum memenuhi prasyarat", now=clock.now())
    assert (first.status, first.told) == (REJECTED, False), "no e-mail address: to be told by hand"
    decide(session, editor, first.id, APPLIED, now=clock.now())
    assert first.status == APPLIED


def test_taking_somebody_off_frees_the_place_and_the_seats(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(capacity=1, sessions=1)
    first, second = (apply(session, batch.id, applicant(n), now=clock.now()).enrolment for n in (1, 2))
    decide(session, world.actor(Role.EDITOR), first.id, WITHDRAWN, reason="Pindah tugas", now=clock.now())
    assert (first.status, second.status) == (WITHDRAWN, ACCEPTED)


def test_only_who_keeps_the_batch_decides(session: Session, world: World, clock: FrozenClock) -> None:
    enrolment = world.enrolment(world.batch())
    with pytest.raises((Forbidden, NotFound)):
        decide(session, world.actor(Role.TRAINER, organisation=world.organisation()), enrolment.id, WITHDRAWN,
               now=clock.now())  # fmt: skip
    with pytest.raises(Forbidden):
        decide(session, world.actor(Role.VIEWER), enrolment.id, WITHDRAWN, now=clock.now())


def test_the_office_enters_people_without_a_contact_and_asks_about_doubles(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(status=BatchStatus.RUNNING), world.actor(Role.EDITOR)
    first = enrol(session, editor, batch.id, applicant(1, phone=""), now=clock.now())
    assert first.enrolment.status == ACCEPTED
    with pytest.raises(SamePerson):
        enrol(session, editor, batch.id, applicant(1, phone=""), now=clock.now())
    second = enrol(session, editor, batch.id, applicant(1, phone=""), certain=True, now=clock.now())
    assert second.enrolment.trainee_id != first.enrolment.trainee_id
    world.trainee("Siti", phone="+6281234560009")
    with pytest.raises(SamePerson) as asked:
        enrol(session, editor, batch.id, applicant(9, name="Budi"), now=clock.now())
    assert "Siti" in str(asked.value)
    assert session.scalar(select(func.count(Enrolment.id))) == 2
