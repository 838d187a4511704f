"""Signs of life, one row a process; and the few numbers of health."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.text import T
from app.outreach.outlets.ports import OutcomeUnknown
from app.outreach.posts.models import Post
from app.outreach.publishing import heartbeat, safety
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.health import STUCK_AFTER, health
from app.outreach.publishing.heartbeat import FORGOTTEN_AFTER, SILENT_AFTER, Process, beat
from app.outreach.publishing.housekeeping import Housekeeping
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.publishing.channels import ScriptedChannel

ONE, OTHER = (Process(key, key, number, "0.8.0") for number, key in enumerate(("satu", "dua")))


def test_each_worker_has_a_row_and_one_that_lives_is_enough(session: Session, clock: FrozenClock) -> None:
    beat(session, now=clock.now(), process=ONE, doing=T("mengirim %(n)s penayangan", n=3))
    beat(session, now=clock.now(), process=OTHER)
    assert heartbeat.count_alive(session, now=clock.now()) == 2
    now = clock.advance(seconds=SILENT_AFTER.total_seconds() + 1)
    beat(session, now=now, process=OTHER)
    assert heartbeat.count_alive(session, now=now) == 1
    newest, oldest = heartbeat.processes(session)
    assert (newest.host, oldest.host, str(oldest.doing)) == ("dua", "satu", "mengirim 3 penayangan")
    heartbeat.end(session, now=now, process=OTHER)
    session.expire_all()
    assert not heartbeat.alive(session, now=now)


def test_rows_of_processes_that_are_gone_are_swept(session: Session, clock: FrozenClock) -> None:
    beat(session, now=clock.now(), process=ONE)
    now = clock.advance(seconds=FORGOTTEN_AFTER.total_seconds() + 1)
    beat(session, now=now, process=OTHER)
    assert [row.key for row in heartbeat.processes(session)] == ["dua"]


def test_a_dispatcher_says_when_it_ends(dispatcher: Dispatcher, session: Session, clock: FrozenClock) -> None:
    dispatcher.tick()
    assert heartbeat.alive(session, now=clock.now())
    session.rollback()
    dispatcher.stop()
    dispatcher.run()
    session.expire_all()
    assert not heartbeat.alive(session, now=clock.now())


def test_a_round_that_fails_gives_no_sign(
    make_dispatcher: Callable[..., Dispatcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    worker = make_dispatcher()
    worker._on_round = lambda: rounds.append(1)
    worker.tick()
    assert rounds == [1]

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("away")

    monkeypatch.setattr(Housekeeping, "pass_once", broken)
    worker._guarded_begin()
    assert rounds == [1]


def test_the_oldest_due_row_is_one_that_may_leave(
    approved: Callable[..., Post], dispatcher: Dispatcher, session: Session, clock: FrozenClock
) -> None:
    approved(scheduled_at=clock.now() + timedelta(hours=1))
    gone = approved(scheduled_at=clock.now() + timedelta(minutes=30))
    dispatcher.tick()
    assert health(session, now=clock.now()).oldest_due == timedelta(0)
    session.rollback()
    session.refresh(gone)
    gone.approved_hash = None
    session.commit()
    now = clock.advance(hours=1, minutes=7)
    assert health(session, now=now).oldest_due == timedelta(minutes=7)


@pytest.mark.parametrize("status", [S.SENDING, S.UNKNOWN])
def test_what_waits_for_nobody_is_stuck(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    clock: FrozenClock,
    status: S,
) -> None:
    approved()
    make_dispatcher(x=ScriptedChannel(OutcomeUnknown("dropped"))).tick()
    row = session.query(Delivery).one()
    row.status, row.lease_until = status, clock.now() + timedelta(seconds=60)
    session.commit()
    assert health(session, now=clock.now()).stuck == 0
    now = clock.advance(seconds=STUCK_AFTER.total_seconds() + 61)
    assert health(session, now=now).stuck == 1


def test_reasons_not_to_send_are_counted(session: Session, clock: FrozenClock) -> None:
    safety.stop(session, worker="w", reason=safety.Reason.CLOCK, sentence=T("Jam server salah."), now=clock.now())
    assert health(session, now=clock.now()).stops == 1
