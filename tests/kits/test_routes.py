import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kits.archive import pack
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.service import load_services
from app.outreach.posts.models import Post
from config import Settings
from tests.kits.test_check import CHANNELS, KITS
from tests.kits.test_export import archive
from tests.pages import is_empty, sign_in
from tests.world import World


@pytest.fixture
def kits_dir(tmp_path: Path) -> Path:
    """A folder with shipped kits, and one that is broken."""
    folder = tmp_path / "campaigns"
    shutil.copytree(KITS / "ukm-go-digital", folder / "ukm-go-digital")
    shutil.copytree(KITS / "pelatihan-sied", folder / "pelatihan-sied")
    shutil.copytree(KITS / "ukm-go-digital", folder / "rusak")
    text = (folder / "rusak" / "campaign.yaml").read_text(encoding="utf-8")
    broken = text.replace("key: ukm-go-digital", "key: rusak").replace("name: UKM Go Digital", "name: Paket rusak")
    (folder / "rusak" / "campaign.yaml").write_text(broken.replace("days: 21", "days: banyak"), encoding="utf-8")
    return folder


@pytest.fixture
def app(settings: Settings, clock: FrozenClock, kits_dir: Path) -> Iterator[Flask]:
    application = create_app(replace(settings, kits_dir=kits_dir), clock=clock, channels=CHANNELS)
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture(autouse=True)
def services(session: Session) -> None:
    load_services(session)
    session.commit()


def campaigns(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Campaign)) or 0


