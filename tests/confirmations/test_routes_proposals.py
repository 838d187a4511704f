"""The pages of proposals and of a signer's own deputies."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.confirmations.models import Proposal
from app.base.notices.models import Notice
from app.base.people.models import Delegation, User
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


@pytest.fixture
def admin(client: FlaskClient, world: World) -> User:
    user = world.user(Role.ADMIN, name="Admin Satu")
    sign_in(client, user)
    return user


@pytest.fixture
def kadis(world: World) -> User:
    return world.user(Role.APPROVER, name="Kepala", position="kadis")


def typed(user: User, **values: object) -> dict[str, object]:
    fields = {"name": user.name, "username": user.username, "organisation_id": user.organisation_id, "position": ""}
    return {**fields, "roles": ["editor", "approver"], "reason": "Diangkat per 1 Desember", **values}


def asked(client: FlaskClient, world: World, session: Session) -> Proposal:
    siti = world.user(Role.EDITOR, name="Siti")
    assert client.post(f"/pengguna/{siti.id}", data=typed(siti)).status_code == 303
    session.rollback()
    return session.scalars(select(Proposal).order_by(Proposal.id.desc()).limit(1)).one()


def test_asked_by_one_and_confirmed_by_another(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    proposal = asked(client, world, session)
    path = f"/persetujuan-kedua/{proposal.id}"
    own = client.get(path).text
    assert "Tarik usulan" in own
    assert f"{path}/setujui" not in own
    refused = client.post(f"{path}/setujui")
    assert refused.status_code == 409
    assert "harus disetujui orang lain" in refused.text
    client.post("/keluar")
    sign_in(client, kadis)
    page = client.get(path).text
    assert "Diangkat per 1 Desember" in page
    assert "Editor, Penyetuju" in page
    assert "Sel, 24 Nov 2026 09.00 WITA" in page
    done = client.post(f"{path}/setujui", follow_redirects=True)
    assert "disetujui Kepala. Sudah berlaku." in done.text
    session.rollback()
    siti = session.get_one(User, proposal.subject_id, populate_existing=True)
    assert {row.name for row in siti.roles} == {"editor", "approver"}
    assert "Berlaku" in client.get("/persetujuan-kedua").text


def test_home_and_menu_lead_the_second_person_to_it(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    path = f"/persetujuan-kedua/{asked(client, world, session).id}"
    assert path not in client.get("/").text, "who asked waits for somebody else"
    client.post("/keluar")
    sign_in(client, kadis)
    home = client.get("/").text
    assert path in home
    assert "diminta Admin Satu" in home
    client.post(f"{path}/setujui")
    assert path not in client.get("/").text


def test_refusing_needs_a_reason_and_changes_nothing(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    proposal = asked(client, world, session)
    path = f"/persetujuan-kedua/{proposal.id}"
    client.post("/keluar")
    sign_in(client, kadis)
    assert client.post(f"{path}/tolak", data={"why": ""}).status_code == 422
    said = client.post(f"{path}/tolak", data={"why": "Belum ada SK"}, follow_redirects=True)
    assert "Kepala menolak: Belum ada SK. Tidak ada yang berubah." in said.text


def test_a_stale_proposal_says_so_and_stays_so(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    proposal = asked(client, world, session)
    client.post(f"/pengguna/{proposal.subject_id}/nonaktifkan")
    client.post("/keluar")
    sign_in(client, kadis)
    said = client.post(f"/persetujuan-kedua/{proposal.id}/setujui", follow_redirects=True)
    assert "Tidak berlaku lagi" in said.text
    session.rollback()
    assert session.get_one(Proposal, proposal.id, populate_existing=True).status == "stale"


def test_a_new_account_begins_without_what_takes_two(
    client: FlaskClient, world: World, session: Session, admin: User
) -> None:
    fields = {"name": "Budi", "username": "budi", "organisation_id": world.office().id, "position": "kabid"}
    slip = client.post("/pengguna/baru", data={**fields, "roles": ["approver"], "reason": "Kabid baru"})
    assert "belum berlaku" in slip.text
    session.rollback()
    budi = session.scalars(select(User).where(User.username == "budi")).one()
    assert (budi.position, budi.roles) == (None, [])


def test_a_signers_slip_is_asked_for_confirmed_and_made_once(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    other, path = world.user(Role.ADMIN), f"/pengguna/{kadis.id}/kata-sandi"
    unsaid = client.post(path)
    assert unsaid.location == f"/pengguna/{kadis.id}?kurang=sandi#alasan-sandi"
    field = client.get(unsaid.location).text.partition('id="alasan-sandi"')[2]
    assert "data-focus" in field.partition(">")[0]
    assert "Tulis alasannya" in field
    assert "Diusulkan" in client.post(path, data={"reason": "HP hilang"}, follow_redirects=True).text
    session.rollback()
    proposal = session.scalars(select(Proposal)).one()
    client.post("/keluar")
    sign_in(client, other)
    client.post(f"/persetujuan-kedua/{proposal.id}/setujui")
    client.post("/keluar")
    sign_in(client, admin)
    assert "Buat slip sekarang" in client.get(f"/persetujuan-kedua/{proposal.id}").text
    slip = client.post(path)
    assert slip.status_code == 200
    assert "Slip masuk untuk Kepala" in slip.text
    assert "Tulis alasannya" in client.post(path, follow_redirects=True).text


def test_a_signer_appoints_and_ends_a_deputy_alone(
    client: FlaskClient, world: World, session: Session, kadis: User
) -> None:
    deputy = world.user(Role.APPROVER, name="Wakil")
    sign_in(client, kadis)
    assert "Kepala Dinas" in client.get("/penggantian-saya").text
    fields = {"kind": "plh", "to_user_id": deputy.id, "starts_on": "2026-11-24", "ends_on": "2026-11-25"}
    wrong = client.post("/penggantian-saya", data={**fields, "ends_on": "2026-11-20"})
    assert wrong.status_code == 422
    done = client.post("/penggantian-saya", data={**fields, "decree": ""}, follow_redirects=True)
    assert "Berlaku hari ini" in done.text
    made = session.scalars(select(Delegation)).one()
    ended = client.post(f"/penggantian-saya/{made.id}/akhiri", follow_redirects=True)
    assert "Diakhiri" in ended.text


def test_who_holds_no_place_is_told(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.APPROVER))
    assert "belum memegang jabatan" in client.get("/penggantian-saya").text


def test_the_notice_to_who_gains_by_it_speaks_of_refusing_alone(
    client: FlaskClient, world: World, session: Session, admin: User, kadis: User
) -> None:
    person, other = world.user(Role.EDITOR, name="Siti"), world.user(Role.ADMIN)
    client.post(f"/pengguna/{person.id}", data=typed(person))
    session.rollback()
    bodies = {one.user_id: one.body for one in session.scalars(select(Notice))}
    assert "menyetujui atau menolak" in bodies[kadis.id]
    assert "menyetujui atau menolak" in bodies[other.id]
    assert "untuk menyetujui" not in bodies[person.id]
    assert "untuk menolak" in bodies[person.id]
