"""Training in figures, for those who answer for it. Queries and plain counts only: whoever shows them says the words.

Batches that are planned or cancelled offered no place to anybody and are left out, and so are practice batches unless
nothing real is there. A figure that nothing was recorded for is None and never 0. What so few people stand behind that
it tells of single persons is withheld; see tally.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, selectinload

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.gatherings.events.models import Sex
from app.kernel.db import Base
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.learning.assessments.scores import Result, results
from app.learning.certificates.models import Certificate
from app.learning.programmes.models import Programme, Skill
from app.learning.skills.matrix import NOWHERE, Matrix, Unit
from app.learning.skills.persons import OPD, Parent, opd_id
from app.learning.skills.tally import BatchRow, Pair, Tally, percent_of, sum_tallies, withhold_few
from app.learning.training.access import may_see_people, visible_to
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Outcome, Trainee
from app.learning.training.participants.presence import AttendanceCount, attendance_by_enrolment, count_dropouts
from app.learning.training.practice import OFFERED


@dataclass(frozen=True)
class Scope:
    """The batches that are counted: begun in this year or period, of this programme; None: all. `practice`: the
    simulated ones."""

    year: int | None = None
    programme_id: int | None = None
    practice: bool = False
    period: Period | None = None

    def batches(self, actor: Actor) -> ColumnElement[bool]:
        """Return the condition on Batch of this scope: those that this person may see."""
        wanted = [visible_to(actor), Batch.status.in_(OFFERED), Batch.simulated.is_(self.practice)]
        if self.year is not None:
            wanted.append(Batch.starts_on.between(date(self.year, 1, 1), date(self.year, 12, 31)))
        if self.period is not None:
            wanted.append(Batch.starts_on.between(self.period.first, self.period.last))
        if self.programme_id is not None:
            wanted.append(Batch.programme_id == self.programme_id)
        return and_(*wanted)


@dataclass(frozen=True)
class Numbers:
    """The figures of a scope. `rows`: the batches, the latest first. `total`: over them; its `accepted`, `women` and
    `sexes` count places, of which somebody may have several, and `people` persons, of whom `nowhere` have no village
    that is known. `women_people` of `sexes_people` known are women and of `sex_unknown` nothing is known, in the
    batches of which this is told: a period could else be chosen that tells of a single person by what it takes in."""

    scope: Scope
    rows: Sequence[BatchRow]
    total: Tally
    people: int
    women_people: int
    sexes_people: int
    sex_unknown: int
    nowhere: int
    all_opds: int
    all_districts: int

    @property
    def womens_share(self) -> float | None:
        return percent_of(self.women_people, self.sexes_people)

    @property
    def few_sexes(self) -> int:
        """Where no batch knows of people enough to tell this person how many are women: of how many the one that knows
        most; else 0."""
        return 0 if self.sexes_people else max((row.tally.sexes for row in self.rows), default=0)


def numbers(session: Session, actor: Actor, scope: Scope, *, now: datetime) -> Numbers:
    """Count the figures of a scope; a constant number of queries, however many batches there are."""
    batches = session.scalars(
        select(Batch)
        .where(scope.batches(actor))
        .options(selectinload(Batch.trainers))
        .order_by(Batch.starts_on.desc(), Batch.id.desc())
    ).all()
    ids = [one.id for one in batches]
    registrations, certificates = _registrations(session, ids), _certificates(session, ids)
    came, scores = attendance_by_enrolment(session, ids, now=now), results(session, ids)
    left = count_dropouts(session, [one.id for one in batches if one.status == BatchStatus.FINISHED], now=now)
    taken: dict[int, list[_Place]] = {}
    for one in _places(session, ids):
        taken.setdefault(one.batch_id, []).append(one)
    rows = [
        BatchRow(
            batch,
            replace(
                _tally(batch, taken.get(batch.id, ()), came, scores, left.get(batch.id, 0)),
                registrations=registrations.get(batch.id, 0), certificates=certificates.get(batch.id, 0),
            ),
            may_see_people(actor, batch),
        )
        for batch in batches
    ]  # fmt: skip
    people = {one.trainee_id: one for places in taken.values() for one in places}.values()
    shown = [withhold_few(row) for row in rows]
    told = [row.batch.id for row in shown if "women" not in row.tally.few]
    sexes = {one.trainee_id: one.sex for key in told for one in taken.get(key, ())}.values()
    return Numbers(
        scope, shown, sum_tallies(rows), len(people),
        women_people=sum(one == Sex.FEMALE for one in sexes),
        sexes_people=sum(one != Sex.UNKNOWN for one in sexes),
        sex_unknown=sum(one == Sex.UNKNOWN for one in sexes),
        nowhere=sum(one.district is None for one in people),
        all_opds=_count(session, Organisation, Organisation.kind == OPD, Organisation.active.is_(True)),
        all_districts=_count(session, District),
    )  # fmt: skip


class _Place(NamedTuple):
    """An accepted participant of a batch. `opd`, `district`: where from, None where that is not known."""

    id: int
    batch_id: int
    trainee_id: int
    outcome: str | None
    sex: str
    opd: int | None
    district: str | None


def _places(session: Session, batch_ids: Collection[int]) -> list[_Place]:
    rows = session.execute(
        select(
            Enrolment.id, Enrolment.batch_id, Enrolment.trainee_id, Enrolment.outcome, Trainee.sex, opd_id(),
            Village.district_code,
        )
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .outerjoin(Parent, Parent.id == Organisation.parent_id)
        .outerjoin(Village, Village.code == Trainee.village_code)
        .where(Enrolment.batch_id.in_(batch_ids), Enrolment.status == EnrolmentStatus.ACCEPTED)
    )  # fmt: skip
    return [_Place(*row) for row in rows]


def _tally(
    batch: Batch, taken: Sequence[_Place], came: Mapping[int, AttendanceCount], scores: Mapping[int, Result], left: int
) -> Tally:
    present = [came[one.id] for one in taken if one.id in came]
    tested = [(one.trainee_id, scores[one.id]) for one in taken if one.id in scores]
    outcomes = [one.outcome for one in taken] if batch.status == BatchStatus.FINISHED else []
    asked = [one for one in present if one.held]
    return Tally(
        places=batch.capacity,
        accepted=len(taken),
        settled=sum(one is not None for one in outcomes),
        completed=outcomes.count(Outcome.COMPLETED),
        open=outcomes.count(None),
        stopped=left if any(outcomes) else 0,
        came=sum(one.came for one in present),
        asked=sum(one.held for one in present),
        attending=len(asked),
        pairs=tuple(
            Pair(who, one.pre, one.post) for who, one in tested if one.pre is not None and one.post is not None
        ),
        women=sum(one.sex == Sex.FEMALE for one in taken),
        sexes=sum(one.sex != Sex.UNKNOWN for one in taken),
        opds=frozenset(one.opd for one in taken if one.opd is not None),
        districts=frozenset(one.district for one in taken if one.district is not None),
    )


def _registrations(session: Session, batch_ids: Collection[int]) -> dict[int, int]:
    """Everybody who asked for a place or was sent, whatever was decided."""
    query = select(Enrolment.batch_id, func.count()).where(Enrolment.batch_id.in_(batch_ids))
    return dict(session.execute(query.group_by(Enrolment.batch_id)).tuples().all())


def _certificates(session: Session, batch_ids: Collection[int]) -> dict[int, int]:
    query = select(Certificate.batch_id, func.count()).where(
        Certificate.batch_id.in_(batch_ids), Certificate.revoked_at.is_(None)
    )
    return dict(session.execute(query.group_by(Certificate.batch_id)).tuples().all())


def _count(session: Session, model: type[Base], *wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0


@dataclass(frozen=True)
class Gaps:
    """The OPDs in which nobody can do anything of the list without help, and the same for each group of skills.
    `opds`: how many there are."""

    opds: int
    everywhere: Sequence[Unit]
    by_group: Sequence[tuple[str, Sequence[Unit]]]


def gaps(found: Matrix) -> Gaps:
    """List the gaps of a matrix by OPD, as it stands today: what people can do knows no year."""
    units = [unit for unit in found.units if unit.key != NOWHERE]
    groups: dict[str, list[Skill]] = {}
    for skill in found.skills:
        groups.setdefault(skill.group, []).append(skill)

    def without(skills: Sequence[Skill]) -> list[Unit]:
        return [unit for unit in units if not any(found.cell(unit, skill).able for skill in skills)]

    return Gaps(len(units), without(found.skills), [(name, without(skills)) for name, skills in groups.items()])


def years(session: Session, actor: Actor, *, practice: bool = False) -> list[int]:
    """List the years in which batches began, the latest first."""
    first, last = session.execute(
        select(func.min(Batch.starts_on), func.max(Batch.starts_on)).where(Scope(practice=practice).batches(actor))
    ).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def programme_choices(session: Session, actor: Actor, *, practice: bool = False) -> list[tuple[int, str]]:
    """List the programmes of which there are batches."""
    held = select(Batch.programme_id).where(Scope(practice=practice).batches(actor))
    rows = session.execute(
        select(Programme.id, Programme.title).where(Programme.id.in_(held)).order_by(func.lower(Programme.title))
    )
    return [(row[0], row[1]) for row in rows]
