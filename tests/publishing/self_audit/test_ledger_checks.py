"""What the ledger says against itself is found once, and closed when it agrees again."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Role
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import OutcomeUnknown, Receipt
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.self_audit import service
from app.outreach.publishing.self_audit.hourly import audit_ledger
from app.outreach.publishing.self_audit.models import Finding
from tests.pages import sign_in
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture
def outlet(world: World) -> Outlet:
    return world.outlet(responsible_id=world.user(Role.EDITOR).id)


@pytest.fixture
def sent(
    approved: Callable[..., Post], dispatcher: Dispatcher, outlet: Outlet, sessions: "sessionmaker[Session]"
) -> Delivery:
    """One delivery that went out."""
    approved(outlet)
    dispatcher.tick()
    with sessions() as session:
        return session.scalars(select(Delivery)).one()


def found(sessions: "sessionmaker[Session]") -> list[tuple[str, int, str, bool]]:
    with sessions() as session:
        return [
            (row.kind, row.delivery_id, row.remote_id, row.settled_at is None)
            for row in session.scalars(select(Finding).order_by(Finding.id))
        ]


def change(sessions: "sessionmaker[Session]", *statements: object) -> None:
    with sessions.begin() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def notices(sessions: "sessionmaker[Session]") -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).where(Notice.kind == "ledger_finding")) or 0


def attempt_of(row: Delivery, remote_id: str | None, now: object, action: str = "publish") -> object:
    values = {"delivery_id": row.id, "action": action, "outcome": "sent", "remote_id": remote_id}
    return insert(Attempt).values(**values, started_at=now, finished_at=now)


def test_a_ledger_that_agrees_finds_nothing(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    assert sent.remote_id == "id-1"
    assert audit_ledger(sessions, clock) == 0
    assert found(sessions) == []


def test_two_accepted_calls_are_found_once_and_told_once(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    change(sessions, attempt_of(sent, "id-2", clock.now()))
    assert [audit_ledger(sessions, clock) for _round in range(2)] == [1, 0]
    assert found(sessions) == [("sent_twice", sent.id, "", True)]
    assert notices(sessions) == 1


def test_a_look_that_finds_another_number_than_the_reply_named_is_two(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    change(sessions, attempt_of(sent, "id-1", clock.now(), "find"))
    assert audit_ledger(sessions, clock) == 0
    change(sessions, attempt_of(sent, "id-9", clock.now(), "find"))
    assert audit_ledger(sessions, clock) == 1


def test_an_answer_that_was_lost_and_found_again_is_one(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    sessions: "sessionmaker[Session]",
    clock: FrozenClock,
) -> None:
    approved()
    dispatcher = make_dispatcher(x=ScriptedChannel(OutcomeUnknown("dropped"), finds=[Receipt("id-1")]))
    dispatcher.tick()
    clock.advance(minutes=1)
    dispatcher.tick()
    with sessions() as session:
        assert session.scalars(select(Delivery.status)).one() == "sent"
    assert audit_ledger(sessions, clock) == 0


def test_sent_without_a_receipt_is_found_until_it_agrees(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    change(sessions, update(Delivery).values(remote_id=None))
    audit_ledger(sessions, clock)
    assert found(sessions) == [("no_receipt", sent.id, "", True)]
    change(sessions, update(Delivery).values(remote_id="id-1"))
    audit_ledger(sessions, clock)
    assert found(sessions) == [("no_receipt", sent.id, "", False)]


def test_what_a_person_said_to_be_live_needs_no_number(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock, world: World
) -> None:
    change(sessions, update(Delivery).values(remote_id=None, settled_by_id=world.user(Role.EDITOR).id))
    assert audit_ledger(sessions, clock) == 0


def test_what_is_older_than_a_month_is_left(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    change(sessions, update(Delivery).values(remote_id=None))
    clock.advance(days=31)
    assert audit_ledger(sessions, clock) == 0


def test_a_person_says_what_they_saw(
    sent: Delivery, sessions: "sessionmaker[Session]", session: Session, clock: FrozenClock, world: World
) -> None:
    change(sessions, update(Delivery).values(remote_id=None))
    audit_ledger(sessions, clock)
    finding = session.scalars(select(Finding)).one()
    viewer, editor = world.actor(Role.VIEWER), world.actor(Role.EDITOR)
    with pytest.raises(Forbidden):
        service.settle(session, viewer, finding.id, note="ada", now=clock.now())
    with pytest.raises(Invalid):
        service.settle(session, editor, finding.id, note="  ", now=clock.now())
    service.settle(session, editor, finding.id, note="Sudah saya buka: ada.", now=clock.now())
    session.commit()
    assert audit_ledger(sessions, clock) == 0, "what was seen to is not asked again"
    assert found(sessions) == [("no_receipt", sent.id, "", False)]
    assert (
        session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "ledger_findings")).one().action == "settle"
    )


def test_home_names_it_and_its_page_says_what_to_do(
    sent: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock, world: World, client: FlaskClient
) -> None:
    change(sessions, update(Delivery).values(remote_id=None))
    sign_in(client, world.user(Role.EDITOR))
    assert "Belum ada yang dicocokkan" in client.get("/tayang/temuan").text, "nobody has looked yet"
    audit_ledger(sessions, clock)
    assert "Catatan dan akun tidak cocok" in client.get("/").text
    page = client.get("/tayang/temuan").text
    assert "Tercatat terbit tanpa bukti" in page
    with sessions() as session:
        number = session.scalars(select(Finding.id)).one()
    refused = client.post(f"/tayang/temuan/{number}/selesai", data={"note": ""})
    assert refused.status_code == 422
    assert "Tulis apa yang Anda lihat" in refused.text
    client.post(f"/tayang/temuan/{number}/selesai", data={"note": "Ada, sudah saya lihat."})
    assert "Ada, sudah saya lihat." in client.get("/tayang/temuan?keadaan=selesai").text
    assert "Catatan dan akun tidak cocok" not in client.get("/").text
