"""Which villages a programme reached. Only a proof that was not withdrawn counts: aimed at or ordered does not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.kernel.periods import Period
from app.outreach.campaigns.models import Campaign, CampaignStatus, campaign_districts, campaign_villages
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof, ProofVillage


@dataclass(frozen=True)
class Reach:
    """Villages a programme aims at, those of them with a proof, the proofs' last day, and proofs elsewhere."""

    aimed: int
    reached: int
    last: date | None
    outside: int
    proofs: int
    orders: int  # that were not cancelled: they count nowhere

    @property
    def missing(self) -> int:
        return self.aimed - self.reached


def reached_villages(
    session: Session, *, campaign_id: int | None = None, period: Period | None = None
) -> dict[str, date]:
    """Return village code → last day (of the period) on which a printed piece was proved to stand there."""
    query = _proved(campaign_id)
    if period is not None:
        query = query.where(Proof.placed_on.between(period.first, period.last))
    return {row.village_code: row.last for row in session.execute(query)}


def _proved(campaign_id: int | None) -> Select[Any]:
    query: Any = (
        select(ProofVillage.village_code, func.max(Proof.placed_on).label("last"))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .where(Proof.withdrawn_at.is_(None))
        .group_by(ProofVillage.village_code)
    )
    if campaign_id is not None:
        query = query.join(PrintPiece, PrintPiece.id == Proof.piece_id).where(PrintPiece.campaign_id == campaign_id)
    grouped: Select[Any] = query
    return grouped


def aimed_at(campaign_id: Any, village: Any = Village) -> ColumnElement[bool]:
    """Return the condition under which a campaign (an id or a column) aims at a village: named, in a named district,
    or nothing was named."""
    named = exists().where(campaign_villages.c.campaign_id == campaign_id)
    inside = exists().where(campaign_districts.c.campaign_id == campaign_id)
    return or_(
        named.where(campaign_villages.c.village_code == village.code),
        inside.where(campaign_districts.c.district_code == village.district_code),
        and_(~named, ~inside),
    )


def villages(campaign_id: int, *, state: str = "") -> Select[Any]:
    """Select rows (Village, District, last proved day or None) a campaign aims at.

    `state`: "reached", "missing" or all.
    """
    last = _proved(campaign_id).subquery()
    query: Any = (
        select(Village, District, last.c.last)
        .join(District, District.code == Village.district_code)
        .outerjoin(last, last.c.village_code == Village.code)
        .where(aimed_at(campaign_id))
        .order_by(District.name, Village.name, Village.code)
    )
    if state == "reached":
        query = query.where(last.c.last.is_not(None))
    elif state == "missing":
        query = query.where(last.c.last.is_(None))
    listed: Select[Any] = query
    return listed


def reach_of(session: Session, campaign_id: int) -> Reach:
    days = reached_villages(session, campaign_id=campaign_id)
    aimed = set(session.scalars(select(Village.code).where(aimed_at(campaign_id))))
    of_campaign = PrintPiece.campaign_id == campaign_id
    proofs = select(func.count(Proof.id)).join(PrintPiece, PrintPiece.id == Proof.piece_id)
    orders = select(func.count(PrintOrder.id)).join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
    return Reach(
        aimed=len(aimed),
        reached=len(aimed & set(days)),
        last=max(days.values(), default=None),
        outside=len(set(days) - aimed),
        proofs=session.scalar(proofs.where(of_campaign, Proof.withdrawn_at.is_(None))) or 0,
        orders=session.scalar(orders.where(of_campaign, PrintOrder.status != OrderStatus.CANCELLED)) or 0,
    )


def village_reach(session: Session, village: Village) -> tuple[int, date | None, int]:
    """Return (proofs, their last day, running programmes that aim at it) of a village."""
    proved = session.execute(
        select(func.count(Proof.id), func.max(Proof.placed_on))
        .join(ProofVillage, ProofVillage.proof_id == Proof.id)
        .where(ProofVillage.village_code == village.code, Proof.withdrawn_at.is_(None))
    ).one()
    running = select(func.count(Campaign.id)).where(
        Campaign.status == CampaignStatus.ACTIVE, aimed_at(Campaign.id, village)
    )
    return proved[0], proved[1], session.scalar(running) or 0
