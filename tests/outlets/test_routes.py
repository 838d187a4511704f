import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.confirmations import service as four_eyes
from app.base.confirmations.models import Proposal
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Identity, NeedsSignIn, NotSent
from app.outreach.outlets.service import credentials_of
from config import Settings
from tests import pages
from tests.outlets.fakes import Platform
from tests.pages import is_empty
from tests.world import World

KEYS = {"secret-key": "kunci-rahasia", "secret-secret": "sandi-rahasia", "setting-page_id": "7", "reason": "Akun resmi"}


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def app(settings: Settings, clock: FrozenClock, platform: Platform) -> Iterator[Flask]:
    application = create_app(settings, clock=clock, channels={"x": platform, "facebook": platform})
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def outlet(world: World) -> Outlet:
    return world.outlet(name="X Diskominfo", status=OutletStatus.UNCONNECTED)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.credential_keys)


@pytest.fixture
def second(app: Flask, world: World, session: Session) -> Callable[[], None]:
    """A second person agrees to everything that waits."""

    def agree() -> None:
        session.rollback()
        actor, vault = world.actor(Role.ADMIN), app.extensions["wiring"].vault
        for proposal in session.scalars(select(Proposal).where(Proposal.status == "waiting")).all():
            four_eyes.confirm(session, actor, proposal, vault=vault, now=world.clock.now())
        session.commit()

    return agree


def sign_in(client: FlaskClient, world: World, *roles: Role, **values) -> None:
    pages.sign_in(client, world.user(*roles, **values))


def again(session: Session, outlet: Outlet) -> Outlet:
    session.rollback()
    return session.get_one(Outlet, outlet.id, populate_existing=True)


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed"[^>]* value="([^"]*)"', page)
    assert found, "the form carries no sealed field"
    return found.group(1)


def test_an_empty_list_says_what_to_do_first(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    page = client.get("/saluran").text
    assert is_empty(page)
    assert "/saluran/baru" in page


def test_the_list_says_in_words_where_each_stands(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.VIEWER)
    vendor = world.organisation("newspaper", email="iklan@example.com", name="Koran Kita")
    world.outlet(status=OutletStatus.CONNECTED)
    world.outlet("facebook", status=OutletStatus.UNCONNECTED)
    world.outlet("instagram", status=OutletStatus.NEEDS_SIGN_IN)
    world.outlet("newspaper", vendor_id=vendor.id)
    world.outlet("whatsapp")
    page = client.get("/saluran").text
    for words in (
        "Terhubung",
        "Belum dihubungkan – diterbitkan manual",
        "Perlu dihubungkan ulang",
        "Pesanan lewat surel",
        "Koran Kita",
        "Ditayangkan oleh petugas",
        "belum ditentukan",
    ):
        assert words in page
    assert "/saluran/baru" not in page


def test_a_new_account_goes_on_to_be_connected(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.EDITOR)
    assert "Halaman Facebook" in client.get("/saluran/baru").text
    page = client.get("/saluran/baru?jenis=x").text
    assert "Penerima pesanan" not in page
    fields = {"name": "X Kukar", "handle": "@kukar", "organisation_id": str(world.office().id), "responsible_id": ""}
    answer = client.post("/saluran/baru?jenis=x", data=fields)
    session.rollback()
    made = session.scalars(select(Outlet)).one()
    assert answer.headers["Location"] == f"/saluran/{made.id}/hubungkan"
    again_ = client.post("/saluran/baru?jenis=x", data=fields)
    assert again_.status_code == 422
    assert "Sudah ada saluran bernama “X Kukar”" in again_.text
    assert 'value="@kukar"' in again_.text


def test_a_newspaper_is_added_with_its_vendor(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.ADMIN)
    vendor = world.organisation("newspaper", name="Koran Kita")
    fields = {
        "name": "Koran Kita",
        "vendor_id": str(vendor.id),
        "organisation_id": str(world.office().id),
        "responsible_id": "",
        "columns": "7",
        "column_mm": "42",
    }
    answer = client.post("/saluran/baru?jenis=newspaper", data=fields)
    assert answer.status_code == 422
    assert "belum punya alamat surel" in answer.text
    vendor.email = "iklan@example.com"
    session.commit()
    assert client.post("/saluran/baru?jenis=newspaper", data=fields).status_code == 302
    made = session.scalars(select(Outlet)).one()
    assert made.settings == {"columns": 7, "column_mm": 42}
    assert "iklan@example.com" in client.get(f"/saluran/{made.id}").text


def test_editing_keeps_what_was_typed_when_it_is_wrong(
    client: FlaskClient, world: World, session: Session, outlet: Outlet
) -> None:
    sign_in(client, world, Role.EDITOR)
    assert 'value="X Diskominfo"' in client.get(f"/saluran/{outlet.id}/ubah").text
    fields = {"name": "", "handle": "@baru", "organisation_id": str(world.office().id), "responsible_id": ""}
    answer = client.post(f"/saluran/{outlet.id}/ubah", data=fields)
    assert answer.status_code == 422
    assert 'value="@baru"' in answer.text
    assert client.post(f"/saluran/{outlet.id}/ubah", data={**fields, "name": "X Kukar"}).status_code == 302
    assert (again(session, outlet).name, outlet.handle) == ("X Kukar", "@baru")


def test_what_opens_the_account_is_stored_and_never_shown(
    client: FlaskClient,
    world: World,
    session: Session,
    outlet: Outlet,
    vault: Vault,
    platform: Platform,
    second: Callable[[], None],
) -> None:
    sign_in(client, world, Role.EDITOR)
    page = client.get(f"/saluran/{outlet.id}/hubungkan").text
    assert "Cara menyiapkan kuncinya" in page
    assert "developer.x.com" in page
    assert page.count('type="password"') == 2
    assert "kunci lama" not in page
    answer = client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS)
    assert answer.status_code == 302
    assert again(session, outlet).credentials is None, "nothing takes effect before"
    page = client.get(f"/saluran/{outlet.id}").text
    assert "Menunggu persetujuan orang kedua" in page
    assert "rahasia" not in page
    second()
    kept = again(session, outlet)
    assert kept.status == OutletStatus.CONNECTED
    assert credentials_of(kept, vault) == {"key": "kunci-rahasia", "secret": "sandi-rahasia"}
    assert kept.settings["page_id"] == "7"
    assert platform.asked == [({"key": "kunci-rahasia", "secret": "sandi-rahasia"}, {"page_id": "7"})]
    for path in ("", "/hubungkan", "/ubah"):
        page = client.get(f"/saluran/{outlet.id}{path}").text
        assert "rahasia" not in page
        assert kept.credentials not in page
    page = client.get(f"/saluran/{outlet.id}/hubungkan").text
    assert page.count('placeholder="tersimpan"') == page.count("Kosong berarti kunci lama tetap dipakai.") == 2
    assert "Terhubung sebagai @diskominfo" not in page
    written = str([[entry.before, entry.after] for entry in session.scalars(select(AuditEntry))])
    assert "rahasia" not in written


def test_a_missing_key_is_asked_for_without_asking_the_platform(
    client: FlaskClient, world: World, outlet: Outlet, platform: Platform
) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = client.post(f"/saluran/{outlet.id}/hubungkan", data={"secret-key": "kunci-rahasia"})
    assert answer.status_code == 422
    assert "Rahasia: Bagian ini wajib diisi." in answer.text
    assert platform.asked == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(NeedsSignIn("kunci tidak dikenal"), "menolak isian ini"), (NotSent("tidak ada jawaban"), "belum bisa dihubungi")],
)
def test_what_does_not_open_is_not_stored_but_need_not_be_typed_again(
    client: FlaskClient,
    world: World,
    session: Session,
    outlet: Outlet,
    vault: Vault,
    platform: Platform,
    error: Exception,
    sentence: str,
    second: Callable[[], None],
) -> None:
    sign_in(client, world, Role.EDITOR)
    platform.answer = error
    answer = client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "rahasia" not in answer.text
    assert again(session, outlet).credentials is None
    platform.answer = Identity("42", "@diskominfo")
    mended = {
        "sealed": sealed_in(answer.text),
        "secret-key": "kunci-betul",
        "secret-secret": "",
        "reason": "Akun resmi",
    }
    assert client.post(f"/saluran/{outlet.id}/hubungkan", data=mended).status_code == 302
    second()
    assert credentials_of(again(session, outlet), vault) == {"key": "kunci-betul", "secret": "sandi-rahasia"}


