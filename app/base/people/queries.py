"""Selects of the lists: each page needs the same few queries, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.base.people.identity import phone_of
from app.base.people.models import Delegation, Organisation, RoleRow, User
from app.kernel.paging import Page, paginate
from app.kernel.roles import Role


def _like(text: str) -> str:
    """The text as a pattern that finds it anywhere; % and _ mean themselves."""
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


@dataclass(frozen=True)
class UserFilters:
    """What narrows the list of users. `state`: "active", "closed" or "" for all."""

    q: str = ""
    role: str = ""
    organisation_id: int | None = None
    state: str = "active"


def users(wanted: UserFilters) -> Select[Any]:
    """Return the select of the users that the filters leave, by name."""
    query = select(User).order_by(func.lower(User.name), User.id)
    if wanted.q.strip():
        found = [
            func.lower(column).like(_like(wanted.q), escape="\\") for column in (User.name, User.username, User.email)
        ]
        phone = phone_of(wanted.q)
        query = query.where(or_(*found, User.phone == phone) if phone else or_(*found))
    if wanted.role:
        query = query.where(User.roles.any(RoleRow.name == wanted.role))
    if wanted.organisation_id:
        bidang = select(Organisation.id).where(Organisation.parent_id == wanted.organisation_id)
        query = query.where(or_(User.organisation_id == wanted.organisation_id, User.organisation_id.in_(bidang)))
    if wanted.state in {"active", "closed"}:
        query = query.where(User.active if wanted.state == "active" else ~User.active)
    return query


def all_users(session: Session, *, state: str = "", organisation_id: int | None = None) -> Sequence[User]:
    """Return everybody, or everybody of an organisation and its bidang, by name."""
    return session.scalars(users(UserFilters(organisation_id=organisation_id, state=state))).all()


def position_holders(session: Session) -> Sequence[User]:
    query = select(User).where(User.position.is_not(None), User.position != "").order_by(func.lower(User.name))
    return session.scalars(query).all()


def approvers(session: Session) -> Sequence[User]:
    """Return who may stand in for somebody: active people with the role."""
    query = select(User).where(User.active, User.roles.any(RoleRow.name == Role.APPROVER.value))
    return session.scalars(query.order_by(func.lower(User.name))).all()


def organisation_tree(session: Session, q: str = "", kind: str = "") -> list[tuple[Organisation, int, int]]:
    """Return (organisation, depth 0 or 1, number of active people), each OPD followed by its bidang.

    With a search or a kind: only those found, under their own parents' names.
    """
    people = (
        select(User.organisation_id, func.count().label("n"))
        .where(User.active)
        .group_by(User.organisation_id)
        .subquery()
    )
    query = (
        select(Organisation, func.coalesce(people.c.n, 0))
        .outerjoin(people, people.c.organisation_id == Organisation.id)
        .options(joinedload(Organisation.parent))
        .order_by(Organisation.is_office.desc(), Organisation.active.desc(), func.lower(Organisation.name))
    )
    if q.strip():
        columns = (Organisation.name, Organisation.short_name)
        query = query.where(or_(*(func.lower(column).like(_like(q), escape="\\") for column in columns)))
    if kind:
        query = query.where(Organisation.kind == kind)
    rows = [(organisation, count) for organisation, count in session.execute(query)]
    shown = {organisation.id for organisation, _ in rows}
    tops = [row for row in rows if row[0].parent_id not in shown]
    tree: list[tuple[Organisation, int, int]] = []
    for top, count in tops:
        tree.append((top, 0, count))
        tree += [(child, 1, number) for child, number in rows if child.parent_id == top.id]
    return tree


def organisations(session: Session, *, kind: str | None = None, active: bool = True) -> Sequence[Organisation]:
    query = select(Organisation).order_by(func.lower(Organisation.name))
    if kind:
        query = query.where(Organisation.kind == kind)
    return session.scalars(query.where(Organisation.active) if active else query).all()


def delegations_page(session: Session, number: int = 1) -> Page[Delegation]:
    query = (
        select(Delegation)
        .options(joinedload(Delegation.from_user), joinedload(Delegation.to_user))
        .order_by(Delegation.ends_on.desc(), Delegation.id.desc())
    )
    return paginate(session, query, number)


def delegation_state(delegation: Delegation, today: date) -> str:
    """Return one of: revoked, past, future or today."""
    if delegation.revoked_at is not None:
        return "revoked"
    if delegation.ends_on < today:
        return "past"
    return "future" if delegation.starts_on > today else "today"
