"""Who filled in a paper and who did not, in a constant number of queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.instruments.queries import with_right_answers
from app.gatherings.events.models import Event, EventStatus
from app.learning.assessments.followups.feedback import count_feedback
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers.service import papers_of
from app.learning.assessments.scores import percent
from app.learning.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus, Trainee


@dataclass(frozen=True)
class ParticipantTurnout:
    """A participant on the page of a paper. `late`: a test before that came when the training had begun."""

    enrolment_id: int
    name: str
    sitting: Sitting | None
    has_given: bool
    late: bool = False

    @property
    def percent(self) -> float | None:
        return percent(self.sitting.score, self.sitting.most) if self.sitting else None


@dataclass(frozen=True)
class PaperQuestions:
    """The version of an instrument that a paper asks."""

    version_id: int
    number: int
    instrument_id: int
    title: str


def list_turnout(session: Session, paper: Paper) -> list[ParticipantTurnout]:
    """List the accepted participants by name, each with what was handed in; of feedback nobody, since it has no names,
    not even of who gave it."""
    if paper.kind == PaperKind.FEEDBACK:
        return []
    query = (
        select(Enrolment.id, Enrolment.status, Trainee.name, Sitting)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .outerjoin(Sitting, and_(Sitting.enrolment_id == Enrolment.id, Sitting.paper_id == paper.id))
        .where(Enrolment.batch_id == paper.batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
        .order_by(func.lower(Trainee.name), Enrolment.id)
    )
    rows = session.execute(query).all()
    start = first_start(session, paper.batch_id) if paper.kind == PaperKind.PRE else None
    return [
        ParticipantTurnout(
            row.id, row.name, row.Sitting, row.Sitting is not None, late=_is_late(row.Sitting, start)
        )
        for row in rows
    ]  # fmt: skip


def _is_late(sitting: Sitting | None, start: datetime | None) -> bool:
    """Of one from paper nobody knows when it was filled in."""
    return sitting is not None and start is not None and sitting.entered_by_id is None and sitting.handed_in_at > start


def first_start(session: Session, batch_id: int) -> datetime | None:
    """Return when the first session that was not called off began or begins."""
    return session.scalar(
        select(func.min(Event.starts_at))
        .join(BatchSession, BatchSession.event_id == Event.id)
        .where(BatchSession.batch_id == batch_id, Event.status != EventStatus.CANCELLED)
    )


def count_turnout(session: Session, batch: Batch) -> tuple[dict[str, Paper], Mapping[str, int], int]:
    """Return (papers by kind, accepted participants who filled each in by kind, accepted participants); of feedback
    everybody who gave it: that the number falls when somebody leaves would say whose it was."""
    papers = papers_of(session, batch.id)
    accepted = and_(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    everybody = session.scalar(select(func.count()).select_from(Enrolment).where(accepted)) or 0
    found: dict[str, int] = dict.fromkeys(papers, 0)
    query = (
        select(Paper.kind, func.count())
        .join(Sitting, Sitting.paper_id == Paper.id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(Paper.batch_id == batch.id, accepted)
        .group_by(Paper.kind)
    )
    found |= dict(session.execute(query).tuples().all())
    if PaperKind.FEEDBACK in papers:
        found[PaperKind.FEEDBACK] = count_feedback(session, papers[PaperKind.FEEDBACK].id)
    return papers, found, everybody


def questions_of_versions(session: Session, version_ids: Collection[int]) -> Mapping[int, PaperQuestions]:
    """Map the id of a version to what it is."""
    query = (
        select(InstrumentVersion.id, InstrumentVersion.number, Instrument.id, Instrument.title)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(InstrumentVersion.id.in_(version_ids))
    )
    return {row[0]: PaperQuestions(*row) for row in session.execute(query)}


def instruments_to_choose(
    session: Session, *, tests: bool = False, keep: Collection[int | None] = ()
) -> Sequence[tuple[int, str]]:
    """List (id, title) of the questions for participants that are in use; `tests`: only those with right answers, and
    those of `keep`, which stand in the record."""
    query = (
        select(Instrument.id, Instrument.title)
        .where(Instrument.audience == SurveyAudience.TRAINEES, Instrument.archived_at.is_(None))
        .order_by(func.lower(Instrument.title), Instrument.id)
    )
    if tests:
        query = query.where(or_(with_right_answers(), Instrument.id.in_([one for one in keep if one is not None])))
    return [(number, title) for number, title in session.execute(query)]
