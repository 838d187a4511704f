"""The attendance sheet: names, empty rows, and the head of the table on every page."""

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from app.base.documents.qr import qr
from app.base.documents.render import Renderer

NASTY = "#panic() *tebal* _miring_ $x^2$ @ref <label> `kode` [kurung] // bukan komentar"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def data(people: int = 0, empty: int = 10, **more: Any) -> dict[str, Any]:
    named = [{"name": f"Warga Nomor{number}", "origin": "Loa Ulung", "sex": "P"} for number in range(people)]
    return {
        "office": {"name": "Diskominfo", "regency": "Pemerintah Kabupaten Kutai Kartanegara", "address": "Tenggarong"},
        "campaign": "Sosialisasi",
        "heading": "Daftar Hadir Peserta",
        "title": "Sosialisasi Posyandu",
        "when": "Selasa, 24 November 2026 pukul 08.00–10.00 WITA",
        "place": "Balai Desa",
        "organiser": "KIM Loa Ulung",
        "people": named,
        "empty": empty,
        **more,
    }


def pages(document: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


def test_registered_names_come_first_then_empty_rows(renderer: Renderer) -> None:
    [page] = pages(renderer.pdf("attendance_sheet", data(3, 5)))
    assert "Warga Nomor2" in page
    assert "8." in page
    assert "9." not in page
    for words in ("DAFTAR HADIR PESERTA", "Sosialisasi Posyandu", "Diskominfo", "Balai Desa", "KIM Loa Ulung"):
        assert words in page


def test_the_head_of_the_table_stands_on_every_page(renderer: Renderer) -> None:
    found = pages(renderer.pdf("attendance_sheet", data(120, 10)))
    assert len(found) > 3
    for page in found:
        assert "Asal/Instansi" in page
        assert "Tanda tangan" in page
    assert "Warga Nomor119" in " ".join(found)
    assert f"Halaman 2 dari {len(found)}" in found[1]


def test_a_sheet_without_names_is_full_of_rows(renderer: Renderer) -> None:
    found = pages(renderer.pdf("attendance_sheet", data(0, 40)))
    assert "40." in found[-1]


def test_what_people_wrote_is_no_markup_and_long_names_stay_in_their_row(renderer: Renderer) -> None:
    long = "Nama " * 40
    people = [{"name": NASTY, "origin": NASTY, "sex": ""}, {"name": long, "origin": long, "sex": "L"}]
    document = renderer.pdf("attendance_sheet", data(people=0, empty=2) | {"people": people, "title": NASTY})
    text = "".join("".join(pages(document)).split())
    assert text.count("".join(NASTY.split())) >= 2
    assert text.count("Nama") >= 80


def test_the_code_at_the_door_fills_one_page_whatever_the_title(renderer: Renderer) -> None:
    address = "https://gaung.example.go.id/hadir/pintu/MTIz.abcdefghijklmnopqrstuvwxyz12"
    code = qr(address)
    versions = [{"link": {"text": "", "qr": code.svg, "modules": code.modules}}]
    for title in ("Rapat", NASTY, "Sosialisasi layanan kesehatan " * 6):
        drawn = renderer.pngs("door_qr", data(versions=versions, title=title), ppi=60)
        assert len(drawn) == 1
        [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn[0])))
        assert read.text == address
