"""The sweep: approved posts become deliveries, one per post and outlet; cancelled posts lose theirs.

A post asks to be planned by `planned_hash IS NULL` (set by approving, moving and cancelling). Rows that have left
already are never touched again.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.service import shorten
from app.outreach.outlets.models import Outlet
from app.outreach.posts.content import text_for, with_link
from app.outreach.posts.models import Post, PostStatus, Variant
from app.outreach.posts.service import mark_planned
from app.outreach.printing.models import PrintPiece
from app.outreach.publishing import alerts, wishes
from app.outreach.publishing.keys import delivery_key
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.preflight.models import Inspection
from app.outreach.publishing.states import ALLOWED, BY_PERSON, NOT_LEFT
from app.outreach.publishing.wishes import Wish

log = logging.getLogger(__name__)

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's name of it
DEFAULT_USEFUL = timedelta(days=3)
CAMPAIGN_CANCELLED = T("Dibatalkan bersama programnya. Tidak ada yang keluar.")


def sweep(session: Session, *, public_url: str, now: datetime, limit: int = 200) -> int:
    """Plan up to `limit` posts, the soonest first, and return how many were.

    The posts are locked, so that a move or a new approval that commits meanwhile is not written over. A post that
    cannot be planned is told to its author and blocks no other.
    """
    posts = session.scalars(
        select(Post)
        .where(Post.status.in_((PostStatus.APPROVED, PostStatus.CANCELLED)), Post.planned_hash.is_(None))
        .order_by(Post.scheduled_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Post)
    ).all()
    marked = 0
    for post in posts:
        try:
            with session.begin_nested():
                if post.status == PostStatus.APPROVED:
                    plan(session, post, public_url=public_url, now=now)
                else:
                    _withdraw(session, post, keep=set(), now=now)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            continue  # somebody is at one of its deliveries: the next round plans it
        except Exception:
            log.exception("post %s cannot be planned", post.id)
            alerts.tell_cannot_plan(session, post, now=now)
        marked += mark_planned(session, post)
    return marked


def plan(session: Session, post: Post, *, public_url: str, now: datetime) -> list[Delivery]:
    """Make or renew the deliveries of an approved post; those of outlets taken out of it are cancelled."""
    if post.scheduled_at is None:
        raise ValueError("an approved post has a time")
    existing = {row.outlet_id: row for row in _deliveries(session, post.id)}
    pieces = _pieces(session, post.variants)
    kinds = _kinds(session, post.variants)
    made = []
    for variant in post.variants:
        row = existing.get(variant.outlet_id)
        if row is not None and row.wish_by_id is None and row.status != S.SENT:
            wishes.forget(row)  # the outlet was taken out of the post and put back while a call was under way
        if row is not None and not _may_renew(row, post):
            continue
        piece = pieces.get(variant.piece_id or 0)
        planned = {
            "content_hash": post.content_hash,
            "payload": _payload(
                session,
                post,
                variant,
                piece,
                outlet_kind=kinds[variant.outlet_id],
                public_url=public_url,
                now=now,
            ),
            "piece_id": piece.id if piece else None,
            "piece_hash": piece.content_hash if piece else None,
            "due_at": post.scheduled_at,
            "wake_at": post.scheduled_at,
            "spaced_at": None,
            "useful_until": post.useful_until or post.scheduled_at + DEFAULT_USEFUL,
        }
        if row is None:
            row = Delivery(post_id=post.id, outlet_id=variant.outlet_id, status=S.QUEUED, created_at=now, **planned)
            session.add(row)
        else:
            _revive(row)
            session.execute(delete(Inspection).where(Inspection.delivery_id == row.id))  # of the content before
            for name, value in planned.items():
                setattr(row, name, value)
        made.append(row)
    _withdraw(session, post, keep={variant.outlet_id for variant in post.variants}, now=now)
    session.flush()
    return made


def _may_renew(row: Delivery, post: Post) -> bool:
    """Not what left or may have left; and what a person cancelled only when another content was approved since.

    What is under way is planned anew once its call has ended without being live (`settle` asks for it).
    """
    changed = row.content_hash != post.content_hash
    if row.status == S.HANDED_OVER:
        return changed  # the person gets the new text
    if row.status == S.CANCELLED and row.hold_reason == BY_PERSON:
        return changed
    return row.status in {*NOT_LEFT, S.FAILED, S.MISSED, S.CANCELLED, S.SENDING} and not wishes.under_way(row)


def _revive(row: Delivery) -> None:
    """A newly approved text is a new intent: what failed or was missed before may go out now."""
    if row.status == S.HELD and row.hold_reason == BY_PERSON:
        return
    if row.status != S.QUEUED:
        move(row, ALLOWED, S.QUEUED)
    row.tries, row.lookups, row.problem, row.hold_reason, row.remembered = 0, 0, None, None, {}
    row.token, row.lease_until = None, None


def _payload(
    session: Session,
    post: Post,
    variant: Variant,
    piece: PrintPiece | None,
    *,
    outlet_kind: str,
    public_url: str,
    now: datetime,
) -> dict[str, Any]:
    target = (piece.link_url if piece else None) or post.link_url
    link = None
    if target:
        short = shorten(
            session,
            purpose=delivery_key(post.id, variant.outlet_id),
            target=target,
            campaign_id=post.campaign_id,
            source=outlet_kind,
            medium="print" if piece else "social",
            now=now,
        )
        link = f"{public_url}/t/{short.code}"
    return {
        "text": with_link(text_for(post, variant), link),
        "link": link,
        "files": [{"id": item.file_id, "alt": item.alt_text} for item in post.media],
        "piece_id": piece.id if piece else None,
        "copies": variant.copies,
    }


def _withdraw(session: Session, post: Post, *, keep: set[int], now: datetime) -> None:
    for row in _deliveries(session, post.id):
        if row.outlet_id in keep:
            continue
        if wishes.under_way(row):
            wishes.keep(row, Wish.CANCEL, by_id=None, now=now)
        elif row.status in {*NOT_LEFT, S.SENDING, S.HANDED_OVER, S.FAILED, S.MISSED}:
            move(row, ALLOWED, S.CANCELLED)
            row.token, row.lease_until = None, None


def _deliveries(session: Session, post_id: int) -> Sequence[Delivery]:
    """Return a post's deliveries, locked: another worker may be about to start one. Does not wait for their locks."""
    query = select(Delivery).where(Delivery.post_id == post_id).with_for_update(nowait=True, of=Delivery)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _kinds(session: Session, variants: Sequence[Variant]) -> dict[int, str]:
    ids = [variant.outlet_id for variant in variants]
    return dict(session.execute(select(Outlet.id, Outlet.kind).where(Outlet.id.in_(ids))).tuples().all())


