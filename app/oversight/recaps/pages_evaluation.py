"""The national evaluation sheet as a report: a section for each dimension, a table for each programme."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from app.base.documents.sheets import Cell
from app.base.web.formats import sentence
from app.outreach.campaigns.models import Dimension
from app.oversight.recaps.evaluations import cell_of, known_weights
from app.oversight.recaps.models import Evaluation, EvaluationEvidence, EvaluationRow
from app.oversight.recaps.proposals import ImpactSurvey
from app.oversight.recaps.sections import Recap, Section, Table


def evaluation_recap(
    found: Evaluation, dimensions: Sequence[Dimension], survey: ImpactSurvey, *, site: str, made: datetime,
    practice: bool,
) -> Recap:  # fmt: skip
    """Return the sheet as a report. `made`: in the regency's zone; `site`: the address before every path."""
    sections = [_weights(found, survey)]
    for dimension in dimensions:
        rows = [row for row in found.rows if row.dimension_key == dimension.key]
        if rows:
            sections.append(
                Section(dimension.key, dimension.name, tables=[_table(found, row, site) for row in rows])
            )  # fmt: skip
        else:
            sections.append(Section(dimension.key, dimension.name, missing=_("belum ada program di lembar ini")))
    notes = [_("Angka usulan diambil dari catatan Gaung dan diperiksa kantor; yang kosong belum diisi dan bukan 0.")]
    title = _("Evaluasi smart city %(year)s", year=found.year)
    return Recap(title, str(found.year), made, sections, notes, practice=practice, wide=True)


def _weights(found: Evaluation, survey: ImpactSurvey) -> Section:
    known = known_weights(found)
    rows: list[list[Cell]] = [
        [part["title"], part["weight"] if known else _("belum dicatat"), part["asks"]] for part in found.parts
    ]
    said = [] if known else [_("Bobot tahun %(year)s belum dicatat.", year=found.year)]
    notes = [_("Bobot menurut: %(source)s", source=found.source)] if known and found.source else []
    return Section(
        "bobot", _("Bagian dan bobotnya"), [*said, sentence(survey.sentence)],
        tables=[Table([_("Bagian"), _("Bobot (%)"), _("Yang diminta")], rows, (3, 2, 10))], notes=notes,
    )  # fmt: skip


def _table(found: Evaluation, row: EvaluationRow, site: str) -> Table:
    titles = [_("Bagian"), _("Uraian"), _("Angka"), _("Satuan"), _("n"), _("Bukti")]
    return Table(titles, [_line(row, part, site) for part in found.parts], (3, 9, 2, 2, 2, 8), row.title)


def _line(row: EvaluationRow, part: Mapping[str, str], site: str) -> list[Cell]:
    cell = cell_of(row, part["key"])
    shown = "; ".join(_evidence(one, site) for one in row.evidence if one.part == part["key"])
    if cell is None or not (cell.text or cell.number is not None):
        return [part["title"], _("belum diisi"), None, "", None, shown]
    return [part["title"], cell.text, cell.number, cell.unit, cell.n, shown]


def _evidence(one: EvaluationEvidence, site: str) -> str:
    """With the address of its page; a file is opened from the sheet in the application."""
    return f"{one.title}: {site.rstrip('/')}{one.address}" if one.address else _("%(name)s (berkas)", name=one.title)
