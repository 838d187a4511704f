import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media import routes
from app.base.media.check import check_image
from app.base.media.derive import public_path
from app.base.media.models import StoredFile
from app.base.people.models import Organisation
from app.kernel.db import unit_of_work
from app.kernel.roles import Can, Role
from config import Settings
from tests import pages
from tests.media.images import flat, pdf, phone_photo
from tests.world import World

HTMX = {"HX-Request": "true"}


def sign_in(client: FlaskClient, world: World, *roles: Role, **values) -> None:
    pages.sign_in(client, world.user(*roles, **values))


def upload(client: FlaskClient, *files: tuple[bytes, str], url: str = "/berkas", headers=HTMX):
    data = {"file": [(io.BytesIO(content), name) for content, name in files]}
    return client.post(url, data=data, headers=headers, content_type="multipart/form-data")


def stored(session: Session) -> list[StoredFile]:
    session.rollback()
    return list(session.scalars(select(StoredFile).order_by(StoredFile.id)))


def test_an_upload_answers_with_thumbnail_id_and_a_place_for_the_alt_text(
    client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world, Role.CONTRIBUTOR)
    answer = upload(client, (phone_photo(), "panen.jpg"), url="/berkas?nama=photo_id")
    [file] = stored(session)
    assert answer.status_code == 200
    assert f'<input type="hidden" name="photo_id" value="{file.id}">' in answer.text
    assert f'name="alt_{file.id}"' in answer.text
    assert "Teks alternatif (untuk yang tidak dapat melihat gambar)" in answer.text
    assert f"/berkas/{file.key}/kecil" in answer.text
    assert client.get(f"/berkas/{file.key}/kecil").mimetype == "image/jpeg"


@pytest.mark.parametrize("role", sorted(Can.ANSWER_FOR_OUTLETS.roles), ids=str)
def test_whoever_may_answer_for_a_delivery_may_hand_in_its_photo(
    client: FlaskClient, world: World, session: Session, role: Role
) -> None:
    sign_in(client, world, role)
    assert upload(client, (phone_photo(), "siaran.jpg")).status_code == 200
    assert len(stored(session)) == 1


def test_a_field_name_cannot_carry_markup(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = upload(client, (flat(), "a.jpg"), url='/berkas?nama="><script>')
    assert 'name="file_ids"' in answer.text
    assert "<script>" not in answer.text


def test_a_hostile_file_name_is_shown_as_text(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = upload(client, (flat(), "<img src=x onerror=1>.jpg"))
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(pdf(), "dokumen PDF, bukan gambar"), (b"halo", "bukan gambar yang dikenal"), (bytes(60_000_000), "60 MB")],
)
def test_a_wrong_file_gets_a_sentence_and_nothing_is_kept(
    client: FlaskClient, world: World, session: Session, content: bytes, sentence: str
) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = upload(client, (content, "foto.jpg"))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert stored(session) == []


def test_a_good_file_stays_when_its_neighbour_is_wrong(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = upload(client, (flat(), "baik.jpg"), (b"halo", "salah.jpg"))
    assert answer.status_code == 200
    assert "“salah.jpg” bukan gambar" in answer.text
    assert [file.name for file in stored(session)] == ["baik.jpg"]


def test_no_file_and_too_many_files_are_told(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.EDITOR)
    assert "Pilih dulu berkas" in upload(client).text
    answer = upload(client, *[(flat(), f"{number}.jpg") for number in range(11)])
    assert "Paling banyak 10 berkas" in answer.text
    assert len(stored(session)) == 10


def test_a_pdf_is_taken_where_it_is_asked_for(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.EDITOR)
    assert upload(client, (pdf(), "surat.pdf"), url="/berkas?jenis=pdf").status_code == 200
    assert upload(client, (flat(), "foto.jpg"), url="/berkas?jenis=pdf").status_code == 422
    [file] = stored(session)
    answer = client.get(f"/berkas/{file.key}")
    assert answer.mimetype == "application/pdf"
    assert client.get(f"/berkas/{file.key}/kecil").status_code == 404


def test_scripts_get_json_and_plain_forms_a_redirect(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world, Role.EDITOR)
    answer = upload(client, (flat(), "a.jpg"), headers={"Accept": "application/json"})
    assert json.loads(answer.text)["files"][0]["name"] == "a.jpg"
    plain = upload(client, (flat(), "b.jpg"), headers={})
    assert plain.headers["Location"].endswith(f"/berkas/{stored(session)[-1].key}")
    assert "bukan gambar" in upload(client, (b"halo", "c.jpg"), headers={}).text


def test_a_plain_form_is_sent_to_no_other_host(client: FlaskClient, world: World) -> None:
    sign_in(client, world, Role.EDITOR)
    data = {"file": (io.BytesIO(flat()), "a.jpg"), "next": "//evil.example/"}
    assert client.post("/berkas", data=data).headers["Location"].startswith("/berkas/")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.TRAINER, Role.ENUMERATOR])
def test_others_do_not_upload(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world, role)
    assert upload(client, (flat(), "a.jpg")).status_code == 403


def test_a_file_of_another_organisation_is_not_found(
    client: FlaskClient, app: Flask, world: World, session: Session
) -> None:
    sign_in(client, world, Role.EDITOR)
    upload(client, (flat(), "a.jpg"))
    [file] = stored(session)
    assert client.get(f"/berkas/{file.key}").status_code == 200
    other = app.test_client()
    sign_in(other, world, Role.EDITOR, organisation=world.organisation())
    assert other.get(f"/berkas/{file.key}").status_code == 404
    assert other.get(f"/berkas/{file.key}/kecil").status_code == 404


def test_a_public_address_is_open_kept_long_and_typed(
    client: FlaskClient, app: Flask, world: World, session: Session, settings: Settings
) -> None:
    sign_in(client, world, Role.EDITOR)
    upload(client, (flat("PNG", mode="RGBA"), "logo besar.png"))
    [file] = stored(session)
    path = public_path(settings.secret_key, file.id, mimes=["image/jpeg"], max_bytes=8_000_000, max_side=1440)
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert 'filename="logo_besar.jpg"' in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert app.test_client().get(path[:-2]).status_code == 404


def test_a_file_lost_from_the_disk_says_so(
    client: FlaskClient, world: World, session: Session, settings: Settings
) -> None:
    sign_in(client, world, Role.EDITOR)
    upload(client, (flat(), "a.jpg"))
    [file] = stored(session)
    for path in settings.media_dir.rglob("*"):
        if path.is_file():
            path.unlink()
    for url in (f"/berkas/{file.key}", f"/berkas/{file.key}/kecil", public_path(settings.secret_key, file.id)):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "tidak ada di penyimpanan" in answer.text


def test_nobody_waits_for_an_image_with_the_write_lock(
    client: FlaskClient,
    world: World,
    session: Session,
    sessions: "sessionmaker[Session]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, world, Role.EDITOR)

    def slowly(content: bytes, name: str):
        with unit_of_work(sessions) as meanwhile:
            meanwhile.scalars(select(Organisation)).first().address = "Jalan Wolter Monginsidi"
        return check_image(content, name)

    monkeypatch.setitem(routes.CHECKS, "gambar", slowly)
    assert upload(client, (flat(), "a.jpg"), url="/berkas?jenis=gambar").status_code == 200
    assert len(stored(session)) == 1
