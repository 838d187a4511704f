"""Findings for their page and for home, each in one statement."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.kernel.paging import Page, paginate
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.queries import visible_to
from app.outreach.publishing.self_audit.models import Finding


def select_findings(actor: Actor, *, settled: bool = False) -> Select[*tuple[Any, ...]]:
    """Select rows (Finding, Delivery, Post, Campaign.name, Outlet) that a person sees, the newest first."""
    query: Select[*tuple[Any, ...]] = (
        select(Finding, Delivery, Post, Campaign.name, Outlet)
        .join(Delivery, Delivery.id == Finding.delivery_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Campaign, Campaign.id == Post.campaign_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(is_open() if not settled else Finding.settled_at.is_not(None))
        .order_by((Finding.settled_at if settled else Finding.found_at).desc(), Finding.id.desc())
    )
    visible = visible_to(actor)
    return query if visible is None else query.where(visible)


def is_open() -> ColumnElement[bool]:
    """Return the condition of a finding that waits for somebody."""
    return Finding.settled_at.is_(None)


def compared(session: Session, actor: Actor, *, kinds: Collection[str]) -> Sequence[Any]:
    """Return rows (name, compared_at) of the accounts of these kinds that a person sees, by name."""
    query = (
        select(Outlet.name, Outlet.compared_at)
        .where(Outlet.kind.in_(kinds), Outlet.active, Outlet.status != OutletStatus.UNCONNECTED)
        .order_by(Outlet.name)
    )
    if not actor.of_office:
        query = query.where(or_(Outlet.organisation_id.in_(actor.organisation_ids), Outlet.responsible_id == actor.id))
    return session.execute(query).all()


def findings(session: Session, actor: Actor, *, settled: bool, number: int) -> Page[Any]:
    """Return a page of findings: those that wait, or those that were seen to."""
    return paginate(session, select_findings(actor, settled=settled), number, rows=True)
