"""Feedback on trainers, material and place: what was said stands apart from who said it.

Two tables hold it. `feedback_given` names who gave feedback and not what; `feedback_answers` holds what was said, under
a random id, with the day and neither person nor hour. No key leads from one to the other, nothing of it is audited with
a name, and nobody who fills it in for somebody else is noted. The order in which a database keeps its rows, and the
mark of the transaction that wrote them, would say who answered which: so that whenever one answer comes in, all rows of
that form are written anew in the order of their keys, of which one is random. Who gave is told to nobody but the
person, and reminders go to everybody: names beside the results would show whose answer came last. Nothing is shown
while the form takes answers, nor can it be opened again once it was closed with enough of them, so that nobody learns
an answer by looking before and after it came (feedback_results.py, papers/service.py).

What this cannot hide: the day; words by which somebody is known ("saya satu-satunya dari Tabang", of which the form
warns); and from whoever copies the whole database before and after a single answer, or reads the web server's log
beside it, nothing in this table can hide that answer.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from app.kernel.site import site_of
from app.learning.assessments.models import Feedback, FeedbackGiven, Paper
from app.learning.training.models import Enrolment, EnrolmentStatus

LEAST = 5
"""Answers from which on anything of them is shown."""


def has_given_feedback(session: Session, paper_id: int, enrolment_id: int) -> bool:
    """Return whether this participant has given feedback; what it was cannot be asked."""
    return session.get(FeedbackGiven, (paper_id, enrolment_id)) is not None


def count_feedback(session: Session, paper_id: int) -> int:
    """Count who gave feedback, also people who left the batch or whose data were erased: what they said counts."""
    return session.scalar(select(func.count()).where(FeedbackGiven.paper_id == paper_id)) or 0


def feedback_turnout(session: Session, paper: Paper) -> tuple[int, int]:
    """Return (who gave, of how many): numbers that say nothing about one person who leaves or is erased."""
    accepted = and_(Enrolment.batch_id == paper.batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    given = count_feedback(session, paper.id)
    return given, max(given, session.scalar(select(func.count()).select_from(Enrolment).where(accepted)) or 0)


def store_feedback(
    session: Session, paper: Paper, enrolment: Enrolment, answers: Mapping[str, Any], now: datetime
) -> bool:
    """Keep what this participant said, once; whether it is new. A second time changes nothing.

    `answers` are those of instruments/logic.clean. Whether the form takes answers now is asked by whoever calls.
    """
    session.execute(select(Paper.id).where(Paper.id == paper.id).with_for_update())
    if has_given_feedback(session, paper.id, enrolment.id):
        return False
    day = now.astimezone(ZoneInfo(site_of(session).tz)).date()
    said = {"id": str(uuid.uuid4()), "paper_id": paper.id, "answers": dict(answers), "on": day}
    _rewrite_givers(session, paper.id, enrolment.id)
    _rewrite_answers(session, paper.id, said)
    return True


def _rewrite_givers(session: Session, paper_id: int, enrolment_id: int) -> None:
    known = select(FeedbackGiven.enrolment_id).where(FeedbackGiven.paper_id == paper_id)
    everybody = sorted({*session.scalars(known), enrolment_id})
    session.execute(delete(FeedbackGiven).where(FeedbackGiven.paper_id == paper_id))
    session.execute(insert(FeedbackGiven), [{"paper_id": paper_id, "enrolment_id": one} for one in everybody])


def _rewrite_answers(session: Session, paper_id: int, said: Mapping[str, Any]) -> None:
    columns = (Feedback.id, Feedback.paper_id, Feedback.answers, Feedback.on)
    rows = [dict(row._mapping) for row in session.execute(select(*columns).where(Feedback.paper_id == paper_id))]
    session.execute(delete(Feedback).where(Feedback.paper_id == paper_id))
    session.execute(insert(Feedback), sorted([*rows, dict(said)], key=lambda row: str(row["id"])))
