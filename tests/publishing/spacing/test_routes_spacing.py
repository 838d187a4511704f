"""The page of the plan, on SQLite."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.pages import asked, sign_in
from tests.publishing.spacing.conftest import Waiting
from tests.world import World

Rows = Callable[[], list[Delivery]]


@pytest.fixture
def plan(waiting: Waiting, dispatcher: Dispatcher, world: World, rows: Rows) -> list[Delivery]:
    """Five rows that wait for their turn at one account; the first of six has left."""
    waiting(6, outlet=world.outlet(name="Facebook Dinas"))
    dispatcher.tick()
    return [row for row in rows() if row.status == S.QUEUED]


def test_without_an_outage_the_page_says_so(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "Tidak ada yang tertunda" in client.get("/tayang/rencana").text
    assert "/tayang/rencana" not in client.get("/tayang").text


@pytest.mark.usefixtures("plan")
def test_the_plan_shows_each_row_with_its_times_and_what_can_be_done(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/rencana").text
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Facebook Dinas" in main
    assert "10.10 WITA" in main
    assert "seharusnya" in main
    assert "berguna sampai" in main
    assert main.count('/waktu"') == 5
    assert main.count('/tahan"') == 5
    assert main.count('/batal"') == 5
    assert "data-confirm" in main.split("/tayang/rencana/kirim", 1)[1].split(">", 1)[0]


@pytest.mark.usefixtures("plan")
def test_who_only_reads_finds_no_buttons(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    main = client.get("/tayang/rencana").text.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Facebook Dinas" in main
    assert "<form" not in main
    assert client.post("/tayang/rencana/kirim").status_code == 403


def test_the_ledgers_list_and_a_deliverys_page_say_the_new_time(
    client: FlaskClient, world: World, plan: list[Delivery]
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    listed = client.get("/tayang").text
    assert "5 kiriman tertunda" in listed
    assert listed.count("sesudah gangguan atau jeda") == 5
    assert "/tayang/rencana" in client.get(f"/tayang/{plan[0].id}").text


def test_a_row_is_moved(
    client: FlaskClient, world: World, plan: list[Delivery], clock: FrozenClock, rows: Rows
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    address = f"/tayang/{plan[0].id}/waktu"
    answer = client.post(address, data={"seen": "queued", "at": "2026-11-24T15:00"}, follow_redirects=True)
    assert "Dipindah ke" in answer.text
    moved = next(row for row in rows() if row.id == plan[0].id)
    assert moved.wake_at - clock.now() == timedelta(hours=5)
    for at in ("", "kemarin", "2026-11-24T09:00", "2027-11-24T09:00"):
        assert client.post(address, data={"seen": "queued", "at": at}).status_code == 422


def test_holding_and_cancelling_lead_back_to_the_plan(
    client: FlaskClient, world: World, plan: list[Delivery], rows: Rows
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    first, second = plan[:2]
    posted = {"seen": "queued", "from": "plan"}
    assert client.post(f"/tayang/{first.id}/tahan", data=posted).location.endswith("/tayang/rencana")
    assert client.post(f"/tayang/{second.id}/batal", data=posted).location.endswith("/tayang/rencana")
    page = client.get("/tayang/rencana").text
    assert f"/tayang/{first.id}/lepas" in page
    assert f'href="/tayang/{second.id}"' not in page
    client.post(f"/tayang/{first.id}/lepas", data={"seen": "held", "from": "plan"})
    assert next(row for row in rows() if row.id == first.id).wake_at == first.wake_at


def test_distance_and_everything_at_once(
    client: FlaskClient, world: World, plan: list[Delivery], clock: FrozenClock, rows: Rows
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    posted = {"account": plan[0].outlet_id, "shown": "5"}
    assert client.post("/tayang/rencana/jarak", data={**posted, "minutes": "7"}).status_code == 422
    answer = client.post("/tayang/rencana/jarak", data={**posted, "minutes": "30"}, follow_redirects=True)
    assert "5 mendapat waktu baru." in answer.text
    waits = [row.wake_at for row in rows() if row.status == S.QUEUED]
    assert waits[1] - waits[0] == timedelta(minutes=30)
    answer = client.post("/tayang/rencana/kirim", data={"shown": "6"}, follow_redirects=True)
    assert "5 dikirim sekarang. 1 tidak diubah" in answer.text
    assert {row.wake_at for row in rows() if row.status == S.QUEUED} == {clock.now()}


def test_a_long_plan_asks_no_more_than_a_short_one(
    client: FlaskClient, waiting: Waiting, dispatcher: Dispatcher, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    account = world.outlet()
    waiting(5, outlet=account)
    dispatcher.tick()
    client.get("/tayang/rencana")
    with asked() as few:
        client.get("/tayang/rencana")
    waiting(20, outlet=account)
    dispatcher.tick()
    with asked() as many:
        client.get("/tayang/rencana")
    assert len(many.statements) == len(few.statements)
