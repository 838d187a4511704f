"""A restored older copy of the database sends nothing twice: what may have gone out since is asked for first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Stale
from app.kernel.roles import Role
from app.outreach.outlets.ports import NotReady, NotThere, Receipt
from app.outreach.posts.models import Post
from app.outreach.publishing import generation, restored, safety
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.generation import FILE, Generation, Mark
from app.outreach.publishing.heartbeat import beat
from app.outreach.publishing.models import Attempt, Delivery, LedgerMark, SendingStop
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from app.outreach.publishing.safety import Reason
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World

Approve = Callable[..., Post]
Make = Callable[..., Dispatcher]
COPIED = (Attempt, Delivery, LedgerMark)


class Copies:
    """Copies of what the ledger knows, and their restore."""

    def __init__(self, sessions: "sessionmaker[Session]") -> None:
        self._sessions = sessions

    def take(self) -> dict[Any, list[dict[str, Any]]]:
        with self._sessions() as session:
            return {
                model: [dict(row._mapping) for row in session.execute(select(*model.__table__.c))] for model in COPIED
            }

    def restore(self, copy: dict[Any, list[dict[str, Any]]]) -> None:
        with unit_of_work(self._sessions) as session:
            for model in COPIED:
                session.execute(delete(model))
            for model in reversed(COPIED):
                if copy[model]:
                    session.execute(insert(model.__table__), copy[model])


@pytest.fixture
def copies(sessions: "sessionmaker[Session]") -> Copies:
    return Copies(sessions)


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [row.status for row in session.scalars(select(Delivery).order_by(Delivery.id))]


def stops(session: Session, clock: FrozenClock) -> list[str]:
    session.rollback()
    return [row.reason for row in safety.stops(session, now=clock.now())]


def planned(approved: Approve, worker: Dispatcher, clock: FrozenClock, count: int = 3) -> list[Post]:
    """Posts that are due in a minute and known to the ledger."""
    made = [approved(scheduled_at=clock.now() + timedelta(minutes=1)) for _ in range(count)]
    worker.tick()
    return made


def test_an_older_copy_sends_nothing_again_and_finds_what_went_out(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies, world: World
) -> None:
    approver = world.user(Role.APPROVER)
    channel = ScriptedChannel()
    worker = make_dispatcher(x=channel)
    planned(approved, worker, clock)
    old = copies.take()
    clock.advance(minutes=2)
    worker.tick()
    assert states(session) == [S.SENT] * 3
    copies.restore(old)
    clock.advance(minutes=1)
    asked = ScriptedChannel(finds=[Receipt("id-1"), Receipt("id-2"), Receipt("id-3")])
    again = make_dispatcher(x=asked)
    again.tick()
    again.tick()
    assert (states(session), asked.sent) == ([S.SENT] * 3, [])
    assert all(out.copied and out.look_from is not None for out in asked.looked)
    assert stops(session, clock) == [Reason.RESTORED]
    assert [notice.user_id for notice in session.scalars(select(Notice)) if notice.kind == "sending_stopped"] == [
        approver.id
    ]


def test_a_worker_that_runs_while_the_database_is_restored_stops_too(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies
) -> None:
    channel = ScriptedChannel(finds=[None] * 20)
    worker = make_dispatcher(x=channel)
    planned(approved, worker, clock)
    old = copies.take()
    clock.advance(minutes=2)
    worker.tick()
    copies.restore(old)
    worker.tick()
    assert (states(session), len(channel.sent)) == ([S.UNKNOWN] * 3, 3)


def test_nothing_starts_on_a_copy_that_came_in_after_the_claim(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies,
    sessions: "sessionmaker[Session]",
) -> None:  # fmt: skip
    worker = make_dispatcher()
    planned(approved, worker, clock, 1)
    old = copies.take()
    clock.advance(minutes=2)
    worker.tick()
    copies.restore(old)
    with unit_of_work(sessions) as work, pytest.raises(generation.Behind):
        worker._safeguards.generation.advance(work, now=clock.now())


def test_what_is_written_after_the_restore_and_what_lies_ahead_stays_planned(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies, world: World
) -> None:
    channel = ScriptedChannel(finds=[None] * 20)
    worker = make_dispatcher(x=channel)
    planned(approved, worker, clock, 1)
    later = approved(scheduled_at=clock.now() + timedelta(hours=2))
    worker.tick()
    old = copies.take()
    clock.advance(minutes=2)
    worker.tick()
    copies.restore(old)
    worker.tick()
    clock.advance(minutes=1)
    fresh = approved()
    worker.tick()
    session.rollback()
    kept = {row.post_id: row.status for row in session.scalars(select(Delivery))}
    assert (kept[later.id], kept[fresh.id]) == (S.QUEUED, S.QUEUED)
    assert len(channel.sent) == 1
    restored.release(
        session, world.actor(Role.APPROVER), worker=safety.worker_name(), reason=Reason.RESTORED, now=clock.now()
    )
    session.commit()
    worker.tick()
    clock.advance(hours=3)
    worker.tick()
    session.rollback()
    kept = {row.post_id: row.status for row in session.scalars(select(Delivery))}
    assert (kept[later.id], kept[fresh.id]) == (S.SENT, S.SENT)


def test_an_approver_lets_go_on_and_sends_what_was_looked_for_and_is_not_there(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies, world: World
) -> None:
    channel = ScriptedChannel(finds=[Receipt("id-1"), *[None] * 20])
    worker = make_dispatcher(x=channel, newspaper=ScriptedChannel(can_look=False))
    planned(approved, worker, clock, 2)
    planned(lambda **values: approved(world.outlet("newspaper"), **values), worker, clock, 1)
    old = copies.take()
    clock.advance(minutes=2)
    worker.tick()
    copies.restore(old)
    for _ in range(8):
        worker.tick()
        clock.advance(minutes=11)
    session.rollback()
    found = restored.counts(session, now=clock.now())
    assert (found.found, found.looking, found.not_found, found.asked) == (1, 0, 1, 1)
    assert len(restored.questions(session)) == 2
    with pytest.raises(Forbidden):
        restored.send_not_found(session, world.actor(Role.EDITOR), now=clock.now())
    actor = world.actor(Role.APPROVER)
    assert restored.send_not_found(session, actor, now=clock.now()) == 1
    session.commit()
    worker.tick()
    assert len(channel.sent) == 2  # both before the restore: nothing leaves before somebody lets go on
    restored.release(session, actor, worker=safety.worker_name(), reason=Reason.RESTORED, now=clock.now())
    session.commit()
    with pytest.raises(Stale):
        restored.release(session, actor, worker=safety.worker_name(), reason=Reason.RESTORED, now=clock.now())
    session.rollback()
    worker.tick()
    assert (len(channel.sent), stops(session, clock)) == (3, [])
    assert states(session) == [S.SENT, S.SENT, S.UNKNOWN]


def test_what_an_older_copy_remembers_proves_no_absence(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, copies: Copies
) -> None:
    channel = ScriptedChannel(NotReady(after=0), finds=[NotThere("no container")] * 4)
    worker = make_dispatcher(instagram=channel, x=channel)
    planned(approved, worker, clock, 1)
    clock.advance(minutes=2)
    worker.tick()
    old = copies.take()
    clock.advance(minutes=1)
    worker.tick()
    assert states(session) == [S.SENT]
    copies.restore(old)
    worker.tick()
    assert (states(session), len(channel.sent)) == ([S.UNKNOWN], 2)


def test_a_second_machine_joins_a_database_that_is_in_use_and_stops_on_one_that_is_not(
    approved: Approve, make_dispatcher: Make, session: Session, sessions: "sessionmaker[Session]",
    clock: FrozenClock, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = make_dispatcher()
    planned(approved, first, clock, 1)
    clock.advance(minutes=2)
    first.tick()
    approved()
    with sessions() as work:
        elsewhere = Generation(tmp_path / "elsewhere")
        assert elsewhere.compare(work, now=clock.now())[0] == generation.State.NEW  # nothing is overdue
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now(), limit=10)
    with sessions() as work:
        assert elsewhere.compare(work, now=clock.now())[0] == generation.State.WAIT
    clock.advance(seconds=11)
    assert first._safeguards.may_send(sessions, clock, lambda _key: True)
    with sessions() as work:
        assert elsewhere.compare(work, now=clock.now())[0] == generation.State.NEW
        alone = Generation(tmp_path / "alone")
        assert alone.compare(work, now=clock.now())[0] == generation.State.WAIT
        monkeypatch.setattr(generation, "OTHERS_SHOW_WITHIN", 0)
        assert alone.compare(work, now=clock.now())[0] == generation.State.ELSEWHERE


def test_an_update_from_a_version_without_a_mark_goes_on_and_its_old_backup_does_not(
    approved: Approve, make_dispatcher: Make, session: Session, sessions: "sessionmaker[Session]",
    clock: FrozenClock, tmp_path: Path,
) -> None:  # fmt: skip
    worker = make_dispatcher()
    planned(approved, worker, clock, 2)
    with unit_of_work(sessions) as work:
        row = work.scalars(select(Delivery)).first()
        work.add(
            Attempt(
                delivery_id=row.id, action="publish", started_at=clock.now(), finished_at=clock.now(), outcome="sent"
            )
        )
        work.execute(delete(LedgerMark))
        beat(work, now=clock.now())
    for minutes, state in ((2, generation.State.NEW), (120, generation.State.ELSEWHERE)):
        clock.advance(minutes=minutes)
        with sessions() as work:
            assert Generation(tmp_path / "new").compare(work, now=clock.now())[0] == state


def test_two_workers_of_one_machine_share_the_mark_and_it_never_goes_back(tmp_path: Path) -> None:
    first, second = Generation(tmp_path), Generation(tmp_path)
    first.keep(Mark(1, 5))
    second.keep(Mark(1, 3))
    assert Generation(tmp_path).known == Mark(1, 5)
    second.keep(Mark(2, 1))
    assert Generation(tmp_path).known == Mark(2, 1)


def test_a_mark_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    Generation(tmp_path).keep(Mark(1, 5))
    (tmp_path / FILE).write_bytes(b'{"epoch')
    assert Generation(tmp_path).known is None


def test_a_mark_that_the_disk_does_not_take_makes_no_call(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = ScriptedChannel()
    worker = make_dispatcher(x=channel)
    worker.tick()
    approved()

    def full(_mark: Mark) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker._safeguards.generation, "keep", full)
    worker.tick()
    assert (states(session), channel.sent) == ([S.RETRYING], [])
    [stop] = safety.stops(session, now=clock.now())
    assert (stop.reason, "penuh" in str(stop.sentence)) == (Reason.DISK, True)

    monkeypatch.undo()
    clock.advance(minutes=10)
    worker.tick()
    session.expire_all()
    assert (states(session), len(channel.sent)) == ([S.SENT], 1)
    assert not session.scalars(select(SendingStop)).all(), "the page says no longer that the disk is full"


@pytest.mark.one_database
def test_settings_of_two_installations_do_not_share_a_mark(settings: Settings, tmp_path: Path) -> None:
    Generation(settings.var_dir).keep(Mark(1, 9))
    other = replace(settings, var_dir=tmp_path / "other")
    assert Generation(other.var_dir).known is None
