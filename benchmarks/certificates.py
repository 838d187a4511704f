"""How long the certificates of a batch of 500 take, two pages each, with a code of their own made anew in every round.

`500-one` is the time for one PDF of all, `500-files` for a ZIP of 500 single files as it goes out to a browser.
`first_ms`: until the first bytes of the ZIP are there. Nothing is read from a database.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from app.base.documents.render import Renderer
from app.base.documents.zips import zipped
from app.learning.certificates.codes import new_code
from app.learning.certificates.document import CHUNK, render_each, render_merged, sheets_of
from app.learning.certificates.models import Certificate
from app.learning.certificates.routes_files import ZIP_CHUNK
from benchmarks.measure import line, rss_mb

PEOPLE = 500
SITE = "https://gaung.example.go.id"
NAMES = (
    "Siti Aminah",
    "Muhammad Nur Hidayatullah, S.Kom.",
    "Raden Ayu Kartika Sari Syarifuddin Kartanegara, S.Sos., M.Si.",
)
OFFICE = {
    "name": "Dinas Komunikasi dan Informatika", "regency": "Pemerintah Kabupaten Kutai Kartanegara",
    "address": "Tenggarong", "phone": "", "email": "",
}  # fmt: skip
FACTS = {
    "programme": "Komunitas Programmer: dari nol ke layanan publik",
    "batch": "Angkatan 1",
    "starts_on": "2026-11-03",
    "ends_on": "2026-11-20",
    "minutes": 12 * 120,
    "modules": [
        {"title": f"Materi {n}: dari kebutuhan warga ke layanan", "minutes": 120,
         "skills": [{"name": "Basis data", "level": 2}]}
        for n in range(1, 13)
    ],
    "skills": [
        {"name": f"Keterampilan {n}", "level": 2, "level_name": "Mandiri", "means": "Mengerjakannya tanpa bantuan."}
        for n in range(5)
    ],
    "organiser": OFFICE["name"],
    "regency": "Kabupaten Kutai Kartanegara",
    "office": OFFICE,
    "signer": {"name": "Nama Penanda Tangan", "title": "Kepala Dinas", "city": "Tenggarong", "number": ""},
    "day": "2026-11-24",
    "simulated": False,
}  # fmt: skip


def run() -> Iterator[dict[str, object]]:
    renderer = Renderer()
    firsts: list[float] = []

    def one() -> None:
        render_merged(renderer, sheets_of(_certificates(), SITE, chunk=CHUNK))

    def each() -> None:
        started = time.perf_counter()
        parts = zipped(render_each(renderer, sheets_of(_certificates(), SITE, chunk=ZIP_CHUNK)))
        next(parts)
        firsts.append((time.perf_counter() - started) * 1000)
        for _part in parts:
            pass

    yield line("certificates", "500-one", _times(one), rss_mb=rss_mb())
    times = _times(each)
    yield line("certificates", "500-files", times, first_ms=round(sorted(firsts)[len(firsts) // 2], 1), rss_mb=rss_mb())


def _certificates() -> list[Certificate]:
    return [
        Certificate(
            id=number, number=f"{number:04d}/SERT/KOMUNITAS-PROGRAMMER/2026", code=new_code(), facts=FACTS,
            name=f"{NAMES[number % len(NAMES)]} {number}", issued_on=date(2026, 11, 24),
        )
        for number in range(1, PEOPLE + 1)
    ]  # fmt: skip


def _times(work: Callable[[], Any], *, rounds: int = 7, warm: int = 1) -> list[float]:
    """Milliseconds."""
    times = []
    for number in range(warm + rounds):
        started = time.perf_counter()
        work()
        if number >= warm:
            times.append((time.perf_counter() - started) * 1000)
    return times
