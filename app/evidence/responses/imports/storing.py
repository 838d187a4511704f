"""Store the answers of a checked file, some at a time, and count them all at once; remove them the same way.

Nobody waits for a whole file: each step of AT_ONCE answers is a transaction of its own, and holds nothing that another
answer needs. Until the last one the answers are pending and count nowhere; then one short transaction makes them
count, with cells that were added up on the way. A worker that dies in between is followed by another that goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import tally
from app.evidence.responses.columns import Column, columns_in_file
from app.evidence.responses.imports.checking import ELSEWHERE
from app.evidence.responses.imports.claims import Step
from app.evidence.responses.imports.duplicates import find_duplicates
from app.evidence.responses.imports.service import check_takes
from app.evidence.responses.imports.staging import AT_ONCE, in_batches, is_whole, remove_files, staged_rows
from app.evidence.responses.models import Response, ResponseConflict, ResponseImport
from app.evidence.responses.review import replace_answer
from app.evidence.responses.service import conflict_of
from app.evidence.surveys.models import Wave
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.errors import Refused

REMOVED_AT_ONCE = 300  # they are taken out of the counts under the lock, which nobody should wait for
PAUSE = 0.1  # seconds between two such steps: on SQLite who waits looks only so often whether it is his turn
UNSYNCED = {"synchronize_session": False}


@dataclass
class ImportState:
    """The state of an import. `cells` and `people`: what the answers stored so far add up to."""

    wave_id: int
    definition: Definition
    columns: Sequence[Column]
    path: Path
    ready: Mapping[str, Any]
    others: bool
    cells: dict[tally.Key, tuple[int, tally.Floats]] = field(default_factory=dict)
    people: int = 0
    done: int = 0


def store_answers(step: Step, _tz: str) -> None:
    """Store the answers of a checked file and count them.

    Raises ClaimLost, Refused for a survey that takes no files any more.
    """
    with step.sessions() as session:
        state = _state(session, step)
    if not is_whole(state.path, state.ready):  # the power failed while it was written: read the file again
        remove_answers(step)
        step.finish("uploaded", done=0, ready={})
        return
    for some in in_batches(staged_rows(state.path, state.ready)):
        rows = [_row(step, row, others=state.others) for row in some]
        state.done += len(rows)
        _some(step, state, rows)
    _make_count(step, state)
    remove_files(state.path)


def _state(session: Session, step: Step) -> ImportState:
    found = session.get_one(ResponseImport, step.number)
    wave = session.get_one(Wave, found.wave_id)
    definition = definition_of(session, wave.instrument_version_id)
    columns = columns_in_file(definition, found.columns)
    others = bool(found.summary.get("others"))
    return ImportState(wave.id, definition, columns, Path(found.path), found.ready, others)


def _row(step: Step, row: dict[str, Any], *, others: bool) -> dict[str, Any]:
    """`others`: a line without a number is somebody else's than the same line of another file."""
    nameless = row.pop("nameless")
    if nameless and others:
        row["uuid"] = str(uuid5(NAMESPACE_URL, f"gaung:berkas:{step.number}:{row['uuid']}"))
    return {**row, "pending": True}


def _some(step: Step, state: ImportState, rows: Sequence[dict[str, Any]]) -> None:
    by_uuid = {row["uuid"]: row for row in rows}
    with unit_of_work(step.sessions) as session:
        step.write(session, done=state.done)
        check_takes(session.get_one(Wave, state.wave_id))
        insert_missing(session, Response, rows)
        own = set(session.scalars(
            select(Response.uuid).where(
                Response.uuid.in_(by_uuid), Response.import_id == step.number, Response.pending.is_(True)
            )
        ))  # fmt: skip
        _meet(session, step, state, [row for row in rows if row["uuid"] not in own])
    added = tally.vectors(state.definition, (SimpleNamespace(**by_uuid[uuid]) for uuid in own))
    for key, (people, sums) in added.items():
        before = state.cells.get(key)
        state.cells[key] = (people, sums) if before is None else (before[0] + people, before[1] + sums)
    state.people += len(own)


def _meet(session: Session, step: Step, state: ImportState, rows: Sequence[dict[str, Any]]) -> None:
    """Those whose number was taken: the same is noted, what differs waits for a person."""
    if not rows:
        return
    here = find_duplicates(session, state.wave_id, rows, state.columns)
    if here.elsewhere:
        raise Refused(ELSEWHERE)
    differing = set(here.other)
    insert_missing(session, ResponseConflict, [conflict_of(row) for row in rows if row["uuid"] in differing])
    session.execute(
        update(Response)
        .where(Response.uuid.in_(here.same), func.coalesce(Response.import_id, 0) != step.number)
        .values(again_import_id=step.number),
        execution_options=UNSYNCED,
    )


