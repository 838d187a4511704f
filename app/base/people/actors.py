"""The person who acts, as the plain values that every service asks for."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Delegation, Organisation, User
from app.kernel.roles import Actor, Role


def actor_of(session: Session, user: User, today: date) -> Actor:
    """Return the person with organisations and positions. `today` is the date in the regency's zone.

    Two queries: the organisation's relatives, and the delegations of the day.
    """
    own = user.organisation
    kin = session.scalars(
        select(Organisation.id).where(
            or_(Organisation.parent_id == own.id, Organisation.id == (own.parent_id or own.id))
        )
    )
    return Actor(
        id=user.id,
        name=user.name,
        roles=frozenset(Role(row.name) for row in user.roles),
        organisation_id=own.id,
        organisation_ids=frozenset({own.id, *kin}),
        positions=_positions(session, user, today),
        of_office=own.is_office or bool(own.parent and own.parent.is_office),
    )


def _positions(session: Session, user: User, today: date) -> frozenset[str]:
    """The own position and those signed today as Plt or Plh."""
    held = session.scalars(
        select(User.position)
        .join(Delegation, Delegation.from_user_id == User.id)
        .where(
            Delegation.to_user_id == user.id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= today,
            Delegation.ends_on >= today,
        )
    )
    return frozenset(position for position in (user.position, *held) if position)
