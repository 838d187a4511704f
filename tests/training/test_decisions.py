"""What the organiser decided stands until the organiser changes it, and everybody hears of the last decision."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import Role
from app.learning.training.admission.deciding import decide
from app.learning.training.admission.service import apply, enrol, withdraw
from app.learning.training.batches.service import edit, plan_of
from app.learning.training.models import BatchStatus, Enrolment, EnrolmentStatus, Outcome
from app.learning.training.participants.service import completed_batches
from tests.training.test_quotas import applicant
from tests.world import World

APPLIED, ACCEPTED, WAITING, REJECTED, WITHDRAWN = (
    EnrolmentStatus.APPLIED,
    EnrolmentStatus.ACCEPTED,
    EnrolmentStatus.WAITING,
    EnrolmentStatus.REJECTED,
    EnrolmentStatus.WITHDRAWN,
)


def ask(session: Session, batch_id: int, number: int, clock: FrozenClock, **values: object) -> Enrolment:
    return apply(session, batch_id, applicant(number, **values), now=clock.now()).enrolment


def test_who_was_turned_down_cannot_withdraw_and_ask_anew(session: Session, world: World, clock: FrozenClock) -> None:
    batch = world.batch(sessions=1)
    one = world.enrolment(batch, world.trainee(phone="+6281234560001"), status=REJECTED, reason="Bukan sasaran")
    with pytest.raises(Refused):
        withdraw(session, one, now=clock.now())
    again = apply(session, batch.id, applicant(1), now=clock.now())
    assert again.known
    assert (one.status, one.reason) == (REJECTED, "Bukan sasaran")


def test_who_was_taken_off_and_asks_again_waits_for_the_organiser(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1), world.actor(Role.EDITOR)
    one = ask(session, batch.id, 1, clock)
    decide(session, editor, one.id, WITHDRAWN, reason="Bukan warga sini", now=clock.now())
    assert ask(session, batch.id, 1, clock) is one
    assert (one.status, one.reason) == (APPLIED, "Bukan warga sini"), "who decides sees why"
    withdraw(session, one, now=clock.now())
    ask(session, batch.id, 1, clock)
    assert (one.status, one.reason) == (APPLIED, "Bukan warga sini"), "nor by withdrawing in between"
    ask(session, batch.id, 2, clock)
    assert one.status == APPLIED, "nor when somebody else comes"
    decide(session, editor, one.id, ACCEPTED, now=clock.now())
    assert (one.status, one.reason) == (ACCEPTED, "")
    withdraw(session, one, now=clock.now())
    assert ask(session, batch.id, 1, clock).status == ACCEPTED, "gave it back alone, may come back alone"


def test_the_office_enters_again_whom_it_took_off(session: Session, world: World, clock: FrozenClock) -> None:
    batch, editor = world.batch(sessions=1), world.actor(Role.EDITOR)
    one = ask(session, batch.id, 1, clock)
    decide(session, editor, one.id, WITHDRAWN, now=clock.now())
    again = enrol(session, editor, batch.id, applicant(1), now=clock.now())
    assert again.enrolment is one
    assert one.status == ACCEPTED


def test_the_place_of_one_who_is_put_on_the_waiting_list_goes_to_the_next(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1, capacity=1), world.actor(Role.EDITOR)
    first, second = ask(session, batch.id, 1, clock), ask(session, batch.id, 2, clock)
    decide(session, editor, first.id, WAITING, now=clock.now())
    assert (first.status, second.status) == (WAITING, ACCEPTED)
    assert first.queue_no > second.queue_no
    withdraw(session, second, now=clock.now())
    assert first.status == ACCEPTED, "the next free place"


def test_who_was_put_on_the_waiting_list_does_not_come_back_with_the_next_applicant(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1, capacity=1), world.actor(Role.EDITOR)
    first = ask(session, batch.id, 1, clock)
    decide(session, editor, first.id, WAITING, now=clock.now())
    second = ask(session, batch.id, 2, clock)
    assert (first.status, second.status) == (WAITING, ACCEPTED)


def subjects(session: Session) -> list[str]:
    return [one.split(":")[0] for one in session.scalars(select(Notice.subject).order_by(Notice.id))]


def test_a_decision_that_is_corrected_within_the_hour_is_told(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1), world.actor(Role.EDITOR)
    one = ask(session, batch.id, 1, clock, email="a@contoh.id")
    for minutes, status in enumerate((WITHDRAWN, ACCEPTED, WITHDRAWN, ACCEPTED), 1):
        decide(session, editor, one.id, status, now=clock.now() + timedelta(minutes=minutes))
    assert subjects(session) == ["Anda diterima", *["Pendaftaran dibatalkan", "Anda diterima"] * 2]
    assert one.told


def test_who_comes_and_goes_within_the_hour_is_not_flooded_but_stands_to_be_told(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(sessions=1)
    one = ask(session, batch.id, 1, clock, email="a@contoh.id")
    for _ in range(5):
        withdraw(session, one, now=clock.now())
        assert one.told, "did it alone"
        ask(session, batch.id, 1, clock)
    assert subjects(session) == ["Anda diterima", "Pendaftaran dibatalkan"]
    assert not one.told, "the last word was that it is cancelled"


def test_nothing_is_decided_any_more_once_the_batch_is_finished(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1, status=BatchStatus.FINISHED), world.actor(Role.EDITOR)
    one = world.enrolment(batch, outcome=Outcome.COMPLETED)
    with pytest.raises(Refused, match="Buka kembali"):
        decide(session, editor, one.id, WITHDRAWN, now=clock.now())
    another = world.batch(programme=batch.programme)
    assert completed_batches(session, another, [one.trainee_id]) == {one.trainee_id: [batch.name]}
    one.status = WITHDRAWN
    session.flush()
    assert completed_batches(session, another, [one.trainee_id]) == {}


def test_those_who_asked_come_before_newcomers_once_nobody_chooses_any_more(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch, editor = world.batch(sessions=1, capacity=2, selection=True, place="Aula"), world.actor(Role.EDITOR)
    ones = [ask(session, batch.id, number, clock, email=f"p{number}@contoh.id") for number in (1, 2, 3, 4)]
    decide(session, editor, ones[0].id, REJECTED, reason="Bukan sasaran", now=clock.now())
    edit(session, editor, batch.id, replace(plan_of(batch), selection=False), now=clock.now())
    assert [one.status for one in ones] == [REJECTED, ACCEPTED, ACCEPTED, WAITING]
    assert "Daftar tunggu" in subjects(session), "who has no place hears of it"
    assert ask(session, batch.id, 5, clock).status == WAITING


def test_who_was_asked_to_wait_before_a_switch_comes_first_even_when_nothing_was_filled(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(sessions=1, capacity=1, selection=True)
    first = ask(session, batch.id, 1, clock)
    batch.selection = False
    second = ask(session, batch.id, 2, clock)
    assert (first.status, second.status) == (ACCEPTED, WAITING)


def test_a_withdrawal_by_the_person_stands_in_the_trail(session: Session, world: World, clock: FrozenClock) -> None:
    one = ask(session, world.batch(sessions=1).id, 1, clock)
    withdraw(session, one, now=clock.now())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "training.withdrawn")).one()
    assert entry.after == {"enrolment_id": one.id}
