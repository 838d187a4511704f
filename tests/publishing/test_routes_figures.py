"""Figures on the page of a delivery, on SQLite."""

import io
from datetime import date

from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.kernel.roles import Role
from app.outreach.campaigns.models import LinkVisits, ShortLink
from app.outreach.publishing.models import MeasureState
from tests.pages import sign_in
from tests.publishing.counted import measured, sent
from tests.world import World


def test_the_page_says_what_is_not_given(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    delivery = sent(world, world.outlet("facebook"))
    measured(world, delivery, 1, views=1234, reach=None, reactions=0)
    measured(world, delivery, 24, latest=False, state=MeasureState.GONE)
    page = client.get(f"/tayang/{delivery.id}").text
    assert "1.234" in page
    assert "sudah dihapus di saluran".capitalize() in page
    assert "Akun terjangkau" not in page  # no age has it: no column of emptiness


def test_a_place_that_a_person_serves_has_no_figures(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    delivery = sent(world, world.outlet("whatsapp"))
    assert "Tidak tersedia: saluran ini tidak memberi angka" in client.get(f"/tayang/{delivery.id}").text


def test_a_campaign_has_its_figures_by_platform_and_by_post(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign = world.campaign()
    measured(world, sent(world, world.outlet("facebook"), campaign=campaign, title="Bank sampah"), 24, views=4321)
    measured(world, sent(world, world.outlet("x"), campaign=campaign), 24, views=77, reactions=0)
    assert "Akun terjangkau: tidak tersedia" in client.get(f"/program/{campaign.id}").text
    page = client.get(f"/program/{campaign.id}/tayangan").text
    assert "Bank sampah" in page
    assert "4.321" in page
    assert "4.398" not in page  # two platforms are never one sum
    assert "tidak tersedia" in page


def test_a_campaign_without_figures_says_when_they_come(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    assert "mulai satu jam sesudah" in client.get(f"/program/{campaign.id}/tayangan").text
    assert "Angka sesudah terbit" not in client.get(f"/program/{campaign.id}").text


def test_the_file_leaves_open_what_is_not_given(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    measured(world, sent(world, world.outlet("x"), campaign=campaign, title="Pilah"), 24, views=77, reactions=0)
    answer = client.get(f"/program/{campaign.id}/tayangan.xlsx")
    head, row = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["Materi"], told["Ditampilkan"], told["Suka dan reaksi"], told["Akun terjangkau"]) == (
        "Pilah",
        77,
        0,
        None,
    )


def test_a_post_has_its_figures_by_platform_and_how_often_its_links_were_opened(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    facebook, x = world.outlet("facebook"), world.outlet("x")
    post = world.post(facebook, x)
    measured(world, sent(world, facebook, post=post), 24, views=4321)
    measured(world, sent(world, x, post=post), 24, views=77, reactions=0)
    assert "dibuka" not in client.get(f"/materi/{post.id}").text, "no link went out with it"
    for outlet, count in ((facebook, 30), (x, 12)):
        code = f"kode{outlet.id}"
        world._add(ShortLink(code=code, purpose=f"post:{post.id}:{outlet.id}", target="https://kukarkab.go.id",
                             created_at=world.clock.now()))  # fmt: skip
        world._add(LinkVisits(code=code, day=date(2026, 11, 24), count=count))
    page = client.get(f"/materi/{post.id}").text
    assert "Ditampilkan: 4.321, Akun terjangkau: tidak tersedia" in page
    assert "4.398" not in page  # two platforms are never one sum
    assert "dibuka 42 kali" in page


def test_a_post_that_was_not_sent_has_none(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "Angka sesudah terbit" not in client.get(f"/materi/{world.post(world.outlet('x')).id}").text
