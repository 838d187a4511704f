"""Erase single answers after their time; what was counted of them stays."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.models import Response, ResponseBurst, ResponseConflict, ResponseImport
from app.evidence.responses.tally import fold, take_turn
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.db import unit_of_work

ENDED = (WaveStatus.CLOSED, WaveStatus.CANCELLED)
OVER = ("done", "dropped", "removed")
"""Imports that need their files no more."""
UNDER_WAY = timedelta(hours=2)
"""A file is saved before its import is written."""
NO_NAME = "(nama dihapus)"
AT_ONCE = 20
"""Waves a run; the next hour takes the next ones."""


def erase_answers(sessions: "sessionmaker[Session]", *, answer_days: int, now: datetime) -> int:
    """Erase the single answers of waves that were closed longer than `answer_days` ago; returns of how many waves.

    Also once more where answers came after that, e.g. because the wave was opened again. Each wave in its own
    transaction, after everything of it was counted.
    """
    with sessions() as session:
        due = session.scalars(
            select(Wave.id)
            .where(Wave.status.in_(ENDED), Wave.closed_at < now - timedelta(days=answer_days))
            .where(exists().where(Response.wave_id == Wave.id))
            .order_by(Wave.id)
            .limit(AT_ONCE)
        ).all()
    for wave_id in due:
        _erase(sessions, wave_id, now)
    return len(due)


def _erase(sessions: "sessionmaker[Session]", wave_id: int, now: datetime) -> None:
    counted = 1
    while counted:
        with unit_of_work(sessions) as session:
            counted = fold(session, session.get_one(Wave, wave_id))
    with unit_of_work(sessions) as session:
        take_turn(session, session.get_one(Wave, wave_id))  # first, as everybody does: then the rows
        wave = session.get_one(Wave, wave_id, with_for_update=True, populate_existing=True)
        if wave.status not in ENDED:
            return
        while fold(session, wave):
            continue
        session.execute(delete(ResponseConflict).where(ResponseConflict.wave_id == wave_id))
        session.execute(delete(Response).where(Response.wave_id == wave_id))
        session.execute(delete(ResponseBurst).where(ResponseBurst.wave_id == wave_id))
        session.execute(
            update(ResponseImport).where(ResponseImport.wave_id == wave_id).values(problems=[], file_name=NO_NAME)
        )
        wave.erased_at = now


def sweep_uploads(sessions: "sessionmaker[Session]", folder: Path, *, now: datetime) -> int:
    """Remove the files of uploads that no import names any more, e.g. since the power went; returns how many.

    What belongs together has one stem: the upload, and what was read from it.
    """
    with sessions() as session:
        paths = session.scalars(select(ResponseImport.path).where(ResponseImport.status.not_in(OVER))).all()
    named = {Path(path).name.partition(".")[0] for path in paths}
    before, done = (now - UNDER_WAY).timestamp(), 0
    for found in folder.glob("*.*"):
        if found.name.partition(".")[0] not in named and found.stat().st_mtime < before:
            found.unlink(missing_ok=True)
            done += 1
    return done
