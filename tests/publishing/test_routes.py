"""The delivery pages, on SQLite."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.outlets.ports import HandOver, OutcomeUnknown, Rejected
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import safety
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.heartbeat import beat, forget
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.pages import asked, is_empty, sign_in
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture
def settled(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, world: World
) -> Callable[..., Delivery]:
    """One delivery after one call of a channel that answered so."""

    def make(answer: object, kind: str = "x", **outlet: object) -> Delivery:
        approved(world.outlet(kind, **outlet))
        make_dispatcher(**{kind: ScriptedChannel(answer)}).tick()  # type: ignore[arg-type]
        session.expire_all()
        return session.scalars(select(Delivery)).one()

    return make


def test_a_failure_says_what_happened_and_has_one_button(
    settled: Callable[..., Delivery], client: FlaskClient, world: World
) -> None:
    row = settled(Rejected(T("X menolak: teksnya sama dengan kiriman sebelumnya.")))
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{row.id}").text
    assert "X menolak: teksnya sama" in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("btn-primary") == 1
    assert "Kirim lagi" in page


@pytest.mark.parametrize("status", [S.FAILED, S.MISSED])
def test_what_failed_or_was_missed_can_be_let_go_alone(
    settled: Callable[..., Delivery], client: FlaskClient, world: World, session: Session, status: S
) -> None:
    """The other accounts of the post keep what they have."""
    row = settled(Rejected(T("Ditolak.")))
    row.status = status
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{row.id}").text
    assert "Tidak terbit, biarkan" in page
    client.post(f"/tayang/{row.id}/batal", data={"seen": status})
    session.expire_all()
    assert session.get_one(Delivery, row.id).status == S.CANCELLED
    assert session.get_one(Post, row.post_id).status != PostStatus.CANCELLED


def test_sending_again_from_the_page(
    settled: Callable[..., Delivery], client: FlaskClient, world: World, session: Session
) -> None:
    row = settled(Rejected(T("Ditolak.")))
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/tayang/{row.id}/lagi", data={"seen": "failed"})
    assert answer.status_code == 302
    session.refresh(row)
    assert row.status == S.QUEUED


def test_a_second_click_is_told_and_changes_nothing(
    settled: Callable[..., Delivery], client: FlaskClient, world: World, session: Session
) -> None:
    row = settled(OutcomeUnknown("dropped"))
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{row.id}/sudah-terbit", data={"seen": "unknown"})
    answer = client.post(f"/tayang/{row.id}/lagi", data={"seen": "unknown"})
    assert answer.status_code == 409
    assert "Keadaannya sudah berubah" in answer.text
    session.refresh(row)
    assert row.status == S.SENT


def test_posting_by_hand_keeps_what_was_typed_when_it_is_wrong(
    settled: Callable[..., Delivery], client: FlaskClient, world: World
) -> None:
    keeper = world.user(Role.CONTRIBUTOR)
    row = settled(HandOver(), kind="whatsapp", responsible_id=keeper.id)
    sign_in(client, keeper)
    page = client.get(f"/tayang/{row.id}").text
    assert "Salin teks" in page
    assert "https://wa.me/?text=Kukar" in page
    answer = client.post(f"/tayang/{row.id}/sudah-terbit", data={"seen": "handed_over", "url": "grup sebelah"})
    assert answer.status_code == 422
    assert 'value="grup sebelah"' in answer.text


def test_others_do_not_see_foreign_deliveries(
    settled: Callable[..., Delivery], client: FlaskClient, world: World
) -> None:
    row = settled(Rejected(T("Ditolak.")))
    sign_in(client, world.user(Role.VIEWER, organisation=world.organisation()))
    assert client.get(f"/tayang/{row.id}").status_code == 404
    assert is_empty(client.get("/tayang").text)


def test_ordered_print_never_reads_published(
    settled: Callable[..., Delivery], client: FlaskClient, world: World, session: Session
) -> None:
    row = settled(Rejected(T("Ditolak.")), kind="newspaper")
    row.status = S.SENT
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    assert "Pesanan terkirim" in client.get(f"/tayang/{row.id}").text
    assert "Pesanan terkirim" in client.get("/tayang.csv").text


def test_a_title_that_a_spreadsheet_would_run_is_text(
    approved: Callable[..., Post], dispatcher: Dispatcher, client: FlaskClient, world: World
) -> None:
    approved(title="=HYPERLINK(1)")
    dispatcher.tick()
    sign_in(client, world.user(Role.EDITOR))
    assert "'=HYPERLINK(1)" in client.get("/tayang.csv").text


def test_the_list_asks_a_constant_number_of_questions(
    approved: Callable[..., Post], dispatcher: Dispatcher, client: FlaskClient, world: World
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    approved()
    dispatcher.tick()
    client.get("/tayang")
    with asked() as few:
        client.get("/tayang")
    for _ in range(8):
        approved()
    dispatcher.tick()
    with asked() as many:
        assert client.get("/tayang").text.count("<tr>") == 10
    assert len(many) == len(few)


def test_healthz_is_green_while_the_worker_lives(
    client: FlaskClient, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    assert client.get("/healthz").status_code == 503
    with unit_of_work(sessions) as work:
        beat(work, now=clock.now())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (
        200, {"status": "ok", "missing": [], "workers": 1, "oldest_due_seconds": 0, "stuck": 0},
    )  # fmt: skip
    clock.advance(minutes=2)
    assert client.get("/healthz").json["missing"] == ["worker"]
    with unit_of_work(sessions) as work:
        beat(work, now=clock.now())
        forget(work)
    assert client.get("/healthz").status_code == 503


def test_healthz_says_that_sending_has_stopped_and_that_deliveries_are_stuck(
    client: FlaskClient,
    sessions: "sessionmaker[Session]",
    session: Session,
    clock: FrozenClock,
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
) -> None:
    approved()
    dispatcher.tick()
    row = session.scalars(select(Delivery)).one()
    row.status, row.lease_until = S.SENDING, clock.now() - timedelta(hours=1)
    safety.stop(session, worker="w", reason=safety.Reason.CLOCK, sentence=T("Jam salah."), now=clock.now())
    session.commit()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["missing"], answer.json["stuck"]) == (503, ["sending", "ledger"], 1)


def test_healthz_of_a_database_that_is_away_or_read_only_says_so(
    client: FlaskClient, sessions: "sessionmaker[Session]", clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(sessions) as work:
        beat(work, now=clock.now())
    monkeypatch.setattr(os, "access", lambda *_given: False)  # the user of the tests may write everywhere
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["database"])
    with unit_of_work(sessions) as work:
        work.execute(text("DROP TABLE heartbeats"))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "starting", "missing": ["database"]})


def test_healthz_asks_a_few_questions_however_much_waits(
    client: FlaskClient, approved: Callable[..., Post], dispatcher: Dispatcher, clock: FrozenClock
) -> None:
    with asked() as few:
        client.get("/healthz")
    for _ in range(5):
        approved(scheduled_at=clock.now() + timedelta(hours=1))
    dispatcher.tick()
    clock.advance(hours=2)
    with asked() as many:
        assert client.get("/healthz").json["oldest_due_seconds"] == 3600
    assert len(many) == len(few) <= 9


def test_days_are_the_regencys(
    approved: Callable[..., Post], dispatcher: Dispatcher, client: FlaskClient, world: World, clock: FrozenClock
) -> None:
    approved(scheduled_at=clock.now() + timedelta(hours=17))  # 17.00 UTC is the next day, 01.00 WITA
    dispatcher.tick()
    sign_in(client, world.user(Role.EDITOR))
    assert "Rab, 25 Nov 2026 01.00 WITA" in client.get("/tayang").text
