"""The page that takes the people of all villages from one table."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import VILLAGE, World


def test_a_pasted_table_is_looked_at_and_then_stored_whole(client: FlaskClient, session: Session, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.get("/survei/penduduk-desa").status_code == 200
    table = {"table": f"Kode\tPenduduk\n{VILLAGE}\t2.450", "source": "Disdukcapil"}
    shown = client.post("/survei/penduduk-desa", data=table).text
    assert "1 desa terbaca, belum disimpan" in shown
    session.rollback()
    assert session.get_one(Village, VILLAGE).population is None
    assert client.post("/survei/penduduk-desa", data={**table, "simpan": "1"}).status_code == 302
    session.rollback()
    session.expire_all()
    assert session.get_one(Village, VILLAGE).population == 2450


def test_with_one_wrong_line_nothing_is_stored(client: FlaskClient, session: Session, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    table = f"Kode\tPenduduk\n{VILLAGE}\t2.450\n99.99.99.9999\t5"
    shown = client.post("/survei/penduduk-desa", data={"table": table, "source": "X", "simpan": "1"}).text
    assert "Baris 3: desa “99.99.99.9999” tidak dikenal" in shown
    session.rollback()
    assert session.get_one(Village, VILLAGE).population is None


def test_who_is_not_of_the_office_is_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    assert client.get("/survei/penduduk-desa").status_code == 403
