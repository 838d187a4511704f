"""What a channel has answered is not forgotten: not by a kill, a locked database, a full disk or a torn file."""

import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outreach.outlets.ports import (
    AccountPaused,
    HandOver,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Receipt,
    Rejected,
    Remember,
    Undecided,
)
from app.outreach.posts.models import Post
from app.outreach.publishing import dispatch, settling
from app.outreach.publishing import spool as spool_of_outcomes
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outcomes import Outcome
from app.outreach.publishing.spool import ROOM, Spool, decode, encode, read, take_over
from tests.publishing.channels import ScriptedChannel
from tests.publishing.rows import AT, only, parcel

Make = Callable[..., Dispatcher]


def outcome(result: object, delivery: int = 7) -> Outcome:
    return Outcome(parcel(delivery), "publish", AT, result)  # type: ignore[arg-type]


ANSWERS = [
    Receipt("1", "https://x.example/1", "r"),
    NotSent("429", retry_at=AT, request_id="r"),
    NotReady("diolah", after=5.0),
    Rejected(T("Ditolak dengan alasan “%(said)s”.", said="é")),
    Undecided(T("Belum dikenal.")),
    AccountPaused(T("Istirahat."), retry_at=AT),
    NeedsSignIn("190"),
    HandOver(),
]


@pytest.mark.parametrize("result", ANSWERS, ids=lambda result: type(result).__name__)
def test_every_certain_answer_comes_back_from_disk_as_it_was(result: Any) -> None:
    line = encode(outcome(result))
    assert line is not None
    assert b"rahasia" not in line
    back = decode(line.strip())
    assert back is not None
    assert (back.parcel.delivery_id, back.parcel.token, back.parcel.tries, back.started_at) == (7, "t", 3, AT)
    assert back.parcel.useful_until == AT + timedelta(days=1)
    assert type(back.result) is type(result)
    for name in ("remote_id", "url", "request_id", "detail", "retry_at", "after", "sentence"):
        assert getattr(back.result, name, None) == getattr(result, name, None)


def test_what_is_not_certain_is_not_kept(tmp_path: Path) -> None:
    assert encode(outcome(OutcomeUnknown("dropped"))) is None
    assert encode(outcome(ValueError("odd"))) is None
    assert not Spool(tmp_path).write(outcome(OutcomeUnknown("dropped")))


