"""The watch from outside, against a real SMTP server: one mail an outage, one when it is over."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.publishing import watch
from app.outreach.publishing.heartbeat import beat, end
from app.outreach.publishing.watch import LOOK_EVERY, SILENT_LOOKS, Watch
from config import Settings
from tests.notices.sink import Sink, running
from tests.postgres import free_port
from tests.world import World


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def here(settings: Settings, sink: Sink, world: World) -> Settings:
    world.user(Role.ADMIN, email="ade@kukarkab.go.id")
    world.user(Role.EDITOR, email="erna@kukarkab.go.id")
    settings.var_dir.mkdir()
    return replace(settings, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls=False, mail_from="g@kukarkab.go.id")


def pass_by(one: Watch, clock: FrozenClock, looks: int) -> None:
    for _ in range(looks):
        clock.advance(seconds=LOOK_EVERY)
        one.look()


def live(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    with unit_of_work(sessions) as session:
        beat(session, now=clock.now())


def test_the_admins_are_told_once_of_an_outage_and_once_that_it_is_over(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock
) -> None:
    one = Watch(sessions, here, clock)
    live(sessions, clock)
    one.look()
    pass_by(one, clock, SILENT_LOOKS)
    assert sink.messages == []  # a restart takes that long
    pass_by(one, clock, SILENT_LOOKS)
    pass_by(Watch(sessions, here, clock), clock, 2 * SILENT_LOOKS)  # the web process began anew
    assert [(str(m["To"]), str(m["Subject"])) for m in sink.messages] == [
        ("ade@kukarkab.go.id", "Pengirim berhenti sejak 24-11-2026 08.00 WITA")
    ]
    live(sessions, clock)
    pass_by(one, clock, 1)
    live(sessions, clock)
    pass_by(one, clock, 1)
    assert [str(m["Subject"]) for m in sink.messages][1:] == ["Pengirim berjalan lagi"]


def test_a_worker_that_was_stopped_and_forgotten_is_said_so(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock
) -> None:
    one = Watch(sessions, here, clock)
    live(sessions, clock)
    with unit_of_work(sessions) as session:
        end(session, now=clock.now())
    pass_by(one, clock, SILENT_LOOKS + 1)
    (mail,) = sink.messages
    assert str(mail["Subject"]) == "Pengirim dihentikan sejak 24-11-2026 08.00 WITA"


def test_a_machine_that_slept_is_no_outage(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock
) -> None:
    one = Watch(sessions, here, clock)
    live(sessions, clock)
    clock.advance(hours=8)
    one.look()
    live(sessions, clock)
    one.look()
    assert sink.messages == []


def test_a_database_that_is_away_is_told_to_those_who_were_known(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock
) -> None:
    one = Watch(sessions, here, clock)
    live(sessions, clock)
    one.look()
    with unit_of_work(sessions) as session:
        session.execute(text("ALTER TABLE heartbeats RENAME TO away"))
    pass_by(one, clock, SILENT_LOOKS + 1)
    assert [str(m["To"]) for m in sink.messages] == ["ade@kukarkab.go.id"]


def test_a_mail_server_that_is_away_is_asked_again_until_it_takes_the_mail(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock
) -> None:
    down = Watch(sessions, replace(here, smtp_port=free_port()), clock)
    pass_by(down, clock, SILENT_LOOKS + 2)
    one = Watch(sessions, here, clock)
    pass_by(one, clock, SILENT_LOOKS + 2)
    assert len(sink.messages) == 1


@pytest.mark.one_database
def test_of_several_web_processes_one_watches(
    sessions: "sessionmaker[Session]", here: Settings, sink: Sink, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.02)
    ended = threading.Event()
    looks: list[str] = []
    monkeypatch.setattr(Watch, "look", lambda _self: looks.append(threading.current_thread().name))
    threads = [
        threading.Thread(target=Watch(sessions, here, clock).run, args=(ended,), name=name) for name in ("a", "b")
    ]
    for thread in threads:
        thread.start()
    while len(looks) < 5:
        ended.wait(0.02)
    ended.set()
    for thread in threads:
        thread.join(10)
    assert len(set(looks)) == 1
