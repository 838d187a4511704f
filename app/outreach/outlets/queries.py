"""Outlets for lists, and the people and organisations that stand beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased, lazyload

from app.base.people.models import Organisation, RoleRow, User
from app.kernel.roles import Actor, Can
from app.kernel.site import site_of
from app.outreach.outlets.kinds import PRINT, SOCIAL
from app.outreach.outlets.models import Outlet


def in_figures(session: Session) -> ColumnElement[bool]:
    """Return the condition of an outlet whose posts count in figures: one that speaks to a practice server only in an
    installation for practice."""
    return true() if site_of(session).practice else Outlet.practice.is_(False)


@dataclass(frozen=True)
class OutletFilters:
    """What narrows the list. `group`: "social", "print" or "assisted"; `resting`: those that are not used."""

    q: str = ""
    group: str = ""
    resting: bool = False


def outlets(actor: Actor, filters: OutletFilters) -> Select[Any]:
    """Select rows (Outlet, responsible User | None, vendor Organisation | None): social, then print, then assisted."""
    vendor = aliased(Organisation)
    query: Any = (
        select(Outlet, User, vendor)
        .outerjoin(User, User.id == Outlet.responsible_id)
        .outerjoin(vendor, vendor.id == Outlet.vendor_id)
        .where(Outlet.active != filters.resting)
        # the eager join of a person's organisation is an inner one: it would drop outlets that nobody answers for
        .options(lazyload(User.organisation))
    )
    if not actor.of_office:
        query = query.where(Outlet.organisation_id.in_(actor.organisation_ids))
    if filters.q.strip():
        words = " ".join(filters.q.split())
        query = query.where(
            or_(Outlet.name.icontains(words, autoescape=True), Outlet.handle.icontains(words, autoescape=True))
        )
    if filters.group == "social":
        query = query.where(Outlet.kind.in_(SOCIAL))
    elif filters.group == "print":
        query = query.where(Outlet.kind.in_(PRINT))
    elif filters.group == "assisted":
        query = query.where(Outlet.kind.not_in(SOCIAL | PRINT))
    place = case((Outlet.kind.in_(SOCIAL), 0), (Outlet.kind.in_(PRINT), 1), else_=2)
    listed: Select[Any] = query.order_by(place, Outlet.kind, func.lower(Outlet.name), Outlet.id)
    return listed


def responsible_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of who may be responsible for an outlet: active people of the office and of the actor's
    organisation who can decide deliveries."""
    parent = aliased(Organisation)
    home = select(User.id, User.name, Organisation.name).join(Organisation, Organisation.id == User.organisation_id)
    home = home.outerjoin(parent, parent.id == Organisation.parent_id).where(
        User.active, User.roles.any(RoleRow.name.in_(Can.ANSWER_FOR_OUTLETS.roles))
    )
    if not actor.of_office:
        home = home.where(
            or_(Organisation.is_office, parent.is_office, User.organisation_id.in_(actor.organisation_ids))
        )
    return [(row[0], f"{row[1]} ({row[2]})") for row in session.execute(home.order_by(User.name))]


def owner_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of who may own an outlet: any OPD for the office, the own organisation for others."""
    query = select(Organisation.id, Organisation.name).where(Organisation.active)
    if actor.of_office:
        query = query.where(Organisation.kind.in_(("opd", "bidang", "kim")))
    else:
        query = query.where(Organisation.id.in_(actor.organisation_ids))
    return [
        (row[0], row[1]) for row in session.execute(query.order_by(Organisation.is_office.desc(), Organisation.name))
    ]


def vendors(session: Session, kind: str) -> Sequence[Organisation]:
    """Return the newspapers or printers, for an outlet of that kind."""
    return session.scalars(
        select(Organisation).where(Organisation.kind == kind, Organisation.active).order_by(Organisation.name)
    ).all()
