"""What goes when a participant's personal data are erased."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.storage import Storage
from app.gatherings.events.photos import forget_file
from app.kernel.db import unit_of_work
from app.learning.assessments.models import Mark, Paper, Sitting, Work
from app.learning.assessments.papers import invitations
from app.learning.assessments.papers.service import TESTS
from app.learning.training.models import Enrolment, Trainee

ERASED_TITLE = "Dihapus"


def erase_of(session: Session, trainee_ids: Collection[int]) -> None:
    """Erase what assessments keep of these people: answers to follow-ups go; of works the words and addresses go and
    points stay; of tests the answers go and the score stays. Feedback is nobody's. Files go with `sweep_files`."""
    mine = list(session.scalars(select(Enrolment.id).where(Enrolment.trainee_id.in_(trainee_ids))))
    if not mine:
        return
    quietly = {"synchronize_session": False}
    tests = select(Paper.id).where(Paper.kind.in_(TESTS))
    sittings = Sitting.enrolment_id.in_(mine)
    session.execute(delete(Sitting).where(sittings, Sitting.paper_id.not_in(tests)), execution_options=quietly)
    session.execute(update(Sitting).where(sittings).values(answers={}), execution_options=quietly)
    invitations.forget(session, mine)
    works = session.scalars(select(Work).where(Work.enrolment_id.in_(mine))).all()
    for work in works:
        work.title, work.repository, work.note, work.comment = ERASED_TITLE, "", "", ""
    session.flush()
    of_works = Mark.work_id.in_([work.id for work in works])
    session.execute(update(Mark).where(of_works).values(note=""), execution_options=quietly)


def sweep_files(sessions: "sessionmaker[Session]", storage: Storage) -> int:
    """Remove the files of works whose people were erased, and return how many; the worker does so every hour."""
    with unit_of_work(sessions) as session:
        works = session.scalars(
            select(Work)
            .join(Enrolment, Enrolment.id == Work.enrolment_id)
            .join(Trainee, Trainee.id == Enrolment.trainee_id)
            .where(Trainee.erased_at.is_not(None), Work.file_id.is_not(None))
        ).all()
        files = [work.file_id for work in works if work.file_id is not None]
        for work in works:
            work.file_id = None
        session.flush()
        gone = [forget_file(session, file_id) for file_id in files]
    for sha256 in gone:
        if sha256 is not None:
            storage.forget(sha256)
    return len(files)


def forget(session: Session, trainee: Trainee, now: datetime) -> None:
    """Erase what assessments keep of one trainee, for training.retention.ERASED; a second time changes nothing."""
    erase_of(session, [trainee.id])
