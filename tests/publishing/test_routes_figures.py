"""Figures on the page of a delivery, on SQLite."""

from flask.testing import FlaskClient

from app.kernel.roles import Role
from app.publishing.models import MeasureState
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
