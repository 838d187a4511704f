"""The list of projects as a table for other programs: nobody's name."""

from collections.abc import Callable, Iterable
from typing import Any

from app.kernel.text import T
from app.learning.projects.states import LABELS

Said = Callable[[T | str | None], str]
HEADS = (
    T("Nama"), T("Tentang"), T("Untuk OPD"), T("Komunitas"), T("Keadaan"), T("Sejak"), T("Repositori"), T("Alamat"),
    T("Jumlah orang"), T("Data"),
)  # fmt: skip

REAL, PRACTICE = T("Nyata"), T("Simulasi")


def table(rows: Iterable[Any], said: Said) -> tuple[list[str], list[list[Any]]]:
    """Heads, and a line for every row of `queries.projects`. `said` gives the word."""
    lines = [
        [
            row.Project.name, row.Project.summary, row.opd or "", row.group_name or "",
            said(LABELS[row.Project.status]), row.Project.status_on, row.Project.repository, row.Project.address,
            row.people or None, said(PRACTICE) if row.simulated else said(REAL),
        ]
        for row in rows
    ]  # fmt: skip
    return [said(head) for head in HEADS], lines