def test_the_file_is_for_its_own_user_and_is_wiped_when_nothing_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    (path,) = (tmp_path / "spool").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700
    for number in (1, 2):
        assert spool.write(outcome(Receipt(str(number))))
    assert [one.result.remote_id for one in read(path.read_bytes())] == ["1", "2"]  # type: ignore[union-attr]
    spool.done()
    spool.done()
    assert path.read_bytes() == b"\0" * ROOM
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_torn_last_line_costs_that_line_alone() -> None:
    whole, torn = encode(outcome(Receipt("1"))), encode(outcome(Receipt("2")))
    assert whole
    assert torn
    spoilt = torn.replace(b'"2"', b'"3"')
    data = whole + spoilt + torn[: len(torn) // 2] + b"\0" * 100
    assert [one.result.remote_id for one in read(data)] == ["1"]  # type: ignore[union-attr]


def test_a_living_workers_file_is_left_alone_and_a_dead_ones_is_removed_once_settled(tmp_path: Path) -> None:
    living = Spool(tmp_path)
    living.write(outcome(Receipt("1")))
    assert take_over(tmp_path) == []
    os.close(living._file)  # as when its process ends
    ((found, left),) = take_over(tmp_path)
    assert found.result == Receipt("1")
    assert take_over(tmp_path) == []  # it is in hand
    left.done()
    assert list(tmp_path.iterdir()) == []


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    threads = [
        threading.Thread(target=lambda n=n: [spool.write(outcome(Receipt(f"{n}-{i}"))) for i in range(50)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = tmp_path.iterdir()
    assert len(list(read(path.read_bytes()))) == 400


def left_behind(dispatcher: Dispatcher, result: object, row: Delivery, at: datetime) -> None:
    """As a worker that was killed between the answer and the commit leaves it."""
    one = outcome(result, row.id)
    one.parcel.token, one.parcel.outlet_id, one.started_at = str(row.token), row.outlet_id, at
    spool = Spool(dispatcher._safeguards.folder / "spool")
    spool.write(one)
    os.close(spool._file)


@pytest.fixture
def started(
    approved: Callable[..., Post], make_dispatcher: Make, sessions: "sessionmaker[Session]", session: Session,
    clock: FrozenClock,
) -> Callable[[], Delivery]:  # fmt: skip
    """A row that a worker has begun to send and whose outcome nobody has written."""

    def make() -> Delivery:
        approved()
        worker = make_dispatcher(x=ScriptedChannel(NotReady(after=0)))
        worker.tick()
        with unit_of_work(sessions) as work:
            row = work.scalars(select(Delivery)).one()
            row.status, row.token, row.started_at = S.SENDING, "dead", clock.now()
            row.lease_until = clock.now() + timedelta(seconds=60)
        return only(session)

    return make


@pytest.mark.parametrize("expired", [False, True])
def test_a_receipt_of_a_dead_worker_settles_its_row_also_after_the_lease(
    started: Callable[[], Delivery], make_dispatcher: Make, session: Session, clock: FrozenClock, expired: bool
) -> None:
    row = started()
    worker = make_dispatcher(x=ScriptedChannel(can_look=False))
    if expired:
        clock.advance(minutes=2)
        worker.tick()
        assert only(session).status == S.UNKNOWN
    left_behind(worker, Receipt("live", "https://x.example/live"), row, AT)
    worker.tick()
    row = only(session)
    assert (row.status, row.remote_id) == (S.SENT, "live")


def test_a_certain_refusal_of_a_dead_worker_is_no_question_to_a_person(
    started: Callable[[], Delivery], make_dispatcher: Make, session: Session, clock: FrozenClock
) -> None:
    row = started()
    worker = make_dispatcher()
    left_behind(worker, NotSent("429"), row, AT)
    clock.advance(minutes=2)
    worker.tick()
    assert only(session).status == S.RETRYING


def test_an_outcome_that_was_written_already_is_not_written_twice(
    started: Callable[[], Delivery], make_dispatcher: Make, session: Session, clock: FrozenClock
) -> None:
    row = started()
    worker = make_dispatcher()
    for _ in range(2):
        left_behind(worker, Receipt("live"), row, AT)
        worker.tick()
    assert only(session).status == S.SENT
    assert len(session.scalars(select(Attempt).where(Attempt.started_at == AT)).all()) == 1


def failing(times: list[int], error: Callable[[], Exception]) -> Callable[..., Any]:
    real = settling.settle

    def fail(*arguments: Any, **named: Any) -> Any:
        if times[0]:
            times[0] -= 1
            raise error()
        return real(*arguments, **named)

    return fail


def locked() -> Exception:
    return OperationalError("UPDATE", {}, Exception("database is locked"))


@pytest.fixture
def running() -> Iterator[Callable[[Dispatcher], None]]:
    """Runs a dispatcher in a thread of its own; it ends with the test."""
    ended: list[Callable[[], None]] = []

    def run(worker: Dispatcher) -> None:
        thread = threading.Thread(target=worker.run)
        thread.start()
        worker.wake()
        ended.append(lambda: (worker.stop(), thread.join()))  # type: ignore[arg-type,return-value]

    yield run
    for end in ended:
        end()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def is_sent(session: Session, post: Post | None = None) -> bool:
    session.rollback()
    found = select(Delivery.id).where(Delivery.status == S.SENT)
    return session.scalar(found.where(Delivery.post_id == post.id) if post else found) is not None


def test_a_database_that_takes_nothing_for_long_is_asked_without_end_and_nothing_new_begins(
    approved: Callable[..., Post], make_dispatcher: Make, session: Session, monkeypatch: pytest.MonkeyPatch,
    running: Callable[[Dispatcher], None],
) -> None:  # fmt: skip
    approved()
    times, channel = [10**6], ScriptedChannel()
    monkeypatch.setattr(settling, "settle", failing(times, locked))
    monkeypatch.setattr(settling, "ASK_AGAIN", 0.02)
    monkeypatch.setattr(dispatch, "IDLE", 0.02)
    worker = make_dispatcher(x=channel)
    running(worker)
    until(lambda: times[0] < 10**6 - 5)
    approved()
    worker.wake()
    assert (len(channel.sent), worker._settling.stalled) == (1, True)
    times[0] = 0
    until(lambda: is_sent(session))


def test_one_row_that_cannot_be_written_stands_in_nobodys_way(
    approved: Callable[..., Post], make_dispatcher: Make, session: Session, monkeypatch: pytest.MonkeyPatch,
    running: Callable[[Dispatcher], None],
) -> None:  # fmt: skip
    first = approved()
    real = settling.settle
    monkeypatch.setattr(settling, "ASK_AGAIN_MOST", 0.2)

    def fail(work: Session, one: Outcome, **named: Any) -> Any:
        if one.parcel.post_id == first.id:
            raise ValueError("odd row")
        return real(work, one, **named)

    monkeypatch.setattr(settling, "settle", fail)
    worker = make_dispatcher()
    running(worker)
    until(lambda: len(worker._settling) == 1)
    second = approved()
    worker.wake()

    until(lambda: is_sent(session, second))
    assert not is_sent(session, first)
    assert not worker._settling.stalled
    monkeypatch.setattr(settling, "settle", real)
    until(lambda: is_sent(session, first))


class FullDisk:
    """The module os, on a disk that takes no byte more."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def pwrite(self, *_arguments: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_for_the_spool_too_loses_no_outcome(
    approved: Callable[..., Post], make_dispatcher: Make, session: Session, monkeypatch: pytest.MonkeyPatch,
    running: Callable[[Dispatcher], None],
) -> None:  # fmt: skip
    approved()
    times = [3]
    worker = make_dispatcher()

    monkeypatch.setattr(spool_of_outcomes, "os", FullDisk())
    monkeypatch.setattr(
        settling, "settle", failing(times, lambda: OperationalError("", {}, Exception("database or disk is full")))
    )
    monkeypatch.setattr(settling, "ASK_AGAIN", 0.02)
    monkeypatch.setattr(dispatch, "IDLE", 0.02)
    running(worker)
    until(lambda: is_sent(session))
    assert times == [0]


def test_an_outcome_that_a_dead_worker_left_fits_on_a_full_disk(tmp_path: Path) -> None:
    """The file's room was taken at the start."""
    spool = Spool(tmp_path)
    before = next(tmp_path.iterdir()).stat().st_blocks
    for number in range(300):
        assert spool.write(outcome(Receipt(str(number), "https://x.example/" + "a" * 100)))
    assert next(tmp_path.iterdir()).stat().st_blocks == before


@pytest.mark.parametrize("kept", [0, 1])
def test_a_step_that_cannot_be_written_down_is_certainly_not_sent(
    approved: Callable[..., Post], make_dispatcher: Make, session: Session, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """`remember` comes before the lasting call: a locked database then is no question to a person."""
    approved()
    posted: list[int] = []
    worker: Dispatcher

    def upload_and_post(_out: Outgoing, remember: Remember) -> Receipt:
        for number in range(2):
            if number == kept:
                monkeypatch.setattr(worker._calls, "_keep_remembered", _raise)
            remember({"photo": number})
        posted.append(1)
        return Receipt("live")

    worker = make_dispatcher(x=ScriptedChannel(upload_and_post))
    worker.tick()
    assert (only(session).status, posted) == (S.RETRYING, [])


def _raise(*_arguments: Any) -> Any:
    raise locked()
