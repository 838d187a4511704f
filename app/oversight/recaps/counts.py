"""Counts of a period for its report: posts, print and events. Each is one query, and the page and the files of the
report both show what it gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.gatherings.events.models import Event
from app.gatherings.events.reach import took_place, within
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.learning.training.models import BatchSession
from app.outreach.campaigns.models import Campaign, Decision
from app.outreach.campaigns.rules import visible
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.queries import in_figures
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof, ProofVillage
from app.outreach.publishing.models import Delivery, DeliveryStatus


@dataclass(frozen=True)
class PostCounts:
    """Deliveries at outlets other than print whose time lay in the period, by how they stand."""

    planned: int
    sent: int
    failed: int
    missed: int
    unknown: int


def posts(session: Session, period: Period, zone: ZoneInfo) -> PostCounts:
    begin, end = period.borders(zone)
    status = Delivery.status
    wanted = (DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.MISSED, DeliveryStatus.UNKNOWN)
    row: Any = session.execute(
        select(func.count(), *(func.count(case((status == one, 1))) for one in wanted))
        .select_from(Delivery)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.due_at >= begin, Delivery.due_at < end, Outlet.kind.not_in(PRINT))
        .where(status != DeliveryStatus.CANCELLED, in_figures(session))
    ).one()
    return PostCounts(*row)


@dataclass(frozen=True)
class PrintCounts:
    """Print of the period: `proofs` of `copies` in `villages`; `ordered` copies stand apart: they are no proof of
    anything."""

    proofs: int
    copies: int
    villages: int
    ordered: int


def prints(session: Session, period: Period, zone: ZoneInfo) -> PrintCounts:
    days = Proof.placed_on.between(period.first, period.last)
    proofs, copies = session.execute(
        select(func.count(), func.sum(Proof.copies)).where(Proof.withdrawn_at.is_(None), days)
    ).one()
    villages = session.scalar(
        select(func.count(ProofVillage.village_code.distinct()))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .where(Proof.withdrawn_at.is_(None), days)
    )
    begin, end = period.borders(zone)
    ordered = session.scalar(
        select(func.sum(PrintOrder.copies))
        .where(PrintOrder.ordered_at >= begin, PrintOrder.ordered_at < end)
        .where(PrintOrder.status != OrderStatus.CANCELLED)
    )
    return PrintCounts(proofs, int(copies or 0), villages or 0, int(ordered or 0))


def proofs_by_kind(session: Session, period: Period) -> list[tuple[str, int, int]]:
    """Count (kind of piece, proofs, copies)."""
    query = (
        select(PrintPiece.kind, func.count(Proof.id), func.sum(Proof.copies))
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(Proof.withdrawn_at.is_(None), Proof.placed_on.between(period.first, period.last))
        .group_by(PrintPiece.kind)
        .order_by(PrintPiece.kind)
    )
    return [(kind, proofs, int(copies)) for kind, proofs, copies in session.execute(query)]


@dataclass(frozen=True)
class HeldEvents:
    """Events of a kind that took place; `people` who came to those `counted` of them, by the count of each event."""

    kind: str
    events: int
    counted: int
    people: int


def events(session: Session, period: Period, zone: ZoneInfo, now: datetime) -> list[HeldEvents]:
    """Count the events that took place by kind, the most first."""
    query = (
        select(Event.kind, func.count(), func.count(Event.people), func.sum(Event.people))
        .where(took_place(now, practice=site_of(session).practice), within(period, zone))
        .group_by(Event.kind)
        .order_by(func.count().desc(), Event.kind)
    )
    return [
        HeldEvents(kind, every, counted, int(people or 0)) for kind, every, counted, people in session.execute(query)
    ]


def kinds_of_sessions(session: Session, period: Period, zone: ZoneInfo) -> set[str]:
    """Return the kinds of events of the period that are sessions of training, where who came is noted by name."""
    query = select(Event.kind).join(BatchSession, BatchSession.event_id == Event.id).where(within(period, zone))
    return {str(kind) for kind in session.scalars(query.distinct())}


@dataclass(frozen=True)
class DecisionRow:
    decision: Decision
    campaign: str
    owner: str


def decisions(session: Session, actor: Actor, period: Period, *, most: int) -> tuple[list[DecisionRow], int]:
    """Return what was decided or came to its end in the period, or was due in it; the latest decided first, and how
    many."""
    inside = visible(actor) & (
        Decision.decided_on.between(period.first, period.last)
        | Decision.due_on.between(period.first, period.last)
        | Decision.done_on.between(period.first, period.last)
    )
    query = (
        select(Decision, Campaign.name, User.name)
        .join(Campaign, Campaign.id == Decision.campaign_id)
        .outerjoin(User, User.id == Decision.owner_id)
        .where(inside)
    )
    counted = select(func.count()).select_from(Decision).join(Campaign, Campaign.id == Decision.campaign_id)
    every = session.scalar(counted.where(inside)) or 0
    rows = session.execute(query.order_by(Decision.decided_on.desc(), Decision.id.desc()).limit(most))
    return [DecisionRow(one, name, owner or one.owner_text or "") for one, name, owner in rows], every
