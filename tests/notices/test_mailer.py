"""The mail of notices, against a real SMTP server on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices import mailer
from app.base.notices.mailer import LEASE, MAX_TRIES, Run, send_due
from app.base.notices.models import Notice
from app.base.notices.service import notify, notify_address
from app.base.people.models import User
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.text import restored
from config import Settings
from tests.notices.sink import Sink, running
from tests.postgres import free_port
from tests.world import World


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def mail_settings(settings: Settings, sink: Sink) -> Settings:
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_tls=False,
        mail_from="gaung@kukarkab.go.id",
        public_url="https://gaung.kukarkab.go.id",
    )


@pytest.fixture
def person(world: World) -> User:
    return world.user(email="siti@kukarkab.go.id")


def tell(session: Session, world: World, *people: User, key: str = "k", **values) -> None:
    values = {"subject": "Materi menunggu", "body": "Ada materi yang perlu disetujui.", "path": "/materi/7", **values}
    notify(
        session, user_ids=[user.id for user in people], kind="review", dedupe_key=key, now=world.clock.now(), **values
    )
    session.commit()


def states(sessions: "sessionmaker[Session]") -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Notice.email_status).order_by(Notice.id)))


def only(sessions: "sessionmaker[Session]") -> Notice:
    with sessions() as session:
        return session.scalars(select(Notice)).one()


def outcome(run: Run) -> tuple[int, int, int]:
    return run.sent, run.retrying, run.failed


def test_a_notice_is_mailed_once_with_its_link(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 0, 0)
    assert outcome(send_due(sessions, mail_settings, clock)) == (0, 0, 0)
    [message] = sink.messages
    assert message["To"] == "siti@kukarkab.go.id"
    assert message["Subject"] == "Materi menunggu"
    assert "Sosialisasi Smart City Kukar" in message["From"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@kukarkab.go.id>")
    text = message.get_content()
    assert "Ada materi yang perlu disetujui." in text
    assert "https://gaung.kukarkab.go.id/materi/7" in text
    assert states(sessions) == ["sent"]


def test_indonesian_signs_survive_and_line_breaks_never_reach_a_header(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person, subject="“Rumah” – siap")
    with unit_of_work(sessions) as other:
        notice = other.scalars(select(Notice)).one()
        notice.subject = "Halo\r\nBcc: semua@example.com"
        notice.body = "é “kutip”\n.\nbaris sesudah titik"
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 0, 0)
    [message] = sink.messages
    assert message["Subject"] == "Halo Bcc: semua@example.com"
    assert message["Bcc"] is None
    assert "baris sesudah titik" in message.get_content()


@pytest.mark.parametrize("address", ["bukan alamat", "a@b@c", "a\r\nBcc: x@y.z", "", "@", "a b@c.id", "x" * 250])
def test_an_address_that_is_none_blocks_nobody(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock, address: str
) -> None:
    bad, good = world.user(email="lama@kukarkab.go.id"), world.user(email="baik@kukarkab.go.id")
    tell(session, world, bad, good)
    bad.email = address
    session.commit()
    run = send_due(sessions, mail_settings, clock)
    assert (run.sent, run.retrying) == (1, 0)
    assert [str(message["To"]) for message in sink.messages] == ["baik@kukarkab.go.id"]
    assert states(sessions) == ["none" if address == "" else "failed", "sent"]


def test_a_refused_address_fails_with_a_sentence_and_blocks_nobody(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.refused = {"pergi@kukarkab.go.id": "550 no such user", "penuh@kukarkab.go.id": "452 mailbox full"}
    people = [world.user(email=f"{name}@kukarkab.go.id") for name in ("pergi", "penuh", "ada")]
    tell(session, world, *people)
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 1, 1)
    assert states(sessions) == ["failed", "queued", "sent"]
    with sessions() as other:
        problem = other.scalars(select(Notice.problem).order_by(Notice.id)).first()
    assert (
        str(restored(problem)) == "Server surel menolak alamat pergi@kukarkab.go.id. Perbaiki alamat surel pada akun."
    )


def test_a_server_that_is_down_is_tried_again_later_and_the_reason_is_visible(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    second = world.user(email="b@kukarkab.go.id")
    tell(session, world, person, second)
    down = replace(mail_settings, smtp_port=free_port())
    assert outcome(send_due(sessions, down, clock)) == (0, 2, 0)
    with sessions() as other:
        waiting = other.scalars(select(Notice)).all()
    assert {notice.problem for notice in waiting} == {"Server surel belum bisa dihubungi."}
    assert all(50 <= (notice.next_at - clock.now()).total_seconds() <= 70 for notice in waiting if notice.next_at)
    assert outcome(send_due(sessions, mail_settings, clock)) == (0, 0, 0)
    clock.advance(minutes=2)
    assert outcome(send_due(sessions, mail_settings, clock)) == (2, 0, 0)


def test_the_pause_grows_and_the_last_try_fails(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    sink.answers = ["451 try later"] * MAX_TRIES
    pauses = []
    for _try in range(MAX_TRIES - 1):
        send_due(sessions, mail_settings, clock)
        notice = only(sessions)
        assert notice.next_at is not None
        pauses.append((notice.next_at - clock.now()).total_seconds())
        clock.move_to(notice.next_at)
    assert pauses[0] < pauses[2] < pauses[4]
    assert max(pauses) <= 3960
    assert outcome(send_due(sessions, mail_settings, clock)) == (0, 0, 1)
    notice = only(sessions)
    assert notice.email_status == "failed"
    assert str(restored(notice.problem)) == "Server surel menolak pesan ini (451). Sudah dicoba 12 kali."


def test_a_reply_lost_after_the_message_left_is_sent_again_under_the_same_id(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.hang_up_after = 1
    people = [world.user(email=f"{name}@kukarkab.go.id") for name in ("a", "b")]
    tell(session, world, *people)
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 1, 0)
    assert sorted(states(sessions)) == ["queued", "sent"]
    clock.advance(minutes=2)
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 0, 0)
    ids = [message["Message-ID"] for message in sink.messages]
    assert len(ids) == 3
    assert len(set(ids)) == 2


@pytest.mark.parametrize(("answer", "state"), [("554 looks like spam", "failed"), ("451 try later", "queued")])
def test_an_answer_to_the_message_is_for_good_only_when_the_server_says_so(
    session: Session,
    sessions,
    world: World,
    person: User,
    sink: Sink,
    mail_settings: Settings,
    clock: FrozenClock,
    answer: str,
    state: str,
) -> None:
    sink.answers = [answer]
    tell(session, world, person)
    send_due(sessions, mail_settings, clock)
    assert states(sessions) == [state]


def test_a_refused_sender_waits_for_the_settings_to_be_mended(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.sender_answer = "550 who are you"
    tell(session, world, person)
    send_due(sessions, mail_settings, clock)
    notice = only(sessions)
    assert notice.email_status == "queued"
    assert notice.problem == "Server surel menolak alamat pengirim aplikasi. Minta pengelola server memeriksanya."


def test_a_server_without_tls_is_not_trusted_when_tls_is_asked_for(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    send_due(sessions, replace(mail_settings, smtp_tls=True), clock)
    assert sink.messages == []
    assert only(sessions).problem == "Server surel belum bisa dihubungi dengan aman."


def test_without_a_server_in_the_settings_nothing_is_tried(
    session: Session, sessions, world: World, person: User, settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    assert outcome(send_due(sessions, replace(settings, smtp_host=""), clock)) == (0, 0, 0)
    assert (only(sessions).email_status, only(sessions).attempts) == ("queued", 0)


def test_news_of_last_week_stays_in_the_inbox(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    clock.advance(days=4)
    assert outcome(send_due(sessions, mail_settings, clock)) == (0, 0, 1)
    assert sink.messages == []


def test_a_run_that_died_is_taken_up_when_its_lease_is_over(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell(session, world, person)
    claimed = mailer._claim(sessions, clock.now(), 10)
    assert len(claimed) == 1
    assert outcome(send_due(sessions, mail_settings, clock)) == (0, 0, 0)
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 0, 0)
    Run(sessions, mail_settings, clock).settle(claimed[0], (mailer.Outcome.RETRY, None))
    assert states(sessions) == ["sent"]


def test_a_run_takes_no_more_than_asked_oldest_first(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    people = [world.user(email=f"n{number}@kukarkab.go.id") for number in range(5)]
    for number, user in enumerate(people):
        tell(session, world, user, key=f"k{number}")
        clock.advance(seconds=1)
    assert send_due(sessions, mail_settings, clock, limit=3).sent == 3
    assert [str(message["To"])[:2] for message in sink.messages] == ["n0", "n1", "n2"]


def test_what_a_long_run_leaves_over_is_not_counted_as_a_try(
    session: Session,
    sessions,
    world: World,
    sink: Sink,
    mail_settings: Settings,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [world.user(email=f"n{number}@kukarkab.go.id") for number in range(3)]
    tell(session, world, *people)
    compose = mailer.compose

    def slowly(*given):
        clock.advance(seconds=mailer.RUN.total_seconds() - 1)
        return compose(*given)

    monkeypatch.setattr(mailer, "compose", slowly)
    assert send_due(sessions, mail_settings, clock).sent == 2
    with sessions() as other:
        left = other.scalars(select(Notice).where(Notice.email_status == "queued")).one()
    assert (left.attempts, left.lease_until) == (0, None)
    assert left.next_at is not None
    assert left.next_at <= clock.now() - mailer.RUN


def tell_address(session: Session, world: World, address: str, key: str = "r") -> None:
    notify_address(
        session, address=address, kind="event", subject="Terdaftar: Rembuk", body="Halo Siti.",
        path="/agenda/ikut/MTI.abc", dedupe_key=key, now=world.clock.now(),
    )  # fmt: skip
    session.commit()


def test_somebody_without_an_account_gets_the_mail_with_the_whole_own_link(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    tell_address(session, world, "siti@contoh.id")
    assert outcome(send_due(sessions, mail_settings, clock)) == (1, 0, 0)
    [message] = sink.messages
    assert message["To"] == "siti@contoh.id"
    text = message.get_content()
    assert "https://gaung.kukarkab.go.id/agenda/ikut/MTI.abc" in text
    assert "/pemberitahuan" not in text
    assert "karena alamat Anda dipakai untuk mendaftar" in text
    assert states(sessions) == ["sent"]


def test_what_is_lost_for_good_to_an_outsider_is_said_once(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.refused = {f"{name}@contoh.id": "550 no such user" for name in ("pergi", "hilang")}
    sink.refused |= {"penuh@contoh.id": "452 mailbox full", "siti@kukarkab.go.id": "550 no such user"}
    tell(session, world, person)
    for name in ("pergi", "hilang", "penuh", "ada"):
        tell_address(session, world, f"{name}@contoh.id", key=name)
    lost: list[tuple[str, str]] = []
    for _twice in range(2):
        send_due(sessions, mail_settings, clock, lost=lambda _session, key, address: lost.append((key, address)))
    assert lost == [("pergi:a", "pergi@contoh.id"), ("hilang:a", "hilang@contoh.id")]


def test_a_bad_address_of_an_outsider_blocks_nobody_and_says_so_without_speaking_of_an_account(
    session: Session, sessions, world: World, person: User, sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.refused = {"pergi@contoh.id": "550 no such user"}
    tell_address(session, world, "pergi@contoh.id", "a")
    tell_address(session, world, "lain@contoh.id", "b")
    tell_address(session, world, "baik@contoh.id", "c")
    tell(session, world, person)
    with unit_of_work(sessions) as other:
        other.scalars(select(Notice).where(Notice.address == "lain@contoh.id")).one().address = "a@b\r\nBcc: c@d.id"
    assert outcome(send_due(sessions, mail_settings, clock)) == (2, 0, 2)
    assert [str(message["To"]) for message in sink.messages] == ["baik@contoh.id", "siti@kukarkab.go.id"]
    assert all(message["Bcc"] is None for message in sink.messages)
    with sessions() as other:
        problems = other.scalars(select(Notice.problem).where(Notice.email_status == "failed").order_by(Notice.id))
        assert [str(restored(problem)) for problem in problems] == [
            "Server surel menolak alamat pergi@contoh.id.",
            "Alamat surel ini tidak bisa dipakai.",
        ]
