"""The page that says why nothing is sent, and lets it go on."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.publishing.models import SendingStop
from app.outreach.publishing.safety import Reason, stop
from tests.pages import sign_in
from tests.world import World


@pytest.fixture
def stopped(session: Session, clock: FrozenClock) -> SendingStop:
    stop(
        session, worker="server-1", reason=Reason.RESTORED, sentence=T("Basis data ini salinan lama."),
        now=clock.now(), copied_at=clock.now() - timedelta(days=1),
    )  # fmt: skip
    session.commit()
    return session.scalars(select(SendingStop)).one()


@pytest.mark.usefixtures("stopped")
def test_the_ledgers_list_says_that_it_has_stopped_and_leads_to_the_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "/tayang/berhenti" in client.get("/tayang").text
    page = client.get("/tayang/berhenti").text
    assert "Basis data ini salinan lama." in page
    assert "btn-primary" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert (
        client.post("/tayang/berhenti/lanjutkan", data={"worker": "server-1", "reason": "restored"}).status_code == 403
    )
    assert client.post("/tayang/berhenti/kirim").status_code == 403


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN])
def test_an_approver_or_admin_lets_go_on_once(
    client: FlaskClient, world: World, session: Session, stopped: SendingStop, role: Role
) -> None:
    sign_in(client, world.user(role))
    page = client.get("/tayang/berhenti").text
    assert page.split("<main", 1)[1].split("</main>", 1)[0].count("btn-primary") == 1
    posted = {"worker": stopped.worker, "reason": stopped.reason}
    assert client.post("/tayang/berhenti/lanjutkan", data=posted).status_code == 302
    assert client.post("/tayang/berhenti/lanjutkan", data=posted).status_code == 409
    session.expire_all()
    assert session.scalars(select(SendingStop)).one().released_at is not None
    assert "release" in session.scalars(select(AuditEntry.action)).all()


def test_without_a_stop_the_page_says_that_all_is_well(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.APPROVER))
    page = client.get("/tayang/berhenti").text
    assert "btn-primary" not in page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.usefixtures("stopped")
def test_home_says_that_sending_has_stopped_and_leads_to_what_to_do(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/").text
    assert "Basis data ini salinan lama." in page
    assert "/tayang/berhenti" in page


@pytest.mark.usefixtures("stopped")
def test_who_may_not_let_it_go_on_reads_who_may(client: FlaskClient, world: World) -> None:
    approver = world.user(Role.APPROVER)
    sign_in(client, world.user(Role.EDITOR))
    assert approver.name in client.get("/tayang/berhenti").text


def test_a_clock_in_doubt_speaks_of_no_copy(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    stop(
        session, worker="server-1", reason=Reason.CLOCK, sentence=T("Jam server 7 menit lebih cepat."), now=clock.now()
    )
    session.commit()
    sign_in(client, world.user(Role.ADMIN))
    page = client.get("/tayang/berhenti").text.split("<main", 1)[1]
    assert "Jam server 7 menit lebih cepat." in page
    assert "alinan" not in page.split("</main>", 1)[0]
    assert "belum dicatat" not in page.split("</main>", 1)[0]
