"""The pages of a serah terima, and the two papers."""

import io

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.factor_models import BackupCode
from app.base.notices.models import Notice
from app.base.people.models import User
from app.handover.models import Handover
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


@pytest.fixture
def admin(client: FlaskClient, world: World) -> User:
    user = world.user(Role.ADMIN, name="Admin Satu")
    sign_in(client, user)
    return user


def test_from_choosing_to_the_berita_acara(client: FlaskClient, world: World, session: Session, admin: User) -> None:
    leaver, to = world.user(Role.EDITOR, name="Siti"), world.user(Role.VIEWER, name="Budi #1 *x*")
    outlet = world.outlet(name="Instagram Diskominfo", responsible_id=leaver.id)
    assert "Belum ada serah terima" in client.get("/serah-terima").text
    assert "Penerus harus orang lain" in client.get(f"/serah-terima?dari={leaver.id}&kepada={leaver.id}").text
    path = f"/serah-terima/baru?dari={leaver.id}&kepada={to.id}"
    assert client.get(f"/serah-terima?dari={leaver.id}&kepada={to.id}").headers["Location"] == path
    page = client.get(path).text
    assert "Instagram Diskominfo" in page
    assert "belum punya peran Editor" in page
    assert 'data-confirm="Serahkan pekerjaan Siti kepada Budi #1 *x* sekarang?' in page
    unsure = client.post(path, data={"parts": ["outlets"]})
    assert unsure.status_code == 422
    done = client.post(path, data={"parts": ["outlets"], "understood": "y", "number": "800/7", "close_account": "y"})
    assert done.status_code == 303
    session.rollback()
    session.refresh(outlet)
    session.refresh(leaver)
    assert (outlet.responsible_id, leaver.active) == (to.id, False)
    made = session.scalars(select(Handover)).one()
    assert "Instagram Diskominfo" in client.get(f"/serah-terima/{made.id}").text
    paper = words(client.get(f"/serah-terima/{made.id}/berita-acara.pdf").data)
    for part in ("BERITA ACARA SERAH TERIMA", "800/7", "Siti", "Budi #1 *x*", "Instagram Diskominfo", "dinonaktifkan"):
        assert part in paper


def test_the_leaving_person_proposes_and_an_admin_sees_it(client: FlaskClient, world: World, session: Session) -> None:
    leaver, to = world.user(Role.EDITOR, name="Siti"), world.user(Role.EDITOR, name="Budi")
    sign_in(client, leaver)
    assert client.get("/serah-terima").status_code == 403
    said = client.post("/serah-terima/usulkan", data={"to_user_id": to.id, "note": "Pindah"}, follow_redirects=True)
    assert "menunggu admin" in said.text
    client.post("/keluar")
    sign_in(client, world.user(Role.ADMIN))
    made = session.scalars(select(Handover)).one()
    assert "Periksa dan serahkan" in client.get(f"/serah-terima/{made.id}").text
    assert client.get(f"/serah-terima/{made.id}/berita-acara.pdf").status_code == 409
    assert client.post(f"/serah-terima/{made.id}/tutup").status_code == 303


def test_the_sheet_for_the_envelope_is_made_once_and_told(
    client: FlaskClient, world: World, session: Session, admin: User
) -> None:
    other = world.user(Role.ADMIN)
    assert "langsung tidak berlaku" in client.get("/amplop-tersegel").text
    first = client.post("/amplop-tersegel.pdf")
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "LEMBAR AMPLOP TERSEGEL" in words(first.data)
    assert admin.username in words(first.data)
    before = set(session.scalars(select(BackupCode.code_hash)))
    client.post("/amplop-tersegel.pdf")
    session.rollback()
    after = set(session.scalars(select(BackupCode.code_hash)))
    assert len(before) == len(after) == 10
    assert not before & after, "the old ones count no more"
    assert "factor.codes_made" in set(session.scalars(select(AuditEntry.action)))
    assert session.scalars(select(Notice.subject).where(Notice.user_id == other.id)).first()
