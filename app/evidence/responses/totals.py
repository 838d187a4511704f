"""Totals of the answers that came in: of the planned sample, and beside it over the link that anybody may open."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import Session

from app.evidence.responses.models import Cell, Response
from app.evidence.surveys.models import Mode, SampleMethod, Wave
from app.evidence.surveys.panels import AnswerCount, SampleCounts

KEYS = ("wave_id", "place", "sex", "age_band", "mode")


def count_answers(session: Session, wave_ids: Sequence[int]) -> Mapping[int, AnswerCount]:
    """Count answers by wave's id; one query. In a survey that is open to anybody all are the planned sample."""
    rows = _rows(Cell.wave_id.in_(wave_ids), Response.wave_id.in_(wave_ids))
    beside = and_(Wave.method != SampleMethod.OPEN, rows.c.mode == Mode.LINK)
    query = (
        select(rows.c.wave_id, func.sum(rows.c.n).label("n"), func.sum(rows.c.n).filter(beside).label("beside"))
        .join(Wave, Wave.id == rows.c.wave_id)
        .group_by(rows.c.wave_id)
    )
    return {
        row.wave_id: AnswerCount(int(row.n) - int(row.beside or 0), int(row.beside or 0))
        for row in session.execute(query)
    }


def count_by_place(session: Session, wave: Wave) -> SampleCounts:
    """Count answers of the planned sample by place and by group; one query."""
    rows = _rows(Cell.wave_id == wave.id, Response.wave_id == wave.id)
    query = select(rows.c.place, rows.c.sex, rows.c.age_band, func.sum(rows.c.n).label("n"))
    if wave.method != SampleMethod.OPEN:
        query = query.where(rows.c.mode != Mode.LINK)
    found = SampleCounts({}, {})
    for row in session.execute(query.group_by(rows.c.place, rows.c.sex, rows.c.age_band)):
        group = f"{row.sex}.{row.age_band}"
        found.places[row.place] = found.places.get(row.place, 0) + int(row.n)
        found.groups[group] = found.groups.get(group, 0) + int(row.n)
    return found


def _rows(cells: ColumnElement[bool], waiting: ColumnElement[bool]) -> Any:
    """Counts, and one row for each group of answers that are not in the counts yet."""
    stored = select(*(getattr(Cell, key) for key in KEYS), Cell.people.label("n")).where(cells)
    keys = [getattr(Response, key) for key in KEYS]
    fresh = select(*keys, func.count().label("n")).where(
        waiting, Response.tallied.is_(False), Response.pending.is_(False), Response.set_aside.is_(None)
    )
    return union_all(stored, fresh.group_by(*keys)).subquery()
