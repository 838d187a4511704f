"""The delivery's page while its call is under way: what can be asked for, and words that promise nothing more."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import ledger
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from tests.pages import sign_in
from tests.world import World

VERBS = ("lagi", "tahan", "lepas", "tidak_terbit", "batal")


@pytest.fixture
def sending(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock, session: Session
) -> Delivery:
    approved()
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=clock.now())
        (row,) = ledger.claim(work, token="theirs", now=clock.now(), limit=1)
        ledger.start(work, [row.id], token="theirs", now=clock.now(), seconds=300)
    return session.scalars(select(Delivery)).one()


def state_of(session: Session) -> tuple[str, str | None, str | None]:
    session.rollback()
    return tuple(session.execute(select(Delivery.status, Delivery.wish, Delivery.token)).one())  # type: ignore[return-value]


@pytest.mark.parametrize("verb", VERBS)
def test_no_form_moves_a_delivery_that_is_being_sent(
    sending: Delivery, client: FlaskClient, world: World, session: Session, verb: str
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/tayang/{sending.id}/{verb}", data={"seen": "sending"})
    wish = {"tahan": "hold", "batal": "cancel"}.get(verb)
    assert answer.status_code == (302 if wish else 409)
    assert state_of(session) == (S.SENDING, wish, "theirs")


def test_nobody_says_that_it_is_live_while_it_is_being_sent(
    sending: Delivery, client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    url = f"/tayang/{sending.id}/sudah-terbit"
    answer = client.post(url, data={"seen": "sending", "url": "https://x.com/a/1"})
    assert answer.status_code == 422
    assert state_of(session) == (S.SENDING, None, "theirs")


def test_the_page_says_that_it_may_go_out_all_the_same_and_takes_the_wish_back(
    sending: Delivery, client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{sending.id}").text
    assert "Tahan sesudah percobaan ini" in page
    answer = client.post(f"/tayang/{sending.id}/tahan", data={"seen": "sending"}, follow_redirects=True).text
    assert answer.count("mungkin tetap terbit") == 2  # what was just done, and the state it stands in
    assert "Tidak dikirim sampai" not in answer
    client.post(f"/tayang/{sending.id}/lepas", data={"seen": "sending"})
    assert state_of(session) == (S.SENDING, None, "theirs")


def test_a_withdrawn_post_that_is_being_sent_promises_nothing(
    sending: Delivery, client: FlaskClient, world: World, sessions: "sessionmaker[Session]"
) -> None:
    with unit_of_work(sessions) as work:
        work.execute(update(Post).values(status=PostStatus.DRAFT))
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{sending.id}").text
    assert "mungkin tetap terbit" in page
    assert "Tidak ada yang keluar" not in page


def test_what_went_out_against_a_wish_says_so(
    sending: Delivery, client: FlaskClient, world: World, sessions: "sessionmaker[Session]"
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{sending.id}/batal", data={"seen": "sending"})
    with unit_of_work(sessions) as work:
        work.execute(update(Delivery).values(status=S.SENT, remote_id="1"))
    assert "tetap terbit" in client.get(f"/tayang/{sending.id}").text
