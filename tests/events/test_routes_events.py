from flask.testing import FlaskClient

from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def test_the_page_of_an_event(client: FlaskClient, world: World) -> None:
    event = world.event()
    sign_in(client, world.user(Role.EDITOR))
    answer = client.get(f"/kegiatan/{event.id}")
    assert answer.status_code == 200
    assert event.title in answer.text
