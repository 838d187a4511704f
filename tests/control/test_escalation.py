"""What stays late reaches the next level, once, and begins anew when it becomes late again."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.people.models import Delegation, User
from app.kernel.clock import FrozenClock
from app.kernel.roles import Position
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.control import escalation
from app.oversight.control.escalation import escalate
from app.oversight.control.models import Escalation
from tests.control.records import bidang, delivery, head
from tests.world import World

TZ = "Asia/Makassar"
Sessions = sessionmaker[Session]


def address(endpoint: str, values: Mapping[str, Any]) -> str:
    return f"/{endpoint}/{next(iter(values.values()))}"


def run(sessions: Sessions, clock: FrozenClock, days: Sequence[int] = (3, 7)) -> int:
    return escalate(sessions, now=clock.now(), tz=TZ, days=days, address=address)


def told(session: Session) -> list[tuple[int | None, str]]:
    session.expire_all()
    return [(row.user_id, row.path or "") for row in session.scalars(select(Notice).order_by(Notice.id))]


@pytest.fixture
def ikp(world: World) -> tuple[User, User, User]:
    """The head of a bidang, the secretary and the head of the office."""
    place = bidang(world)
    return head(world, Position.KABID, place), head(world, Position.SEKRETARIS), head(world, Position.KADIS)


def late_in(world: World, kabid: User, **ago: int) -> Delivery:
    return delivery(world, ago=timedelta(**ago), organisation_id=kabid.organisation_id)


def test_after_three_working_days_the_head_of_the_bidang_hears_of_it(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    late = late_in(world, ikp[0], days=4)  # Friday: two working days on Tuesday
    assert run(sessions, clock) == 0
    clock.advance(days=1)
    assert run(sessions, clock) == 1
    assert run(sessions, clock) == 0
    assert told(session) == [(ikp[0].id, f"/publishing.show/{late.id}")]
    row = session.scalars(select(Escalation)).one()
    assert (row.kind, row.subject_id, row.level, row.told) == ("delivery", late.id, 1, [ikp[0].id])
    assert row.on == date(2026, 11, 25)


def test_after_seven_the_agency_hears_of_it(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    late_in(world, ikp[0], days=4)
    clock.advance(days=1)
    run(sessions, clock)
    clock.advance(days=6)  # Tuesday 1 December: seven
    assert run(sessions, clock) == 2
    assert [person for person, _path in told(session)] == [ikp[0].id, ikp[1].id, ikp[2].id]


def test_nobody_is_told_on_days_off(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    late_in(world, ikp[0], days=10)
    clock.move_to(datetime(2026, 11, 28, 2, 0, tzinfo=UTC))  # Saturday
    assert run(sessions, clock) == 0
    clock.move_to(datetime(2026, 12, 24, 2, 0, tzinfo=UTC))  # cuti bersama
    assert run(sessions, clock) == 0
    assert told(session) == []


def test_what_becomes_late_again_begins_anew(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    late = late_in(world, ikp[0], days=7)
    assert run(sessions, clock) == 1
    late.status = DeliveryStatus.SENT
    session.commit()
    clock.advance(days=1)
    assert run(sessions, clock) == 0
    session.expire_all()
    assert session.scalars(select(Escalation.closed_on)).one() == date(2026, 11, 25)
    late.status = DeliveryStatus.UNKNOWN
    session.commit()
    assert run(sessions, clock) == 1
    session.expire_all()
    assert [(row.round, row.closed_on) for row in session.scalars(select(Escalation).order_by(Escalation.round))] == [
        (1, date(2026, 11, 25)),
        (2, None),
    ]


def test_who_stands_in_is_told_instead(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    deputy = head(world, Position.KABID, bidang(world, "Bidang TI"))
    session.add(
        Delegation(kind="plh", from_user_id=ikp[0].id, to_user_id=deputy.id, starts_on=date(2026, 11, 23),
                   ends_on=date(2026, 11, 27))
    )  # fmt: skip
    session.commit()
    late_in(world, ikp[0], days=7)
    run(sessions, clock)
    assert [person for person, _path in told(session)] == [deputy.id]


def test_where_a_bidang_has_no_head_the_agency_is_told_and_not_twice(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    place, kadis = bidang(world), head(world, Position.KADIS)
    delivery(world, ago=timedelta(days=14), organisation_id=place.id)
    assert run(sessions, clock) == 1
    assert [person for person, _path in told(session)] == [kadis.id]
    assert session.scalars(select(Escalation.level).order_by(Escalation.level)).all() == [1, 2]


def test_where_nobody_can_be_told_it_waits_until_somebody_can(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    delivery(world, ago=timedelta(days=7))
    assert run(sessions, clock) == 0
    assert session.scalar(select(func.count(Escalation.id))) == 0
    session.rollback()
    head(world, Position.KADIS)
    assert run(sessions, clock) == 1


def test_many_things_of_one_run_are_one_notice(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    for _ in range(12):
        late_in(world, ikp[0], days=7)
    assert run(sessions, clock) == 1
    (notice,) = session.scalars(select(Notice))
    assert notice.subject == "12 hal terlambat sampai ke meja Anda"
    assert "… dan 2 lagi" in notice.body
    assert notice.path == "/perlu-dikejar?keadaan=terlambat"
    assert session.scalar(select(func.count(Escalation.id))) == 12


def test_a_crash_between_the_record_and_the_notice_leaves_neither(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    late_in(world, ikp[0], days=7)

    def broken(*_args: Any, **_values: Any) -> int:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(escalation, "notify", broken)
        assert run(sessions, clock) == 0
    assert session.scalar(select(func.count(Escalation.id))) == 0
    session.rollback()
    assert run(sessions, clock) == 1


def test_the_notice_does_not_come_again_when_the_inbox_was_emptied(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    late_in(world, ikp[0], days=7)
    run(sessions, clock)
    session.execute(delete(Notice))
    session.commit()
    assert run(sessions, clock) == 0


def test_two_workers_tell_it_once(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock, ikp: tuple[User, User, User]
) -> None:
    for _ in range(5):
        late_in(world, ikp[0], days=14)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        run(sessions, clock)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert sorted(person for person, _path in told(session) if person) == sorted(user.id for user in ikp)
    assert session.scalar(select(func.count(Escalation.id))) == 10
