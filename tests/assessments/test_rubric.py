"""What becomes of the results of a finished batch when the rubric of its programme changes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.kernel.errors import Invalid
from app.kernel.roles import SYSTEM
from app.learning.assessments.scores import results
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as works
from app.learning.assessments.works.rubric import criteria_of
from app.learning.certificates.eligibility import list_eligibility
from app.learning.programmes.rubric import (
    CriterionValues,
    add_criterion,
    edit_criterion,
    remove_criterion,
    restore_criterion,
)
from app.learning.training.batches.finishing import finish, reopen_finished
from app.learning.training.models import Batch, Enrolment, Outcome
from tests.assessments.rubrics import handed_in, rubric_batch
from tests.world import World

pytestmark = pytest.mark.usefixtures("app")  # whose rooms are registered


@pytest.fixture
def marked(session: Session, world: World, tmp_path: Any) -> Enrolment:
    """Of a batch that is over: 4 and 2 of 4 and 4 points."""
    batch = rubric_batch(world, most=(4, 4), score_from="work", min_attendance=0, min_score=70)
    world.session_of(batch, starts_in=timedelta(days=-2))
    enrolment = world.enrolment(batch)
    work = handed_in(world, Storage(tmp_path), enrolment)
    first, second = (one.id for one in batch.programme.criteria)
    given = marks.Marking({first: "4", second: "2"}, version=work.version)
    marks.mark(session, SYSTEM, batch.id, enrolment.id, given, now=world.clock.now())
    session.commit()
    return enrolment


def told(session: Session, batch: Batch) -> tuple[float | None, str, str]:
    """(percent, outcome by the rule now, state of the work)."""
    session.expire_all()
    (one,), (row,) = list_eligibility(session, batch), session.execute(works.select_works(batch)).all()
    assert works.count_by_state(session, [batch.id])[batch.id]["marked"] == 1
    state = works.state_of(row.Work, row.marks, row.criteria)
    assert (
        marks.percent_of(row.Work, criteria_of(session, batch)) == results(session, [batch.id])[one.enrolment.id].work
    )
    return results(session, [batch.id])[one.enrolment.id].work, one.outcome, state


def test_a_rubric_that_changes_later_changes_nothing_of_a_finished_batch(
    session: Session, world: World, marked: Enrolment
) -> None:
    batch, now = marked.batch, world.clock.now()
    first, second = (one.id for one in batch.programme.criteria)
    finish(session, SYSTEM, batch.id, now=now)
    session.commit()
    before = told(session, batch)
    assert before == (75, Outcome.COMPLETED, works.MARKED)
    add_criterion(session, SYSTEM, batch.programme_id, CriterionValues("Baru", "", 4), now=now)
    assert told(session, batch) == before
    remove_criterion(session, SYSTEM, second, now=now)
    assert told(session, batch) == before
    restore_criterion(session, SYSTEM, second, now=now)
    assert told(session, batch) == before
    with pytest.raises(Invalid, match="nilai terbanyaknya tetap 4"):
        edit_criterion(session, SYSTEM, first, CriterionValues("Unsur 1", "", 10), now=now)


def test_what_was_put_away_before_the_end_does_not_come_back(session: Session, world: World, marked: Enrolment) -> None:
    batch, now = marked.batch, world.clock.now()
    second = batch.programme.criteria[1].id
    remove_criterion(session, SYSTEM, second, now=now)
    finish(session, SYSTEM, batch.id, now=now)
    restore_criterion(session, SYSTEM, second, now=now)
    assert told(session, batch)[0] == 100


def test_a_batch_that_goes_on_has_the_rubric_of_today(session: Session, world: World, marked: Enrolment) -> None:
    batch, now = marked.batch, world.clock.now()
    finish(session, SYSTEM, batch.id, now=now)
    add_criterion(session, SYSTEM, batch.programme_id, CriterionValues("Baru", "", 4), now=now)
    reopen_finished(session, SYSTEM, batch.id, now=now)
    assert len(criteria_of(session, batch)) == 3
    assert results(session, [batch.id]).get(marked.id) is None


def test_a_criterion_that_a_finished_batch_asked_for_is_kept_though_nobody_was_marked_by_it(
    session: Session, world: World
) -> None:
    batch, now = rubric_batch(world), world.clock.now()
    world.session_of(batch, starts_in=timedelta(days=-2))
    finish(session, SYSTEM, batch.id, now=now)
    assert remove_criterion(session, SYSTEM, batch.programme.criteria[0].id, now=now)  # put away, not deleted
    assert len(criteria_of(session, batch)) == 2
