"""The list of agreements as a table for other programs: a line a clause."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from app.base.documents.sheets import Row
from app.kernel.text import T
from app.oversight.commitments.queries import is_late
from app.oversight.commitments.states import KINDS, LABELS

Said = Callable[[T | str | None], str]
HEADS = (
    T("Jenis"), T("Tentang"), T("Nomor"), T("Para pihak"), T("Ditandatangani"), T("Berakhir"), T("Sumber"),
    T("Nomor butir"), T("Isi butir"), T("OPD penanggung jawab"), T("Orang atau jabatan"), T("Paling lambat"),
    T("Keadaan"), T("Terlambat"), T("Catatan kemajuan"), T("Jumlah bukti"),
)  # fmt: skip
UNKNOWN, NO_CLAUSE, YES, NO = T("belum dicatat"), T("butirnya belum dicatat"), T("ya"), T("tidak")


def table(rows: Iterable[Any], said: Said, today: date) -> tuple[list[str], list[Row]]:
    """Heads, and a line for every row of `queries.exported`. `said` gives the word."""
    return [said(head) for head in HEADS], [_line(row, said, today) for row in rows]


def _line(row: Any, said: Said, today: date) -> Row:
    held, clause, unknown = row.Commitment, row.Clause, said(UNKNOWN)
    line: list[Any] = [
        said(KINDS[held.kind]), held.title, held.number or unknown, held.parties or unknown,
        held.signed_on or unknown, held.ends_on or unknown, held.source or unknown,
    ]  # fmt: skip
    if clause is None:
        return [*line, "", said(NO_CLAUSE), "", "", "", "", "", "", None]
    return [
        *line, clause.number or "", clause.text, row.owner or unknown, row.person or clause.person_text or unknown,
        clause.due_on or unknown, said(LABELS[clause.status]) if clause.status else unknown,
        said(YES) if is_late(clause, today) else said(NO), clause.note or "", row.shown,
    ]  # fmt: skip
