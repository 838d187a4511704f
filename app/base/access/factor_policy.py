"""The policy of second factors: of whom the office asks one, and how many days they may take to set one up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.factor_models import FactorGrace, FactorRule
from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor, Can, Role
from app.kernel.site import site_of
from app.kernel.text import T

NEVER = frozenset({Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR})
"""Nobody is compelled on account of these: people of villages and classes, often with a borrowed phone."""
DEFAULT = frozenset({Role.ADMIN, Role.APPROVER, Role.EDITOR, Role.CONTRIBUTOR})
"""Who grants rights, approves, connects accounts, or takes lists with names and contacts away."""
CHOICES = tuple(role for role in Role if role not in NEVER)
GRACE_DAYS, LONGEST_GRACE = 14, 60


def end_of(wanted_since: datetime | None, days: int) -> datetime | None:
    """Return when the time of somebody is over, who was first asked at that moment."""
    return wanted_since + timedelta(days=days) if wanted_since else None


@dataclass(frozen=True)
class Policy:
    """`required`: roles that must have a second factor; none in practice. `grace`: how long they may take."""

    required: frozenset[Role]
    grace: timedelta

    def asks(self, roles: frozenset[Role]) -> bool:
        return bool(self.required & roles)

    def ends_at(self, wanted_since: datetime | None) -> datetime | None:
        """Return when the time of somebody is over, who was first asked at that moment."""
        return end_of(wanted_since, self.grace.days)


def read_policy(session: Session) -> Policy:
    """Read the policy in two small queries; in none where this is an installation for practice."""
    if site_of(session).practice:
        return Policy(frozenset(), timedelta(days=GRACE_DAYS))
    return Policy(required_roles(session), timedelta(days=grace_days(session)))


def required_roles(session: Session) -> frozenset[Role]:
    """Return the roles that the office compels, practice or not."""
    changed = {rule.role: rule.required for rule in session.scalars(select(FactorRule))}
    return frozenset(role for role in CHOICES if changed.get(role.value, role in DEFAULT))


def grace_days(session: Session) -> int:
    found = session.scalar(select(FactorGrace.days).where(FactorGrace.id == 1))
    return GRACE_DAYS if found is None else found


def roles_of(user: User) -> frozenset[Role]:
    return frozenset(Role(row.name) for row in user.roles)


def needs_factor(user: User, policy: Policy) -> bool:
    """Tell whether one of the person's roles makes a second factor compulsory."""
    return policy.asks(roles_of(user))


def change_policy(session: Session, actor: Actor, required: frozenset[Role], *, days: int, now: datetime) -> None:
    """Set which roles must have a second factor, and the days they may take (0 to 60).

    Raises Invalid for a role that is never compelled. Admins cannot leave themselves out: who gives rights to others
    proves who they are.
    """
    if not actor.can(Can.ADMINISTER):
        raise Forbidden(T("Hanya admin yang boleh mengatur keamanan masuk."))
    if required & NEVER:
        raise Invalid(T("Peran ini tidak pernah diwajibkan."), field="required")
    if Role.ADMIN not in required:
        raise Invalid(T("Admin selalu wajib: admin memberi hak kepada semua orang."), field="required")
    if not 0 <= days <= LONGEST_GRACE:
        raise Invalid(T("Isi 0 sampai %(n)s hari.", n=LONGEST_GRACE), field="days")
    before = _facts(session)
    for role in CHOICES:
        session.merge(FactorRule(role=role.value, required=role in required))
    session.merge(FactorGrace(id=1, days=days))
    session.flush()
    after = _facts(session)
    if after != before:
        user = session.get_one(User, actor.id)
        audit.record(session, actor, "factor.policy_changed", user, now=now, before=dict(before), after=dict(after))


def _facts(session: Session) -> Mapping[str, object]:
    return {"required": sorted(role.value for role in required_roles(session)), "grace_days": grace_days(session)}