def _make_count(step: Step, state: ImportState) -> None:
    """All of them from one moment to the next, and in the cells already: no page reads them one by one."""
    mine = Response.import_id == step.number
    with unit_of_work(step.sessions) as session:
        wave = session.get_one(Wave, state.wave_id)
        tally.take_turn(session, wave)
        step.write(session)
        session.refresh(wave)
        check_takes(wave)
        shown = session.execute(
            update(Response).where(mine, Response.pending.is_(True)).values(pending=False, tallied=True),
            execution_options=UNSYNCED,
        )
        in_all = shown.rowcount if isinstance(shown, CursorResult) else 0
        if in_all == state.people and definition_of(session, wave.instrument_version_id) == state.definition:
            tally.add(session, wave, state.cells)
        else:  # changed on the way, as by a new code: counted by the worker like any other
            session.execute(update(Response).where(mine).values(tallied=False), execution_options=UNSYNCED)
        found = session.get_one(ResponseImport, step.number)
        conflicts = session.scalar(select(func.count()).where(ResponseConflict.import_id == step.number)) or 0
        summary = {
            **found.summary, "new": in_all, "conflicts": conflicts, "known": (found.rows or 0) - in_all - conflicts,
        }  # fmt: skip
        step.end(session, "done", done=found.rows or 0, finished_at=step.clock.now(), summary=summary)


def undo_import(step: Step, _tz: str) -> None:
    """Remove the answers of a file. Raises ClaimLost."""
    remove_answers(step)
    step.finish("removed", finished_at=step.clock.now())


def remove_answers(step: Step) -> None:
    """Remove all that a file brought; what others gave just so, or otherwise, under the same numbers stays.

    In steps, each with its own part of the counts.
    """
    with unit_of_work(step.sessions) as session:
        step.write(session, done=0)
        session.execute(delete(ResponseConflict).where(ResponseConflict.import_id == step.number))
    done, some = 0, 1
    while some:
        with unit_of_work(step.sessions) as session:
            some = _clear_some(session, step, done)
        done += some
        time.sleep(PAUSE)
    while _forget_again(step):
        pass


def _clear_some(session: Session, step: Step, done: int) -> int:
    wave = session.get_one(Wave, session.get_one(ResponseImport, step.number).wave_id)
    tally.take_turn(session, wave)
    step.write(session, done=done)
    # in no order: to sort them would read all that are left, every time
    query = select(Response).where(Response.import_id == step.number).limit(REMOVED_AT_ONCE)
    rows = session.scalars(query.with_for_update()).all()
    others = _newest(session, [row.uuid for row in rows])
    gone = [row for row in rows if not _stays(session, wave, row, others.get(row.uuid))]
    counted = tally.vectors(definition_of(session, wave.instrument_version_id), (row for row in gone if row.tallied))
    tally.add(session, wave, counted, sign=-1)
    session.flush()
    session.execute(delete(Response).where(Response.uuid.in_([row.uuid for row in gone])), execution_options=UNSYNCED)
    return len(rows)


def _newest(session: Session, uuids: Sequence[str]) -> dict[str, ResponseConflict]:
    """Of versions by another way, for each number the one that waits longest for nobody, else the last."""
    query = select(ResponseConflict).where(ResponseConflict.uuid.in_(uuids))
    order = query.order_by(ResponseConflict.resolution.is_(None), ResponseConflict.id)
    return {conflict.uuid: conflict for conflict in session.scalars(order)}


def _stays(session: Session, wave: Wave, row: Response, other: ResponseConflict | None) -> bool:
    """Whether the answer is not the file's alone; then it belongs to the others from now on."""
    if other is not None:
        replace_answer(session, wave, row, other)
    elif row.again_import_id is not None:
        row.import_id, row.again_import_id = row.again_import_id, None
    elif row.repeats:
        row.import_id = None
    else:
        return False
    row.pending = False
    return True


def _forget_again(step: Step) -> bool:
    """Of answers that the file had once more; whether there were any left."""
    with unit_of_work(step.sessions) as session:
        step.write(session)
        some = session.scalars(select(Response.uuid).where(Response.again_import_id == step.number).limit(AT_ONCE))
        uuids = some.all()
        session.execute(
            update(Response).where(Response.uuid.in_(uuids)).values(again_import_id=None), execution_options=UNSYNCED
        )
    return bool(uuids)
