"""The page of a delivery that a person decides: what was sent, what was seen, and one tap for a candidate."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.outlets.ports import OutcomeUnknown, Sighting, Undecided
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.pages import sign_in
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture
def lost(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> Delivery:
    channel = ScriptedChannel(OutcomeUnknown("dropped", request_id="REQ-7"))
    channel.shown = [
        Sighting("2", clock.now(), "Kukar menuju kota <b>cerdas.", "https://x.example/2"),
        Sighting("1", None, "Jadwal imunisasi"),
    ]
    approved()
    worker = make_dispatcher(x=channel)
    worker.tick()
    for pause in LOOKUP_AFTER:
        clock.advance(seconds=pause.total_seconds())
        worker.tick()
    session.expire_all()
    return session.scalars(select(Delivery)).one()


def test_the_page_shows_what_was_sent_and_what_was_seen(lost: Delivery, client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{lost.id}").text
    for told in ("REQ-7", "2 unggahan", "kota &lt;b&gt;cerdas.", 'href="https://x.example/2"', "kemiripan 75%"):
        assert told in page
    assert page.count('name="remote_id"') == 2  # the candidates of the last look
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("btn-primary") == 1


def test_a_candidate_is_taken_by_one_tap(lost: Delivery, client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/tayang/{lost.id}/sudah-terbit", data={"seen": "unknown", "remote_id": "2"})
    assert answer.status_code == 302
    session.expire_all()
    row = session.get_one(Delivery, lost.id)
    assert (row.status, row.remote_id, row.remote_url) == (S.SENT, "2", "https://x.example/2")


def test_a_number_that_was_not_seen_is_refused_on_the_page(
    lost: Delivery, client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/tayang/{lost.id}/sudah-terbit", data={"seen": "unknown", "remote_id": "99"})
    assert answer.status_code == 422
    assert "tidak terlihat" in answer.text
    session.expire_all()
    assert session.get_one(Delivery, lost.id).status == S.UNKNOWN


def test_who_may_not_decide_sees_the_evidence_without_buttons(
    lost: Delivery, client: FlaskClient, world: World
) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/tayang/{lost.id}").text
    assert "kemiripan 75%" in page
    assert "Ini dia" not in page


def test_a_refusal_that_nobody_has_listed_shows_what_was_sent(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], client: FlaskClient, world: World,
    session: Session,
) -> None:  # fmt: skip
    approved()
    make_dispatcher(x=ScriptedChannel(Undecided(T("Ditolak."), detail="403 aturan baru", request_id="REQ-9"))).tick()
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/tayang/{row.id}").text
    assert "REQ-9" in page
    assert "403 aturan baru" in page
    assert "Yang terlihat di" not in page
