"""Participants sit in the sessions of their batch, and what their attendance there says."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.attendance.service import tick
from app.gatherings.events.models import Attendance, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.registration.service import cancel_registration
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.admission.deciding import decide
from app.learning.training.admission.service import apply
from app.learning.training.models import EnrolmentStatus, Seat
from app.learning.training.participants.presence import attendance_by_enrolment
from app.learning.training.participants.self_service import set_contact
from app.learning.training.sessions.seats import seat_all
from tests.pages import asked
from tests.training.test_quotas import applicant
from tests.world import World


def test_a_new_session_seats_everybody_once(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1)
    ones = [world.enrolment(batch) for _ in range(3)]
    world.enrolment(batch, status=EnrolmentStatus.WAITING)
    nameless = world.enrolment(batch, world.trainee(phone=None))
    world.session_of(batch, position=1, starts_in=timedelta(days=5))
    assert seat_all(session, batch, now=clock.now()) == 4
    assert seat_all(session, batch, now=clock.now()) == 0
    assert session.scalar(select(func.count()).select_from(Seat)) == 2 * len([*ones, nameless])


def test_a_session_that_was_cancelled_or_is_verified_seats_nobody(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch()
    world.enrolment(batch)
    world.session_of(batch, status=EventStatus.CANCELLED)
    world.session_of(batch, position=1, status=EventStatus.VERIFIED)
    assert seat_all(session, batch, now=clock.now()) == 0


def test_who_said_no_to_one_session_is_not_put_back_there(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1)
    world.enrolment(batch)
    place = session.scalars(select(Registration)).one()
    cancel_registration(session, place, now=clock.now())
    world.session_of(batch, position=1, starts_in=timedelta(days=5))
    assert seat_all(session, batch, now=clock.now()) == 1
    assert place.status == RegistrationStatus.CANCELLED


def test_who_is_accepted_again_gets_the_same_seats_back(session: Session, world: World, clock: FrozenClock) -> None:
    batch, editor = world.batch(sessions=2), world.actor(Role.EDITOR)
    one = world.enrolment(batch, world.trainee(phone=None))
    decide(session, editor, one.id, EnrolmentStatus.WITHDRAWN, now=clock.now())
    assert set(session.scalars(select(Registration.status))) == {RegistrationStatus.CANCELLED}
    decide(session, editor, one.id, EnrolmentStatus.ACCEPTED, now=clock.now())
    assert list(session.scalars(select(Registration.status))) == [RegistrationStatus.REGISTERED] * 2


def test_attendance_is_what_the_events_noted(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=3)
    one, other = world.enrolment(batch), world.enrolment(batch)
    world.enrolment(batch, status=EnrolmentStatus.WAITING)
    assert attendance_by_enrolment(session, [batch.id])[one.id].percent is None
    first, second, third = batch.sessions
    clock.move_to(first.event.starts_at)
    seat = session.get_one(Seat, (one.id, first.id))
    tick(session, world.actor(Role.EDITOR), first.event_id, seat.registration_id, now=clock.now())
    second.event.status = EventStatus.CANCELLED
    third.event.status = EventStatus.HELD
    session.flush()
    found = attendance_by_enrolment(session, [batch.id], now=clock.now())
    assert {key: (value.came, value.held) for key, value in found.items()} == {one.id: (1, 2), other.id: (0, 2)}
    assert found[one.id].percent == 50


def test_a_session_that_is_over_counts_without_being_marked(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1)
    one = world.enrolment(batch)
    clock.move_to(batch.sessions[0].event.ends_at)
    assert attendance_by_enrolment(session, [batch.id], now=clock.now())[one.id].held == 1
    batch.sessions[0].event.status = EventStatus.CANCELLED
    session.flush()
    assert attendance_by_enrolment(session, [batch.id], now=clock.now())[one.id].held == 0


def test_any_number_of_batches_is_two_questions(session: Session, world: World, clock: FrozenClock) -> None:
    batches = [world.batch(sessions=2) for _ in range(4)]
    for batch in batches:
        world.attended(world.enrolment(batch), batch.sessions[0])
    session.flush()
    with asked() as questions:
        found = attendance_by_enrolment(session, [batch.id for batch in batches], now=clock.now())
    assert len([one for one in questions.statements if one.startswith("SELECT")]) == 2
    assert {value.percent for value in found.values()} == {100}
    assert session.scalar(select(func.count(Attendance.id))) == 4


def test_two_people_share_the_contacts_of_one_who_registered_at_the_session(
    session: Session, world: World, clock: FrozenClock
) -> None:
    """Before the batch took it over, somebody registered there with the phone of one and the address of the other."""
    batch = world.batch(sessions=1)
    event = batch.sessions[0].event
    guest = world.registration(event, "Pasangan", phone="+6281234560001", email="kantor@contoh.id")
    first = apply(session, batch.id, applicant(1), now=clock.now()).enrolment
    second = apply(session, batch.id, applicant(2, phone="", email="kantor@contoh.id"), now=clock.now()).enrolment
    assert [one.status for one in (first, second)] == [EnrolmentStatus.ACCEPTED] * 2
    seats = {one.enrolment_id: one.registration_id for one in session.scalars(select(Seat))}
    assert seats[first.id] == guest.id
    assert seats[second.id] != guest.id
    third = world.enrolment(batch, world.trainee(phone="+6281234560003"))
    set_contact(session, second.trainee, "+6281234560009", "kantor@contoh.id", now=clock.now())
    set_contact(session, third.trainee, "+6281234560004", None, now=clock.now())
    keys = set(session.scalars(select(Registration.contact_key)))
    assert keys == {"+6281234560001", "+6281234560009", "+6281234560004"}
