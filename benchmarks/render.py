"""How long paper takes: an A3 poster again and again, and a leaflet for each of 237 villages.

`leaflets-237-files` is the time for all 237 PDFs; `leaflets-237-one` for one PDF of all. Every village has a QR code
of its own, made anew in every round.
"""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import psutil
from PIL import Image

from app.base.documents.qr import qr
from app.base.documents.render import Renderer

VILLAGES = 237
OFFICE = {
    "name": "Dinas Komunikasi dan Informatika",
    "regency": "Pemerintah Kabupaten Kutai Kartanegara",
    "address": "Tenggarong",
}
PIECE = {
    "office": OFFICE,
    "regency": "Kabupaten Kutai Kartanegara",
    "campaign": "Kenal Smart City",
    "label": "Smart Governance",
    "headline": "Enam dimensi, satu tujuan: Kukar yang cerdas",
    "lead": "Ini cara pemerintah melayani warga lebih cepat, lebih dekat, dan lebih terbuka, sampai ke desa.",
    "points": [f"Pokok ke-{number}, dengan sebuah penjelasan yang cukup untuk dua baris" for number in range(1, 7)],
    "contact": "Datangi kantor desa atau kelurahan Anda",
}


def run() -> Iterator[dict[str, Any]]:
    """One line per case; times in milliseconds."""
    renderer = Renderer()
    images = {"image": _photo()}
    count = iter(range(10_000_000))

    def poster() -> None:
        renderer.pdf("poster", {**PIECE, "versions": [_version(next(count))]}, images=images)

    def files() -> None:
        data = {**PIECE, "versions": [_version(next(count)) for _ in range(VILLAGES)]}
        with zipfile.ZipFile(io.BytesIO(), "w") as archive:
            for number, document in enumerate(renderer.pdfs("leaflet", data)):
                archive.writestr(f"{number}.pdf", document)

    def one() -> None:
        renderer.pdf("leaflet", {**PIECE, "versions": [_version(next(count)) for _ in range(VILLAGES)]})

    yield _measure("poster", poster, rounds=200, warm=5)
    yield _measure("leaflets-237-files", files, rounds=7, warm=1)
    yield _measure("leaflets-237-one", one, rounds=9, warm=1)


def _version(number: int) -> dict[str, Any]:
    address = f"https://gaung.example.go.id/t/{number:07d}"
    code = qr(address)
    return {
        "link": {"text": address.removeprefix("https://"), "qr": code.svg, "modules": code.modules},
        "village": {"name": f"Desa {number}", "district": "Kecamatan Tenggarong Seberang"},
    }


def _photo() -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((2400, 1600)).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def _measure(case: str, work: Callable[[], None], *, rounds: int, warm: int) -> dict[str, Any]:
    for _ in range(warm):
        work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {
        "bench": "render",
        "case": case,
        "n": rounds,
        "unit": "ms",
        "p50": round(times[len(times) // 2], 1),
        "p99": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
    }
