"""A kind of outlet is its row: a made-up one is on every page that shows kinds, and so is each of the table."""

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

NAME, SHORT = "Saluran rekaan", "Rekaan"
SERVED_BY_HAND = Kind(
    T(NAME), T(SHORT), "broadcast", open_data=T("saluran rekaan"), limits=Limits(max_text=120),
    share="https://rekaan.test/?t=", share_label=T("Kirim ke saluran rekaan"),
)  # fmt: skip
SERVED_BY_MODULE = Kind(T(NAME), T(SHORT), "broadcast", Group.SOCIAL, open_data=T("saluran rekaan"), channel="made_up")


class MadeUpChannel(AssistedChannel):
    """Stands for a module of app/channels that was added with the kind."""


@pytest.fixture(params=[SERVED_BY_HAND, SERVED_BY_MODULE], ids=["by hand", "by itself"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    channel = ModuleType("app.channels.made_up")
    channel.make = lambda settings: MadeUpChannel(SHORT, Limits())
    monkeypatch.setitem(sys.modules, "app.channels.made_up", channel)
    monkeypatch.setitem(kinds.KINDS, "made_up", request.param)
    return request.param


@pytest.fixture
def app(kind: Kind, settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    application = create_app(settings, clock=clock)
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def editor(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def text_of(editor: FlaskClient, address: str) -> str:
    answer = editor.get(address)
    assert answer.status_code == 200, address
    return answer.text


def test_a_new_kind_is_chosen_added_listed_and_changed(editor: FlaskClient, session: Session, kind: Kind) -> None:
    assert "jenis=made_up" in text_of(editor, "/saluran/baru")
    form = text_of(editor, "/saluran/baru?jenis=made_up")
    assert NAME in form
    assert 'name="handle"' in form
    assert 'name="columns"' not in form
    data = {"name": "Rekaan alun-alun", "organisation_id": "1", "responsible_id": ""}
    answer = editor.post("/saluran/baru?jenis=made_up", data=data)
    assert answer.status_code == 302
    session.rollback()
    outlet = session.query(Outlet).filter_by(kind="made_up").one()
    for address in (
        "/saluran",
        f"/saluran/{outlet.id}",
        f"/saluran/{outlet.id}/ubah",
        f"/saluran?kelompok={kind.group}",
    ):
        assert NAME in text_of(editor, address), address
    if kind.group == Group.SOCIAL:
        assert NAME in text_of(editor, f"/saluran/{outlet.id}/hubungkan")


def test_its_posts_are_written_shown_and_handed_out(
    editor: FlaskClient, world: World, session: Session, kind: Kind
) -> None:
    post = world.post(world.outlet("made_up", name="Rekaan alun-alun"), status=PostStatus.APPROVED)
    assert f'<option value="made_up">{NAME}</option>' in text_of(editor, "/materi")
    assert post.title in text_of(editor, "/materi?jenis=made_up")
    for address in (f"/materi/{post.id}", f"/materi/{post.id}/ubah", "/materi/baru"):
        assert "Rekaan alun-alun" in text_of(editor, address), address
    assert SHORT in text_of(editor, "/kalender?hari=2026-11-24")
    assert post.title in text_of(editor, "/kalender?hari=2026-11-24&saluran=made_up")
    now = world.clock.now()
    delivery = Delivery(
        post_id=post.id, outlet_id=post.variants[0].outlet_id, content_hash="a", due_at=now, wake_at=now,
        created_at=now, status=DeliveryStatus.HANDED_OVER, payload={"text": "Kukar & kita"},
    )  # fmt: skip
    session.add(delivery)
    session.commit()
    shown = text_of(editor, f"/tayang/{delivery.id}")
    assert "Rekaan alun-alun" in shown
    assert ('href="https://rekaan.test/?t=Kukar%20%26%20kita"' in shown) == bool(kind.share)
    assert "Rekaan alun-alun" in text_of(editor, "/")


def test_channels_schemas_and_open_data_know_it(kind: Kind, settings: Settings) -> None:
    channel = make_channels(settings)["made_up"]
    assert isinstance(channel, MadeUpChannel) == bool(kind.channel)
    if not kind.channel:
        assert (channel.name, channel.limits.max_text) == (SHORT, 120)
    rules = check_schema.schema_of("post")["properties"]
    assert "made_up" in rules["outlets"]["items"]["enum"]
    assert "made_up" in rules["texts"]["properties"]
    assert ("made_up" in kinds.BY_HAND, "made_up" in kinds.SOCIAL) == (not kind.channel, bool(kind.channel))


def test_open_data_has_a_word_for_every_kind_that_is_not_print() -> None:
    (platform,) = (field for field in open_acts.POSTS.fields if field.name == "platform")
    assert set(platform.choices or ()) == set(kinds.KINDS) - set(kinds.PRINT)
    assert all(platform.choices.values())
