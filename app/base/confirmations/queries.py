"""Proposals for lists, and beside the records that they are about."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, case, exists, or_, select
from sqlalchemy.orm import Session

from app.base.confirmations.kinds import KINDS
from app.base.confirmations.models import OPEN, Proposal, ProposalPerson, ProposalStatus
from app.base.confirmations.people import may_confirm, sees_all
from app.kernel.roles import Actor


def visible(actor: Actor, *, only_open: bool = False) -> Select[Any]:
    """Select what waits first, the soonest to take effect on top; then what ended, the newest first."""
    query = select(Proposal)
    if not sees_all(actor):
        mine = exists().where(ProposalPerson.proposal_id == Proposal.id, ProposalPerson.user_id == actor.id)
        query = query.where(or_(Proposal.asked_by_id == actor.id, mine))
    if only_open:
        query = query.where(Proposal.status.in_(OPEN))
    waits = case((Proposal.status.in_(OPEN), 0), else_=1)
    return query.order_by(waits, case((Proposal.status.in_(OPEN), Proposal.due_at)), Proposal.id.desc())


def waiting(session: Session, about: str, ids: Collection[int]) -> Mapping[int, Sequence[Proposal]]:
    """Return what is open about each of these records, by one query."""
    found: dict[int, list[Proposal]] = {}
    query = select(Proposal).where(Proposal.about == about, Proposal.status.in_(OPEN))
    if not ids:
        return {}
    for proposal in session.scalars(query.where(Proposal.subject_id.in_(ids)).order_by(Proposal.due_at, Proposal.id)):
        found.setdefault(proposal.subject_id, []).append(proposal)
    return found


def to_confirm(session: Session, actor: Actor) -> list[Proposal]:
    """Return what waits and this person may confirm, the soonest to take effect first. One query."""
    if not sees_all(actor):
        return []
    query = select(Proposal).where(Proposal.status == ProposalStatus.WAITING, Proposal.asked_by_id != actor.id)
    waiting = session.scalars(query.order_by(Proposal.due_at, Proposal.id))
    return [proposal for proposal in waiting if may_confirm(KINDS[proposal.kind], proposal, actor)]
