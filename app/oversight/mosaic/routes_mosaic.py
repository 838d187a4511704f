"""Peta desa: the mosaic, the same as a table, and on real boundaries where the office loaded some."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import district_choices
from app.base.documents.sheets import CSV, XLSX, as_csv, as_xlsx
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.periods import period_asked, period_choices, period_words
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.paging import Page
from app.kernel.roles import Can
from app.oversight.mosaic import boundaries, measures, pages, queries
from app.oversight.mosaic.blueprint import bp
from app.oversight.mosaic.listing import filter_rows
from app.oversight.mosaic.squares import Mosaic, Table, VillageRow
from app.oversight.mosaic.values import Measure, MosaicScope, Source

SIZE = 50
ITEM = 60  # the longest key of a measure of a survey


def _measure() -> Measure:
    return measures.MEASURES.get(request.args.get("ukuran", ""), measures.LAST_CONTACT)


def _shown() -> Mosaic:
    return queries.mosaic(
        db.session, current_actor(), settings().regency_code, zone(), now=now(), period=period_asked(),
        measure=_measure(), item=request.args.get("tanya", "")[:ITEM],
    )  # fmt: skip


def _table_of(shown: Mosaic, columns: list[Measure]) -> Table:
    scope = MosaicScope(zone(), now(), shown.period, current_actor(), request.args.get("tanya", "")[:ITEM])
    return queries.table_of(db.session, shown, scope, columns)


@bp.get("/peta-desa")
@allow(Can.READ_OFFICE)
def index() -> ResponseReturnValue:
    shown, view = _shown(), pages.view_asked()
    loaded = boundaries.of_regency(db.session, settings().regency_code)
    if view == "peta" and loaded is None:
        view = ""
    values: dict[str, Any] = _table(shown) if view == "tabel" else {}
    if view == "peta" and loaded is not None:
        values = {"map": boundaries.shade_areas(loaded, shown)}
    return render_template(
        "mosaic/index.html",
        shown=shown,
        view=view,
        loaded=loaded,
        measures=measures.MEASURES.values(),
        periods=period_choices(shown.period),
        **values,
    )


def _table(shown: Mosaic) -> dict[str, Any]:
    columns = [*measures.COLUMNS, *([shown.measure] if shown.measure not in measures.COLUMNS else [])]
    table = _table_of(shown, columns)
    listed = filter_rows(table.rows, pages.asked_filters())
    number = min(number_of("hal") or 1, max(1, -(-len(listed) // SIZE)))
    page = Page(items=listed[(number - 1) * SIZE : number * SIZE], total=len(listed), number=number, size=SIZE)
    districts = district_choices(db.session, settings().regency_code)
    practice = {key for key, source in table.sources.items() if source.simulated}
    return {
        "page": page, "columns": columns, "districts": districts, "wanted": pages.asked_filters(), "practice": practice,
    }  # fmt: skip


@bp.get("/peta-desa/berkas")
@allow(Can.READ_OFFICE)
def index_file() -> ResponseReturnValue:
    """Send the table as it is filtered, with every measure: XLSX, or CSV with `?bentuk=csv`."""
    shown = _shown()
    columns = list(measures.MEASURES.values())
    table = _table_of(shown, columns)
    titles = [
        _("Kode"), _("Desa/kelurahan"), _("Kecamatan"), _("Jaringan"), _("Terjangkau"),
        *(_title(measure, table.sources.get(measure.key)) for measure in columns),
    ]  # fmt: skip
    lines = [_line(row, columns, shown.recorded) for row in filter_rows(table.rows, pages.asked_filters())]
    top = _("Desa/kelurahan pada %(period)s", period=period_words(shown.period))
    if request.args.get("bentuk") == "csv":
        return download(as_csv(titles, lines, top=top), CSV, f"peta-desa-{shown.period}.csv")
    return download(as_xlsx("peta-desa", titles, lines, top=top), XLSX, f"peta-desa-{shown.period}.xlsx")


def _title(measure: Measure, source: Source | None) -> str:
    """With what was asked, by which survey, and that it is simulated where it is."""
    if source is None:
        return sentence(measure.label)
    parts = [sentence(measure.label), *([source.asked] if source.asked else []), sentence(source.note).rstrip(".")]
    return ". ".join([*parts, _("Simulasi")] if source.simulated else parts)


def _line(row: VillageRow, columns: list[Measure], recorded: bool) -> list[Any]:
    square = row.square
    cells = [row.values[measure.key] for measure in columns]
    return [
        square.code,
        square.name,
        square.district,
        pages.network_words(square),
        _("ya") if square.reached else _("belum") if recorded else _("belum dicatat"),
        *(sentence(value.said) if value.cell is None else value.cell for value in cells),
    ]
