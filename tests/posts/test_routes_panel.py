"""What a campaign's page shows of its posts."""

import re

from flask.testing import FlaskClient

from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def test_a_draft_has_the_same_sign_on_the_campaigns_page_as_in_the_list(client: FlaskClient, world: World) -> None:
    post = world.post(world.outlet())
    sign_in(client, world.user(Role.EDITOR))
    signs = [
        re.findall(r'<span class="state state-muted">.*?#([\w-]+)"></use></svg>Draf', client.get(path).text)
        for path in (f"/program/{post.campaign_id}", "/materi")
    ]
    assert signs == [["pencil"], ["pencil"]]
