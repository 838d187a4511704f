from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.campaigns.models import Service
from app.outreach.campaigns.service import load_services
from tests.pages import asked, is_empty, sign_in
from tests.world import World


def test_the_list_says_which_service_has_no_owner(client: FlaskClient, session: Session, world: World) -> None:
    load_services(session)
    session.commit()
    sign_in(client, world.user(Role.VIEWER))
    assert "/program/layanan" in client.get("/program").text
    with asked() as seen:
        page = client.get("/program/layanan").text
    assert "Bank Sampah" in page
    assert page.count("belum ditentukan") == 6
    assert "Tambah layanan" not in page, "a viewer reads only"
    world.session.add_all(Service(key=f"l{number}", name=f"Layanan {number}") for number in range(20))
    world.session.commit()
    with asked() as more:
        client.get("/program/layanan")
    assert len(more) == len(seen)


def test_an_empty_list_says_what_to_do(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/program/layanan").text
    assert is_empty(page)
    assert "/program/layanan/baru" in page


def test_an_editor_adds_a_service_and_sets_its_owner(client: FlaskClient, session: Session, world: World) -> None:
    owner = world.organisation(name="Dinas Kesehatan")
    sign_in(client, world.user(Role.EDITOR))
    assert "Sebutan di paket" in client.get("/program/layanan/baru").text
    wrong = client.post("/program/layanan/baru", data={"name": "Kartu Sehat", "key": "Kartu Sehat", "owner_id": ""})
    assert wrong.status_code == 422
    assert "Pakai huruf kecil" in wrong.text
    assert session.scalar(select(Service.id)) is None
    added = client.post("/program/layanan/baru", data={"name": "Kartu Sehat", "key": "kartu", "owner_id": ""})
    assert added.location == "/program/layanan"
    session.rollback()  # let go of the snapshot: the application has written meanwhile
    made = session.scalars(select(Service)).one()
    path = f"/program/layanan/{made.id}"
    assert "Kartu Sehat" in client.get(path).text
    fields = {"name": "Kartu Sehat", "owner_id": str(owner.id), "dimension_key": "smart-living", "as_of": "2026"}
    assert client.post(path, data=fields).status_code == 302
    session.rollback()
    session.expire_all()
    assert (made.key, made.owner_id, made.dimension_key) == ("kartu", owner.id, "smart-living")
    assert "Dinas Kesehatan" in client.get("/program/layanan").text


def test_an_owner_that_closed_stays_until_somebody_changes_it(
    client: FlaskClient, session: Session, world: World
) -> None:
    closed = world.organisation(name="Dinas Lama", active=False)
    session.add(Service(key="kartu", name="Kartu Sehat", owner_id=closed.id))
    session.commit()
    made = session.scalars(select(Service)).one()
    sign_in(client, world.user(Role.ADMIN))
    path = f"/program/layanan/{made.id}"
    assert client.post(path, data={"name": "Kartu Sehat Baru", "owner_id": str(closed.id)}).status_code == 302
    session.rollback()
    session.expire_all()
    assert (made.name, made.owner_id) == ("Kartu Sehat Baru", closed.id)


def test_a_kit_leads_to_the_list(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "/program/layanan" in client.get("/paket").text
