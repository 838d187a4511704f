"""The laporan kegiatan as PDF, read back."""

import io
import time
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from app.base.documents.render import Renderer

DATA: Mapping[str, Any] = {
    "office": {"name": "KIM Batuq Maju", "regency": "Kabupaten Kutai Kartanegara", "address": "Jalan Poros 1"},
    "campaign": "Kumpul warga",
    "title": "Kumpul warga #satu *dua* $tiga$",
    "kind": "Kegiatan KIM",
    "verified": False,
    "status": "Dilaporkan, menunggu diperiksa",
    "facts": [["Jenis kegiatan", "Kegiatan KIM"], ["Kode terima", "AB2C-DE3F"]],
    "invitation": [["Kepada", "Warga Batuq, Kecamatan Muara Muntai"], ["Acara", "Kumpul warga"]],
    "description": "",
    "agenda": ["08.00 Pembukaan", "09.00 Diskusi"],
    "speakers": [["Ahmad Yani", "Dinas Dukcapil"]],
    "people": 12,
    "headcount": {"bands": ["Dewasa (31–59)"], "rows": [["Perempuan", "7", "7"]], "sums": ["7", "7"]},
    "named": 0,
    "attendance": [],
    "told": "Baris pertama.\nBaris kedua.",
    "agreements": [["Rapat lagi", "Ketua", "1 Desember 2026"]],
    "questions": [{"text": "<script>alert(1)</script>?", "answer": "Ya", "status": "Sudah dijawab"}],
    "materials": [["Selebaran", "–", "35"]],
    "notes": "",
    "spj": [["KAK/TOR", True], ["Undangan", False]],
    "signatures": [
        {"role": "Penyelenggara", "title": "KIM Batuq Maju", "name": "Dian"},
        {"role": "Mengetahui", "title": "", "name": ""},
    ],
    "place_and_day": "Desa Batuq, 24 November 2026",
    "receipt": "AB2C-DE3F",
    "photos": [],
}


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def read(renderer: Renderer, images: Mapping[str, bytes] | None = None, **changed: Any) -> list[str]:
    """The text of each page."""
    document = renderer.pdf("activity_report", {**DATA, **changed}, images=images)
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


def noise(side: int = 900) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side * 3 // 4), 80).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def test_it_holds_what_was_written_and_no_markup_of_it(renderer: Renderer) -> None:
    text = " ".join(read(renderer))
    for words in (
        "KIM Batuq Maju", "Kumpul warga #satu *dua* $tiga$", "AB2C-DE3F", "09.00 Diskusi", "Ahmad Yani",
        "Baris pertama.", "<script>alert(1)</script>?", "Rapat lagi", "Selebaran", "Undangan dan acara",
        "Warga Batuq", "Penyelenggara",
        "Mengetahui", "Nama dan NIP", "Dian", "Desa Batuq, 24 November 2026",
    ):  # fmt: skip
        assert words in text, words


def test_it_says_that_it_was_not_verified_until_it_was(renderer: Renderer) -> None:
    pages = read(renderer, photos=[{"name": "", "caption": "Foto"}])
    assert all("BELUM DIPERIKSA" in page for page in pages)
    assert not any("BELUM DIPERIKSA" in page for page in read(renderer, verified=True))


def test_every_page_has_its_number(renderer: Renderer) -> None:
    names = [[f"Warga {number}", ""] for number in range(120)]
    pages = read(renderer, attendance=names)
    assert len(pages) > 3
    assert all(f"Halaman {number} dari {len(pages)}" in page for number, page in enumerate(pages, 1))


def test_the_list_of_names_is_an_annex_of_its_own(renderer: Renderer) -> None:
    pages = read(renderer, attendance=[["Siti Aminah", "RT 4"]])
    assert "Siti Aminah" in pages[-1]
    assert "Lampiran: daftar hadir" in pages[-1]
    assert not any("Siti" in page for page in pages[:-1])


def test_what_was_not_written_is_said(renderer: Renderer) -> None:
    text = " ".join(read(renderer, people=None, headcount={}, told="", questions=[], agreements=[], spj=[]))
    assert "Jumlah peserta tidak dihitung." in text
    assert "Belum ditulis." in text
    assert "Kelengkapan SPJ" not in text


def test_photos_stand_two_in_a_row_with_their_captions(renderer: Renderer) -> None:
    photos = [{"name": f"p{number}", "caption": f"Keterangan {number}"} for number in range(8)]
    images = {f"p{number}": noise(200) for number in range(8)}
    document = renderer.pdf("activity_report", {**DATA, "photos": photos}, images=images)
    page = PdfReader(io.BytesIO(document)).pages[-2]
    assert len(page.images) + len(PdfReader(io.BytesIO(document)).pages[-1].images) == 8
    assert "Keterangan 5" in page.extract_text()


def test_twenty_photos_take_less_than_two_seconds_of_work(renderer: Renderer) -> None:
    photos = [{"name": f"p{number}", "caption": "Foto"} for number in range(20)]
    images = {f"p{number}": noise() for number in range(20)}
    renderer.pdf("activity_report", DATA)
    begun = time.process_time()
    renderer.pdf("activity_report", {**DATA, "photos": photos}, images=images)
    assert time.process_time() - begun < 2
