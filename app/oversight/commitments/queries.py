"""What the pages of agreements read, and what other rooms ask: a constant number of queries each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, RoleRow, User
from app.kernel.roles import SYSTEM, Actor, Can
from app.oversight.commitments import records, states
from app.oversight.commitments.access import clauses_for, commitments_for
from app.oversight.commitments.models import Clause, ClauseStatus, Commitment, Evidence

CLOSED = (ClauseStatus.DONE, ClauseStatus.STOPPED)


@dataclass(frozen=True)
class CommitmentFilters:
    """What narrows the list; empty: everything. `state`: a key of states.FILTERS."""

    q: str = ""
    organisation_id: int | None = None
    state: str = ""

    def any(self) -> bool:
        return bool(self.q.strip() or self.organisation_id or self.state)


@dataclass(frozen=True)
class Progress:
    """How the clauses stand. `total` counts those that still bind, without the `stopped` ones; `no_owner` (no OPD),
    `no_due` and `unknown` (nobody recorded how it stands) count among those that are not done."""

    total: int
    done: int
    late: int
    no_owner: int
    no_due: int
    with_evidence: int
    unknown: int
    stopped: int


def is_open() -> ColumnElement[bool]:
    """Return the condition that a clause is neither done nor stopped; also where nobody recorded how it stands."""
    return or_(Clause.status.is_(None), Clause.status.not_in(CLOSED))


def open_clauses() -> ColumnElement[bool]:
    """Return the condition that something is still to be done about a clause of an agreement that is not removed."""
    return and_(clauses_for(SYSTEM), is_open())


def late_clauses(today: date) -> ColumnElement[bool]:
    """Return the condition that a clause is overdue: still open after its last day."""
    return and_(open_clauses(), Clause.due_on < today)


def is_late(clause: Clause, today: date) -> bool:
    return clause.status not in CLOSED and clause.due_on is not None and clause.due_on < today


def progress(session: Session, today: date, *, actor: Actor = SYSTEM) -> Progress:
    """Count how all clauses that this person sees stand, in one query."""
    shown = exists().where(Evidence.clause_id == Clause.id, Evidence.removed_at.is_(None)).correlate(Clause)
    binds = or_(Clause.status.is_(None), Clause.status != ClauseStatus.STOPPED)
    conditions = {
        "total": binds,
        "done": Clause.status == ClauseStatus.DONE,
        "late": and_(is_open(), Clause.due_on < today),
        "no_owner": and_(is_open(), Clause.organisation_id.is_(None)),
        "no_due": and_(is_open(), Clause.due_on.is_(None)),
        "with_evidence": and_(binds, shown),
        "unknown": Clause.status.is_(None),
        "stopped": Clause.status == ClauseStatus.STOPPED,
    }
    row = session.execute(select(*(_count(one).label(name) for name, one in conditions.items())).where(
        clauses_for(actor)
    )).one()  # fmt: skip
    return Progress(**row._mapping)


def listed(actor: Actor, filters: CommitmentFilters, today: date) -> Select[Any]:
    """Select rows of (Commitment, clauses, done, late, owners): those with something overdue first, then by name."""
    counted = (
        select(
            Clause.commitment_id,
            func.count().label("clauses"),
            _count(Clause.status == ClauseStatus.DONE).label("done"),
            _count(and_(is_open(), Clause.due_on < today)).label("late"),
            _count(Clause.organisation_id.is_not(None)).label("owned"),
        )
        .where(clauses_for(actor))
        .group_by(Clause.commitment_id)
        .subquery()
    )
    numbers = {name: func.coalesce(counted.c[name], 0).label(name) for name in ("clauses", "done", "late", "owned")}
    columns: list[Any] = [Commitment, *numbers.values()]
    query = (
        select(*columns)
        .outerjoin(counted, counted.c.commitment_id == Commitment.id)
        .where(commitments_for(actor))
        .order_by(numbers["late"].desc(), func.lower(Commitment.title), Commitment.id)
    )
    if filters.q.strip():
        query = query.where(_speaks_of(actor, " ".join(filters.q.split())))
    wanted = _clause_wanted(filters, today)
    if wanted:
        query = query.where(exists().where(Clause.commitment_id == Commitment.id, clauses_for(actor), *wanted))
    return query


def _speaks_of(actor: Actor, words: str) -> ColumnElement[bool]:
    columns = (Commitment.title, Commitment.number, Commitment.parties)
    in_clause = exists().where(
        Clause.commitment_id == Commitment.id, clauses_for(actor), Clause.text.icontains(words, autoescape=True)
    )
    return or_(*(one.icontains(words, autoescape=True) for one in columns), in_clause)


def _clause_wanted(filters: CommitmentFilters, today: date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.organisation_id is not None:
        wanted.append(Clause.organisation_id == filters.organisation_id)
    match filters.state:
        case "":
            pass
        case states.LATE:
            wanted += [is_open(), Clause.due_on < today]
        case states.UNKNOWN:
            wanted.append(Clause.status.is_(None))
        case states.NO_OWNER:
            wanted += [is_open(), Clause.organisation_id.is_(None)]
        case states.NO_DUE:
            wanted += [is_open(), Clause.due_on.is_(None)]
        case status:
            wanted.append(Clause.status == status)
    return wanted


def clauses_of(session: Session, actor: Actor, commitment_id: int) -> Sequence[Clause]:
    """Return the clauses of an agreement that this person sees, in their order."""
    return session.scalars(
        select(Clause)
        .where(Clause.commitment_id == commitment_id, clauses_for(actor))
        .order_by(Clause.position, Clause.id)
    ).all()


def hidden_count(session: Session, commitment_id: int, seen: int) -> int:
    """Count the clauses of an agreement that this person does not see."""
    query = select(func.count()).where(Clause.commitment_id == commitment_id, Clause.removed_at.is_(None))
    return (session.scalar(query) or 0) - seen


def clauses_to_export(actor: Actor, filters: CommitmentFilters, today: date) -> Select[Any]:
    """Select rows of (Commitment, Clause or None, owner, person, evidence): a line a clause of the listed
    agreements."""
    ids = listed(actor, filters, today).order_by(None).with_only_columns(Commitment.id)
    evidence = (
        select(func.count())
        .where(Evidence.clause_id == Clause.id, Evidence.removed_at.is_(None))
        .correlate(Clause)
        .scalar_subquery()
    )
    wanted = and_(Clause.commitment_id == Commitment.id, clauses_for(actor), *_clause_wanted(filters, today))
    return (
        select(Commitment, Clause, Organisation.name.label("owner"), User.name.label("person"), evidence.label("shown"))
        .outerjoin(Clause, wanted)
        .outerjoin(Organisation, Organisation.id == Clause.organisation_id)
        .outerjoin(User, User.id == Clause.person_id)
        .where(Commitment.id.in_(ids))
        .order_by(func.lower(Commitment.title), Commitment.id, Clause.position, Clause.id)
    )


def evidence_of(session: Session, clause_ids: Collection[int]) -> Mapping[int, Sequence[Evidence]]:
    """Return the evidence of each clause, in the order in which it came."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    query = select(Evidence).where(Evidence.clause_id.in_(clause_ids), Evidence.removed_at.is_(None))
    for one in session.scalars(query.order_by(Evidence.id)):
        found[one.clause_id].append(one)
    return found


