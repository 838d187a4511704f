"""Lists of training as files that say so where everything in them is practice."""

from collections.abc import Sequence

from flask import Response, request
from flask_babel import gettext as _

from app.base.documents.sheets import CSV, XLSX, Sheet, SheetRow, as_csv, workbook
from app.base.web.files import download


def wants_text() -> bool:
    """Return whether CSV was asked for."""
    return request.values.get("bentuk") == "csv"


def table(
    sheet: str, name: str, titles: Sequence[str], rows: Sequence[SheetRow], *, practice: bool, as_text: bool,
    more: Sequence[Sheet] = (),
) -> Response:  # fmt: skip
    """Return a list as XLSX, or CSV where `as_text`. `practice`: everything in it is simulated, which the first line
    and the name say; `more`: sheets after the first, of an XLSX only."""
    top = _("Simulasi") if practice else ""
    name = f"simulasi {name}" if practice else name
    if as_text:
        return download(as_csv(titles, rows, top=top), CSV, f"{name}.csv")
    sheets = [Sheet(sheet, titles, rows, top), *(Sheet(one.name, one.titles, one.rows, top) for one in more)]
    return download(workbook(sheets), XLSX, f"{name}.xlsx")
