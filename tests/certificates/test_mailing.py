import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.mailer import send_due
from app.base.notices.models import Notice
from app.base.notices.service import forget_addresses
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM
from app.learning.certificates.mailing import MailState, mail_states, send
from app.learning.certificates.models import Certificate
from app.learning.certificates.revoking import revoke
from app.learning.training.models import Enrolment, EnrolmentStatus
from config import Settings
from tests.certificates.finished import finished_batch, issued
from tests.notices.sink import Sink, running
from tests.world import World

pytestmark = pytest.mark.usefixtures("app")  # whose rooms are registered
PEOPLE = [("Siti Aminah", 80, 4), ("Budi Santoso", 90, 4), ("Rina Wati", 90, 4)]
MAILS = {"Siti Aminah": "siti@contoh.id", "Budi Santoso": "budi@contoh.id"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as server:
        yield server


@pytest.fixture
def mail_settings(settings: Settings, sink: Sink) -> Settings:
    return replace(
        settings, smtp_host="127.0.0.1", smtp_port=sink.port, smtp_tls=False, mail_from="gaung@contoh.go.id",
        public_url="https://gaung.contoh.go.id",
    )  # fmt: skip


@pytest.fixture
def certificates(world: World) -> list[Certificate]:
    return issued(world, finished_batch(world, PEOPLE, emails=MAILS))


def states(session: Session, certificates: list[Certificate]) -> dict[str, MailState]:
    session.expire_all()
    session.rollback()
    found = mail_states(session, certificates)
    return {one.name: found[one.id] for one in certificates}


def sent(session: Session, certificates: list[Certificate], clock: FrozenClock, **values: object) -> int:
    count = send(session, SYSTEM, certificates[0].batch_id, now=clock.now(), **values)  # type: ignore[arg-type]
    session.commit()
    return count


def test_everybody_with_an_address_gets_the_own_certificate_once(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    assert [sent(session, certificates, clock) for _twice in range(2)] == [2, 0]
    assert states(session, certificates)["Siti Aminah"] == MailState.WAITING
    assert send_due(sessions, mail_settings, clock).sent == 2
    for message in sink.messages:
        [part] = message.iter_attachments()
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(part.get_content())).pages)
        assert [name for name in MAILS if name in text] == [name for name in MAILS if MAILS[name] == message["To"]]
        assert "https://gaung.contoh.go.id/peserta/" in message.get_body().get_content()
    assert states(session, certificates) == {
        "Siti Aminah": MailState.SENT, "Budi Santoso": MailState.SENT, "Rina Wati": MailState.NO_ADDRESS,
    }  # fmt: skip
    assert sent(session, certificates, clock) == 0


def test_one_that_never_arrived_is_to_be_handed_out_or_sent_again(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.refused = {"siti@contoh.id": "550 no such user"}
    sent(session, certificates, clock)
    send_due(sessions, mail_settings, clock)
    assert states(session, certificates)["Siti Aminah"] == MailState.FAILED
    sink.refused = {}
    assert sent(session, certificates, clock) == 1
    assert send_due(sessions, mail_settings, clock).sent == 1
    assert states(session, certificates)["Siti Aminah"] == MailState.SENT


def test_one_that_was_revoked_meanwhile_is_not_sent(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    siti = next(one for one in certificates if one.name == "Siti Aminah")
    assert sent(session, certificates, clock, certificate_ids=[siti.id]) == 1
    revoke(session, SYSTEM, siti.id, reason="Salah orang.", now=clock.now())
    session.commit()
    assert send_due(sessions, mail_settings, clock).failed == 1
    assert sink.messages == []
    assert "dicabut" in str(session.scalars(select(Notice.problem)).one())


def test_the_state_outlives_notices_that_were_deleted(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sent(session, certificates, clock)
    send_due(sessions, mail_settings, clock)
    for notice in session.scalars(select(Notice)):
        session.delete(notice)
    session.commit()
    assert states(session, certificates)["Siti Aminah"] == MailState.SENT
    assert sent(session, certificates, clock) == 0


def test_one_that_never_arrived_is_not_called_sent_once_its_notice_is_deleted(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sink.refused = {"siti@contoh.id": "550 no such user"}
    sent(session, certificates, clock)
    send_due(sessions, mail_settings, clock)
    forget_addresses(session, before=clock.now() + timedelta(days=1))
    session.commit()
    found = states(session, certificates)
    assert (found["Siti Aminah"], found["Budi Santoso"]) == (MailState.NOT_YET, MailState.SENT)


def revocations(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).where(Notice.dedupe_key.contains(":revoked")).order_by(Notice.id)))


def test_who_got_one_by_mail_is_told_by_mail_when_it_is_taken_back(
    session: Session, sessions, certificates: list[Certificate], sink: Sink, mail_settings: Settings, clock: FrozenClock
) -> None:
    sent(session, certificates, clock)
    send_due(sessions, mail_settings, clock)
    for one in certificates:
        for _twice in range(2):
            revoke(session, SYSTEM, one.id, reason="Salah orang.", now=clock.now())
    session.commit()
    told = revocations(session)
    assert sorted(one.address or "" for one in told) == ["budi@contoh.id", "siti@contoh.id"]
    assert "dicabut" in told[0].subject
    assert "Salah orang." in told[0].body
    assert "24 November 2026" in told[0].body


def test_what_never_went_out_or_is_practice_tells_nobody_when_it_is_taken_back(
    session: Session, world: World, certificates: list[Certificate], clock: FrozenClock
) -> None:
    sent(session, certificates, clock)  # still waits, and is not sent any more
    practised = issued(world, finished_batch(world, PEOPLE, emails={"Siti Aminah": "x@contoh.id"}, simulated=True))
    practised[0].mailed_at = clock.now()
    for one in (certificates[0], *practised):
        revoke(session, SYSTEM, one.id, reason="Salah orang.", now=clock.now())
    assert revocations(session) == []


def test_who_left_gets_no_mail_unasked(session: Session, certificates: list[Certificate], clock: FrozenClock) -> None:
    left = next(one for one in certificates if one.name == "Siti Aminah")
    session.get_one(Enrolment, left.enrolment_id).status = EnrolmentStatus.WITHDRAWN
    session.commit()
    assert sent(session, certificates, clock) == 1
    assert states(session, certificates)["Siti Aminah"] == MailState.NOT_YET
