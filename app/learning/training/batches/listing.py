"""What the pages of batches show, each in a number of queries that does not grow with the list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, RoleRow, User
from app.base.people.organisations import OrganisationKind
from app.kernel.audit import AuditEntry
from app.kernel.numbers import read_int
from app.kernel.roles import Actor, Role
from app.learning.programmes.models import Programme
from app.learning.training.access import visible_to
from app.learning.training.models import Batch, BatchStatus, BatchTrainer, Enrolment, EnrolmentStatus, QuotaKind
from app.learning.training.states import ALIVE
from app.outreach.campaigns.models import Campaign

HISTORY = 50
QUEUED = (EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING)
ORGANISERS = (OrganisationKind.OPD, OrganisationKind.BIDANG, OrganisationKind.KIM, OrganisationKind.PROGRAMMER,
              OrganisationKind.OTHER)  # fmt: skip


@dataclass(frozen=True)
class BatchFilters:
    """What narrows the list of batches. `year`: in which the batch begins. `own`: only those that this person
    teaches."""

    q: str = ""
    status: str = ""
    programme_id: int | None = None
    organisation_id: int | None = None
    year: int | None = None
    own: bool = False


def teaches(actor: Actor) -> ColumnElement[bool]:
    """Return whether this person is among the trainers of the batch."""
    return exists().where(BatchTrainer.batch_id == Batch.id, BatchTrainer.user_id == actor.id)


def count_people(*statuses: EnrolmentStatus) -> Any:
    """Count how many enrolments of the batch have one of these statuses, as a subquery."""
    query = select(func.count()).where(Enrolment.batch_id == Batch.id, Enrolment.status.in_(statuses))
    return query.correlate(Batch).scalar_subquery()


def batches(actor: Actor, filters: BatchFilters) -> Select[Any]:
    """Select rows (Batch, organisation, village, accepted, applied, waiting, mine): what this person teaches first,
    then what goes on, then by day, the latest first."""
    mine = teaches(actor)
    query: Any = (
        select(
            Batch,
            func.coalesce(Organisation.short_name, Organisation.name).label("organisation"),
            Village.name.label("village"),
            count_people(EnrolmentStatus.ACCEPTED).label("accepted"),
            count_people(EnrolmentStatus.APPLIED).label("applied"),
            count_people(EnrolmentStatus.WAITING).label("waiting"),
            mine.label("mine"),
        )
        .join(Organisation, Organisation.id == Batch.organisation_id)
        .join(Programme, Programme.id == Batch.programme_id)
        .outerjoin(Village, Village.code == Batch.village_code)
        .where(visible_to(actor), *_conditions(actor, filters))
        .order_by(
            case((mine, 0), else_=1),
            case((Batch.status.in_((BatchStatus.DRAFT, *ALIVE)), 0), else_=1),
            Batch.starts_on.desc(),
            Batch.id.desc(),
        )
    )
    found: Select[Any] = query
    return found


def batches_where(actor: Actor, *wanted: ColumnElement[bool]) -> Select[Any]:
    """Select rows (Batch, accepted) that this person sees, the latest first."""
    query: Any = (
        select(Batch, count_people(EnrolmentStatus.ACCEPTED).label("accepted"))
        .where(*wanted, visible_to(actor))
        .order_by(Batch.starts_on.desc(), Batch.id.desc())
    )
    found: Select[Any] = query
    return found


def _conditions(actor: Actor, filters: BatchFilters) -> list[Any]:
    wanted: list[Any] = []
    words = filters.q.strip()
    if words:
        columns: tuple[Any, ...] = (Batch.name, Programme.title, Batch.place, Organisation.name)
        wanted.append(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if filters.status:
        wanted.append(Batch.status == filters.status)
    if filters.programme_id:
        wanted.append(Batch.programme_id == filters.programme_id)
    if filters.organisation_id:
        wanted.append(Batch.organisation_id == filters.organisation_id)
    if filters.year:
        wanted.append(Batch.starts_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31)))
    if filters.own:
        wanted.append(teaches(actor))
    return wanted


@dataclass(frozen=True)
class BatchChoices:
    """The choices by which the list is narrowed: what stands in it."""

    programmes: Sequence[tuple[int, str]]
    organisations: Sequence[tuple[int, str]]
    years: Sequence[int]
    teaches: bool


def choices(session: Session, actor: Actor) -> BatchChoices:
    """Return what stands in the list, by which it is narrowed; one query."""
    rows = session.execute(
        select(Batch.programme_id, Programme.title, Batch.organisation_id, Organisation.name, Batch.starts_on,
               teaches(actor))
        .join(Programme, Programme.id == Batch.programme_id)
        .join(Organisation, Organisation.id == Batch.organisation_id)
        .where(visible_to(actor))
    ).all()  # fmt: skip
    return BatchChoices(
        programmes=sorted({(row[0], row[1]) for row in rows}, key=lambda each: each[1].lower()),
        organisations=sorted({(row[2], row[3]) for row in rows}, key=lambda each: each[1].lower()),
        years=sorted({row[4].year for row in rows}, reverse=True),
        teaches=any(row[5] for row in rows),
    )


@dataclass(frozen=True)
class BatchNames:
    """The names that stand around a batch."""

    organisation: str
    campaign: str | None
    village: str | None
    district: str | None
    made_by: str | None


def related_names(session: Session, batch: Batch) -> BatchNames:
    row = session.execute(
        select(Organisation.name, Campaign.name, Village.name, District.name, User.name)
        .select_from(Batch)
        .join(Organisation, Organisation.id == Batch.organisation_id)
        .outerjoin(Campaign, Campaign.id == Batch.campaign_id)
        .outerjoin(Village, Village.code == Batch.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .outerjoin(User, User.id == Batch.created_by_id)
        .where(Batch.id == batch.id)
    ).one()
    return BatchNames(*row)


def quota_names(session: Session, batch: Batch) -> Mapping[tuple[str, str], str]:
    """Map (kind, key) of each quota → the name of its OPD, village or district; at most three queries."""
    found: dict[tuple[str, str], str] = {}
    for kind, column, name in (
        (QuotaKind.OPD, Organisation.id, Organisation.name),
        (QuotaKind.VILLAGE, Village.code, Village.name),
        (QuotaKind.DISTRICT, District.code, District.name),
    ):
        keys = [one.key for one in batch.quotas if one.kind == kind]
        wanted: list[Any] = [read_int(key) for key in keys] if kind == QuotaKind.OPD else keys
        if wanted:
            rows = session.execute(select(column, name).where(column.in_(wanted)))
            found |= {(str(kind), str(key)): words for key, words in rows}
    return found


def batches_of_programme(session: Session, programme_id: int) -> int:
    """Count the batches of a programme, without practice and those that were called off."""
    query = select(func.count()).where(
        Batch.programme_id == programme_id, Batch.simulated.is_(False), Batch.status != BatchStatus.CANCELLED
    )
    return session.scalar(query) or 0


def history(session: Session, batch: Batch) -> Sequence[AuditEntry]:
    """List what happened to a batch, the latest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "training_batches", AuditEntry.subject_id == str(batch.id))
        .order_by(AuditEntry.id.desc())
    )
    return session.scalars(query.limit(HISTORY)).all()


