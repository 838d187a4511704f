"""Mail and a worker that ends in the middle of it, told to or killed: nothing is lost, nothing is counted wrongly."""

import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices import connection, mailer
from app.base.notices.mailer import TOO_OLD, Mail, message_id, send_due
from app.base.notices.models import Notice
from app.base.notices.service import notify
from app.kernel.clock import Clock, FrozenClock
from app.kernel.db import unit_of_work
from config import Settings
from tests.notices.sink import Sink, running
from tests.postgres import free_port
from tests.running_worker import running_worker, wait_until
from tests.world import World


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def mail_settings(settings: Settings, sink: Sink) -> Settings:
    return replace(
        settings, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls=False, mail_from="gaung@kukarkab.go.id"
    )


def tell(session: Session, world: World, count: int, clock: Clock) -> None:
    people = [world.user(email=f"n{number}@kukarkab.go.id") for number in range(count)]
    notify(
        session, user_ids=[one.id for one in people], kind="review", subject="Materi menunggu", body="Ada materi.",
        dedupe_key="k", now=clock.now(),
    )  # fmt: skip
    session.commit()


def mails(sessions: "sessionmaker[Session]") -> list[tuple[str, int]]:
    with sessions() as session:
        return list(session.execute(select(Notice.email_status, Notice.attempts).order_by(Notice.id)).tuples())


@pytest.mark.one_database
def test_a_worker_that_is_told_to_stop_ends_after_the_mail_at_hand(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, tmp_path: Path
) -> None:
    tell(session, world, 12, Clock())
    sink.pause = 1.0
    with running_worker(mail_settings, tmp_path / "worker.log") as worker:
        wait_until(lambda: len(sink.messages) == 3)
        assert worker.ended_by(signal.SIGTERM, within=20) == 0, worker.said()
    assert 3 <= len(sink.messages) <= 4
    assert Counter(mails(sessions)) == {("sent", 1): len(sink.messages), ("queued", 0): 12 - len(sink.messages)}
    sink.pause = 0.0
    with running_worker(mail_settings, tmp_path / "worker.log"):
        wait_until(lambda: set(mails(sessions)) == {("sent", 1)})
    assert len({message["To"] for message in sink.messages}) == len(sink.messages) == 12


@pytest.mark.one_database
def test_kills_use_up_no_try_and_what_arrives_twice_carries_one_id(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, tmp_path: Path
) -> None:
    tell(session, world, 4, Clock())
    sink.pause = 30.0
    for kill in range(1, 4):
        with running_worker(mail_settings, tmp_path / "worker.log") as worker:
            wait_until(lambda kill=kill: len(sink.messages) == kill)
            worker.ended_by(signal.SIGKILL, within=10)
        assert set(mails(sessions)) == {("sending", 0)}
        with unit_of_work(sessions) as other:  # its lease runs out
            other.execute(update(Notice).values(lease_until=Clock().now() - timedelta(seconds=1)))
    sink.pause = 0.0
    with running_worker(mail_settings, tmp_path / "worker.log"):
        wait_until(lambda: set(mails(sessions)) == {("sent", 1)})
    ids: dict[str, set[str]] = {}
    for message in sink.messages:
        ids.setdefault(message["To"], set()).add(message["Message-ID"])
    assert len(sink.messages) == 4 + 3
    assert [len(ones) for ones in ids.values()] == [1, 1, 1, 1]


def test_the_id_of_a_mail_is_the_same_on_every_host_and_at_every_try(monkeypatch: pytest.MonkeyPatch) -> None:
    now = Clock().now()
    mail = Mail(7, "delivery:3:failed:u1", "a@b.id", "S", "B", "/tayang/3", 0, now, now)
    first = message_id(mail, "gaung@kukarkab.go.id")
    for name in ("getfqdn", "gethostname"):
        monkeypatch.setattr(socket, name, lambda *_given: "host.lain")
    again = replace(mail, attempts=5, lease_until=now + timedelta(hours=1), subject="Lain")
    assert message_id(again, "gaung@kukarkab.go.id") == first


def test_a_run_that_is_told_to_stop_gives_back_what_it_has_not_tried(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, 5, clock)
    run = send_due(sessions, mail_settings, clock, stopping=lambda: len(sink.messages) >= 2)
    assert run.sent == 2
    assert mails(sessions) == [("sent", 1)] * 2 + [("queued", 0)] * 3


def test_a_server_that_is_away_for_a_night_costs_no_notice(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, 1, clock)
    down = replace(mail_settings, smtp_port=free_port())
    runs, until = 0, clock.now() + timedelta(hours=14)
    while clock.now() < until:
        send_due(sessions, down, clock)
        clock.advance(minutes=1)
        runs += 1
    assert mails(sessions) == [("queued", 0)]
    clock.advance(hours=1, minutes=10)
    assert send_due(sessions, mail_settings, clock).sent == 1


def test_what_no_server_took_for_three_days_is_given_up(
    session: Session, sessions, world: World, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, 1, clock)
    clock.advance(seconds=TOO_OLD.total_seconds() + 1)
    assert send_due(sessions, replace(mail_settings, smtp_port=free_port()), clock).failed == 1


@contextmanager
def dribbling(greeting: bytes) -> Iterator[int]:
    """A server that says so much at once and then a byte every tenth of a second for ever."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while not ended.is_set():
                try:
                    line, _peer = server.accept()
                    line.sendall(greeting)
                    while not ended.wait(0.1):
                        line.sendall(b"2")
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        ended.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.one_database
@pytest.mark.parametrize(("greeting", "left"), [(b"", ("queued", 0)), (b"220 hai\r\n", ("queued", 1))])
def test_a_server_that_answers_a_byte_at_a_time_holds_a_run_only_so_long(
    session: Session,
    sessions,
    world: World,
    mail_settings: Settings,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    greeting: bytes,
    left: tuple[str, int],
) -> None:
    monkeypatch.setattr(connection, "CONNECT_WITHIN", 1.0)
    monkeypatch.setattr(mailer, "MAIL_WITHIN", 1.0)
    tell(session, world, 1, clock)
    with dribbling(greeting) as port:
        sending = threading.Thread(
            target=send_due, args=(sessions, replace(mail_settings, smtp_port=port), clock), daemon=True
        )
        sending.start()
        sending.join(20)
        assert not sending.is_alive()
    assert mails(sessions) == [left]
