"""A worker that is killed between the start of a row and the call of its channel leaves no question."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.witnesses import running_seconds
from app.outreach.outlets.ports import Outgoing, Receipt, Remember
from app.outreach.posts.models import Post
from app.outreach.publishing import begun, calls
from app.outreach.publishing.begun import Begun, never_begun
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.spool import FOLDER
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import only, parcel

Approve = Callable[..., Post]
Make = Callable[..., Dispatcher]


def killed(folder: Path, act: Callable[[Begun], None], **how: str) -> None:
    """Let a process of its own act, and be killed."""
    pid = os.fork()
    if pid == 0:
        act(Begun(folder, **how))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)


def proven(folder: Path, **how: str) -> list[int]:
    return [outcome.parcel.delivery_id for outcome, _file in never_begun(folder, **how)]


def test_what_a_killed_process_planned_and_never_began_is_known(tmp_path: Path, clock: FrozenClock) -> None:
    one, other = parcel(1), parcel(2)

    def act(lines: Begun) -> None:
        lines.plan([one, other], clock.now())
        lines.begin(one)

    killed(tmp_path, act)
    ((outcome, file),) = never_begun(tmp_path)
    assert (outcome.parcel.delivery_id, outcome.parcel.token, outcome.started_at) == (2, other.token, clock.now())
    file.done()
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_proves_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    lines = Begun(tmp_path)
    lines.plan([parcel(1)], clock.now())
    assert proven(tmp_path) == []
    lines.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("then", "now"), [("a", "b"), ("", ""), ("a", "")])
def test_after_another_boot_or_where_none_can_be_told_nothing_is_proven(
    tmp_path: Path, clock: FrozenClock, then: str, now: str
) -> None:
    """A power cut may have lost the line that says that a call began."""
    killed(tmp_path, lambda lines: lines.plan([parcel(1)], clock.now()), boot=then)
    assert proven(tmp_path, boot=now) == []
    assert list(tmp_path.iterdir()) == []


def test_a_torn_line_spoils_the_proof_of_all(tmp_path: Path, clock: FrozenClock) -> None:
    def act(lines: Begun) -> None:
        lines.plan([parcel(1), parcel(2)], clock.now())
        os.write(lines._file, b"0badcafe {")

    killed(tmp_path, act)
    assert proven(tmp_path) == []


def test_what_is_forgotten_proves_nothing_and_what_follows_does(tmp_path: Path, clock: FrozenClock) -> None:
    def act(lines: Begun) -> None:
        lines.plan([parcel(1)], clock.now())
        lines.clear()
        lines.plan([parcel(2)], clock.now())

    killed(tmp_path, act)
    assert proven(tmp_path) == [2]


class Killed(BaseException):
    """Ends a dispatcher as a kill does: nothing of it is done any more."""


def end(worker: Dispatcher) -> None:
    """Let go of the locks, as the end of a process does; its files stay."""
    os.close(worker._safeguards.begun._file)
    worker._safeguards.begun._file = os.open(os.devnull, os.O_RDWR)


def killed_after_the_start(worker: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(worker._pool, "submit", lambda *_arguments: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            worker.tick()
    end(worker)


def test_a_row_that_was_started_and_never_called_goes_out_without_a_question(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = ScriptedChannel(can_look=False)
    killed_one, other = make_dispatcher(x=channel), make_dispatcher(x=channel)
    approved()
    killed_after_the_start(killed_one, monkeypatch)
    assert only(session).started_at is not None
    clock.advance(seconds=1)
    other.tick()
    session.expire_all()
    assert (only(session).status, channel.sent) == (S.RETRYING, [])
    clock.advance(minutes=5)
    other.tick()
    session.rollback()
    session.expire_all()
    assert (only(session).status, len(channel.sent)) == (S.SENT, 1)
    assert session.scalars(select(Attempt.outcome).order_by(Attempt.id)).all() == ["NotSent", "sent"]


def test_a_call_that_had_begun_stays_a_question(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = ScriptedChannel(can_look=False)
    killed_one, other = make_dispatcher(x=channel), make_dispatcher(x=channel)
    approved()
    with monkeypatch.context() as patched:
        patched.setattr(killed_one._pool, "submit", lambda _work, item, _by: begin_and_die(killed_one, item))
        with pytest.raises(Killed):
            killed_one.tick()
    end(killed_one)
    other.tick()
    session.expire_all()
    assert only(session).status == S.SENDING
    clock.advance(minutes=10)
    other.tick()
    session.rollback()
    session.expire_all()
    assert (only(session).status, channel.sent) == (S.UNKNOWN, [])


def begin_and_die(worker: Dispatcher, item: calls.Ready) -> None:
    assert worker._safeguards.begun.begin(item.parcel)
    raise Killed


def test_a_row_that_went_on_meanwhile_is_left_alone(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = ScriptedChannel(can_look=False)
    killed_one, other = make_dispatcher(x=channel), make_dispatcher(x=channel)
    approved()
    killed_after_the_start(killed_one, monkeypatch)
    row = session.scalars(select(Delivery)).one()
    row.token = "another's"
    session.commit()
    clock.advance(seconds=1)
    other.tick()
    session.expire_all()
    assert (only(session).status, only(session).token) == (S.SENDING, "another's")
    assert session.scalars(select(Attempt.outcome)).all() == []


def test_nothing_is_called_whose_beginning_the_disk_does_not_take(
    approved: Approve, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session,
    monkeypatch: pytest.MonkeyPatch, sessions: "sessionmaker[Session]", settings: Settings,
) -> None:  # fmt: skip
    approved()
    with monkeypatch.context() as patched:
        patched.setattr(Begun, "begin", lambda _self, _parcel: False)
        dispatcher.tick()
    session.expire_all()
    assert (only(session).status, channel.sent) == (S.RETRYING, [])


class SleepyChannel(ScriptedChannel):
    """Its machine is put to sleep before the request that makes the post."""

    tells_begin = True

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        self.asleep()
        out.begin()
        return super().publish(out, remember)


@pytest.mark.parametrize(("hours", "status"), [(0, S.SENT), (1, S.RETRYING)])
def test_a_worker_that_wakes_after_its_lease_does_not_begin(
    approved: Approve, make_dispatcher: Make, session: Session, monkeypatch: pytest.MonkeyPatch, hours: int, status: S
) -> None:
    """Whoever took the row over may have sent it."""
    channel, slept = SleepyChannel(), [0.0]
    monkeypatch.setattr(calls, "running_seconds", lambda: running_seconds() + slept[0])
    channel.asleep = lambda: slept.append(slept.pop() + hours * 3600)  # type: ignore[attr-defined]
    approved()
    make_dispatcher(x=channel).tick()
    assert (only(session).status, len(channel.sent)) == (status, 1 - hours)


@pytest.mark.parametrize("committed", [True, False])
def test_a_start_whose_commit_was_lost_goes_out_without_a_question(
    approved: Approve, make_dispatcher: Make, session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:  # fmt: skip
    """The database ended in the middle: whether the row is started nobody knows, that nothing was called we do."""
    channel = ScriptedChannel(can_look=False)
    worker = make_dispatcher(x=channel)
    approved()
    real = worker._safeguards.keep_mark if committed else worker._safeguards.generation.advance

    def lost(*arguments: object, **named: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    with monkeypatch.context() as patched:
        owner = worker._safeguards if committed else worker._safeguards.generation
        patched.setattr(owner, real.__name__, lost)
        worker.tick()
    assert (only(session).status, channel.sent) == (S.RETRYING, [])
    clock.advance(minutes=1)
    worker.tick()
    assert (only(session).status, len(channel.sent)) == (S.SENT, 1)


def test_the_file_is_short_again_when_nothing_is_under_way(
    approved: Approve, dispatcher: Dispatcher, channel: ScriptedChannel, settings: Settings, clock: FrozenClock
) -> None:
    channel.publishes = [Receipt("1")]
    approved()
    dispatcher.tick()
    (path,) = (settings.var_dir / FOLDER).glob(f"*{begun.SUFFIX}")
    assert path.stat().st_size > 300
    clock.advance(seconds=timedelta(minutes=1).total_seconds())
    dispatcher.tick()
    assert path.stat().st_size < 100
