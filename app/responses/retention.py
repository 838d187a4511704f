"""Single answers go after their time; what was counted of them stays."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.db import unit_of_work
from app.responses.models import Response, ResponseConflict
from app.responses.tally import fold, take_turn
from app.surveys.models import Wave, WaveStatus

ENDED = (WaveStatus.CLOSED, WaveStatus.CANCELLED)
AT_ONCE = 20
"""Waves a run; the next hour takes the next ones."""


def erase_answers(sessions: "sessionmaker[Session]", *, answer_days: int, now: datetime) -> int:
    """Erase the single answers of waves that were closed longer than `answer_days` ago; returns of how many waves.

    Each wave in its own transaction, after everything of it was counted.
    """
    with sessions() as session:
        due = session.scalars(
            select(Wave.id)
            .where(Wave.status.in_(ENDED), Wave.closed_at < now - timedelta(days=answer_days), Wave.erased_at.is_(None))
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
        wave = session.get_one(Wave, wave_id, with_for_update=True)
        take_turn(session, wave)
        if wave.status not in ENDED or wave.erased_at is not None:
            return
        while fold(session, wave):
            continue
        session.execute(delete(ResponseConflict).where(ResponseConflict.wave_id == wave_id))
        session.execute(delete(Response).where(Response.wave_id == wave_id))
        wave.erased_at = now
