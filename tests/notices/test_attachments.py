from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.attachments import MAKERS, Attachment, Gone, Maker, attachment_name
from app.base.notices.mailer import send_due
from app.base.notices.models import Notice
from app.base.notices.service import notify_address
from app.kernel.clock import FrozenClock
from app.kernel.text import T
from config import Settings
from tests.notices.sink import Sink, running
from tests.slots import holding
from tests.world import World


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def mail_settings(settings: Settings, sink: Sink) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls=False, mail_from="gaung@contoh.go.id")


@pytest.fixture
def made() -> Iterator[dict[str, Maker]]:
    """What rooms make: kind → how."""
    makers: dict[str, Maker] = {}
    with holding(MAKERS, makers):
        yield makers


def tell(session: Session, world: World, kind: str, number: int = 7) -> None:
    notify_address(
        session, address=f"siti{number}@contoh.id", kind="uji", subject="Berkas", body="Terlampir.",
        attachment=attachment_name(kind, number), dedupe_key=f"uji:{number}", now=world.clock.now(),
    )  # fmt: skip
    session.commit()


def test_a_file_goes_along_and_is_made_while_no_transaction_is_open(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock, made
) -> None:
    def make(given, number, settings):
        assert settings is mail_settings
        with given() as other:  # nobody holds the write lock of SQLite
            other.scalars(select(Notice)).one().problem = None
            other.commit()
        return Attachment(f"surat {number}.pdf", "application/pdf", b"%PDF-x")

    made["paper"] = make
    tell(session, world, "paper")
    assert send_due(sessions, mail_settings, clock).sent == 1
    [message] = sink.messages
    [part] = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("surat 7.pdf", "application/pdf")
    assert part.get_content() == b"%PDF-x"
    assert "Terlampir." in message.get_body().get_content()


def test_a_file_that_cannot_be_made_now_is_tried_again_and_keeps_nobody_waiting(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock, made
) -> None:
    def make(_sessions, number, _settings):
        if number == 7:
            raise OSError("no room")
        return Attachment("a.pdf", "application/pdf", b"%PDF-x")

    made["paper"] = make
    tell(session, world, "paper")
    tell(session, world, "paper", 8)
    tell(session, world, "nobody-makes-it", 9)
    run = send_due(sessions, mail_settings, clock)
    assert (run.sent, run.retrying, run.failed) == (1, 2, 0)
    with sessions() as other:
        waiting = other.scalars(select(Notice).where(Notice.address == "siti7@contoh.id")).one()
    assert (waiting.email_status, waiting.problem) == ("queued", "Lampirannya belum bisa dibuat.")
    assert waiting.next_at > clock.now()


def test_what_is_gone_is_not_sent_and_says_why(
    session: Session, sessions, world: World, sink: Sink, mail_settings: Settings, clock: FrozenClock, made
) -> None:
    def make(_sessions, _number, _settings):
        raise Gone(T("Sudah dicabut."))

    made["paper"] = make
    tell(session, world, "paper")
    assert send_due(sessions, mail_settings, clock).failed == 1
    assert sink.messages == []
    with sessions() as other:
        assert other.scalars(select(Notice.problem)).one() == "Sudah dicabut."
