"""Photos on the pages: several at once, with a sentence for each that cannot be used."""

import io
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.check import check_image
from app.base.people.models import Organisation
from app.gatherings.events import routes_photos
from app.gatherings.events.models import Event, EventPhoto, EventStatus
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from config import Settings
from tests.media.images import flat, opened, phone_photo
from tests.pages import is_empty, sign_in
from tests.world import World


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(0))


@pytest.fixture(autouse=True)
def staff(client: FlaskClient, world: World) -> Any:
    user = world.user(Role.EDITOR)
    sign_in(client, user)
    return user


def upload(client: FlaskClient, event: Event, *files: tuple[bytes, str], **more: str) -> Any:
    more.setdefault("consent", "y")
    data = {"photo": [(io.BytesIO(content), name) for content, name in files], **more}
    return client.post(f"/kegiatan/{event.id}/foto", data=data, content_type="multipart/form-data")


def pictures(session: Session) -> list[EventPhoto]:
    session.rollback()
    return list(session.scalars(select(EventPhoto).order_by(EventPhoto.id)))


def long_pdf() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    for _ in range(40):
        document.add_blank_page()
    document.save(out)
    return out.getvalue()


def test_several_photos_go_up_at_once_and_are_shown_without_their_place(
    client: FlaskClient, session: Session, event: Event
) -> None:
    back = f"/kegiatan/{event.id}"
    assert is_empty(client.get(f"{back}/foto").text)
    done = upload(client, event, (phone_photo(), "a.jpg"), (flat("PNG"), "b.png"), caption="Warga ramai", next=back)
    assert done.location == f"{back}#foto"
    first, second = pictures(session)
    page = client.get(back).text
    assert f"/kegiatan/foto/{first.id}?kecil=1" in page
    assert f"/kegiatan/foto/{second.id}" in page
    assert "Warga ramai" in page
    whole = client.get(f"/kegiatan/foto/{first.id}")
    assert whole.mimetype == "image/jpeg"
    assert not opened(whole.data).getexif()
    assert client.get(f"/kegiatan/foto/{first.id}?kecil=1").mimetype == "image/jpeg"


def test_a_document_of_forty_pages_is_no_photo(client: FlaskClient, session: Session, event: Event) -> None:
    answer = upload(client, event, (long_pdf(), "laporan.pdf"), caption="Rapat")
    assert answer.status_code == 422
    assert "adalah dokumen PDF, bukan gambar" in answer.text
    assert 'value="Rapat"' in answer.text
    assert pictures(session) == []


def test_a_good_photo_stays_when_its_neighbour_is_wrong(client: FlaskClient, session: Session, event: Event) -> None:
    done = upload(client, event, (flat(), "baik.jpg"), (b"halo", "salah.jpg"))
    assert done.status_code == 303
    page = client.get(done.location).text
    assert "“salah.jpg” bukan gambar" in page
    assert "1 foto disimpan" in page
    assert len(pictures(session)) == 1


def test_consent_and_a_file_are_asked_for(client: FlaskClient, session: Session, event: Event) -> None:
    answer = upload(client, event, (flat(), "a.jpg"), consent="")
    assert answer.status_code == 422
    assert "Centang persetujuannya" in answer.text
    assert 'href="#consent"' in answer.text
    nothing = upload(client, event)
    assert nothing.status_code == 422
    assert "Pilih dulu fotonya" in nothing.text
    assert pictures(session) == []


def test_the_twenty_first_photo_is_told_about(client: FlaskClient, session: Session, event: Event) -> None:
    many = [(flat(size=(60 + number, 40)), f"{number}.jpg") for number in range(21)]
    told = client.get(upload(client, event, *many[:11]).location).text
    assert "Paling banyak 10 foto sekali unggah" in told
    upload(client, event, *many[10:20])
    assert "Sudah ada 20 foto" in client.get(f"/kegiatan/{event.id}/foto").text
    done = upload(client, event, (flat(size=(99, 99)), "lagi.jpg"))
    assert "Paling banyak 20 foto" in client.get(done.location).text
    assert len(pictures(session)) == 20


def test_a_removed_photo_is_gone_with_its_content(
    client: FlaskClient, session: Session, settings: Settings, event: Event
) -> None:
    upload(client, event, (flat(), "a.jpg"))
    photo_id = pictures(session)[0].id
    client.get(f"/kegiatan/foto/{photo_id}?kecil=1")
    assert client.post(f"/kegiatan/foto/{photo_id}/hapus").status_code == 303
    assert pictures(session) == []
    assert client.get(f"/kegiatan/foto/{photo_id}").status_code == 404
    assert [path for path in settings.media_dir.rglob("*") if path.is_file()] == []
    assert client.post(f"/kegiatan/foto/{photo_id}/hapus").status_code == 404  # the second click


def test_a_photo_is_for_those_who_see_the_event(
    app: Flask, client: FlaskClient, world: World, session: Session, event: Event
) -> None:
    upload(client, event, (flat(), "a.jpg"))
    [photo] = pictures(session)
    assert app.test_client().get(f"/kegiatan/foto/{photo.id}").status_code == 302
    stranger = app.test_client()
    sign_in(stranger, world.user(Role.COMMUNITY, organisation=world.kim()))
    assert stranger.get(f"/kegiatan/foto/{photo.id}").status_code == 404
    reader = app.test_client()
    sign_in(reader, world.user(Role.VIEWER))
    assert reader.get(f"/kegiatan/foto/{photo.id}").status_code == 200
    page = reader.get(f"/kegiatan/{event.id}/foto").text
    assert "Hapus" not in page
    assert 'type="file"' not in page


def test_nobody_waits_for_a_photo_with_the_write_lock(
    client: FlaskClient,
    session: Session,
    sessions: "sessionmaker[Session]",
    event: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slowly(content: bytes, name: str) -> Any:
        with unit_of_work(sessions) as meanwhile:
            meanwhile.scalars(select(Organisation)).first().address = "Jalan Wolter Monginsidi"
        return check_image(content, name)

    monkeypatch.setattr(routes_photos, "check_image", slowly)
    assert upload(client, event, (flat(), "a.jpg")).status_code == 303
    assert len(pictures(session)) == 1


def test_a_verified_record_offers_no_change_of_its_photos(
    client: FlaskClient, session: Session, world: World, event: Event
) -> None:
    upload(client, event, (flat(), "satu.jpg"))
    event = world.session.get_one(Event, event.id)
    event.status = EventStatus.VERIFIED
    world.session.commit()
    for path in (f"/kegiatan/{event.id}", f"/kegiatan/{event.id}/foto"):
        shown = client.get(path).text
        assert "Unggah foto" not in shown
        assert "/hapus" not in shown
    answer = upload(client, event, (flat(size=(30, 30)), "dua.jpg"))
    assert answer.status_code == 422
    assert "sudah diperiksa" in answer.text
    assert len(pictures(session)) == 1
