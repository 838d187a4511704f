"""Pages on which OPDs send people to a batch."""

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.roles import Role
from app.learning.training.models import Admission, Batch, Enrolment, Nomination
from config import Settings
from tests.pages import sign_in
from tests.world import World


def photo() -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(data, "JPEG")
    data.seek(0)
    return data, "surat.jpg"


@pytest.fixture
def opd(world: World) -> Organisation:
    return world.organisation(name="Dinas Perkebunan")


@pytest.fixture
def batch(world: World) -> Batch:
    batch = world.batch(admission=Admission.BOTH, name="Angkatan Satu", per_opd=2)
    world.session.commit()
    return batch


@pytest.fixture
def contact(client: FlaskClient, world: World, opd: Organisation) -> FlaskClient:
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=opd))
    return client


def form(opd: Organisation, *names: str, **values: object) -> dict[str, object]:
    given: dict[str, object] = {"organisation_id": str(opd.id), "number": "800/12", "on": "2026-11-20"}
    for row, name in enumerate(names):
        given |= {f"orang-{row}-name": name, f"orang-{row}-phone": f"0812-3456-000{row}" if name else ""}
    return given | values


def test_a_contact_sends_several_people_with_a_letter(
    contact: FlaskClient, session: Session, opd: Organisation, batch: Batch
) -> None:
    path = f"/pelatihan/{batch.id}/usulan"
    assert "Dari OPD Anda sudah diterima 0 orang" in contact.get(path).text
    assert "Jatah satu OPD: 2 orang" in contact.get(f"{path}/baru").text
    sent = contact.post(f"{path}/baru", data=form(opd, "Siti", "Budi", "", letter=photo()))
    assert sent.status_code == 303
    html = contact.get(path).text
    assert "Siti" in html
    assert "800/12" in html
    letter = session.scalars(select(Nomination)).one()
    answer = contact.get(f"{path}/{letter.id}/surat")
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_was_typed_stays_when_the_letter_is_missing_or_wrong(
    contact: FlaskClient, session: Session, opd: Organisation, batch: Batch
) -> None:
    path = f"/pelatihan/{batch.id}/usulan/baru"
    for letter in ({}, {"letter": (io.BytesIO(b"MZ bukan surat"), "surat.pdf")}):
        answer = contact.post(path, data=form(opd, "Siti Aminah", **letter))
        assert answer.status_code == 422
        assert "Siti Aminah" in answer.text
        assert "0812-3456-0000" in answer.text
    wrong = contact.post(path, data=form(opd, "Siti", letter=photo()) | {"orang-0-phone": "12"})
    assert wrong.status_code == 422
    assert "Orang ke-1" in wrong.text
    more = contact.post(path, data=form(opd, "Siti Aminah", tambah="1"))
    assert more.status_code == 200
    assert 'name="orang-5-name"' in more.text
    assert "Siti Aminah" in more.text
    assert session.scalars(select(Enrolment)).all() == []


def test_a_letter_that_came_is_kept_over_errors_and_new_rows(
    contact: FlaskClient, session: Session, opd: Organisation, batch: Batch, settings: Settings
) -> None:
    path = f"/pelatihan/{batch.id}/usulan/baru"
    wrong = contact.post(path, data=form(opd, "Siti", letter=photo()) | {"orang-0-phone": "12"})
    assert "surat.jpg" in wrong.text
    token = re.search(r'name="letter_held" value="(\w+)"', wrong.text)
    assert token is not None
    more = contact.post(path, data=form(opd, "Siti", tambah="1", letter_held=token[1]))
    assert token[1] in more.text
    sent = contact.post(path, data=form(opd, "Siti", letter_held=token[1]))
    assert sent.status_code == 303
    letter = session.scalars(select(Nomination)).one()
    assert contact.get(f"/pelatihan/{batch.id}/usulan/{letter.id}/surat").mimetype == "image/jpeg"
    assert list((settings.var_dir / "held").iterdir()) == []


def test_a_contact_sees_only_the_own_opd(
    contact: FlaskClient, session: Session, world: World, opd: Organisation, batch: Batch
) -> None:
    other = world.organisation(name="Dinas Lain")
    assert contact.post(f"/pelatihan/{batch.id}/usulan/baru", data=form(other, "Siti", letter=photo())).status_code in {
        403,
        422,
    }
    contact.post(f"/pelatihan/{batch.id}/usulan/baru", data=form(opd, "Siti", letter=photo()))
    letter = session.scalars(select(Nomination)).one()
    contact.post("/keluar")
    sign_in(contact, world.user(Role.OPD_CONTACT, organisation=other))
    assert "Siti" not in contact.get(f"/pelatihan/{batch.id}/usulan").text
    assert contact.get(f"/pelatihan/{batch.id}/usulan/{letter.id}/surat").status_code == 404
    assert contact.get(f"/pelatihan/{batch.id}/peserta").status_code == 403


