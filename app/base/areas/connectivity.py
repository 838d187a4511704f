"""The dated, sourced register of villages' networks. A village's last known status is its latest statement."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Connectivity, District, Village
from app.kernel import audit
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Actor, Can
from app.kernel.text import T

BLANKSPOTS = Path(__file__).with_name("blankspot_2021.csv")
REGISTER_2021 = "blankspot-2021"
EARLIEST_YEAR = 1990


class ConnectivityStatus(StrEnum):
    NONE = "none"
    PARTIAL = "partial"  # some network: only one place, only one programme
    SERVED = "served"  # somebody says that it is served: always shown with who and when


UNSERVED = (ConnectivityStatus.NONE, ConnectivityStatus.PARTIAL)
"""The latest statement of a blank spot: for lists, counts and the tours of a kit alike."""


class Precision(StrEnum):
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


def as_of_from(year: int, month: int | None = None, day: int | None = None) -> tuple[date, Precision]:
    """Return the first day of what is known, and how much is known. Raises Invalid for a day without a month or no
    date."""
    if day and not month:
        raise Invalid(T("Pilih bulannya juga, atau kosongkan tanggalnya."), field="month")
    if year < EARLIEST_YEAR:
        raise Invalid(T("Tahun paling awal adalah %(year)s.", year=EARLIEST_YEAR), field="year")
    try:
        known = date(year, month or 1, day or 1)
    except ValueError as error:
        raise Invalid(T("Tanggal ini tidak ada dalam kalender."), field="day" if day else "year") from error
    return known, Precision.DAY if day else Precision.MONTH if month else Precision.YEAR


def record_connectivity(
    session: Session,
    actor: Actor,
    village_code: str,
    *,
    status: str,
    status_text: str,
    as_of: date,
    precision: str,
    source: str,
    provider: str | None = None,
    today: date,
    now: datetime,
) -> Connectivity:
    """Add a statement; the same again gives the one that stands. `today` is the regency's date.

    Raises NotFound for an unknown village, Invalid for a day to come, a statement without a source, or one that
    says the same on the same day with another source.
    """
    check_may_record(actor)
    if session.get(Village, village_code) is None:
        raise NotFound(T("Desa/kelurahan dengan kode “%(code)s” tidak ada.", code=village_code))
    values = {
        "status": ConnectivityStatus(status),
        "as_of_precision": Precision(precision),
        "source": _required(source, "source", 400, T("Tulis sumbernya: nama surat, laporan, atau alamat berita.")),
        "provider": _cut(provider, "provider", 120),
    }
    text = _required(status_text, "status_text", 200, T("Tulis keadaannya dengan singkat."))
    if as_of > today:
        raise Invalid(T("Tanggal keadaan ini belum terjadi. Isi tanggal sampai hari ini."), field="year")
    standing = session.scalar(
        select(Connectivity).where(
            Connectivity.village_code == village_code,
            Connectivity.as_of == as_of,
            Connectivity.status_text == text,
        )
    )
    if standing:
        if any(getattr(standing, name) != value for name, value in values.items()):
            raise Invalid(
                T(
                    "Catatan dengan tanggal dan keadaan yang sama sudah ada. "
                    "Ubah kalimat keadaannya, atau hapus yang lama."
                ),
                field="status_text",
            )
        return standing
    record = Connectivity(village_code=village_code, as_of=as_of, status_text=text, **values)
    session.add(record)
    session.flush()
    audit.record(session, actor, "connectivity.recorded", record, now=now, after=_plain(record))
    return record


def remove_connectivity(session: Session, actor: Actor, record_id: int, *, now: datetime) -> Connectivity:
    """Take back a statement that was entered by mistake; the audit trail keeps what it said."""
    check_may_record(actor)
    record = session.get(Connectivity, record_id)
    if record is None:
        raise NotFound(T("Catatan jaringan ini tidak ada, mungkin sudah dihapus."))
    if record.register:
        raise Forbidden(
            T(
                "Catatan dari daftar blank spot 2021 tidak bisa dihapus. "
                "Tambahkan catatan yang lebih baru bila keadaan berubah."
            )
        )
    audit.record(session, actor, "connectivity.removed", record, now=now, before=_plain(record))
    session.delete(record)
    session.flush()
    return record


def set_population(
    session: Session, actor: Actor, district_code: str, *, population: int | None, source: str, now: datetime
) -> District:
    """Key in how many people live in a district, and who says so. None takes the number back."""
    check_may_record(actor)
    district = session.get(District, district_code)
    if district is None:
        raise NotFound(T("Kecamatan dengan kode “%(code)s” tidak ada.", code=district_code))
    if population is not None and not 0 <= population <= 10_000_000:
        raise Invalid(T("Isi jumlah penduduk antara 0 dan 10.000.000."), field="population")
    kept = None
    if population is not None:
        kept = _required(source, "source", 200, T("Tulis sumber angkanya, misalnya “Disdukcapil, Juni 2026”."))
    before = {"population": district.population, "population_source": district.population_source}
    after = {"population": population, "population_source": kept}
    if before != after:
        district.population, district.population_source = population, kept
        session.flush()
        audit.record(session, actor, "district.population", district, now=now, before=before, after=after)
    return district


def load_blankspots(session: Session, path: Path | None = None) -> int:
    """Load the register of 2021 (23 villages of Kutai Kartanegara) and return how many statements are new.

    Villages that this installation does not have are left out, so another regency simply has none of them.
    """
    with (path or BLANKSPOTS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = set(session.scalars(select(Village.code).where(Village.code.in_([row["village_code"] for row in rows]))))
    return insert_missing(session, Connectivity, [_statement(row) for row in rows if row["village_code"] in known])


def _statement(row: Mapping[str, str]) -> dict[str, Any]:
    as_of, precision = as_of_from(*(int(part) for part in row["as_of"].split("-")))
    source = row["source"]
    if row["name_in_source"] != row["name"]:
        source += f" (ditulis “{row['name_in_source']}”)"
    return {
        "village_code": row["village_code"],
        "as_of": as_of,
        "as_of_precision": precision,
        "status": ConnectivityStatus(row["status"]),
        "status_text": row["status_text"],
        "provider": row["provider"],
        "source": source,
        "register": REGISTER_2021,
    }


def _plain(record: Connectivity) -> dict[str, Any]:
    return {
        "village_code": record.village_code,
        "as_of": record.as_of.isoformat(),
        "as_of_precision": str(record.as_of_precision),
        "status": str(record.status),
        "status_text": record.status_text,
        "provider": record.provider,
        "source": record.source,
    }


def check_may_record(actor: Actor) -> None:
    if not (actor.of_office and actor.can(Can.KEEP_COVERAGE)):
        raise Forbidden(T("Hanya editor dan admin kantor yang mengubah data wilayah."))


def _required(text: str | None, field: str, limit: int, sentence: T) -> str:
    cut = _cut(text, field, limit)
    if cut is None:
        raise Invalid(sentence, field=field)
    return cut


def _cut(text: str | None, field: str, limit: int) -> str | None:
    plain = " ".join((text or "").split())
    if len(plain) > limit:
        raise Invalid(T("Terlalu panjang: paling banyak %(limit)s huruf.", limit=limit), field=field)
    return plain or None
