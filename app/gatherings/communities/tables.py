"""A list of groups in a file, held whole: it is taken in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.base.documents.tables import TableLine, file_error, lines_of, too_large
from app.base.documents.workbook import Limits
from app.kernel.errors import Invalid
from app.kernel.text import T

MAX_ROWS = 500  # taken in one transaction, which nobody should wait for longer than two seconds
MAX_CELL = 5_000
LIMITS = Limits()

__all__ = ["LIMITS", "MAX_CELL", "MAX_ROWS", "Table", "read_table", "too_large", "too_many"]


@dataclass(frozen=True)
class Table:
    """`rows`: (line number in the file, cells: text, number, date or None); empty lines are left out."""

    rows: Sequence[TableLine]


def read_table(data: bytes, name: str) -> Table:
    """Read an XLSX or CSV file, told by its content. Raises Invalid (field file) with what to do."""
    rows: list[TableLine] = []
    for line in lines_of(data, name, LIMITS):
        rows.append(line)
        if len(rows) > MAX_ROWS + 20:  # some lines above the heading
            raise too_many()
    return Table(rows)


def too_many() -> Invalid:
    return file_error(
        T(
            "Berkas ini berisi lebih dari %(n)s kelompok. Bagi menjadi beberapa berkas. Belum ada yang dibaca.",
            n=MAX_ROWS,
        )
    )