def trainer_choices(session: Session, kept: Collection[int] = ()) -> Sequence[tuple[int, str]]:
    """List (id, name and organisation) of accounts that may teach, and of those that stand in the batch already."""
    trains = User.roles.any(RoleRow.name == Role.TRAINER)
    rows = session.execute(
        select(User.id, User.name, func.coalesce(Organisation.short_name, Organisation.name))
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .where(or_(and_(User.active, trains), User.id.in_(kept)))
        .order_by(func.lower(User.name), User.id)
    )
    return [(number, f"{name} ({where})" if where else name) for number, name, where in rows]


def organiser_choices(session: Session, actor: Actor, kept: int | None = None) -> Sequence[tuple[int, str]]:
    """List (id, name) of the organisations that this person plans training for, and of the one that the batch has."""
    own = and_(Organisation.active, Organisation.kind.in_(ORGANISERS))
    if not actor.of_office:
        own = and_(own, Organisation.id.in_(actor.organisation_ids))
    query = select(Organisation.id, Organisation.name).where(or_(own, Organisation.id == kept))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]


def organiser_of(session: Session, batch: Batch) -> Sequence[tuple[int, str]]:
    """Offer only who holds it, for those who cannot give it to anybody else."""
    return [(batch.organisation_id, session.get_one(Organisation, batch.organisation_id).name)]


def opd_choices(session: Session) -> Sequence[tuple[int, str]]:
    """List (id, name) of the OPDs, for a quota."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.active, Organisation.kind == OrganisationKind.OPD
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]
