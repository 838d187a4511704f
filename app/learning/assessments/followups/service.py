"""What the worker does after training: feedback when a batch is finished, and follow-ups 3 and 12 months later.

Each step is a transaction of its own and asks first whether it is done, so that it may be run again at any time and by
several workers. One batch that cannot be asked does not keep the others waiting.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM
from app.kernel.site import site_of
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers.invitations import invite, select_due_papers
from app.learning.assessments.papers.service import paper_of, prepare, schedule
from app.learning.training.models import Batch, BatchStatus

log = logging.getLogger(__name__)

MONTHS = {PaperKind.AFTER_3: 3, PaperKind.AFTER_12: 12}
OPEN_FOR = {
    PaperKind.FEEDBACK: timedelta(weeks=2),
    PaperKind.AFTER_3: timedelta(weeks=4),
    PaperKind.AFTER_12: timedelta(weeks=4),
}
LATEST = timedelta(days=60)
"""A follow-up that did not begin by then begins by itself no more: "three months" would not be true of it."""
FEEDBACK_WITHIN = timedelta(days=14)
"""Since the batch was finished."""


def due(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Prepare and open what is due, and mail invitations and reminders; how many mails are new."""
    with sessions() as session:
        begun = [*_feedback_due(session, now), *_followups_due(session, now)]
    for batch_id, kind in begun:
        _step(sessions, f"{kind} of batch {batch_id}", partial(begin, batch_id=batch_id, kind=kind, now=now))
    with sessions() as session:
        papers = list(session.scalars(select_due_papers(now)))
    return sum(
        _step(sessions, f"invitations of paper {paper_id}", partial(_invite, paper_id=paper_id, now=now))
        for paper_id in papers
    )


def _step(sessions: "sessionmaker[Session]", what: str, work: Callable[[Session], int]) -> int:
    try:
        with unit_of_work(sessions) as session:
            done = work(session)
    except Exception:  # whatever it is, the next run tries again
        log.exception("%s failed", what)
        return 0
    return done


def _invite(session: Session, *, paper_id: int, now: datetime) -> int:
    paper = session.scalar(select(Paper).where(Paper.id == paper_id).with_for_update())
    return invite(session, paper, now=now) if paper is not None else 0


def begin(session: Session, batch_id: int, kind: PaperKind, *, now: datetime) -> int:
    """Prepare the standard questions for this batch and open them for their weeks; 1 where that was not done before."""
    session.execute(select(Batch.id).where(Batch.id == batch_id).with_for_update())
    known = paper_of(session, batch_id, kind)
    if known is not None and (known.opens_at is not None or known.closes_at is not None):
        return 0
    paper = known or prepare(session, SYSTEM, batch_id, kind, now=now)
    schedule(session, SYSTEM, paper.id, opens_at=now, closes_at=now + OPEN_FOR[kind], now=now)
    return 1


def _unopened(kind: PaperKind) -> ColumnElement[bool]:
    opened = or_(Paper.opens_at.is_not(None), Paper.closes_at.is_not(None))
    return ~exists().where(Paper.batch_id == Batch.id, Paper.kind == kind, opened)


def _feedback_due(session: Session, now: datetime) -> list[tuple[int, PaperKind]]:
    query = select(Batch.id).where(
        Batch.status == BatchStatus.FINISHED,
        Batch.simulated.is_(False),
        Batch.finished_at >= now - FEEDBACK_WITHIN,
        _unopened(PaperKind.FEEDBACK),
    )
    return [(batch_id, PaperKind.FEEDBACK) for batch_id in session.scalars(query)]


def _followups_due(session: Session, now: datetime) -> list[tuple[int, PaperKind]]:
    today = now.astimezone(ZoneInfo(site_of(session).tz)).date()
    found: list[tuple[int, PaperKind]] = []
    for kind, months in MONTHS.items():
        query = select(Batch.id, Batch.ends_on).where(
            Batch.status == BatchStatus.FINISHED,
            Batch.simulated.is_(False),
            Batch.ends_on >= today - relativedelta(months=months) - LATEST,
            Batch.ends_on <= today,
            _unopened(kind),
        )
        rows = session.execute(query.order_by(Batch.id)).all()
        found += [(row.id, kind) for row in rows if due_on(row.ends_on, kind) <= today]
    return found


def due_on(ends_on: date, kind: str) -> date:
    """Return the day on which a follow-up is asked: 31 January and three months is 30 April."""
    return ends_on + relativedelta(months=MONTHS[PaperKind(kind)])
