"""Who may see a post sees its pictures and print pieces too, whichever organisation keeps them."""

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.service import store
from app.base.media.storage import Storage
from app.base.people.models import Organisation, User
from app.kernel.roles import Role
from app.outreach.campaigns.models import Service
from app.outreach.posts import service
from app.outreach.posts.models import Post
from app.outreach.printing.context import context_of
from config import Settings
from tests.pages import sign_in
from tests.posts.conftest import Desk
from tests.posts.test_drafting import piece
from tests.world import World


def signed(client: FlaskClient, user: User) -> FlaskClient:
    sign_in(client, user)
    return client


@pytest.fixture
def owner(world: World) -> Organisation:
    """The OPD whose service the post is about."""
    return world.organisation(name="Dinas Kesehatan")


@pytest.fixture
def photo(session: Session, settings: Settings, desk: Desk) -> StoredFile:
    """Uploaded by the office."""
    data = io.BytesIO()
    Image.new("RGB", (800, 600), "#335577").save(data, "JPEG")
    file = store(session, Storage(settings.media_dir), desk.editor, data.getvalue(), "kantor.jpg", now=desk.clock.now())
    session.commit()
    return file


@pytest.fixture
def asked(world: World, session: Session, desk: Desk, owner: Organisation, photo: StoredFile) -> Post:
    """Waits for the owner of its service; with a picture, and with a leaflet for the printer."""
    admin, now = world.actor(Role.ADMIN), desk.clock.now()
    office, steps = world.office().id, ["kabid"]
    for kind in ("social", "print"):
        service.set_policy(session, admin, organisation_id=office, kind=kind, steps=steps, owner_first=True, now=now)
    about = world._add(Service(key="posyandu", name="Posyandu", owner_id=owner.id))
    campaign, printer = world.campaign(), world.outlet("office_printer")
    leaflet = piece(world, campaign.id, title="Selebaran", context=context_of(session, campaign.id))
    leaflet.kind = "leaflet"
    session.commit()
    return desk.submitted(
        world.outlet(), printer, campaign_id=campaign.id, service_id=about.id,
        media=[(photo.id, "Warga antre")], pieces={printer.id: (leaflet.id, 10)},
    )  # fmt: skip


def shown(html: str) -> set[str]:
    return set(re.findall(r'<img src="(/materi/[^"]+)"', html))


def test_the_owners_contact_sees_every_picture_of_what_it_signs(
    client: FlaskClient, world: World, asked: Post, owner: Organisation
) -> None:
    signed(client, world.user(Role.OPD_CONTACT, organisation=owner))
    page = client.get(f"/persetujuan/{asked.id}")
    assert "Setujui" in page.text
    addresses = shown(page.text)
    assert len(addresses) == 3  # the picture, and both pages of the leaflet
    for address in addresses:
        answer = client.get(address.replace("&amp;", "&"))
        assert (answer.status_code, answer.mimetype.partition("/")[0]) == (200, "image"), address
    assert shown(client.get(f"/materi/{asked.id}").text) == addresses
    assert "/berkas/" not in page.text
    assert "/cetak/" not in page.text  # its own page is not for them


def test_the_thumbnail_is_smaller_than_the_picture(client: FlaskClient, world: World, asked: Post) -> None:
    signed(client, world.user(Role.VIEWER))
    whole, small = (
        client.get(f"/materi/{asked.id}/gambar/{asked.media[0].file_id}{more}") for more in ("", "?ukuran=kecil")
    )
    sizes = [Image.open(io.BytesIO(answer.data)).width for answer in (whole, small)]
    assert sizes[0] == 800
    assert sizes[1] < 800


def test_only_what_the_post_carries_is_served(
    client: FlaskClient, world: World, desk: Desk, asked: Post, owner: Organisation
) -> None:
    leaflet = asked.variants[1].piece_id
    other = desk.draft(world.outlet(), service_id=asked.service_id)
    signed(client, world.user(Role.OPD_CONTACT, organisation=owner))
    assert client.get(f"/materi/{other.id}").status_code == 200
    assert client.get(f"/materi/{other.id}/gambar/{asked.media[0].file_id}").status_code == 404
    assert client.get(f"/materi/{other.id}/cetakan/{leaflet}/halaman-1.png").status_code == 404
    assert client.get(f"/materi/{asked.id}/cetakan/{leaflet}/halaman-3.png").status_code == 404


def test_a_contact_of_another_opd_sees_nothing(client: FlaskClient, world: World, asked: Post) -> None:
    signed(client, world.user(Role.OPD_CONTACT, organisation=world.organisation()))
    assert client.get(f"/materi/{asked.id}/gambar/{asked.media[0].file_id}").status_code == 404
    assert client.get(f"/materi/{asked.id}/cetakan/{asked.variants[1].piece_id}/halaman-1.png").status_code == 404
