"""A list as a file to take along, of the kind that its name ends with."""

from flask import Response

from app.base.documents import sheets
from app.base.web.files import download
from app.base.web.listing import Table


def list_file(table: Table, name: str, sheet: str = "") -> Response:
    """Return a table as CSV or, where `name` ends so, as XLSX with one sheet of that name."""
    if name.endswith(".xlsx"):
        return download(sheets.as_xlsx(sheet, *table), sheets.XLSX, name)
    return download(sheets.as_csv(*table), sheets.CSV, name)
