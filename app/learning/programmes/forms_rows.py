"""Rows of plain fields in the forms of a programme: a row more needs no script, and blank rows do not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask import request

from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.learning.programmes.models import Module, Programme, SkillLevel
from app.learning.programmes.rules import Required, TrainerPlan

MOST_ROWS = 60
BLANKS = 1
MORE = 3


@dataclass(frozen=True)
class FormRow:
    """The cells as they were typed or stand in the record."""

    cells: tuple[str, ...]


def posted_rows(*names: str) -> list[FormRow]:
    """Return the rows that came with the form, blank ones left out. `names`: the fields of a row."""
    columns = [request.form.getlist(name)[:MOST_ROWS] for name in names]
    rows = [FormRow(tuple(cell.strip() for cell in cells)) for cells in zip_longest(*columns, fillvalue="")]
    return [row for row in rows if row.cells[0] or (len(row.cells) == 3 and row.cells[1])]


def wants_more() -> str:
    """Return the rows that somebody wants more of; only without a script, which adds them by itself."""
    return request.form.get("tambah", "")


def with_blanks(name: str, rows: Sequence[FormRow], width: int) -> list[FormRow]:
    blank = FormRow(("",) * width)
    return [*rows, *([blank] * (MORE if wants_more() == name else BLANKS))]


def rows_of_programme(programme: Programme | None) -> dict[str, list[FormRow]]:
    """Return the rows requires (programme), needs (skill, level), trainer (account, name, office): typed, else of the
    record."""
    if request.method == "POST":
        given = {
            "requires": posted_rows("requires_id"),
            "needs": posted_rows("needs_skill", "needs_level"),
            "trainer": posted_rows("trainer_user", "trainer_name", "trainer_title"),
        }
    elif programme is None:
        given = {"requires": [], "needs": [], "trainer": []}
    else:
        given = _kept(programme)
    return {name: with_blanks(name, given[name], width) for name, width in WIDTHS.items()}


WIDTHS = {"requires": 1, "needs": 2, "trainer": 3}


def _kept(programme: Programme) -> dict[str, list[FormRow]]:
    return {
        "requires": [FormRow((str(one.requires_id),)) for one in programme.prerequisites if one.requires_id],
        "needs": [FormRow((str(one.skill_id), str(one.level))) for one in programme.prerequisites if one.skill_id],
        "trainer": [
            FormRow((str(one.user_id or ""), "" if one.user_id else one.name, one.title)) for one in programme.trainers
        ],
    }


def rows_of_module(module: Module | None) -> list[FormRow]:
    """Return the rows (skill, level): typed, else of the record."""
    if request.method == "POST":
        given = posted_rows("skill_id", "skill_level")
    else:
        given = [FormRow((str(one.skill_id), str(one.level))) for one in module.skills] if module else []
    return with_blanks("skill", given, 2)


def required_rows() -> list[Required]:
    """Read the rows of what somebody should bring along. Raises Invalid (field prerequisites)."""
    programmes = [Required(programme_id=_number(row.cells[0], "prerequisites")) for row in posted_rows("requires_id")]
    skills = [
        Required(skill_id=_number(row.cells[0], "prerequisites"), level=_level(row.cells[1], "prerequisites"))
        for row in posted_rows("needs_skill", "needs_level")
    ]
    return programmes + skills


def trainer_rows() -> list[TrainerPlan]:
    """Read the rows of trainers. Raises Invalid (field trainers)."""
    return [
        TrainerPlan(user_id=_number(user, "trainers") if user else None, name=name, title=title)
        for user, name, title in (row.cells for row in posted_rows("trainer_user", "trainer_name", "trainer_title"))
    ]


def skill_rows() -> list[tuple[int, int]]:
    """Read the rows of skills as (skill, level). Raises Invalid (field skills)."""
    rows = (row.cells for row in posted_rows("skill_id", "skill_level"))
    return [(_number(skill, "skills"), _level(level, "skills")) for skill, level in rows]


def _number(text: str, field: str) -> int:
    number = read_int(text, 1)
    if number is None:
        raise Invalid(T("Pilih dari daftar."), field=field)
    return number


def _level(text: str, field: str) -> int:
    known: dict[str, Any] = {str(int(level)): int(level) for level in SkillLevel}
    if text not in known:
        raise Invalid(T("Pilih tingkat untuk setiap keterampilan."), field=field)
    return int(known[text])
