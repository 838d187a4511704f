"""A report as a PDF and as a workbook: the same sections, and nothing that they do not say."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_datetime
from flask_babel import gettext as _

from app.base.documents.render import Renderer
from app.base.documents.sheets import Cell, Sheet, workbook
from app.base.web.formats import angka, locale
from app.oversight.recaps.sections import Recap, Section, Table, Tiles, Whisker

TEMPLATE = "recap"
LONG_WORD = re.compile(r"\S{40,}")
BREAK = "\u200b"


def pdf(renderer: Renderer, recap: Recap, office: Mapping[str, Any], *, tz_label: str) -> bytes:
    return renderer.pdf(TEMPLATE, document(recap, office, tz_label=tz_label))


def document(recap: Recap, office: Mapping[str, Any], *, tz_label: str) -> dict[str, Any]:
    """Return what the template draws. Every text is data."""
    made = format_datetime(recap.made, "d MMMM y 'pukul' HH.mm", recap.made.tzinfo, locale())
    return {
        "office": dict(office),
        "title": recap.title,
        "period": recap.period,
        "made": f"{made} {tz_label}",
        "simulated": recap.simulated,
        "practice": recap.practice,
        "wide": recap.wide,
        "notes": list(recap.notes),
        "sections": [_section(one) for one in recap.sections],
    }


def _section(one: Section) -> dict[str, Any]:
    return {
        "title": one.title,
        "said": list(one.said),
        "missing": one.missing,
        "facts": [{"label": fact.label, "shown": fact.shown, "note": fact.note, "known": fact.known}
                  for fact in one.facts],
        "bars_title": one.bars_title,
        "bars": [{"label": bar.label, "shown": bar.shown, "part": bar.part} for bar in one.bars],
        "whiskers": [_whisker(row) for row in one.whiskers],
        "tiles": _tiles(one.tiles) if one.tiles else None,
        "tables": [_table(table) for table in one.tables],
        "notes": list(one.notes),
    }  # fmt: skip


def _whisker(row: Whisker) -> dict[str, Any]:
    def point(given: tuple[float, float | None, float | None] | None) -> dict[str, float | None] | None:
        return None if given is None else {"value": given[0], "low": given[1], "high": given[2]}

    return {"label": row.label, "before": point(row.before), "after": point(row.after)}


def _tiles(tiles: Tiles) -> dict[str, Any]:
    return {
        "columns": tiles.columns,
        "rows": 1 + max((one.row for one in tiles.tiles), default=0),
        "tiles": [
            {"name": one.name, "column": one.column, "row": one.row, "said": one.said,
             "squares": [{"look": look, "offline": offline} for look, offline in one.looks]}
            for one in tiles.tiles
        ],
        "legend": [{"look": look, "label": label, "count": angka(count)} for look, label, count in tiles.legend],
    }  # fmt: skip


def _table(table: Table) -> dict[str, Any]:
    columns = [[row[place] for row in table.rows if row[place] not in (None, "")] for place in range(len(table.titles))]
    numeric = [bool(cells) and all(isinstance(cell, int | float) for cell in cells) for cells in columns]
    return {
        "title": table.title,
        "titles": [_breakable(title) for title in table.titles],
        "wide": list(table.wide) or [1] * len(table.titles),
        "right": numeric,
        "rows": [[_breakable(cell_text(cell)) for cell in row] for row in table.rows],
    }


def cell_text(cell: Cell) -> str:
    """Write a cell as it is read."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return _("ya") if cell else _("tidak")
    if isinstance(cell, int | float):
        return angka(cell)
    return format_date(cell, "d MMM y", locale()) if isinstance(cell, date) else cell


def _breakable(text: str) -> str:
    """A word longer than a column is given places to break."""
    return LONG_WORD.sub(
        lambda found: BREAK.join(found[0][start : start + 20] for start in range(0, len(found[0]), 20)), text
    )


# --- the workbook ---


def xlsx(recap: Recap) -> bytes:
    return workbook(sheets(recap))


def sheets(recap: Recap) -> list[Sheet]:
    """Return the sheets: what was said and counted first, then every table of the report with what is too long for its
    pages."""
    top = f"[{_('Simulasi')}] {recap.title}" if recap.simulated or recap.practice else recap.title
    made = [
        Sheet(_("Isi"), [_("Bagian"), _("Kalimat atau angka"), _("Isi"), _("Angka"), _("Keterangan")], _lines(recap),
              top)
    ]  # fmt: skip
    for section in recap.sections:
        listed = [*section.tables, *(section.more() if section.more else ())]
        for table in listed:
            name = section.title if len(listed) == 1 else table.title or section.title
            made.append(Sheet(_free(name, made), table.titles, [list(row) for row in table.rows], top))
    return made


def _free(name: str, made: Sequence[Sheet]) -> str:
    """A name that no sheet has yet, as short as a sheet's may be."""
    taken = {sheet.name.casefold() for sheet in made}
    short = name[:28]
    return next(one for one in (short, *(f"{short} {n}" for n in range(2, 99))) if one.casefold() not in taken)


def _lines(recap: Recap) -> list[list[Cell]]:
    made = format_datetime(recap.made, "d MMMM y HH.mm", recap.made.tzinfo, locale())
    rows: list[list[Cell]] = [
        [_("Laporan"), _("Periode"), recap.period, None, ""],
        [_("Laporan"), _("Dibuat"), made, None, ""],
    ]
    if recap.practice:
        rows.append([_("Laporan"), _("Latihan"), _("Data di aplikasi ini buatan."), None, ""])
    for section in recap.sections:
        rows += [[section.title, _("Kalimat"), said, None, ""] for said in [*section.said, section.missing] if said]
        rows += [[section.title, fact.label, fact.shown, fact.number, fact.note] for fact in section.facts]
        rows += [[section.title, bar.label, bar.shown, None, section.bars_title] for bar in section.bars]
        rows += [[section.title, _("Catatan"), note, None, ""] for note in section.notes]
    return [*rows, *([_("Laporan"), _("Catatan"), note, None, ""] for note in recap.notes)]
