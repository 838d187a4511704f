"""Select answers for the office: never more than a page of them, and counts."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, Select, String, and_, cast, func, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.measures import MARKS, items
from app.evidence.responses.models import Cell, Response, ResponseConflict
from app.evidence.surveys.models import Wave
from app.kernel.paging import Page, paginate

PER_PAGE = 50
REPEAT = "repeat"
LONGEST_REASON = 300
NUMBER = 8
ITEM = 3 * NUMBER
"""Bytes of an item in Cell.sums: how many answered, Σy, Σy². The marks are the last items (instruments/measures.py)."""
ANY_FLAG, SET_ASIDE, COUNTS, HELD = "ditandai", "dikesampingkan", "dihitung", "ditahan"


@dataclass(frozen=True)
class AnswerFilters:
    """What a list is narrowed to. `receipt`: the beginning of a UUID; `flag`: a mark; `state`: SET_ASIDE, COUNTS
    or HELD; `burst`: the id of the burst that it came in.
    """

    mode: str = ""
    place: str = ""
    flag: str = ""
    state: str = ""
    receipt: str = ""
    burst: str = ""


_STATES: Mapping[str, Any] = {
    SET_ASIDE: and_(Response.set_aside.is_not(None), Response.held.is_(False)),
    HELD: Response.held.is_(True),
    COUNTS: Response.set_aside.is_(None),
}


def answers_page(session: Session, wave: Wave, wanted: AnswerFilters, number: int) -> Page[Response]:
    """Return one page of answers, newest first, and how many there are."""
    return paginate(session, _narrowed(wave, wanted), number, PER_PAGE)


def _narrowed(wave: Wave, wanted: AnswerFilters) -> Select[Response]:
    query = select(Response).where(Response.wave_id == wave.id, Response.pending.is_(False))
    for column, value in ((Response.mode, wanted.mode), (Response.place, wanted.place)):
        query = query.where(column == value) if value else query
    if wanted.flag:
        query = query.where(has_flag(None if wanted.flag == ANY_FLAG else wanted.flag))
    if wanted.state:
        query = query.where(_STATES.get(wanted.state, _STATES[COUNTS]))
    if wanted.burst:
        query = query.where(Response.burst_id == wanted.burst)
    if wanted.receipt:
        query = query.where(Response.uuid.startswith(wanted.receipt.lower(), autoescape=True))
    return query.order_by(Response.received_at.desc(), Response.uuid)


def counted_by_mode(session: Session, wave: Wave) -> Mapping[str, int]:
    """Count answers by way; one query over counts and over those that wait to be counted."""
    stored = select(Cell.mode.label("mode"), Cell.people.label("n")).where(Cell.wave_id == wave.id)
    rows = union_all(stored, _waiting(Response.wave_id == wave.id, Response.mode.label("mode"))).subquery()
    found = session.execute(select(rows.c.mode, func.sum(rows.c.n)).group_by(rows.c.mode))
    return {mode: int(n) for mode, n in found if n}


def _waiting(which: Any, by: Any) -> Any:
    """(`by`, how many) of answers that are not in the cells yet."""
    query = select(by, func.count().label("n")).where(
        which, Response.tallied.is_(False), Response.pending.is_(False), Response.set_aside.is_(None)
    )
    return query.group_by(by.element)


def suspected_repeats(wave: Wave) -> Any:
    """Select the answers that count and are marked as a repeat of one that came before."""
    counts = Response.pending.is_(False), Response.set_aside.is_(None)
    return select(Response).where(Response.wave_id == wave.id, *counts, has_flag(REPEAT))


def has_flag(flag: str | None) -> Any:
    """Return a condition on Response: it has this mark, or any (None).

    Marks are JSON text, in which each stands in quotes.
    """
    if flag is None:
        return cast(Response.flags, String) != "[]"
    return cast(Response.flags, String).like(f'%"{flag}"%')


def suspected_repeat_count(session: Session, wave: Wave) -> int:
    """Count the answers that count and are marked as a repeat.

    Counted from the counts and those that wait: no answer is read for it.
    """
    from_end = ITEM * (len(MARKS) - MARKS.index(REPEAT))
    return _total(session, wave, [(func.length(Cell.sums) - from_end, has_flag(REPEAT))])


def uncoded_count(session: Session, wave: Wave, definition: Definition) -> int:
    """Count the texts that wait for a code, as `suspected_repeat_count` does."""
    waiting = [(place * ITEM, item.question) for place, item in enumerate(items(definition)) if item.group == "waiting"]
    return _total(session, wave, [
        (begins, Response.answers[key].as_string().is_not(None) & Response.codes[key].as_string().is_(None))
        for begins, key in waiting
    ])  # fmt: skip


def _total(session: Session, wave: Wave, wanted: Sequence[tuple[Any, Any]]) -> int:
    """Σy of items, each as (where it begins in Cell.sums, which answers that are not counted yet have it).

    One statement, so that nothing is counted between the two.
    """
    parts: list[Any] = []
    for begins, has_it in wanted:
        total = type_coerce(func.substr(Cell.sums, begins + NUMBER + 1, NUMBER), LargeBinary).label("total")
        parts.append(select(total, literal(0).label("n")).where(Cell.wave_id == wave.id, Cell.people > 0))
        fresh = _waiting(Response.wave_id == wave.id, Response.wave_id.label("wave_id")).where(has_it).subquery()
        parts.append(select(cast(null(), LargeBinary), fresh.c.n))
    rows = session.execute(union_all(*parts))
    return round(sum(n if total is None else struct.unpack("<d", total)[0] for total, n in rows))


def set_aside_count(session: Session, wave: Wave) -> int:
    query = select(func.count()).select_from(Response)
    return session.scalar(query.where(Response.wave_id == wave.id, _STATES[SET_ASIDE])) or 0


def waiting_conflicts(session: Session, wave: Wave) -> int:
    query = select(func.count()).select_from(ResponseConflict)
    return session.scalar(query.where(ResponseConflict.wave_id == wave.id, ResponseConflict.resolution.is_(None))) or 0


def conflicts(session: Session, wave: Wave) -> Sequence[ResponseConflict]:
    """Return the conflicts that wait for a person, oldest first; a page full."""
    query = select(ResponseConflict).where(ResponseConflict.wave_id == wave.id, ResponseConflict.resolution.is_(None))
    return session.scalars(query.order_by(ResponseConflict.received_at, ResponseConflict.id).limit(PER_PAGE)).all()
