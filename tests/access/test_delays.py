"""Growing pauses after failed sign-ins: whom they hold up, and whom they spare."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.access.delay_news import tell_of_failure
from app.base.access.delays import (
    GUESSED_WIDELY,
    NAMES,
    PAUSES,
    TELL_ADMINS,
    TELL_OWNER,
    Attempt,
    Place,
    SignInDelay,
    begin_attempt,
    forgive_attempt,
    sweep_delays,
)
from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from tests.world import World

HERE, ELSEWHERE = Place("here"), Place("elsewhere")


def fail(sessions: "sessionmaker[Session]", clock: FrozenClock, who: str = "7", place: Place = HERE) -> Attempt:
    with unit_of_work(sessions) as session:
        return begin_attempt(session, who, place, user_id=None, now=clock.now())


def seconds(attempt: Attempt) -> int:
    return int(attempt.wait.total_seconds())


def test_the_pauses_grow_to_a_quarter_of_an_hour(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    found = []
    for _ in range(len(PAUSES) + 1):
        attempt = fail(sessions, clock)
        assert attempt.may_try
        found.append(seconds(attempt))
        clock.advance(seconds=seconds(attempt))
    assert found == [0, 0, 0, 15, 30, 60, 120, 300, 900, 900]


def test_whoever_comes_too_early_is_not_looked_at_and_waits_no_longer(
    sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    for _ in range(4):
        fail(sessions, clock)
    clock.advance(seconds=5)
    early = [fail(sessions, clock) for _ in range(3)]
    assert [(one.may_try, seconds(one)) for one in early] == [(False, 10)] * 3
    clock.advance(seconds=10)
    assert fail(sessions, clock).may_try


def test_strangers_hold_up_neither_a_known_device_nor_another_address(
    sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    for _ in range(20):
        fail(sessions, clock)
    assert not fail(sessions, clock).may_try
    assert fail(sessions, clock, place=Place("here", device=3)).may_try
    assert fail(sessions, clock, place=ELSEWHERE).may_try
    assert fail(sessions, clock, who="8").may_try, "another account behind the same address"


def test_a_known_device_pauses_for_itself(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    for _ in range(4):
        fail(sessions, clock, place=Place("here", device=3))
    assert not fail(sessions, clock, place=Place("elsewhere", device=3)).may_try
    assert fail(sessions, clock, place=Place("here", device=4)).may_try


def test_the_right_one_forgets_what_was_wrong(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    for _ in range(3):
        fail(sessions, clock)
    with unit_of_work(sessions) as session:
        attempt = begin_attempt(session, "7", HERE, user_id=None, now=clock.now())
        forgive_attempt(session, attempt, now=clock.now())
    found = [fail(sessions, clock) for _ in range(3)]
    assert [one.may_try for one in found] == [True] * 3
    assert found[-1].names == 1


def test_one_password_on_many_names_pauses_the_address_and_spares_known_devices(
    sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    tried = [fail(sessions, clock, who=f"name-{number}") for number in range(60)]
    assert sum(one.may_try for one in tried) == NAMES + 1
    assert not tried[-1].may_try
    assert fail(sessions, clock, place=Place("here", device=3)).may_try
    assert fail(sessions, clock, place=ELSEWHERE).may_try
    clock.advance(minutes=10)
    again = [fail(sessions, clock, who=f"name-{number}") for number in range(10)]
    assert sum(one.may_try for one in again) == 1, "a second password on the same names is slow too"


def test_a_room_in_which_everybody_signs_in_is_not_slowed(
    sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    for number in range(40):
        with unit_of_work(sessions) as session:
            attempt = begin_attempt(session, f"name-{number}", HERE, user_id=None, now=clock.now())
            assert attempt.may_try
            forgive_attempt(session, attempt, now=clock.now())


def test_an_account_guessed_from_many_addresses_pauses_from_the_first_failure_and_lets_its_owner_try(
    sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    for number in range(GUESSED_WIDELY):
        assert seconds(fail(sessions, clock, place=Place(f"bot-{number}"))) == 0
    owner = fail(sessions, clock, place=Place("the owner's new phone"))
    assert owner.may_try
    assert seconds(owner) == 15


def test_a_hundred_at_once_are_a_hundred(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: fail(sessions, clock), range(100)))
    assert sum(one.may_try for one in found) == 4
    with sessions() as session:
        assert session.get_one(SignInDelay, "user:7:at:here").tries == 100


def test_all_is_forgotten_after_a_day_and_swept(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    for _ in range(9):
        clock.advance(seconds=seconds(fail(sessions, clock)))
    clock.advance(hours=25)
    assert seconds(fail(sessions, clock)) == 0
    clock.advance(hours=25)
    assert sweep_delays(sessions, now=clock.now()) == 3
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(SignInDelay)) == 0


def test_the_owner_and_the_admins_hear_of_it_once(session: Session, clock: FrozenClock, world: World) -> None:
    owner, admin = world.user(Role.EDITOR, name="Siti"), world.user(Role.ADMIN)
    world.user(Role.EDITOR)

    def told(failures: int, names: int = 0) -> int:
        attempt = Attempt(("user:7:at:x", "address:x", "user:7:anywhere"), True, timedelta(), failures, names)
        return tell_of_failure(session, attempt, owner, now=clock.now())

    assert [told(n) for n in range(1, TELL_ADMINS + 5)].count(1) == 2
    assert told(TELL_OWNER) == 0
    assert told(1, NAMES + 1) == 1
    assert told(1, NAMES + 1) == 0
    notices = session.execute(select(Notice.user_id, Notice.subject).order_by(Notice.id)).tuples().all()
    assert [user_id for user_id, _subject in notices] == [owner.id, admin.id, admin.id]
    assert "Siti" in notices[1][1]