def test_list_shows_each_kit_and_how_it_stands(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/paket").text
    for words in ("UKM Go Digital", "isian perlu dilengkapi", "Paket rusak", "1 hal perlu diperbaiki", "Unggah paket"):
        assert words in page, words
    assert 'value="2026-11-30"' in page, "next Monday is offered"


def test_a_broken_kit_shows_file_and_line_and_no_button(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/paket/rusak").text
    assert "Berkas campaign.yaml, baris 11" in page
    assert "Gunakan paket ini" not in page
    answer = client.post("/paket/rusak/pakai", data={"start": "2026-11-30"})
    assert answer.status_code == 422


def test_what_is_to_be_filled_in_is_named_as_the_office_knows_it(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/paket/ukm-go-digital").text
    assert re.search(r"<strong>Kegiatan “[^”]+”</strong>\s*<span class=\"d-block\">Perlu dilengkapi", page)
    assert ".yaml" not in page


def test_a_kit_is_used_once_for_each_start(client: FlaskClient, world: World, session: Session) -> None:
    world.outlet("x")
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/paket/ukm-go-digital").text
    assert "Hari ke-1, 09.00" in page
    assert "X (Twitter), Halaman Facebook" in page
    answer = client.post("/paket/ukm-go-digital/pakai", data={"start": "2026-11-30"})
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "UKM Go Digital" in page
    assert "masih draf" in page
    assert "untuk “Grup WhatsApp” dilewati" in page, "what found no outlet is told"
    again = client.post("/paket/ukm-go-digital/pakai", data={"start": "2026-11-30"})
    assert again.location == answer.location
    assert "tidak ada yang diubah" in client.get(again.location).text
    assert campaigns(session) == 1
    assert session.scalar(select(func.count()).select_from(Post)) == 9
    client.post("/paket/ukm-go-digital/pakai", data={"start": "2027-01-04"})
    assert campaigns(session) == 2
    assert "Dipakai mulai Sen, 4 Jan 2027" in client.get("/paket").text


@pytest.mark.parametrize(("start", "sentence"), [("2026-11-23", "sudah lewat"), ("", "wajib diisi"), ("x", "dibaca")])
def test_a_wrong_start_is_told(client: FlaskClient, world: World, session: Session, start: str, sentence: str) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post("/paket/ukm-go-digital/pakai", data={"start": start})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert campaigns(session) == 0


def test_a_zip_is_uploaded_and_used(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    data = {"start": "2026-12-07", "file": (io.BytesIO(pack(KITS / "kenal-smart-city")), "kenal.zip")}
    answer = client.post("/paket/unggah", data=data)
    assert answer.status_code == 302
    assert "Kenal Smart City" in client.get(answer.location).text
    assert campaigns(session) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"bukan zip", "bukan ZIP"),
        (archive(("../luar.txt", b"x")), "di luar foldernya"),
        (archive(("a/campaign.yaml", b"key: [")), "campaign.yaml:2"),  # the bracket is missed where the file ends
    ],
)
def test_a_bad_zip_gets_a_sentence(
    client: FlaskClient, world: World, session: Session, data: bytes, sentence: str
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    form = {"start": "2026-12-07", "file": (io.BytesIO(data), "paket.zip")}
    answer = client.post("/paket/unggah", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert campaigns(session) == 0


def test_nothing_chosen_is_told(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post("/paket/unggah", data={"start": "2026-12-07"})
    assert answer.status_code == 422
    assert "Pilih berkas ZIP paket" in answer.text


def test_viewers_look_and_use_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get("/paket/ukm-go-digital").text
    assert "Isi paket" in page
    assert "Gunakan paket ini" not in page
    assert client.post("/paket/ukm-go-digital/pakai", data={"start": "2026-11-30"}).status_code == 403
    assert client.post("/paket/unggah").status_code == 403


def test_names_lead_nowhere_else(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    for name in ("tidak-ada", "..", "%2e%2e"):
        assert client.get(f"/paket/{name}").status_code == 404, name


def test_a_campaign_is_downloaded_as_a_kit(client: FlaskClient, world: World) -> None:
    campaign = world.campaign(name="Gerakan Sadar Sampah")
    sign_in(client, world.user(Role.EDITOR))
    assert f"/paket/unduh/{campaign.id}.zip" in client.get(f"/program/{campaign.id}").text
    answer = client.get(f"/paket/unduh/{campaign.id}.zip")
    assert answer.mimetype == "application/zip"
    assert "gerakan-sadar-sampah.zip" in answer.headers["Content-Disposition"]
    assert answer.data[:2] == b"PK"


def test_schema_is_public(client: FlaskClient) -> None:
    answer = client.get("/paket/skema/post.json")
    assert answer.status_code == 200
    assert json.loads(answer.text)["title"] == "posts/*.md"
    assert client.get("/paket/skema/rahasia.json").status_code == 404


def test_an_empty_folder_says_so(client: FlaskClient, world: World, kits_dir: Path) -> None:
    shutil.rmtree(kits_dir)
    sign_in(client, world.user(Role.EDITOR))
    assert is_empty(client.get("/paket").text)


def test_programmes_of_training_are_made_with_one_button(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/paket/pelatihan-sied").text
    assert "Surat masuk dan disposisi" in page
    assert "6 modul, 15 jam, rubrik 5 kriteria, tes 14 soal" in page
    assert "Tanggal mulai" not in page
    answer = client.post("/paket/pelatihan-sied/program-pelatihan")
    assert answer.status_code == 302
    assert "Pelatihan SIED bagi OPD" in client.get(answer.location).text
    assert campaigns(session) == 0
    again = client.post("/paket/pelatihan-sied/program-pelatihan", follow_redirects=True).text
    assert "sudah ada" in again
    page = client.get("/paket/pelatihan-sied").text
    assert "Sudah dibuat:" in page
    assert "Buat program pelatihan" not in page
    assert "Program pelatihan: Pelatihan SIED bagi OPD" in client.get("/paket").text


def test_a_campaign_says_that_its_programmes_come_along(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "Program pelatihannya ikut dibuat" in client.get("/paket/ukm-go-digital").text
    answer = client.post("/paket/ukm-go-digital/pakai", data={"start": "2026-12-07"}, follow_redirects=True)
    assert "1 program pelatihan ikut dibuat" in answer.text
    assert campaigns(session) == 1


def test_a_zip_of_training_is_uploaded_and_comes_back_out(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    data = {"start": "2026-12-07", "file": (io.BytesIO(pack(KITS / "komunitas-programmer")), "komunitas.zip")}
    answer = client.post("/paket/unggah", data=data)
    assert answer.status_code == 302
    number = answer.location.rpartition("/")[2]
    assert campaigns(session) == 0
    out = client.get(f"/paket/unduh/pelatihan/{number}.zip")
    assert out.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(out.data)) as archive:
        names = archive.namelist()
    assert "komunitas-programmer/programmes/komunitas-programmer.yaml" in names
    assert "komunitas-programmer/tests/tes-komunitas-programmer.yaml" in names


def test_viewers_make_no_programmes(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    assert "Buat program pelatihan" not in client.get("/paket/pelatihan-sied").text
    assert client.post("/paket/pelatihan-sied/program-pelatihan").status_code == 403
