"""The pages of taking something down, on SQLite."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.desk.states import is_in
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.vault import Vault
from app.outreach.outlets.ports import HandOver, OutcomeUnknown
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.removal import words
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.removal.work import remove_due
from app.oversight.recaps.open_acts import POSTS
from app.oversight.recaps.open_set import ExportScope
from config import Settings
from tests.pages import is_empty, sign_in
from tests.publishing.channels import ScriptedChannel
from tests.publishing.test_removal import GONE, Platform
from tests.world import World


@pytest.fixture
def sent(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session
) -> Callable[..., Post]:
    """A post that went out at these outlets."""

    def make(*outlets: object) -> Post:
        post = approved(*outlets)
        make_dispatcher(whatsapp=ScriptedChannel(HandOver())).tick()
        session.commit()
        return post

    return make


def only(session: Session) -> Removal:
    session.commit()
    session.expire_all()
    return session.scalars(select(Removal)).one()


def test_the_page_names_what_disappears_and_a_press_asks_for_it(
    client: FlaskClient, world: World, sent: Callable[..., Post], session: Session
) -> None:
    post = sent(world.outlet("x", name="X Dinas"))
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(Role.EDITOR))
    assert f"/tayang/{row.id}/hapus" in client.get(f"/tayang/{row.id}").text
    page = client.get(f"/tayang/{row.id}/hapus").text
    assert "X Dinas" in page
    assert post.title in page
    assert "tidak dapat dikembalikan" in page
    assert client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id}).status_code == 422
    answer = client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "mistake"})
    assert answer.status_code == 302
    assert (only(session).state, only(session).reason) == ("queued", "mistake")
    assert "Sedang dihapus" in client.get(f"/tayang/{row.id}").text


def test_all_of_a_post_at_once_or_some(
    client: FlaskClient, world: World, sent: Callable[..., Post], session: Session
) -> None:
    post = sent(world.outlet("x"), world.outlet("facebook"), world.outlet("instagram"))
    rows = {row.outlet_id: row.id for row in session.scalars(select(Delivery))}
    sign_in(client, world.user(Role.APPROVER))
    address = f"/materi/{post.id}/hapus-tayangan"
    assert address in client.get(f"/materi/{post.id}").text
    chosen = sorted(rows.values())[:2]
    client.post(address, data={"deliveries": chosen, "reason": "outdated"})
    session.commit()
    assert sorted(session.scalars(select(Removal.delivery_id))) == chosen
    client.post(address, data={"deliveries": sorted(rows.values()), "reason": "outdated"})
    session.commit()
    assert session.query(Removal).count() == 3
    states = dict(session.execute(select(Removal.delivery_id, Removal.state)).tuples().all())
    assert states[sorted(rows.values())[2]] == "task", "Instagram has to be asked a person"
    assert is_empty(client.get(address).text)


@pytest.mark.parametrize(
    ("offering", "address"),
    [("/tayang/{delivery}", "/tayang/{delivery}/hapus"), ("/materi/{post}", "/materi/{post}/hapus-tayangan")],
)
def test_kembali_leads_back_to_the_page_that_offered_it(
    offering: str, address: str, client: FlaskClient, world: World, sent: Callable[..., Post], session: Session
) -> None:
    post = sent(world.outlet("x"))
    row = session.scalars(select(Delivery)).one()
    offering, address = (path.format(delivery=row.id, post=post.id) for path in (offering, address))
    sign_in(client, world.user(Role.EDITOR))
    assert f'href="{address}"' in client.get(offering).text
    asking = client.get(address).text
    assert _kembali(asking) == [offering]
    refused = client.post(address, data={"deliveries": row.id})
    assert (refused.status_code, _kembali(refused.text)) == (422, [offering])
    client.post(address, data={"deliveries": row.id, "reason": "mistake"})
    nothing_left = client.get(address).text
    assert is_empty(nothing_left)
    assert _kembali(nothing_left) == [offering]


def _kembali(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)">Kembali</a>', page)


def test_a_lost_answer_is_said_to_be_looked_up_until_the_look_says_it_is_gone(
    client: FlaskClient, world: World, sent: Callable[..., Post], session: Session, settings: Settings,
    sessions: "sessionmaker[Session]", clock: FrozenClock,
) -> None:  # fmt: skip
    sent(world.outlet("x"))
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "mistake"})
    platform, vault = Platform(OutcomeUnknown("putus"), looks=(GONE,)), Vault(settings.credential_keys)
    remove_due(sessions, {"x": platform}, vault, clock)
    page = client.get(f"/tayang/{row.id}").text
    assert str(words.LOST) in page
    assert f"/tayang/{row.id}/hapus" not in page, "nobody is asked what the look will show"
    assert "Perlu dihapus dari saluran" not in client.get("/").text
    assert only(session).state == "unknown"
    clock.advance(minutes=1)
    remove_due(sessions, {"x": platform}, vault, clock)
    page = client.get(f"/tayang/{row.id}").text
    assert str(words.LOST) not in page
    assert (only(session).state, len(platform.removed)) == ("removed", 1)
    assert 'class="state state-ok"' not in page


def test_a_person_says_that_it_is_gone_and_no_page_calls_it_live(
    client: FlaskClient, world: World, sent: Callable[..., Post], session: Session, settings: Settings,
    sessions: "sessionmaker[Session]", clock: FrozenClock,
) -> None:  # fmt: skip
    post = sent(world.outlet("instagram"))
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "complaint"})
    assert "Perlu dihapus dari saluran" in client.get("/").text
    page = client.get(f"/tayang/{row.id}").text
    assert "Perlu Anda hapus" in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("btn-primary") == 1
    client.post(f"/tayang/{row.id}/hapus/sudah", data={"seen": "task"})
    session.commit()
    session.expire_all()
    assert "Perlu dihapus dari saluran" not in client.get("/").text
    assert (only(session).state, row.status) == ("removed", S.SENT)
    assert row.removed_at is not None
    for path in (f"/tayang/{row.id}", "/tayang"):
        shown = client.get(path).text
        assert 'class="state state-muted"' in shown
        assert 'class="state state-ok"' not in shown
    assert "Dihapus" in client.get("/tayang.csv").text
    assert session.scalars(select(Post.id).where(is_in("dihapus"))).all() == [post.id]
    assert session.scalars(select(Post.id).where(is_in("terbit"))).all() == []


def test_a_second_press_is_told(client: FlaskClient, world: World, sent: Callable[..., Post], session: Session) -> None:
    sent(world.outlet("instagram"))
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "mistake"})
    client.post(f"/tayang/{row.id}/hapus/sudah", data={"seen": "task"})
    answer = client.post(f"/tayang/{row.id}/hapus/biarkan", data={"seen": "task"}, follow_redirects=True)
    assert "Keadaannya sudah berubah" in answer.text
    assert only(session).state == "removed"


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.VIEWER])
def test_others_do_not_take_down(
    role: Role, client: FlaskClient, world: World, sent: Callable[..., Post], session: Session
) -> None:
    post = sent(world.outlet("x"))
    row = session.scalars(select(Delivery)).one()
    sign_in(client, world.user(role))
    assert "/hapus" not in client.get(f"/tayang/{row.id}").text
    assert "hapus-tayangan" not in client.get(f"/materi/{post.id}").text
    assert client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "mistake"}).status_code == 403


def test_the_open_data_leave_out_what_is_gone(
    app: Flask, client: FlaskClient, world: World, sent: Callable[..., Post], session: Session,
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock,
) -> None:  # fmt: skip
    sent(world.outlet("x"))
    row = session.scalars(select(Delivery)).one()
    scope = ExportScope(session, settings.regency_code, ZoneInfo(settings.tz), clock.now())
    assert [line[0] for line in POSTS.rows(scope)] == [row.id]
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/tayang/{row.id}/hapus", data={"deliveries": row.id, "reason": "mistake"})
    remove_due(sessions, {"x": Platform()}, Vault(settings.credential_keys), clock)
    session.rollback()
    assert list(POSTS.rows(scope)) == []