def test_what_was_sealed_in_a_form_is_for_that_outlet_and_an_hour_only(
    client: FlaskClient, world: World, outlet: Outlet, platform: Platform, clock: FrozenClock
) -> None:
    sign_in(client, world, Role.EDITOR)
    platform.answer = NeedsSignIn("salah")
    sealed = sealed_in(client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS).text)
    other = world.outlet(status=OutletStatus.UNCONNECTED)
    platform.asked.clear()
    client.post(f"/saluran/{other.id}/hubungkan", data={"sealed": sealed})
    client.post(f"/saluran/{outlet.id}/hubungkan", data={"sealed": "dibuat-buat"})
    clock.advance(minutes=61)
    client.post(f"/saluran/{outlet.id}/hubungkan", data={"sealed": sealed})
    assert platform.asked == []


def test_nobody_waits_for_the_platform_with_the_write_lock(
    client: FlaskClient,
    world: World,
    outlet: Outlet,
    platform: Platform,
    sessions: "sessionmaker[Session]",
    second: Callable[[], None],
) -> None:
    sign_in(client, world, Role.EDITOR)

    def write_meanwhile() -> None:
        with unit_of_work(sessions) as session:
            session.get_one(Outlet, outlet.id).handle = "@sementara"

    platform.during = write_meanwhile
    assert client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS).status_code == 302
    second()
    assert client.post(f"/saluran/{outlet.id}/uji").status_code == 302
    assert len(platform.asked) == 2


