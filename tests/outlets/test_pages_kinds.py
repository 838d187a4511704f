"""A kind of outlet is its row: one that nobody knew is on every page that shows kinds, and can be worked with."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.channels.assisted import AssistedChannel
from app.channels.registry import make_channels
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.text import T
from app.kits import check_schema
from app.outreach.outlets import kinds
from app.outreach.outlets.kinds import Group, Kind
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Limits
from app.outreach.posts.models import PostStatus
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.recaps import open_acts
from config import Settings
from tests.pages import sign_in
from tests.world import World

NAME, SHORT = "Papan pengumuman digital", "Papan digital"
BOARD = Kind(
    T(NAME), T(SHORT), "broadcast", open_data=T("papan digital"), limits=Limits(max_text=120),
    share="https://papan.test/?t=", share_label=T("Kirim ke papan"),
)  # fmt: skip
WALL = Kind(T(NAME), T(SHORT), "broadcast", Group.SOCIAL, open_data=T("papan digital"), channel="board")


class Board(AssistedChannel):
    """Stands for a module of app/channels that was added with the kind."""


@pytest.fixture(params=[BOARD, WALL], ids=["by hand", "by itself"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    channel = ModuleType("app.channels.board")
    channel.make = lambda settings: Board(SHORT, Limits())
    monkeypatch.setitem(sys.modules, "app.channels.board", channel)
    monkeypatch.setitem(kinds.KINDS, "board", request.param)
    return request.param


@pytest.fixture
def app(kind: Kind, settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    application = create_app(settings, clock=clock)
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def page(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def text_of(page: FlaskClient, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200, address
    return answer.text


def test_a_new_kind_is_chosen_added_listed_and_changed(page: FlaskClient, session: Session, kind: Kind) -> None:
    assert "jenis=board" in text_of(page, "/saluran/baru")
    form = text_of(page, "/saluran/baru?jenis=board")
    assert NAME in form
    assert 'name="handle"' in form
    assert 'name="columns"' not in form
    data = {"name": "Papan alun-alun", "organisation_id": "1", "responsible_id": ""}
    answer = page.post("/saluran/baru?jenis=board", data=data)
    assert answer.status_code == 302
    session.rollback()
    outlet = session.query(Outlet).filter_by(kind="board").one()
    for address in (
        "/saluran",
        f"/saluran/{outlet.id}",
        f"/saluran/{outlet.id}/ubah",
        f"/saluran?kelompok={kind.group}",
    ):
        assert NAME in text_of(page, address), address
    if kind.group == Group.SOCIAL:
        assert NAME in text_of(page, f"/saluran/{outlet.id}/hubungkan")


def test_its_posts_are_written_shown_and_handed_out(
    page: FlaskClient, world: World, session: Session, kind: Kind
) -> None:
    post = world.post(world.outlet("board", name="Papan alun-alun"), status=PostStatus.APPROVED)
    assert f'<option value="board">{NAME}</option>' in text_of(page, "/materi")
    assert post.title in text_of(page, "/materi?jenis=board")
    for address in (f"/materi/{post.id}", f"/materi/{post.id}/ubah", "/materi/baru"):
        assert "Papan alun-alun" in text_of(page, address), address
    assert SHORT in text_of(page, "/kalender?hari=2026-11-24")
    assert post.title in text_of(page, "/kalender?hari=2026-11-24&saluran=board")
    now = world.clock.now()
    delivery = Delivery(
        post_id=post.id, outlet_id=post.variants[0].outlet_id, content_hash="a", due_at=now, wake_at=now,
        created_at=now, status=DeliveryStatus.HANDED_OVER, payload={"text": "Kukar & kita"},
    )  # fmt: skip
    session.add(delivery)
    session.commit()
    shown = text_of(page, f"/tayang/{delivery.id}")
    assert "Papan alun-alun" in shown
    assert ('href="https://papan.test/?t=Kukar%20%26%20kita"' in shown) == bool(kind.share)
    assert "Papan alun-alun" in text_of(page, "/")


def test_channels_schemas_and_open_data_know_it(kind: Kind, settings: Settings) -> None:
    channel = make_channels(settings)["board"]
    assert isinstance(channel, Board) == bool(kind.channel)
    if not kind.channel:
        assert (channel.name, channel.limits.max_text) == (SHORT, 120)
    rules = check_schema.schema_of("post")["properties"]
    assert "board" in rules["outlets"]["items"]["enum"]
    assert "board" in rules["texts"]["properties"]
    assert ("board" in kinds.BY_HAND, "board" in kinds.SOCIAL) == (not kind.channel, bool(kind.channel))


def test_open_data_has_a_word_for_every_kind_that_is_not_print() -> None:
    (platform,) = (field for field in open_acts.POSTS.fields if field.name == "platform")
    assert set(platform.choices or ()) == set(kinds.KINDS) - set(kinds.PRINT)
    assert all(platform.choices.values())
