"""Count what waits for the planners of surveys, for the home page: bursts, conflicts, sheets, texts, files."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from app.evidence.instruments.measures import items
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Cell, Response, ResponseConflict, ResponseImport
from app.evidence.responses.queries import ITEM, NUMBER
from app.evidence.surveys.models import Mode, Wave


@dataclass
class Backlog:
    """Answers of bursts, answers with two versions, sheets that two people typed differently, texts without a code,
    files to be taken."""

    held: int = 0
    conflicts: int = 0
    sheets: int = 0
    texts: int = 0
    files: int = 0


def backlog(session: Session, waves: Sequence[Wave]) -> Mapping[int, Backlog]:
    """Count what waits, by wave's id.

    Three queries, and for surveys with open texts one each: from the counts, no answer is read for it.
    """
    found = {wave.id: Backlog() for wave in waves}
    on_paper = (ResponseConflict.mode == Mode.PAPER).label("on_paper")
    conflicts = (
        select(ResponseConflict.wave_id, on_paper, func.count().label("n"))
        .where(ResponseConflict.wave_id.in_(found), ResponseConflict.resolution.is_(None))
        .group_by(ResponseConflict.wave_id, on_paper)
    )
    for wave_id, paper, number in session.execute(conflicts):
        if paper:
            found[wave_id].sheets = number
        else:
            found[wave_id].conflicts = number
    held = select(Response.wave_id, func.count()).where(Response.wave_id.in_(found), Response.held.is_(True))
    for wave_id, number in session.execute(held.group_by(Response.wave_id)):
        found[wave_id].held = number
    files = (
        select(ResponseImport.wave_id, func.count().label("n"))
        .where(ResponseImport.wave_id.in_(found), ResponseImport.status == "checked")
        .group_by(ResponseImport.wave_id)
    )
    for wave_id, number in session.execute(files):
        found[wave_id].files = number
    for wave in waves:
        found[wave.id].texts = _texts(session, wave)
    return found


def _texts(session: Session, wave: Wave) -> int:
    listed = items(definition_of(session, wave.instrument_version_id, for_asking=True))
    waiting = [place for place, item in enumerate(listed) if item.group == "waiting"]
    if not waiting:
        return 0
    totals = [type_coerce(func.substr(Cell.sums, place * ITEM + NUMBER + 1, NUMBER), LargeBinary) for place in waiting]
    rows = session.execute(select(*totals).where(Cell.wave_id == wave.id, Cell.people > 0))
    return round(sum(struct.unpack("<d", total)[0] for row in rows for total in row if len(total) == NUMBER))
