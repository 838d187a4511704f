from datetime import timedelta
from app.kernel.roles import Role
from tests.pages import sign_in
def test_show(client, world):
    e=world.event(); sign_in(client, world.user(Role.EDITOR))
    r=client.get(f"/kegiatan/{e.id}"); assert r.status_code==200; assert e.title in r.text