def cancelled_campaigns(session: Session) -> set[int]:
    """Return the ids of all cancelled campaigns."""
    return set(session.scalars(select(Campaign.id).where(Campaign.status == CampaignStatus.CANCELLED)))


def withdraw_campaigns(session: Session, campaigns: Collection[int], *, now: datetime, limit: int) -> int:
    """Take back up to `limit` deliveries of these campaigns that have not left; return how many there were.

    Those under way get the wish to be cancelled.
    """
    back = or_(Delivery.status.in_((*NOT_LEFT, S.HANDED_OVER)), wishes.is_only_claimed())
    values = {"status": S.CANCELLED, "problem": CAMPAIGN_CANCELLED, "token": None, "lease_until": None}
    taken = _change_of_campaigns(session, campaigns, back, values, limit)
    under_way = and_(wishes.is_under_way(), Delivery.wish.is_distinct_from(Wish.CANCEL))
    wished = {"wish": Wish.CANCEL, "wish_by_id": None, "wish_at": now}
    return max(taken, _change_of_campaigns(session, campaigns, under_way, wished, limit))


def _change_of_campaigns(
    session: Session, campaigns: Collection[int], which: ColumnElement[bool], values: dict[str, Any], limit: int
) -> int:
    rows = (
        select(Delivery.id)
        .join(Post, Post.id == Delivery.post_id)
        .where(Post.campaign_id.in_(campaigns), which)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(select(rows.cte().c.id)))
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def _pieces(session: Session, variants: Sequence[Variant]) -> dict[int, PrintPiece]:
    ids = {variant.piece_id for variant in variants if variant.piece_id}
    if not ids:
        return {}
    return {piece.id: piece for piece in session.scalars(select(PrintPiece).where(PrintPiece.id.in_(ids)))}
