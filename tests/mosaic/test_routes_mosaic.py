"""Peta desa: squares with names, the same as a table and a file, and the office's own boundaries."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.areas.connectivity import load_blankspots
from app.base.areas.models import Connectivity
from app.gatherings.events.models import EventStatus
from app.kernel.roles import Role
from tests.mosaic.test_boundaries import districts
from tests.mosaic.test_geojson import collection, feature
from tests.pages import asked, is_empty, sign_in
from tests.world import World

REACHED, ENGGELAM = "64.02.01.2003", "64.02.18.2007"


@pytest.fixture
def editor(client: FlaskClient, world: World, session: Session) -> FlaskClient:
    """Signed in, in a regency where one village was reached and one has no network."""
    world.event(village_code=REACHED, status=EventStatus.HELD, starts_in=timedelta(days=-3), people=25)
    load_blankspots(session)
    session.add(
        Connectivity(village_code=ENGGELAM, as_of=date(2026, 7, 1), as_of_precision="month", status="none",
                     status_text="mati", source="camat")
    )  # fmt: skip
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    return client


def page(client: FlaskClient, address: str = "/peta-desa") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def labels(text: str) -> list[str]:
    return re.findall(r'class="sq look-\w+[^"]*" href="[^"]+" aria-label="([^"]+)"', text)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_every_village_is_a_square_that_says_its_name_and_what_is_known(editor: FlaskClient) -> None:
    text = page(editor)
    assert len(labels(text)) == 237
    assert "Muara Aloh, Muara Muntai: terakhir terjangkau 21 Nov 2026 (kegiatan berlangsung)" in labels(text)
    assert "Muara Enggelam, Muara Wis: belum pernah terjangkau; tanpa jaringan (per Jul 2026)" in labels(text)
    assert "236 dari 237 desa/kelurahan belum terjangkau dalam 12 bulan terakhir" in plain(text)
    assert "12 dari 13 belum" in text
    assert text.count("offline-none") == 2, "the square and the legend"
    assert "style=" not in text


def test_each_measure_has_a_page_of_its_own_and_an_unknown_one_is_the_first(editor: FlaskClient) -> None:
    assert "Muara Aloh, Muara Muntai: 25 orang hadir dalam 1 kegiatan" in labels(
        page(editor, "/peta-desa?ukuran=hadirin")
    )
    assert "kecamatannya belum disurvei" in labels(page(editor, "/peta-desa?ukuran=pengenalan"))[0]
    assert "tidak dihitung" in page(editor, "/peta-desa?ukuran=dipesan")
    assert labels(page(editor, "/peta-desa?ukuran=entah&periode=2026-13&tampilan=entah")) == labels(page(editor))


def test_a_period_is_chosen_and_kept_in_every_link(editor: FlaskClient) -> None:
    text = page(editor, "/peta-desa?periode=2025-K2&ukuran=kegiatan")
    assert "Belum dicatat: dalam triwulan 2 2025 belum ada kegiatan" in plain(text)
    assert "Terbanyak di" not in text
    assert "dari 13 belum" not in text
    assert 'href="/kegiatan/baru"' in text
    links = re.findall(r'href="(/peta-desa[^"]*)"', text)
    chosen = [link for link in links if "tampilan=tabel" in link or "berkas" in link or "ukuran=hadirin" in link]
    assert len(chosen) >= 5
    assert all("periode=2025-K2" in link for link in chosen)


@pytest.mark.parametrize(
    ("query", "count", "first"),
    [
        ("", 237, None),
        ("&keadaan=terjangkau", 1, "Muara Aloh"),
        ("&keadaan=belum&kecamatan=64.02.01", 12, None),
        ("&keadaan=tanpa-jaringan", 4, None),
        ("&keadaan=tanpa-jaringan&q=enggelam", 1, "Muara Enggelam"),
        ("&q=64.02.18.2007", 1, "Muara Enggelam"),
        ("&urut=hadirin&arah=turun", 237, "Muara Aloh"),
        ("&urut=nama", 237, "Amborawang Darat"),
        ("&urut=kontak&arah=turun", 237, "Muara Aloh"),
        ("&q=tidakada", 0, None),
        ("&hal=99&urut=nama", 237, None),
    ],
)
def test_the_table_filters_searches_and_sorts(editor: FlaskClient, query: str, count: int, first: str | None) -> None:
    text = page(editor, f"/peta-desa?tampilan=tabel{query}")
    names = re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', text)
    if not count:
        assert is_empty(text)
        return
    assert f"{count}" in plain(text[text.index("pages-count") :])[:60]
    assert 0 < len(names) <= 50
    assert first is None or names[0] == first


def test_the_file_has_every_measure_and_the_same_filter(editor: FlaskClient) -> None:
    answer = editor.get("/peta-desa/berkas?keadaan=terjangkau&periode=2026")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Desa/kelurahan pada tahun 2026"
    titles, line = rows[1], rows[2]
    assert len(rows) == 3
    said = dict(zip(titles, line, strict=True))
    assert (said["Kode"], said["Kecamatan"], said["Orang yang hadir"]) == (REACHED, "Muara Muntai", 25)
    assert said["Kontak terakhir"].date() == date(2026, 11, 21)
    assert any(str(title).startswith("Pengenalan di kecamatan. Belum ada survei") for title in titles)
    csv = editor.get("/peta-desa/berkas?bentuk=csv&q=enggelam&periode=2025").data.decode("utf-8-sig")
    assert "belum dicatat" in csv
    assert ",belum," not in csv
    assert "tanpa jaringan (per Jul 2026)" in csv


def test_no_view_asks_more_when_more_happened(editor: FlaskClient, world: World) -> None:
    def questions(address: str) -> int:
        page(editor, address)
        with asked() as seen:
            page(editor, address)
        return len(seen)

    views = ["/peta-desa", "/peta-desa?tampilan=tabel"]
    before = [questions(view) for view in views]
    for number in range(8):
        world.event(village_code=world.village(number), status=EventStatus.HELD, starts_in=timedelta(days=-number - 1))
    assert [questions(view) for view in views] == before


def upload(client: FlaskClient, data: bytes, name: str = "batas.geojson") -> tuple[int, str]:
    answer = client.post("/peta-desa/batas", data={"file": (io.BytesIO(data), name)}, follow_redirects=True)
    return answer.status_code, answer.text


def test_boundaries_are_loaded_shown_and_removed(editor: FlaskClient, session: Session) -> None:
    assert "tampilan=peta" not in page(editor)
    status, text = upload(editor, districts(session))
    assert status == 200
    assert "Batas 20 wilayah dimuat." in text
    empty = page(editor, "/peta-desa?tampilan=peta&periode=2025")
    assert empty.count('class="area look-unknown"') == 20
    assert "Muara Muntai: belum dicatat dalam masa ini" in empty
    assert text.count('class="area look-') == 20
    assert "Muara Muntai: 1 dari 13 desa terjangkau" in text
    assert editor.get("/peta-desa/batas/berkas").data == districts(session)
    answer = editor.post("/peta-desa/batas/hapus", follow_redirects=True)
    assert "Batas wilayah dihapus" in answer.text
    assert len(labels(page(editor, "/peta-desa?tampilan=peta"))) == 237, "without boundaries the squares stand"


def test_a_wrong_file_is_refused_in_words_and_leaves_what_stands(editor: FlaskClient, session: Session) -> None:
    upload(editor, districts(session))
    status, text = upload(editor, b"<kml/>", "batas.kml")
    assert status == 422
    assert "“batas.kml” bukan GeoJSON" in text
    status, text = upload(editor, b"")
    assert status == 422
    assert len(editor.get("/peta-desa/batas/berkas").data) == len(districts(session))


def test_what_a_file_lacks_is_named_with_its_district(editor: FlaskClient) -> None:
    _status, text = upload(editor, collection(feature(REACHED)))
    assert "236 belum ada batasnya:" in text
    assert "Muara Enggelam (Muara Wis)" in text


def test_who_only_reads_sees_the_map_but_no_boundaries_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    assert "Batas wilayah" not in page(client)
    assert client.get("/peta-desa/batas").status_code == 403
