from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments import service
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.assessments.models import PaperKind
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers.service import PaperState, state_of
from app.learning.assessments.papers.taking import hand_in
from app.learning.training.models import BatchStatus
from tests.assessments.sample import MOST, RIGHT, TEST
from tests.survey_sample import DEFINITION
from tests.world import World


@pytest.fixture
def instrument(world: World) -> Instrument:
    return world.instrument(TEST, frozen=False, audience="trainees", title="Keamanan akun")


def test_preparing_freezes_the_questions_and_adds_up_their_points(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    paper = papers.prepare(session, world.actor(Role.EDITOR), batch.id, "pre", now=clock.now())
    version = session.get_one(InstrumentVersion, paper.instrument_version_id)
    assert (version.frozen_at, paper.most) == (clock.now(), MOST)
    assert "warga" not in version.definition["intro"]["id"]
    assert state_of(paper, clock.now()) == PaperState.WAITING


def test_without_a_right_answer_there_is_no_test(session: Session, world: World, clock: Clock) -> None:
    plain = world.instrument(DEFINITION, audience="trainees", title="Tanpa kunci")
    batch = world.batch()
    with pytest.raises(Invalid, match="belum punya jawaban benar"):
        papers.prepare(session, world.actor(Role.EDITOR), batch.id, "pre", instrument_id=plain.id, now=clock.now())


def test_questions_for_residents_are_no_test(session: Session, world: World, clock: Clock) -> None:
    other = world.instrument(TEST)
    with pytest.raises(Invalid, match="peserta pelatihan"):
        papers.prepare(
            session, world.actor(Role.EDITOR), world.batch().id, "pre", instrument_id=other.id, now=clock.now()
        )


def test_the_test_after_asks_the_very_version_that_was_asked_before(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    actor = world.actor(Role.EDITOR)
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    pre = papers.prepare(session, actor, batch.id, "pre", now=clock.now())
    service.new_version(session, actor, instrument.id, now=clock.now())
    post = papers.prepare(session, actor, batch.id, "post", now=clock.now())
    assert post.instrument_version_id == pre.instrument_version_id
    chosen = papers.prepare(session, actor, batch.id, "post", instrument_id=instrument.id, now=clock.now())
    assert chosen.instrument_version_id == pre.instrument_version_id


def test_a_programme_may_have_other_questions_after(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    after = world.instrument(TEST, audience="trainees", title="Sesudah")
    programme = world.programme(test_instrument_id=instrument.id, post_instrument_id=after.id)
    batch, actor = world.batch(programme=programme), world.actor(Role.EDITOR)
    pre = papers.prepare(session, actor, batch.id, "pre", now=clock.now())
    post = papers.prepare(session, actor, batch.id, "post", now=clock.now())
    assert post.instrument_version_id == after.versions[0].id != pre.instrument_version_id


@pytest.mark.parametrize("kind", ["feedback", "after_3", "after_12"])
def test_feedback_and_follow_ups_have_standard_questions(
    session: Session, world: World, clock: Clock, kind: str
) -> None:
    actor = world.actor(Role.EDITOR)
    paper = papers.prepare(session, actor, world.batch().id, kind, now=clock.now())
    again = papers.prepare(session, actor, world.batch().id, kind, now=clock.now())
    assert paper.most is None
    assert again.instrument_version_id == paper.instrument_version_id


@pytest.mark.parametrize("kind", ["feedback", "after_3"])
def test_standard_questions_are_asked_even_where_the_office_archived_its_copy(
    session: Session, world: World, clock: Clock, kind: str
) -> None:
    actor = world.actor(Role.EDITOR)
    first = papers.prepare(session, actor, world.batch().id, kind, now=clock.now())
    session.get_one(InstrumentVersion, first.instrument_version_id).instrument.archived_at = clock.now()
    session.commit()
    again = papers.prepare(session, actor, world.batch().id, kind, now=clock.now())
    assert again.instrument_version_id == first.instrument_version_id


def test_nobody_changes_the_questions_once_somebody_answered(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    actor = world.actor(Role.EDITOR)
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    other = world.instrument(TEST, audience="trainees", title="Lain")
    paper = papers.prepare(session, actor, batch.id, "pre", now=clock.now())
    papers.open_paper(session, actor, paper.id, now=clock.now())
    hand_in(session, paper, world.enrolment(batch), RIGHT, started_at=None, now=clock.now())
    with pytest.raises(Refused, match="Sudah ada yang mengisi"):
        papers.prepare(session, actor, batch.id, "pre", instrument_id=other.id, now=clock.now())


def test_a_paper_opens_and_closes_at_its_times(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    actor, now = world.actor(Role.EDITOR), clock.now()
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    paper = papers.prepare(session, actor, batch.id, "pre", now=now)
    hour = timedelta(hours=1)
    papers.schedule(session, actor, paper.id, opens_at=now + hour, closes_at=now + 3 * hour, now=now)
    states = [state_of(paper, now + step * hour) for step in (0, 1, 2, 3)]
    assert states == [PaperState.PLANNED, PaperState.OPEN, PaperState.OPEN, PaperState.CLOSED]
    with pytest.raises(Invalid, match="sesudah waktu buka"):
        papers.schedule(session, actor, paper.id, opens_at=now + hour, closes_at=now + hour, now=now)


def test_closing_ends_it_and_opening_begins_again(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    actor, now = world.actor(Role.EDITOR), clock.now()
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    paper = papers.prepare(session, actor, batch.id, "pre", now=now)
    papers.open_paper(session, actor, paper.id, now=now)
    papers.close_paper(session, actor, paper.id, now=now)
    assert state_of(paper, now) == PaperState.CLOSED
    papers.open_paper(session, actor, paper.id, now=now)
    assert state_of(paper, now) == PaperState.OPEN
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "assessment_papers"))
    assert list(actions) == ["assessment.prepared", *["assessment.times"] * 3]


def test_only_who_keeps_the_batch_prepares_and_opens(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id))
    paper = papers.prepare(session, world.actor(Role.EDITOR), batch.id, "pre", now=clock.now())
    elsewhere = world.actor(Role.TRAINER, organisation=world.organisation())
    with pytest.raises(NotFound):
        papers.open_paper(session, elsewhere, paper.id, now=clock.now())
    with pytest.raises(Forbidden):
        papers.open_paper(session, world.actor(Role.VIEWER), paper.id, now=clock.now())
    teacher = world.user(Role.TRAINER, organisation=world.organisation())
    taught = world.batch(programme=batch.programme, trainers=[teacher])
    assert papers.prepare(session, world.actor_of(teacher), taught.id, "pre", now=clock.now()).kind == PaperKind.PRE


def test_a_cancelled_batch_is_not_assessed(
    session: Session, world: World, clock: Clock, instrument: Instrument
) -> None:
    batch = world.batch(
        programme=world.programme(test_instrument_id=instrument.id), status=BatchStatus.CANCELLED, cancel_reason="x"
    )
    with pytest.raises(Refused, match="dibatalkan"):
        papers.prepare(session, world.actor(Role.EDITOR), batch.id, "pre", now=clock.now())
