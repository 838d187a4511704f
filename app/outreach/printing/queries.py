"""What the pages of printing show, each in a number of queries that does not grow with the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import User
from app.kernel.roles import Actor, Role
from app.outreach.campaigns.models import Campaign, CampaignStatus, ShortLink
from app.outreach.outlets.models import Outlet
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof, ProofVillage
from app.outreach.printing.reach import aimed_at

OPEN_ORDERS = (OrderStatus.ORDERED, OrderStatus.CONFIRMED)


def visible(actor: Actor) -> Any:
    """Return the condition under which the actor sees a piece."""
    if actor.of_office:
        return true()
    return PrintPiece.organisation_id.in_(actor.organisation_ids)


def pieces(
    actor: Actor, *, q: str = "", kind: str = "", campaign_id: int | None = None, state: str = ""
) -> Select[Any]:
    """Select rows (PrintPiece, campaign name, open orders, proved villages), the last changed first.

    `state`: "draft" (neither ordered nor proved), "ordered" (ordered, no proof yet), "unproved" (fewer copies
    proved than ordered), "proved".
    """
    ordered = (
        select(func.count(PrintOrder.id))
        .where(PrintOrder.piece_id == PrintPiece.id, PrintOrder.status != OrderStatus.CANCELLED)
        .correlate(PrintPiece)
        .scalar_subquery()
    )
    proved = (
        select(func.count(ProofVillage.village_code.distinct()))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .where(Proof.piece_id == PrintPiece.id, Proof.withdrawn_at.is_(None))
        .correlate(PrintPiece)
        .scalar_subquery()
    )
    query: Any = (
        select(PrintPiece, Campaign.name.label("campaign_name"), ordered.label("orders"), proved.label("villages"))
        .join(Campaign, Campaign.id == PrintPiece.campaign_id)
        .where(visible(actor))
        .order_by(PrintPiece.updated_at.desc(), PrintPiece.id.desc())
    )
    if q.strip():
        words = q.strip()
        query = query.where(
            or_(PrintPiece.title.icontains(words, autoescape=True), Campaign.name.icontains(words, autoescape=True))
        )
    if kind:
        query = query.where(PrintPiece.kind == kind)
    if campaign_id:
        query = query.where(PrintPiece.campaign_id == campaign_id)
    if state == "draft":
        query = query.where(ordered == 0, proved == 0)
    elif state == "ordered":
        query = query.where(ordered > 0, proved == 0)
    elif state == "unproved":
        query = query.where(unproved_copies() > 0)
    elif state == "proved":
        query = query.where(proved > 0)
    listed: Select[Any] = query
    return listed


def unproved_copies() -> Any:
    """Return, for a piece, how many copies were ordered beyond those that a proof shows; 0 where all are proved.

    A proof need not name its order, so both are counted by piece.
    """
    ordered = (
        select(func.coalesce(func.sum(PrintOrder.copies), 0))
        .where(PrintOrder.piece_id == PrintPiece.id, PrintOrder.status != OrderStatus.CANCELLED)
        .correlate(PrintPiece)
        .scalar_subquery()
    )
    proved = (
        select(func.coalesce(func.sum(Proof.copies), 0))
        .where(Proof.piece_id == PrintPiece.id, Proof.withdrawn_at.is_(None))
        .correlate(PrintPiece)
        .scalar_subquery()
    )
    return case((ordered > proved, ordered - proved), else_=0)


def campaign_choices(session: Session, actor: Actor, *, with_pieces: bool = False) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the campaigns a piece can be made for, or that have one."""
    query = select(Campaign.id, Campaign.name).order_by(Campaign.starts_on.desc(), Campaign.name)
    if not actor.of_office:
        query = query.where(Campaign.organisation_id.in_(actor.organisation_ids))
    if with_pieces:
        query = query.where(exists().where(PrintPiece.campaign_id == Campaign.id))
    return [(row.id, row.name) for row in session.execute(query)]


def orders(actor: Actor, *, q: str = "", status: str = "", piece_id: int | None = None) -> Select[Any]:
    """Select rows (PrintOrder, PrintPiece, Outlet, campaign name): what waits for an answer first, then the newest."""
    waiting = case((PrintOrder.status == OrderStatus.ORDERED, 0), else_=1)
    query: Any = (
        select(PrintOrder, PrintPiece, Outlet, Campaign.name.label("campaign_name"))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .join(Outlet, Outlet.id == PrintOrder.outlet_id)
        .join(Campaign, Campaign.id == PrintPiece.campaign_id)
        .where(visible(actor))
        .order_by(waiting, PrintOrder.ordered_at.desc(), PrintOrder.id.desc())
    )
    if q.strip():
        words = q.strip()
        query = query.where(
            or_(PrintPiece.title.icontains(words, autoescape=True), Outlet.name.icontains(words, autoescape=True))
        )
    if status:
        query = query.where(PrintOrder.status == status)
    if piece_id:
        query = query.where(PrintOrder.piece_id == piece_id)
    listed: Select[Any] = query
    return listed


