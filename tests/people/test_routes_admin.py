"""The admin's pages: what they show, refuse and keep."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Delegation, Organisation, User
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.access.test_routes_sign_in import again, is_in, sign_in
from tests.pages import is_empty
from tests.world import World


@pytest.fixture
def admin(client: FlaskClient, world: World) -> User:
    user = world.user(Role.ADMIN, username="admin", name="Admin Kantor")
    sign_in(client, "admin")
    return user


def slip_password(page: str) -> str:
    found = re.search(r'slip-secret">(\w+ \w+ \w+ \w+)<', page)
    assert found
    return found.group(1)


PERSON = {"name": "Siti Aminah", "username": "siti", "roles": ["editor"], "phone": "0812-3456-7890", "position": ""}


def test_a_new_person_signs_in_with_the_slip(client: FlaskClient, admin: User, session: Session) -> None:
    answer = client.post("/pengguna/baru", data={**PERSON, "organisation_id": admin.organisation_id})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "http://localhost" in page
    client.post("/keluar")
    asked = sign_in(client, "0812-3456-7890", slip_password(page))
    assert asked.headers["Location"].startswith("/akun/kata-sandi-baru")


def test_a_taken_name_is_told_and_nothing_typed_is_lost(client: FlaskClient, admin: User, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    answer = client.post("/pengguna/baru", data={**PERSON, "organisation_id": admin.organisation_id})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "sudah dipakai" in page
    assert 'value="Siti Aminah"' in page
    assert re.search(r'checked[^>]*value="editor"', page)


def test_a_person_is_edited(client: FlaskClient, admin: User, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    fields = {**PERSON, "organisation_id": user.organisation_id, "roles": ["approver", "editor"], "position": "kabid"}
    assert client.get(f"/pengguna/{user.id}").status_code == 200
    unsaid = client.post(f"/pengguna/{user.id}", data=fields)
    assert unsaid.status_code == 422
    assert "Tulis alasannya" in unsaid.get_data(as_text=True)
    assert client.post(f"/pengguna/{user.id}", data={**fields, "reason": "Diangkat"}).status_code == 303
    changed = again(session, user)
    assert (changed.name, changed.phone, changed.position) == ("Siti Aminah", "+6281234567890", None)
    assert {row.name for row in changed.roles} == {"editor"}, "the rest waits for a second person"
    page = client.get(f"/pengguna/{user.id}").get_data(as_text=True)
    assert "Menunggu persetujuan orang kedua" in page
    assert "Menunggu persetujuan orang kedua" in client.get("/pengguna").get_data(as_text=True)


def test_an_admin_who_would_lose_the_role_is_told_and_nothing_is_saved(
    client: FlaskClient, admin: User, session: Session
) -> None:
    fields = {"name": "Lain", "username": "admin", "organisation_id": admin.organisation_id, "roles": ["editor"]}
    answer = client.post(f"/pengguna/{admin.id}", data={**fields, "position": ""})
    assert answer.status_code == 422
    assert "hanya bisa dicabut oleh admin lain" in answer.get_data(as_text=True)
    assert again(session, admin).name == "Admin Kantor"


def test_deactivated_and_back(client: FlaskClient, admin: User, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR)
    client.post(f"/pengguna/{user.id}/nonaktifkan")
    assert not again(session, user).active
    client.post(f"/pengguna/{user.id}/aktifkan")
    assert again(session, user).active
    refused = client.post(f"/pengguna/{admin.id}/nonaktifkan", follow_redirects=True)
    assert "oleh admin lain" in refused.get_data(as_text=True)
    assert again(session, admin).active


def test_a_new_slip_replaces_the_old_password(client: FlaskClient, admin: User, world: World) -> None:
    user = world.user(Role.EDITOR, username="siti")
    page = client.post(f"/pengguna/{user.id}/kata-sandi").get_data(as_text=True)
    assert slip_password(page) not in client.get(f"/pengguna/{user.id}").get_data(as_text=True)
    client.post("/keluar")
    assert sign_in(client, "siti").status_code == 422
    assert sign_in(client, "siti", slip_password(page)).status_code == 303


def test_the_list_pages_and_says_how_many(client: FlaskClient, admin: User, world: World) -> None:
    for number in range(30):
        world.user(Role.EDITOR, name=f"Pegawai {number:02}")
    first = client.get("/pengguna?q=Pegawai").get_data(as_text=True)
    second = client.get("/pengguna?q=Pegawai&hal=2").get_data(as_text=True)
    assert "1–25 dari 30" in first
    assert "Pegawai 24" in first
    assert "Pegawai 25" not in first
    assert "Pegawai 25" in second
    assert is_empty(client.get("/pengguna?q=zzz").get_data(as_text=True))


def test_the_list_needs_few_queries_however_long(client: FlaskClient, admin: User, world: World) -> None:
    from sqlalchemy import event  # noqa: PLC0415
    from sqlalchemy.engine import Engine  # noqa: PLC0415

    seen: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    world.user(Role.EDITOR)
    seen.clear()
    client.get("/pengguna")
    few = len(seen)
    for _ in range(20):
        world.user(Role.EDITOR, Role.APPROVER, organisation=world.organisation())
    seen.clear()
    client.get("/pengguna")
    assert len(seen) == few


def test_the_sheet_has_no_names_unless_asked_for(
    client: FlaskClient, admin: User, world: World, session: Session
) -> None:
    world.user(Role.EDITOR, name="=cmd", username="siti", phone="+6281234567890")
    plain = client.get("/pengguna/ekspor.csv").get_data().decode("utf-8-sig")
    assert "Editor" in plain
    assert not any(personal in plain for personal in ("siti", "cmd", "0812", "Admin Kantor"))
    full = client.post("/pengguna/ekspor-lengkap.csv").get_data().decode("utf-8-sig")
    assert "0812-3456-7890" in full
    assert ";'=cmd;" in full, "a name is not a formula"
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "user.exported")).one()


def test_the_trail_is_searched(client: FlaskClient, admin: User, world: World) -> None:
    user = world.user(Role.EDITOR, name="Siti Aminah")
    client.post(f"/pengguna/{user.id}/nonaktifkan")
    page = client.get("/pengguna/jejak").get_data(as_text=True)
    assert "Menonaktifkan akun" in page
    assert "Siti Aminah" in page
    assert "Menonaktifkan akun" not in client.get("/pengguna/jejak?q=zzz").get_data(as_text=True)
    assert "Menonaktifkan akun" in client.get("/pengguna/jejak?bagian=users&q=siti").get_data(as_text=True)


def test_a_bidang_is_added_below_its_opd(client: FlaskClient, admin: User, world: World, session: Session) -> None:
    office = world.office()
    assert 'value="bidang"' in client.get(f"/organisasi/baru?opd={office.id}").get_data(as_text=True)
    fields = {"kind": "bidang", "name": "Bidang Media", "parent_id": str(office.id), "village_code": ""}
    assert client.post("/organisasi/baru", data=fields).status_code == 303
    session.rollback()
    made = session.scalars(select(Organisation).where(Organisation.name == "Bidang Media")).one()
    assert made.parent_id == office.id
    page = client.get("/organisasi").get_data(as_text=True)
    assert page.index("Diskominfo") < page.index("Bidang Media")
    twice = client.post("/organisasi/baru", data=fields)
    assert twice.status_code == 422
    assert "Sudah ada organisasi" in twice.get_data(as_text=True)


def test_an_organisation_is_edited_and_closed(client: FlaskClient, admin: User, world: World, session: Session) -> None:
    kim = world.organisation("kim", name="KIM Harapan")
    fields = {"kind": "kim", "name": "KIM Harapan Baru", "parent_id": "", "village_code": ""}
    assert client.get(f"/organisasi/{kim.id}").status_code == 200
    assert client.post(f"/organisasi/{kim.id}", data=fields).status_code == 303
    session.rollback()
    session.refresh(kim)
    assert (kim.name, kim.active) == ("KIM Harapan Baru", False)
    refused = client.post(f"/organisasi/{world.office().id}", data={**fields, "kind": "opd", "name": "Diskominfo"})
    assert refused.status_code == 422


def test_a_deputy_is_noted_and_revoked(client: FlaskClient, admin: User, world: World, session: Session) -> None:
    assert is_empty(client.get("/delegasi").get_data(as_text=True))
    kadis = world.user(Role.APPROVER, name="Kepala", position="kadis")
    deputy = world.user(Role.APPROVER, name="Wakil")
    fields = {
        "kind": "plh",
        "from_user_id": kadis.id,
        "to_user_id": deputy.id,
        "starts_on": "2026-11-24",
        "ends_on": "2026-11-26",
        "decree": "800/1/2026",
    }
    wrong = client.post("/delegasi", data={**fields, "ends_on": "2026-11-20"})
    assert wrong.status_code == 422
    assert 'value="800/1/2026"' in wrong.get_data(as_text=True)
    assert client.post("/delegasi", data=fields).status_code == 303
    assert session.scalars(select(Delegation)).all() == []
    assert "Menunggu persetujuan orang kedua" in client.get("/delegasi").get_data(as_text=True)
    days = {"starts_on": date(2026, 11, 24), "ends_on": date(2026, 11, 26)}
    made = Delegation(kind="plh", from_user_id=kadis.id, to_user_id=deputy.id, decree="800/1/2026", **days)
    session.add(made)
    session.commit()
    page = client.get("/delegasi").get_data(as_text=True)
    assert "Berlaku hari ini" in page
    assert client.post(f"/delegasi/{made.id}/cabut").status_code == 303
    assert "Dicabut" in client.get("/delegasi").get_data(as_text=True)


def test_what_is_not_there_is_not_found(client: FlaskClient, admin: User) -> None:
    for path in ("/pengguna/999", "/organisasi/999"):
        assert client.get(path).status_code == 404
    assert client.post("/delegasi/999/cabut").status_code == 404
    assert is_in(client)
