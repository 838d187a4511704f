"""What holds for each kind of outlet in the table; a new row is tried here without another line."""

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.outlets.kinds import BY_HAND, KINDS
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import PostStatus
from tests.pages import sign_in
from tests.world import World


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


@pytest.mark.parametrize("kind", [name for name in KINDS if name in BY_HAND])
def test_a_kind_that_a_person_serves_is_chosen_added_listed_and_written_for(
    kind: str, client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    name = escape(str(KINDS[kind].name))
    assert f"jenis={kind}" in text_of(client, "/saluran/baru")
    data = {"name": "Di alun-alun", "organisation_id": "1", "responsible_id": ""}
    assert client.post(f"/saluran/baru?jenis={kind}", data=data).status_code == 302
    session.rollback()
    outlet = session.query(Outlet).filter_by(kind=kind).one()
    for address in ("/saluran", f"/saluran/{outlet.id}"):
        assert name in text_of(client, address), address
    post = world.post(outlet, status=PostStatus.APPROVED)
    assert post.title in text_of(client, f"/materi?jenis={kind}")
    assert "Di alun-alun" in text_of(client, f"/materi/{post.id}")
