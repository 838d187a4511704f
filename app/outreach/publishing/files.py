"""The rule of who may read what was sent with a delivery, and the photo that shows it is live: who sees it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, Text, cast, or_, select
from sqlalchemy.orm import Session

from app.base.media.holders import Holder, Listing
from app.kernel.roles import Actor, Can
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.queries import visible_to


def _proofs(actor: Actor) -> Select[Any]:
    return _seen(select(Delivery.proof_file_id), actor)


def _sent(session: Session, ids: Collection[int], actor: Actor | None) -> set[int]:
    """Those of these files that a frozen payload names: the picture stays what was sent when the post changes."""
    named = or_(*(cast(Delivery.payload, Text).contains(f'"id": {number}') for number in ids))
    query = select(Delivery.payload).where(named)
    found = session.scalars(query if actor is None else _seen(query, actor))
    return {entry["id"] for payload in found for entry in payload.get("files", ())}.intersection(ids)


def _seen(query: Select[Any], actor: Actor) -> Select[Any]:
    visible = visible_to(actor)
    if visible is None:
        return query
    joined = query.join(Post, Post.id == Delivery.post_id).join(Outlet, Outlet.id == Delivery.outlet_id)
    return joined.where(visible)


HOLDERS = (Holder(Delivery.proof_file_id, Can.READ_DELIVERIES, _proofs),)
LISTINGS = (Listing(Delivery.payload, Can.READ_DELIVERIES, _sent),)
