"""Routines that every worker runs, begun by two at the same time: told once, asked once."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.kernel.vault import Vault
from app.outreach.outlets.ports import AccountReport, Metrics
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.measuring import measure_due
from app.outreach.publishing.models import Delivery, Measurement
from app.outreach.publishing.preflight.accounts import AccountAnswer
from app.outreach.publishing.preflight.findings import Finding
from app.outreach.publishing.preflight.models import Inspection, Level
from app.outreach.publishing.preflight.service import keep_account
from app.outreach.publishing.self_audit.hourly import is_first
from app.outreach.publishing.self_audit.ledger_checks import Mismatch
from app.outreach.publishing.self_audit.models import Finding as Found
from app.outreach.publishing.self_audit.models import FindingKind
from app.outreach.publishing.self_audit.service import keep
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What two threads return that begin together; an error in one is one of the test."""
    together, got = Barrier(2), list[Any]()

    def run() -> None:
        together.wait(10)
        try:
            got.append(work())
        except Exception as error:
            got.append(error)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def test_of_two_workers_one_audits_in_an_hour(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    assert sorted(at_once(lambda: is_first(sessions, clock))) == [False, True]
    clock.advance(minutes=59)
    assert is_first(sessions, clock)


def test_what_two_find_at_once_is_told_once(
    sessions: "sessionmaker[Session]", dispatcher: Dispatcher, approved: Callable[..., Post], session: Session,
    clock: FrozenClock, world: World,
) -> None:  # fmt: skip
    approved(author=world.user(Role.EDITOR))
    dispatcher.tick()
    one = Mismatch(FindingKind.NOT_SHOWN, session.scalars(select(Delivery.id)).one(), "1")

    def work() -> int:
        with unit_of_work(sessions) as own:
            return keep(own, [one], checked=[one.kind], agrees=lambda _found: False, now=clock.now())

    session.rollback()
    assert sorted(at_once(work)) == [0, 1]
    assert session.scalar(select(func.count()).select_from(Found)) == 1


def test_an_account_checked_by_two_at_once_is_told_once(
    sessions: "sessionmaker[Session]", session: Session, clock: FrozenClock, world: World
) -> None:
    outlet = world.outlet()
    outlet.responsible_id = world.user(Role.EDITOR).id
    session.commit()
    answer = AccountAnswer([Finding("right", Level.BAD, "Izin belum ada.", "right")], AccountReport())  # type: ignore[arg-type]

    def work() -> bool:
        with unit_of_work(sessions) as own:
            return keep_account(own, outlet.id, answer, now=clock.now()) is not None

    outlet_id = outlet.id
    session.rollback()
    assert at_once(work) == [True, True]
    assert session.scalar(select(func.count()).where(Inspection.outlet_id == outlet_id)) == 1
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


class Counted(ScriptedChannel):
    can_measure = True
    asked = 0

    def measure(self, *_args: object, **_more: object) -> Metrics:
        self.asked += 1
        return Metrics(views=1)


def test_a_figure_is_asked_for_by_one_worker(
    sessions: "sessionmaker[Session]", dispatcher: Dispatcher, approved: Callable[..., Post], session: Session,
    clock: FrozenClock, settings: Settings,
) -> None:  # fmt: skip
    approved()
    dispatcher.tick()
    clock.advance(hours=1, minutes=1)
    channel = Counted()
    got = at_once(lambda: measure_due(sessions, {"x": channel}, Vault(settings.credential_keys), clock))
    assert (sorted(got), channel.asked) == ([0, 1], 1)
    assert session.scalar(select(func.count()).select_from(Measurement)) == 4


@pytest.mark.one_database
def test_a_question_whose_worker_died_is_asked_again(
    sessions: "sessionmaker[Session]", dispatcher: Dispatcher, approved: Callable[..., Post], clock: FrozenClock,
    settings: Settings,
) -> None:  # fmt: skip
    class Killed(BaseException):
        pass

    class Dying(Counted):
        def measure(self, *_args: object, **_more: object) -> Metrics:
            raise Killed

    approved()
    dispatcher.tick()
    clock.advance(hours=1, minutes=1)
    vault = Vault(settings.credential_keys)
    with pytest.raises(Killed):
        measure_due(sessions, {"x": Dying()}, vault, clock)
    assert measure_due(sessions, {"x": Counted()}, vault, clock) == 0
    clock.advance(minutes=2)
    assert measure_due(sessions, {"x": Counted()}, vault, clock) == 1
