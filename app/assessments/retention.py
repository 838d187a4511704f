"""What goes when a participant's personal data are erased."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.assessments import invitations
from app.assessments.models import Mark, Paper, Sitting, Work
from app.assessments.papers import TESTS
from app.events.photos import forget_file
from app.training.models import Enrolment

ERASED_TITLE = "Dihapus"


def erase_of(session: Session, trainee_ids: Collection[int]) -> Sequence[str]:
    """Answers to follow-ups go; of works what was handed in and said about it goes and points stay; of tests the
    answers go and the score stays. Feedback is nobody's.

    Gives the SHA-256 of files that no record holds any more, to be removed from the storage after the commit.
    """
    mine = list(session.scalars(select(Enrolment.id).where(Enrolment.trainee_id.in_(trainee_ids))))
    if not mine:
        return []
    quietly = {"synchronize_session": False}
    tests = select(Paper.id).where(Paper.kind.in_(TESTS))
    sittings = Sitting.enrolment_id.in_(mine)
    session.execute(delete(Sitting).where(sittings, Sitting.paper_id.not_in(tests)), execution_options=quietly)
    session.execute(update(Sitting).where(sittings).values(answers={}), execution_options=quietly)
    invitations.forget(session, mine)
    return _erase_works(session, mine)


def _erase_works(session: Session, enrolment_ids: Collection[int]) -> list[str]:
    works = session.scalars(select(Work).where(Work.enrolment_id.in_(enrolment_ids))).all()
    files = [work.file_id for work in works if work.file_id is not None]
    for work in works:
        work.title, work.repository, work.note, work.comment, work.file_id = ERASED_TITLE, "", "", "", None
    session.flush()
    of_works = Mark.work_id.in_([work.id for work in works])
    session.execute(update(Mark).where(of_works).values(note=""), execution_options={"synchronize_session": False})
    gone = [forget_file(session, file_id) for file_id in files]
    return [sha256 for sha256 in gone if sha256 is not None]
