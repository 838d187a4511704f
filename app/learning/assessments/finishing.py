"""What happens to the assessments of a batch when it is finished, and when it goes on after all."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.learning.assessments.papers.service import TESTS, close_at_the_end, papers_of
from app.learning.assessments.works import rubric
from app.learning.training.models import Batch


def end(session: Session, actor: Actor, batch: Batch, now: datetime) -> None:
    """Settle the scores of a batch that is finished: its rubric stays as it is, and its tests take no more answers.

    They stay closed where the batch goes on, until somebody opens them: participants may have read what was right.
    """
    rubric.keep(session, actor, batch, now)
    for kind, paper in papers_of(session, batch.id).items():
        if kind in TESTS:
            close_at_the_end(session, actor, paper, now)
