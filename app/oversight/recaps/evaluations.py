"""The national evaluation of a year: its parts with their weights, and the rows that the office fills in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.periods import EARLIEST, LATEST
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Campaign, Dimension
from app.oversight.recaps.models import Evaluation, EvaluationCell, EvaluationRow

DATA = Path(__file__).with_name("evaluation.yaml")
FULL_WEIGHT = 100
TOLERANCE = 0.01
MAX_TITLE, MAX_UNIT, MAX_TEXT, MAX_SOURCE = 200, 40, 4000, 300
LARGEST = 10**12
STALE = T(
    "Lembar ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Isian Anda masih ada di halaman ini: "
    "bandingkan dengan keadaan terakhir, lalu simpan sekali lagi."
)


@dataclass(frozen=True)
class CellValues:
    """What a person says of one part. None for `number` or `n`: not known, which is not 0."""

    text: str = ""
    number: float | None = None
    unit: str = ""
    n: int | None = None


@dataclass(frozen=True)
class Weights:
    """Percent by part; all None where they are not known. `source`: the document they stand in."""

    of: Mapping[str, float | None] = field(default_factory=dict)
    source: str = ""


# --- who ---


def may_write(actor: Actor) -> bool:
    return actor.of_office and actor.can(Can.WRITE_EVALUATIONS)


def may_weigh(actor: Actor) -> bool:
    return actor.of_office and actor.can(Can.WEIGH_EVALUATIONS)


def check_may_weigh(actor: Actor) -> None:
    if not may_weigh(actor):
        raise Forbidden(T("Bobot evaluasi hanya diubah oleh admin kantor komunikasi."))


def check_may_write(actor: Actor) -> None:
    if not may_write(actor):
        raise Forbidden(T("Lembar evaluasi diisi oleh kontributor, editor, dan admin di kantor komunikasi."))


# --- reading ---


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return loaded


def parts_in(year: int) -> list[dict[str, Any]]:
    """Return the parts of a year nobody has opened yet; their weights where the data know them."""
    known = (_data()["years"] or {}).get(year, {}).get("weights", {})
    return [{**part, "weight": known.get(part["key"])} for part in _data()["parts"]]


def evaluation_of(session: Session, year: int) -> Evaluation:
    """Return the evaluation of the year, or one that is not stored yet. Raises NotFound for a number that is no such
    year."""
    if not EARLIEST <= year <= LATEST:
        raise NotFound(T("Tahun ini tidak ada. Pilih tahun dari daftar."))
    query = select(Evaluation).where(Evaluation.year == year).options(
        selectinload(Evaluation.rows).selectinload(EvaluationRow.cells),
        selectinload(Evaluation.rows).selectinload(EvaluationRow.evidence),
    )  # fmt: skip
    source = (_data()["years"] or {}).get(year, {}).get("source", "")
    return session.scalar(query) or Evaluation(year=year, parts=parts_in(year), source=source, rows=[])


def years(session: Session, today_year: int) -> list[int]:
    """Return this year and the one before, and all that somebody filled in; the latest first."""
    stored = session.scalars(select(Evaluation.year))
    return sorted({*stored, today_year, today_year - 1}, reverse=True)


def version_of(evaluation: Evaluation) -> int:
    """Return the version of a sheet, 0 while it is not stored."""
    return evaluation.version or 0


def known_weights(evaluation: Evaluation) -> bool:
    return all(part["weight"] is not None for part in evaluation.parts)


def dimensions(session: Session) -> Sequence[Dimension]:
    return session.scalars(select(Dimension).order_by(Dimension.position)).all()


def row_of(session: Session, row_id: int) -> EvaluationRow:
    row = session.get(EvaluationRow, row_id)
    if row is None:
        raise NotFound(T("Baris ini tidak ada, mungkin sudah dihapus. Buka lagi lembar evaluasinya."))
    return row


def part_of(evaluation: Evaluation, key: str) -> dict[str, Any]:
    part = next((one for one in evaluation.parts if one["key"] == key), None)
    if part is None:
        raise NotFound(T("Bagian ini tidak ada di evaluasi tahun itu."))
    return part


def cell_of(row: EvaluationRow, part: str) -> EvaluationCell | None:
    return next((one for one in row.cells if one.part == part), None)


# --- verbs ---


def set_weights(
    session: Session, actor: Actor, year: int, values: Weights, *, seen: int | None, now: datetime
) -> Evaluation:
    """Set the weights of the parts. Raises Invalid (field weights) unless all are empty or add up to 100; Stale,
    Forbidden, NotFound."""
    check_may_weigh(actor)
    _check_weights(values)
    evaluation = _stored(session, actor, year, seen=seen, now=now)
    before = _weights(evaluation)
    evaluation.parts = [{**part, "weight": values.of.get(part["key"])} for part in evaluation.parts]
    evaluation.source = values.source.strip()
    evaluation.updated_by_id, evaluation.updated_at = actor.id, now
    _flush(session)
    after = _weights(evaluation)
    if after != before:
        audit.record(session, actor, "evaluation.weighed", evaluation, now=now, before=before, after=after)
    return evaluation


def _check_weights(values: Weights) -> None:
    given = list(values.of.values())
    at_most(values.source.strip(), MAX_SOURCE, "source")
    if all(one is None for one in given):
        return
    weights = [one for one in given if one is not None]
    if len(weights) < len(given):
        raise Invalid(T("Isi bobot semua bagian, atau kosongkan semuanya bila belum diketahui."), field="weights")
    if not all(isfinite(one) and 0 <= one <= FULL_WEIGHT for one in weights):
        raise Invalid(T("Tiap bobot antara 0 dan 100 persen."), field="weights")
    total = sum(weights)
    if abs(total - FULL_WEIGHT) > TOLERANCE:
        said = f"{total:g}".replace(".", ",")
        raise Invalid(T("Jumlah semua bobot harus 100 persen; sekarang %(total)s.", total=said), field="weights")
    if not values.source.strip():
        raise Invalid(T("Tulis dokumen tempat bobot ini tercantum."), field="source")


def add_row(
    session: Session, actor: Actor, year: int, *, dimension_key: str, title: str, campaign_id: int | None, now: datetime
) -> EvaluationRow:
    """Add a programme to the sheet. Raises Invalid with its field, Forbidden, NotFound."""
    check_may_write(actor)
    evaluation = _stored(session, actor, year, seen=None, now=now)
    row = EvaluationRow(year=evaluation.year, created_by_id=actor.id, created_at=now, updated_at=now)
    _name(session, row, dimension_key, title, campaign_id)
    evaluation.rows.append(row)
    _flush(session)
    audit.record(session, actor, "evaluation.row_added", row, now=now, after=_facts(row))
    return row


def edit_row(
    session: Session, actor: Actor, row_id: int, *, dimension_key: str, title: str, campaign_id: int | None,
    seen: int | None, now: datetime,
) -> EvaluationRow:  # fmt: skip
    """Change which programme a row is. Raises Invalid with its field, Stale, Forbidden, NotFound."""
    row = row_to_write(session, actor, row_id, seen=seen)
    before = _facts(row)
    _name(session, row, dimension_key, title, campaign_id)
    row.updated_at = now
    _flush(session)
    if _facts(row) != before:
        audit.record(session, actor, "evaluation.row_edited", row, now=now, before=before, after=_facts(row))
    return row


def remove_row(session: Session, actor: Actor, row_id: int, *, now: datetime) -> None:
    """Remove a row with what was filled in; the trail keeps the words."""
    row = row_to_write(session, actor, row_id)
    told = {one.part: _told(one) for one in row.cells}
    audit.record(session, actor, "evaluation.row_removed", row, now=now, before={**_facts(row), "answers": told})
    session.delete(row)
    _flush(session)


def fill_part(
    session: Session, actor: Actor, row_id: int, part: str, values: CellValues, *, seen: int | None, now: datetime
) -> EvaluationRow:
    """Fill in one part of a row; empty values leave it unfilled. Raises Invalid with its field, Stale, Forbidden."""
    row = row_to_write(session, actor, row_id, seen=seen)
    part_of(row.evaluation, part)
    _check_cell(values)
    cell = cell_of(row, part)
    before = _told(cell) if cell else None
    if cell is None:
        cell = EvaluationCell(row_id=row.id, part=part)
        row.cells.append(cell)
    cell.text, cell.unit = values.text.strip(), values.unit.strip()
    cell.number, cell.n = values.number, values.n
    row.updated_at = now
    flag_modified(row, "updated_at")  # the row's version counts what its cells say
    _flush(session)
    if _told(cell) != before:
        audit.record(
            session, actor, "evaluation.filled", row, now=now, before={part: before}, after={part: _told(cell)}
        )
    return row


def row_to_write(session: Session, actor: Actor, row_id: int, *, seen: int | None = None) -> EvaluationRow:
    """Return a row that this person may fill in. `seen`: the version on the person's screen. Raises NotFound,
    Forbidden, Stale."""
    check_may_write(actor)
    row = row_of(session, row_id)
    if seen is not None and seen != row.version:
        raise Stale(STALE)
    return row


def _stored(session: Session, actor: Actor, year: int, *, seen: int | None, now: datetime) -> Evaluation:
    evaluation = evaluation_of(session, year)
    if seen is not None and seen != version_of(evaluation):
        raise Stale(STALE)
    if not version_of(evaluation):
        evaluation.updated_by_id, evaluation.updated_at = actor.id, now
        session.add(evaluation)
        session.flush()
    return evaluation


def _name(session: Session, row: EvaluationRow, dimension_key: str, title: str, campaign_id: int | None) -> None:
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    if campaign_id and campaign is None:
        raise Invalid(T("Pilih program dari daftar."), field="campaign_id")
    if session.get(Dimension, dimension_key) is None:
        raise Invalid(T("Pilih dimensi dari daftar."), field="dimension_key")
    said = title.strip() or (campaign.name if campaign else "")
    if not said or len(said) > MAX_TITLE:
        raise Invalid(T("Tulis nama programnya, paling banyak %(n)s huruf.", n=MAX_TITLE), field="title")
    row.dimension_key, row.title, row.campaign_id = dimension_key, said, campaign_id


def _check_cell(values: CellValues) -> None:
    for name, text, most in (("text", values.text, MAX_TEXT), ("unit", values.unit, MAX_UNIT)):
        at_most(text.strip(), most, name)
    if values.number is not None and not (isfinite(values.number) and abs(values.number) <= LARGEST):
        raise Invalid(T("Angka ini tidak bisa dipakai. Periksa penulisannya."), field="number")
    if values.n is not None and not 0 < values.n <= 10**9:
        raise Invalid(T("Tulis berapa orang atau catatan, atau kosongkan."), field="n")


def _flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(STALE) from error


def _weights(evaluation: Evaluation) -> dict[str, Any]:
    return {**{part["key"]: part["weight"] for part in evaluation.parts}, "source": evaluation.source}


def _facts(row: EvaluationRow) -> dict[str, Any]:
    return {"title": row.title, "dimension_key": row.dimension_key, "campaign_id": row.campaign_id}


def _told(cell: EvaluationCell) -> dict[str, Any]:
    return {"text": cell.text, "number": cell.number, "unit": cell.unit, "n": cell.n}
