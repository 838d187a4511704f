"""The three sentences of Ikhtisar before the figures of the weekly summary (control/digest.py)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.kernel.periods import Period
from app.kernel.roles import SYSTEM
from app.kernel.text import T
from app.oversight.control import digest
from app.oversight.control.items import NOBODY
from app.oversight.insights import overview


def opening(session: Session, week: digest.Week) -> Sequence[T]:
    """Return the sentences of Ikhtisar for the weekly summary, of the last twelve months."""
    found = overview.overview(
        session, SYSTEM, regency_code=week.regency_code, period=Period.twelve_months(week.today), today=week.today,
        now=week.now, zone=week.zone,
    )  # fmt: skip
    moves = found.awareness.sentence
    return [
        T("Simulasi: %(sentence)s", sentence=moves) if found.awareness.simulated else moves,
        found.reach.sentence(str(T("12 bulan terakhir"))),
        found.overdue.sentence(str(NOBODY)),
    ]
