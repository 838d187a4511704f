"""The list of who has a second factor and who still has to set one up, for the admins' page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.base.access import factor_policy
from app.base.access.factor_models import Passkey, SecondFactor
from app.base.people.models import RoleRow, User
from app.kernel.paging import Page, paginate

HAS = or_(
    exists().where(SecondFactor.user_id == User.id, SecondFactor.totp_sealed.is_not(None)).correlate(User),
    exists().where(Passkey.user_id == User.id).correlate(User),
)


@dataclass(frozen=True)
class Person:
    """`ends_at`: until when a factor is to be set up; None where none is compulsory, or the time has not begun."""

    user: User
    has: bool
    must: bool
    ends_at: datetime | None


def people(session: Session, *, q: str = "", state: str = "", number: int = 1) -> Page[Any]:
    """Return a page of active people: "missing" (must and have none; the default), "has", or "all"."""
    required = [role.value for role in factor_policy.required_roles(session)]
    must = User.roles.any(RoleRow.name.in_(required))
    query: Any = (
        select(User, HAS, must, SecondFactor.wanted_since)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.active)
        .order_by(User.name, User.id)
    )
    if q.strip():
        query = query.where(
            or_(User.name.icontains(q.strip(), autoescape=True), User.username.icontains(q.strip(), autoescape=True))
        )
    if state == "has":
        query = query.where(HAS)
    elif state != "all":
        query = query.where(must, ~HAS)
    page = paginate(session, query, number, rows=True)
    grace = factor_policy.grace_days(session)
    items = [
        Person(user, bool(has), bool(needs), factor_policy.end_of(wanted, grace) if needs and not has else None)
        for user, has, needs, wanted in page.items
    ]
    return Page(items=items, total=page.total, number=page.number, size=page.size)