def test_the_office_enters_letters_and_sees_whom_nobody_can_ask(
    client: FlaskClient, world: World, opd: Organisation, batch: Batch
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    html = client.get(f"/pelatihan/{batch.id}/usulan").text
    assert "Catat surat usulan" in html
    assert "OPD tanpa narahubung" in html
    assert "Dinas Perkebunan" in html


def test_a_shared_number_is_asked_about_beside_its_row_and_nothing_typed_is_lost(
    contact: FlaskClient, session: Session, world: World, opd: Organisation, batch: Batch
) -> None:
    path = f"/pelatihan/{batch.id}/usulan"
    shared = form(opd, "Siti", "", "Budi", letter=photo()) | {"orang-2-phone": "0812-3456-0000"}
    answer = contact.post(f"{path}/baru", data=shared)
    assert answer.status_code == 422
    assert 'id="orang-2-why"' in answer.text
    assert "sudah terunggah" in answer.text
    assert 'value="Budi"' in answer.text
    session.expire_all()
    assert session.scalars(select(Enrolment)).all() == []
    sent = contact.post(f"{path}/baru", data=shared | {"orang-2-phone": "", "letter": photo()}, follow_redirects=True)
    assert "2 orang diusulkan" in sent.text
    assert "Budi" in sent.text


def test_another_person_of_the_same_name_is_said_by_a_tick(
    client: FlaskClient, session: Session, world: World, opd: Organisation, batch: Batch
) -> None:
    path = f"/pelatihan/{batch.id}/usulan/baru"
    sign_in(client, world.user(Role.EDITOR))
    without = {"orang-0-phone": ""}
    assert client.post(path, data=form(opd, "Siti", letter=photo()) | without).status_code == 303
    again = client.post(path, data=form(opd, "Siti", letter=photo()) | without)
    assert 'name="again"' in again.text
    asked = client.post(path, data=form(opd, "Siti", letter=photo(), again="1") | without)
    assert asked.status_code == 422
    assert 'name="orang-0-other"' in asked.text
    other = form(opd, "Siti", letter=photo(), again="1") | without | {"orang-0-other": "1"}
    assert client.post(path, data=other).status_code == 303


def test_the_flash_says_who_was_there_and_who_was_turned_down(
    contact: FlaskClient, world: World, opd: Organisation, batch: Batch
) -> None:
    for name, phone, status in (("Siti", "+6281234560000", "accepted"), ("Budi", "+6281234560001", "rejected")):
        world.enrolment(batch, world.trainee(name, phone=phone, organisation_id=opd.id), status=status)
    world.session.commit()
    path = f"/pelatihan/{batch.id}/usulan/baru"
    html = contact.post(path, data=form(opd, "Siti", "Budi", "Rina", letter=photo()), follow_redirects=True).text
    assert "1 orang diusulkan" in html
    assert "1 orang sudah ada" in html
    assert "1 orang sudah pernah tidak terpilih" in html


def test_a_number_of_another_opd_tells_nothing(
    contact: FlaskClient, world: World, opd: Organisation, batch: Batch
) -> None:
    other = world.organisation(name="Dinas Lain")
    world.trainee("Rahasia Binti Fulan", phone="+6281234560000", organisation_id=other.id)
    world.session.commit()
    html = contact.post(f"/pelatihan/{batch.id}/usulan/baru", data=form(opd, "Coba", letter=photo())).text
    assert "tidak bisa dipakai di sini" in html
    assert "Rahasia" not in html


def test_a_letter_that_was_erased_says_so(
    contact: FlaskClient, session: Session, opd: Organisation, batch: Batch
) -> None:
    path = f"/pelatihan/{batch.id}/usulan"
    contact.post(f"{path}/baru", data=form(opd, "Siti", letter=photo()))
    letter = session.scalars(select(Nomination)).one()
    letter.letter_file_id = None
    session.commit()
    assert "sudah dihapus sesuai masa simpan" in contact.get(path).text
    assert contact.get(f"{path}/{letter.id}/surat").status_code == 404
