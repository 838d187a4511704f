"""The whole way in and out on both databases; the pages are looked at closely in test_routes.py."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.delays import SignInDelay
from app.kernel.roles import Role
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.world import PASSWORD, World


def test_in_and_out(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.ADMIN, username="siti", phone="+6281234567890")
    assert sign_in(client, "0812 3456 7890", "salah").status_code == 422
    assert session.scalars(select(SignInDelay.failures)).all() == [1, 1, 1]
    assert sign_in(client, "0812 3456 7890").status_code == 303
    assert is_in(client)
    session.rollback()
    assert max(session.scalars(select(SignInDelay.failures).where(SignInDelay.user_id.is_(None)))) == 0
    for path in ("/pengguna?q=siti&peran=admin", "/pengguna/jejak?q=siti", "/organisasi?q=disk", "/delegasi"):
        assert client.get(path).status_code == 200
    new = "sungai mahakam tenang"
    fields = {"old_password": PASSWORD, "new_password": new, "repeat_password": new}
    assert client.post("/akun/kata-sandi", data=fields).status_code == 303
    assert client.post("/keluar").status_code == 303
    assert not is_in(client)
    assert sign_in(client, "siti", new).status_code == 303