def record_names(session: Session, shown: Collection[Evidence]) -> dict[tuple[str, int], str]:
    """Return (kind, id) → the present name of each record that stands as evidence."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for one in shown:
        if one.record_id is not None:
            wanted[one.kind].add(one.record_id)
    return records.names_of(session, wanted)


def organisation_names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(_known(ids))))
    return {row.id: row.name for row in rows}


def people(session: Session, ids: Collection[int | None]) -> dict[int, tuple[str, bool]]:
    """Return id → (name, whether the account is in use)."""
    rows = session.execute(select(User.id, User.name, User.active).where(User.id.in_(_known(ids))))
    return {row.id: (row.name, row.active) for row in rows}


def owner_choices(session: Session, keep: int | None = None) -> list[tuple[int, str]]:
    """Return (id, name) of the active OPDs and bidang, and of `keep`."""
    wanted: ColumnElement[bool] = Organisation.kind.in_(["opd", "bidang"]) & Organisation.active
    if keep is not None:
        wanted = or_(wanted, Organisation.id == keep)
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(wanted).order_by(func.lower(Organisation.name))
    )
    return [(row.id, row.name) for row in rows]


def person_choices(session: Session, keep: int | None = None) -> list[tuple[int, str]]:
    """Return (id, “name, OPD”) of the active people of OPDs and bidang who can open this room, and of `keep`."""
    reads = User.roles.any(RoleRow.name.in_(Can.READ_COMMITMENTS.roles))
    wanted: ColumnElement[bool] = Organisation.kind.in_(["opd", "bidang"]) & User.active & reads
    if keep is not None:
        wanted = or_(wanted, User.id == keep)
    rows = session.execute(
        select(User.id, User.name, func.coalesce(Organisation.short_name, Organisation.name).label("of"))
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(wanted)
        .order_by(func.lower(User.name), User.id)
    )
    return [(row.id, f"{row.name}, {row.of}") for row in rows]


def used_owners(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of the OPDs that own a clause, for the filter."""
    ids = select(Clause.organisation_id).where(clauses_for(actor))
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(ids))
        .order_by(func.lower(Organisation.name))
    )
    return [(row.id, row.name) for row in rows]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _known(ids: Collection[int | None]) -> list[int]:
    return [one for one in ids if one is not None]