def proofs(
    actor: Actor, *, piece_id: int | None = None, village_code: str = "", campaign_id: int | None = None
) -> Select[Any]:
    """Select rows (Proof, PrintPiece), the newest first, withdrawn ones among them. A KIM sees those it recorded."""
    query: Any = (
        select(Proof, PrintPiece)
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(or_(visible(actor), Proof.recorded_by_id == actor.id))
        .order_by(Proof.placed_on.desc(), Proof.id.desc())
    )
    if piece_id:
        query = query.where(Proof.piece_id == piece_id)
    if campaign_id:
        query = query.where(PrintPiece.campaign_id == campaign_id)
    if village_code:
        query = query.where(Proof.villages.any(ProofVillage.village_code == village_code))
    listed: Select[Any] = query
    return listed


@dataclass(frozen=True)
class DistrictVillages:
    district: District
    villages: Sequence[Village]


def villages_by_district(session: Session) -> list[DistrictVillages]:
    """Return all villages under their districts, both by name."""
    villages: dict[str, list[Village]] = {}
    for village in session.scalars(select(Village).order_by(Village.name, Village.code)):
        villages.setdefault(village.district_code, []).append(village)
    districts = session.scalars(select(District).order_by(District.name))
    return [DistrictVillages(district, villages.get(district.code, [])) for district in districts]


def campaign_area(session: Session, campaign_id: int) -> Sequence[Village]:
    """Return the villages a campaign aims at: named ones and those of named districts; none named means all."""
    query = select(Village).join(District, District.code == Village.district_code).where(aimed_at(campaign_id))
    return session.scalars(query.order_by(District.name, Village.name)).all()


def piece_codes(session: Session, piece: PrintPiece) -> Mapping[str | None, str]:
    """Return village code (None for the piece itself) → code of the short link to the piece's present address."""
    if not piece.link_url:
        return {}
    prefix = f"piece:{piece.id}:"
    rows = session.execute(
        select(ShortLink.village_code, ShortLink.code).where(
            and_(ShortLink.purpose.startswith(prefix, autoescape=True), ShortLink.target == piece.link_url)
        )
    )
    return {row.village_code: row.code for row in rows}


def proved_counts(session: Session, piece_id: int) -> tuple[int, int]:
    """Return (villages, copies) proved for a piece."""
    valid = and_(Proof.piece_id == piece_id, Proof.withdrawn_at.is_(None))
    villages = (
        select(func.count(ProofVillage.village_code.distinct()))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .where(valid)
    )
    copies = select(func.coalesce(func.sum(Proof.copies), 0)).where(valid)
    return session.scalar(villages) or 0, int(session.scalar(copies) or 0)


def provable_pieces(actor: Actor) -> Select[Any]:
    """Select rows (PrintPiece, campaign name) of campaigns not called off: staff those they see, a KIM all."""
    running = Campaign.status.in_((CampaignStatus.ACTIVE, CampaignStatus.PLANNED, CampaignStatus.ENDED))
    query: Any = (
        select(PrintPiece, Campaign.name)
        .join(Campaign, Campaign.id == PrintPiece.campaign_id)
        .where(running)
        .order_by(Campaign.starts_on.desc(), PrintPiece.title)
    )
    listed: Select[Any] = query if actor.has(Role.COMMUNITY) else query.where(visible(actor))
    return listed


def open_orders(actor: Actor) -> Select[Any]:
    """Select rows (PrintOrder, piece's title, outlet's name) that may still get a proof."""
    query: Any = (
        select(PrintOrder, PrintPiece.title, Outlet.name)
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .join(Outlet, Outlet.id == PrintOrder.outlet_id)
        .where(visible(actor), PrintOrder.status != OrderStatus.CANCELLED)
        .order_by(PrintOrder.ordered_at.desc())
    )
    listed: Select[Any] = query
    return listed


def recorder_names(session: Session, ids: set[int | None]) -> dict[int, str]:
    """Return user id → name."""
    known = [user_id for user_id in ids if user_id is not None]
    if not known:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(known)))}