def test_the_test_button_says_how_it_went(
    client: FlaskClient, world: World, session: Session, outlet: Outlet, platform: Platform, second: Callable[[], None]
) -> None:
    sign_in(client, world, Role.ADMIN)

    def tested() -> str:
        return client.post(f"/saluran/{outlet.id}/uji", follow_redirects=True).text

    assert "Belum ada kunci akun yang tersimpan" in tested()
    client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS)
    second()
    assert "Sambungan baik: akun @diskominfo." in tested()
    platform.answer = NotSent("tidak ada jawaban")
    assert "belum bisa dihubungi" in tested()
    assert again(session, outlet).status == OutletStatus.CONNECTED
    platform.answer = NeedsSignIn("token habis")
    page = tested()
    assert "Sambungan ditolak" in page
    assert "Kunci akun ditolak: token habis" in page
    assert again(session, outlet).status == OutletStatus.NEEDS_SIGN_IN
    platform.answer = Identity("42", "@diskominfo")
    tested()
    assert again(session, outlet).status == OutletStatus.CONNECTED


def test_disconnecting_and_resting_can_be_undone(
    client: FlaskClient, world: World, session: Session, outlet: Outlet, second: Callable[[], None]
) -> None:
    sign_in(client, world, Role.EDITOR)
    client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS)
    second()
    assert "data-confirm=" in client.get(f"/saluran/{outlet.id}").text
    unsaid = client.post(f"/saluran/{outlet.id}/putuskan", follow_redirects=True)
    assert "Tulis alasannya" in unsaid.text
    client.post(f"/saluran/{outlet.id}/putuskan", data={"reason": "Akun diambil alih"})
    assert again(session, outlet).credentials is not None
    second()
    assert again(session, outlet).credentials is None
    client.post(f"/saluran/{outlet.id}/istirahat", follow_redirects=True)
    assert not again(session, outlet).active
    assert "X Diskominfo" not in client.get("/saluran").text
    assert "X Diskominfo" in client.get("/saluran?dipakai=tidak").text
    client.post(f"/saluran/{outlet.id}/pakai")
    assert again(session, outlet).active


def test_a_lost_vault_key_is_told_and_the_outlet_can_be_connected_anew(
    client: FlaskClient, world: World, session: Session, outlet: Outlet, vault: Vault, second: Callable[[], None]
) -> None:
    sign_in(client, world, Role.EDITOR)
    outlet.credentials = "gAAAAA-sealed-with-a-key-that-is-gone"
    session.commit()
    answer = client.post(f"/saluran/{outlet.id}/uji")
    assert answer.status_code == 503
    assert "kunci brankasnya sudah berganti" in answer.text
    assert client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS).status_code == 302
    second()
    assert credentials_of(again(session, outlet), vault)["key"] == "kunci-rahasia"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.APPROVER])
def test_others_of_the_office_look_but_do_not_touch(
    client: FlaskClient, world: World, outlet: Outlet, role: Role
) -> None:
    sign_in(client, world, role)
    page = client.get(f"/saluran/{outlet.id}").text
    assert "X Diskominfo" in page
    assert "Hubungkan" not in page.replace("Hubungkan ulang supaya", "")
    for path in ("uji", "putuskan", "istirahat", "pakai", "ubah", "hubungkan"):
        assert client.post(f"/saluran/{outlet.id}/{path}").status_code == 403


def test_an_outlet_of_another_organisation_is_not_found(client: FlaskClient, world: World, outlet: Outlet) -> None:
    sign_in(client, world, Role.EDITOR, Role.ADMIN, organisation=world.organisation())
    assert client.get(f"/saluran/{outlet.id}").status_code == 404
    for path in ("uji", "putuskan", "istirahat", "pakai", "ubah", "hubungkan"):
        assert client.post(f"/saluran/{outlet.id}/{path}", data=KEYS).status_code == 404
    assert "X Diskominfo" not in client.get("/saluran").text


def test_kinds_without_an_account_have_no_connect_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    group = world.outlet("whatsapp")
    answer = client.get(f"/saluran/{group.id}/hubungkan")
    assert answer.status_code == 409
    assert "tidak perlu dihubungkan" in answer.text


def test_the_time_of_the_last_test_is_shown(
    client: FlaskClient, world: World, outlet: Outlet, clock: FrozenClock, second: Callable[[], None]
) -> None:
    sign_in(client, world, Role.EDITOR)
    clock.move_to(clock.now() + timedelta(hours=1))
    client.post(f"/saluran/{outlet.id}/hubungkan", data=KEYS)
    second()
    assert "Sel, 24 Nov 2026 09.00 WITA" in client.get(f"/saluran/{outlet.id}").text


def test_a_number_that_no_table_holds_is_not_found(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    assert client.get("/saluran/99999999999999999999").status_code == 404
    assert client.get("/saluran/2147483648/ubah").status_code == 404


def test_a_sign_that_no_database_holds_is_refused_before_it_gets_there(
    client: FlaskClient, world: World, outlet: Outlet
) -> None:
    sign_in(client, world, Role.EDITOR)
    assert client.get("/saluran?q=%00").status_code == 400
    assert client.post(f"/saluran/{outlet.id}/ubah", data={"name": "a\0b"}).status_code == 400
