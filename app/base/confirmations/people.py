"""The people of a proposal: who is told of it, and who may confirm it."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.base.confirmations.kinds import Kind
from app.base.confirmations.models import Proposal
from app.base.people.models import RoleRow, User
from app.kernel.roles import Actor, Role

ADMIN = User.roles.any(RoleRow.name == Role.ADMIN.value)
SIGNER = and_(User.position.is_not(None), User.position != "", User.roles.any(RoleRow.name == Role.APPROVER.value))


def sees_all(actor: Actor) -> bool:
    """Tell whether this person is one of those who confirm: admins, and whoever signs today."""
    return actor.has(Role.ADMIN) or (actor.has(Role.APPROVER) and bool(actor.positions))


def may_confirm(kind: Kind, proposal: Proposal, actor: Actor) -> bool:
    """Tell whether this is an admin or a signer, who neither asked nor gains anything by it."""
    gaining = kind.gains(proposal.subject_id, proposal.values)
    return sees_all(actor) and actor.id != proposal.asked_by_id and actor.id not in gaining


def others_confirm(session: Session, kind: Kind, proposal: Proposal) -> bool:
    """Tell whether there is anybody who could confirm this one."""
    return bool(confirmers(session, kind, proposal))


def confirmers(session: Session, kind: Kind, proposal: Proposal) -> frozenset[int]:
    """Return who could confirm this one: admins and signers who neither asked nor gain anything by it."""
    without = {proposal.asked_by_id, *kind.gains(proposal.subject_id, proposal.values)}
    query = select(User.id).where(User.active, or_(ADMIN, SIGNER), User.id.not_in(without))
    return frozenset(session.scalars(query))


def concerned_by(session: Session, kind: Kind, proposal: Proposal) -> frozenset[int]:
    """Return everybody who is told and can stop it: the people of the change, all admins, all signers."""
    watching = session.scalars(select(User.id).where(User.active, or_(ADMIN, SIGNER)))
    return frozenset(watching) | kind.concerned(session, proposal.subject_id, proposal.values)
