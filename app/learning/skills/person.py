"""Everything known of one person: batches with attendance and scores, works, certificates, skills with evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from app.base.people.models import User
from app.evidence.instruments.definition import read
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.responses.wording import WordedAnswer, word_answers
from app.gatherings.events.models import Attendance, Event
from app.kernel.roles import Actor
from app.learning.assessments.models import Paper, PaperKind, Sitting, Work
from app.learning.assessments.scores import Result, results
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Skill
from app.learning.programmes.queries import skills
from app.learning.projects.models import Project
from app.learning.skills.levels import evidence_counts
from app.learning.skills.models import SkillEvidence
from app.learning.training.access import visible_to
from app.learning.training.models import Batch, BatchSession, Enrolment, Seat
from app.learning.training.participants.presence import AttendanceCount, attendance_by_enrolment

FOLLOW_UPS = (PaperKind.AFTER_3, PaperKind.AFTER_12)


@dataclass(frozen=True)
class Meeting:
    """A session of a batch and whether the person was there. `seated`: had a place, so that attendance was asked."""

    session: BatchSession
    event: Event
    came: bool
    seated: bool


@dataclass(frozen=True)
class Participation:
    """A person's place in a batch, and what became of it. `certificate`: the latest, also where it was revoked."""

    enrolment: Enrolment
    attended: AttendanceCount | None
    result: Result
    meetings: Sequence[Meeting]
    work: Work | None
    certificate: Certificate | None

    @property
    def batch(self) -> Batch:
        return self.enrolment.batch


@dataclass(frozen=True)
class HeldLevel:
    """The level that somebody has: `level` (SkillLevel) and the day of the latest evidence of that level. What is old
    is not taken away: the day stands beside the level, so that whoever reads it can judge."""

    level: int
    on: date


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence: who noted it, what it rests on, and whether it counts (levels.evidence_counts)."""

    evidence: SkillEvidence
    by: str | None
    certificate: Certificate | None
    project: Project | None
    counts: bool


@dataclass(frozen=True)
class KnownSkill:
    """A skill with everything that speaks of it. `held` None: nothing of it counts."""

    skill: Skill
    held: HeldLevel | None
    lines: Sequence[EvidenceLine]


@dataclass(frozen=True)
class FollowUp:
    """What somebody said of one batch. `answers`: the questions that were answered, in words."""

    batch: Batch
    kind: str
    sitting: Sitting
    answers: Sequence[WordedAnswer]


def list_participations(session: Session, actor: Actor, trainee_id: int, *, now: datetime) -> list[Participation]:
    """List the batches of a person, the latest first; only batches that this person may see. A constant number of
    queries."""
    enrolments = session.scalars(
        select(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.trainee_id == trainee_id, visible_to(actor))
        .options(contains_eager(Enrolment.batch))
        .order_by(Batch.starts_on.desc(), Batch.id.desc())
    ).all()
    batch_ids, ids = [one.batch_id for one in enrolments], [one.id for one in enrolments]
    if not ids:
        return []
    came, scores = attendance_by_enrolment(session, batch_ids, now=now), results(session, batch_ids)
    meetings = _meetings(session, enrolments)
    works = {one.enrolment_id: one for one in session.scalars(select(Work).where(Work.enrolment_id.in_(ids)))}
    certificates = {
        one.enrolment_id: one
        for one in session.scalars(
            select(Certificate).where(Certificate.enrolment_id.in_(ids)).order_by(Certificate.issued_at, Certificate.id)
        )
    }
    return [
        Participation(
            one, came.get(one.id), scores.get(one.id, Result()), meetings.get(one.id, ()), works.get(one.id),
            certificates.get(one.id),
        )
        for one in enrolments
    ]  # fmt: skip


def _meetings(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, list[Meeting]]:
    of_batch: dict[int, list[tuple[BatchSession, Event]]] = {}
    rows = session.execute(
        select(BatchSession, Event)
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id.in_([one.batch_id for one in enrolments]))
        .order_by(Event.starts_at, BatchSession.position, BatchSession.id)
    )
    for meeting, event in rows:
        of_batch.setdefault(meeting.batch_id, []).append((meeting, event))
    seats = {
        (enrolment_id, session_id): present is not None
        for enrolment_id, session_id, present in session.execute(
            select(Seat.enrolment_id, Seat.session_id, func.min(Attendance.id))
            .outerjoin(Attendance, Attendance.registration_id == Seat.registration_id)
            .where(Seat.enrolment_id.in_([one.id for one in enrolments]))
            .group_by(Seat.enrolment_id, Seat.session_id)
        )
    }
    return {
        one.id: [
            Meeting(meeting, event, seats.get((one.id, meeting.id), False), (one.id, meeting.id) in seats)
            for meeting, event in of_batch.get(one.batch_id, ())
        ]
        for one in enrolments
    }


def count_other_batches(session: Session, actor: Actor, trainee_id: int) -> int:
    """Count in how many batches more this person is, which are not for `actor`."""
    query = select(func.count()).select_from(Enrolment).join(Batch, Batch.id == Enrolment.batch_id)
    return session.scalar(query.where(Enrolment.trainee_id == trainee_id, ~visible_to(actor))) or 0


def known_skills(session: Session, trainee_id: int) -> list[KnownSkill]:
    """List the skills of a person in the order of the list of skills; within each the evidence that counts first, then
    by level and day."""
    rows = session.execute(
        select(SkillEvidence, User.name, Certificate, Project, evidence_counts())
        .outerjoin(User, User.id == SkillEvidence.by_id)
        .outerjoin(Certificate, Certificate.id == SkillEvidence.certificate_id)
        .outerjoin(Project, Project.id == SkillEvidence.project_id)
        .where(SkillEvidence.trainee_id == trainee_id)
        .order_by(
            evidence_counts().desc(), SkillEvidence.level.desc(), SkillEvidence.on.desc(),
            SkillEvidence.id.desc(),
        )
    )  # fmt: skip
    lines: dict[int, list[EvidenceLine]] = {}
    for evidence, by, certificate, project, counts in rows:
        lines.setdefault(evidence.skill_id, []).append(EvidenceLine(evidence, by, certificate, project, counts))
    if not lines:
        return []
    listed = [*skills(session), *skills(session, archived=True)]
    return [KnownSkill(skill, _held(lines[skill.id]), lines[skill.id]) for skill in listed if skill.id in lines]


def _held(lines: Sequence[EvidenceLine]) -> HeldLevel | None:
    best = lines[0].evidence
    return HeldLevel(best.level, best.on) if lines[0].counts else None


def follow_ups(session: Session, actor: Actor, trainee_id: int) -> list[FollowUp]:
    """List what the person said 3 and 12 months after a batch, the latest first."""
    rows = session.execute(
        select(Batch, Paper.kind, Sitting, InstrumentVersion.definition)
        .join(Enrolment, Enrolment.batch_id == Batch.id)
        .join(Sitting, Sitting.enrolment_id == Enrolment.id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(InstrumentVersion, InstrumentVersion.id == Paper.instrument_version_id)
        .where(Enrolment.trainee_id == trainee_id, Paper.kind.in_(FOLLOW_UPS), visible_to(actor))
        .order_by(Sitting.handed_in_at.desc(), Sitting.id.desc())
    )
    return [
        FollowUp(batch, kind, sitting, [one for one in word_answers(read(definition), sitting.answers) if one.lines])
        for batch, kind, sitting, definition in rows
    ]
