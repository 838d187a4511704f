"""Rights that can take the office over, when they are given to somebody: two roles, and a signer's place.

Taking such a right away needs nobody else; giving it takes a second person (app/kernel/confirmed.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.base.people.roles import role_rows
from app.kernel import audit
from app.kernel.confirmed import Confirmed, require_second
from app.kernel.errors import Invalid
from app.kernel.roles import Actor, Position, Role
from app.kernel.text import T

GUARDED = frozenset({Role.ADMIN, Role.APPROVER})


@dataclass(frozen=True)
class Rights:
    """What somebody would get. A place that signs is a position in an organisation: with a position, `organisation_id`
    is where."""

    roles: frozenset[Role] = frozenset()
    position: str | None = None
    organisation_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.roles or self.position)

    def as_json(self) -> dict[str, Any]:
        """Return the rights as JSON keeps them."""
        return {
            "roles": sorted(self.roles),
            "position": self.position,
            "organisation_id": self.organisation_id,
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Rights":
        roles = frozenset(Role(name) for name in plain["roles"])
        return cls(roles, plain["position"], plain["organisation_id"])


def roles_of(user: User) -> frozenset[Role]:
    return frozenset(Role(row.name) for row in user.roles)


def is_guarded(user: User) -> bool:
    """Tell whether who signs in as this person can appoint, approve or confirm."""
    return bool(user.position) or bool(GUARDED & roles_of(user))


def gained_rights(
    user: User | None, *, roles: frozenset[Role], position: Position | str | None, organisation_id: int | None
) -> Rights:
    """Return that part of what an admin typed that takes a second person. `user` None: an account that is not made
    yet."""
    held = roles_of(user) if user else frozenset[Role]()
    place = (str(position), organisation_id) if position else None
    own = (str(user.position), user.organisation_id) if user and user.position else None
    return Rights(
        roles=(roles - held) & GUARDED,
        position=str(position) if place and place != own else None,
        organisation_id=organisation_id if place and place != own else None,
    )


def give_rights(
    session: Session, actor: Actor, user: User, rights: Rights, *, confirmed: Confirmed, now: datetime
) -> None:
    """Add these rights to those that the person has."""
    require_second(actor, confirmed)
    before, after = _facts(user), {}
    if rights.position:
        if session.get(Organisation, rights.organisation_id) is None:
            raise Invalid(T("Organisasi ini tidak ada lagi."))
        user.position, user.organisation_id = rights.position, rights.organisation_id or user.organisation_id
    user.roles = role_rows(session, roles_of(user) | rights.roles)
    session.flush()
    session.refresh(user, ["organisation"])
    after = _facts(user)
    changed = sorted(key for key in after if after[key] != before[key])
    audit.record(
        session,
        actor,
        "user.granted",
        user,
        now=now,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
    )


def _facts(user: User) -> dict[str, Any]:
    return {"roles": sorted(roles_of(user)), "position": user.position, "organisation_id": user.organisation_id}
