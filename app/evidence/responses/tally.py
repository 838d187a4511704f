"""Counts of a wave by place × sex × age band × mode, kept so that a page never reads every answer.

An answer is stored first and counted by the worker a moment later (`fold`); who reads adds the few that are not
counted yet. Whoever changes what counts of an answer takes it out of the counts first (`untally`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import cast, delete, null, select, union_all, update
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.measures import values
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Cell, Response
from app.evidence.surveys.models import Wave
from app.kernel.db import insert_missing, unit_of_work, wait_for_turn
from app.kernel.errors import Refused
from app.kernel.text import T

if TYPE_CHECKING:  # numpy is loaded when there is something to count: app/kernel/lazy.py
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Key = tuple[str, str, str, str]
"""(place, sex, age band, mode)"""
AT_ONCE = 2000
FEW = 20
"""Cells that are read one by one when they change; more are read together."""
COLUMNS = (
    Response.uuid, Response.place, Response.sex, Response.age_band, Response.mode, Response.answers, Response.codes,
    Response.flags,
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """The cells of a wave. `people`: shape (cells,). `sums`: shape (cells, items, 3): how many answered, Σy, Σy²."""

    keys: Sequence[Key]
    people: NDArray[np.int64]
    sums: Floats


def vectors(definition: Definition, rows: Iterable[Any]) -> dict[Key, tuple[int, Floats]]:
    """Add these answers up to cells; each answer has `answers`, `codes`, `flags` and the attributes of Key."""
    read = values(definition)
    people: dict[Key, int] = {}
    sums: dict[Key, list[float]] = {}  # added up as plain numbers: for three of them at a time an array is slow
    for row in rows:
        key = (row.place, row.sex, row.age_band, row.mode)
        people[key] = people.get(key, 0) + 1
        total = sums.setdefault(key, [0.0] * (3 * len(read)))
        codes, flags, answers = row.codes or {}, row.flags or (), row.answers
        for place, value in enumerate(read):
            y = value(answers, codes, flags)
            if y is not None:
                total[3 * place] += 1.0
                total[3 * place + 1] += y
                total[3 * place + 2] += y * y
    return {key: (people[key], np.array(total).reshape(-1, 3)) for key, total in sums.items()}


def counts(session: Session, wave: Wave) -> Counts:
    """Return every cell, those not counted yet included; two queries whatever the number of answers."""
    return counts_of(session, {wave.id: definition_of(session, wave.instrument_version_id)})[wave.id]


def counts_of(session: Session, definitions: Mapping[int, Definition]) -> dict[int, Counts]:
    """Return the counts of many waves, in one query. `definitions`: by the id of the wave."""
    rows: dict[int, list[Any]] = {wave_id: [] for wave_id in definitions}
    for row in session.execute(_cells_and_waiting(list(definitions))):
        rows[row.wave_id].append(row)
    return {wave_id: _counted(definition, rows[wave_id]) for wave_id, definition in definitions.items()}


def _counted(definition: Definition, rows: Sequence[Any]) -> Counts:
    shape = (len(values(definition)), 3)
    stored = {
        (row.place, row.sex, row.age_band, row.mode): (row.people, np.frombuffer(row.sums, dtype="<f8").reshape(shape))
        for row in sorted((row for row in rows if row.sums is not None), key=lambda row: tuple(row[2:6]))
    }
    for key, (people, sums) in vectors(definition, (row for row in rows if row.sums is None)).items():
        before = stored.get(key)
        stored[key] = (people, sums) if before is None else (before[0] + people, before[1] + sums)
    kept = {key: cell for key, cell in stored.items() if cell[0] > 0}
    return Counts(
        list(kept),
        np.array([people for people, _sums in kept.values()], dtype=np.int64),
        np.stack([sums for _people, sums in kept.values()]) if kept else np.zeros((0, *shape)),
    )


def _waiting(*wave_ids: int) -> Any:
    return select(*COLUMNS).where(
        Response.wave_id.in_(wave_ids), Response.tallied.is_(False), Response.pending.is_(False),
        Response.set_aside.is_(None),
    )  # fmt: skip


def _cells_and_waiting(wave_ids: Sequence[int]) -> Any:
    """Both in one statement: what is counted while it is read is in one of the two, and in one only."""
    waiting = _waiting(*wave_ids).with_only_columns(Response.wave_id, *COLUMNS, _none(Cell.people), _none(Cell.sums))
    cells = select(
        Cell.wave_id, _none(Response.uuid), Cell.place, Cell.sex, Cell.age_band, Cell.mode, _none(Response.answers),
        _none(Response.codes), _none(Response.flags), Cell.people, Cell.sums,
    ).where(Cell.wave_id.in_(wave_ids))  # fmt: skip
    return union_all(waiting, cells)


def _none(column: Any) -> Any:
    return cast(null(), column.type).label(column.key)


def take_turn(session: Session, wave: Wave) -> None:
    """Keep everybody else from changing the counts of this wave or what stands behind them.

    It lasts until this transaction ends.
    """
    wait_for_turn(session, f"tally:{wave.id}")


def fold(session: Session, wave: Wave, *, most: int = AT_ONCE) -> int:
    """Count answers that are not counted yet, and return how many."""
    take_turn(session, wave)
    rows = session.execute(_waiting(wave.id).limit(most)).all()
    if not rows:
        return 0
    _add(session, wave.id, vectors(definition_of(session, wave.instrument_version_id), rows), sign=1)
    session.execute(
        update(Response).where(Response.uuid.in_([row.uuid for row in rows])).values(tallied=True),
        execution_options={"synchronize_session": False},
    )
    return len(rows)


def untally(session: Session, wave: Wave, *responses: Response) -> None:
    """Take answers out of the counts, before their place, answers, codes or flags are changed."""
    take_turn(session, wave)
    uuids = [response.uuid for response in responses]
    now_counted = set(session.scalars(select(Response.uuid).where(Response.uuid.in_(uuids), Response.tallied)))
    counted = [response for response in responses if response.uuid in now_counted]
    if not counted:
        return
    _add(session, wave.id, vectors(definition_of(session, wave.instrument_version_id), counted), sign=-1)
    for response in counted:
        response.tallied = False
    session.flush()


def recount(session: Session, wave: Wave) -> None:
    """Forget all counts of a wave: the items changed, e.g. by a new code. The worker counts anew.

    Raises Refused where single answers were erased: what they were counted as cannot be counted again.
    """
    take_turn(session, wave)
    if wave.erased_at is not None:
        raise Refused(T("Jawaban perorangan survei ini sudah dihapus, jadi tidak bisa dihitung ulang."))
    session.execute(delete(Cell).where(Cell.wave_id == wave.id))
    session.execute(
        update(Response).where(Response.wave_id == wave.id, Response.tallied).values(tallied=False),
        execution_options={"synchronize_session": False},
    )


def pad(session: Session, wave: Wave, at: int, like: int | None) -> None:
    """Make room for a new item at `at` in counts whose single answers were erased.

    It was never chosen; as many answered it as the item `like`, nobody where there is none.
    """
    take_turn(session, wave)
    for cell in session.scalars(select(Cell).where(Cell.wave_id == wave.id).with_for_update()):
        sums = np.frombuffer(cell.sums, dtype="<f8").reshape(-1, 3)
        new = (sums[like, 0] if like is not None else 0.0, 0.0, 0.0)
        cell.sums = np.insert(sums, at, new, axis=0).astype("<f8").tobytes()
    session.flush()


def add(session: Session, wave: Wave, cells: Mapping[Key, tuple[int, Floats]], *, sign: int = 1) -> None:
    """Add what was counted elsewhere (`vectors`), or take it out with -1. Whoever calls has the turn."""
    _add(session, wave.id, cells, sign=sign)


def _add(session: Session, wave_id: int, cells: Mapping[Key, tuple[int, Floats]], *, sign: int) -> None:
    """Add to the cells, or take from them. Whoever calls has the turn."""
    keys = sorted(cells)
    insert_missing(
        session,
        Cell,
        [
            {"wave_id": wave_id, "place": place, "sex": sex, "age_band": band, "mode": mode, "people": 0,
             "sums": np.zeros_like(cells[place, sex, band, mode][1]).astype("<f8").tobytes()}
            for place, sex, band, mode in keys
        ],
    )  # fmt: skip
    found = _held(session, wave_id) if len(keys) > FEW else {}
    for key in keys:
        people, sums = cells[key]
        cell = found.get(key) or session.get_one(Cell, (wave_id, *key), populate_existing=True, with_for_update=True)
        total = np.frombuffer(cell.sums, dtype="<f8").reshape(sums.shape) + sign * sums
        cell.people += sign * people
        cell.sums = total.astype("<f8").tobytes()
    session.flush()


def _held(session: Session, wave_id: int) -> dict[Key, Cell]:
    query = select(Cell).where(Cell.wave_id == wave_id).with_for_update()
    rows = session.scalars(query, execution_options={"populate_existing": True})
    return {(cell.place, cell.sex, cell.age_band, cell.mode): cell for cell in rows}


def fold_all(sessions: sessionmaker[Session]) -> int:
    """Count what waits in every wave, some at a time, each in its own transaction; returns how many."""
    with sessions() as session:
        waiting = session.scalars(
            select(Response.wave_id)
            .where(Response.tallied.is_(False), Response.pending.is_(False), Response.set_aside.is_(None))
            .distinct()
        ).all()
    done = 0
    for wave_id in waiting:
        while True:
            with unit_of_work(sessions) as session:
                counted = fold(session, session.get_one(Wave, wave_id))
            done += counted
            if counted < AT_ONCE:
                break
    return done
