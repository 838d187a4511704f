"""The sweep: approved posts become deliveries, one per post and outlet; cancelled posts lose theirs.

A post asks to be planned by `planned_hash IS NULL` (set by approving, moving and cancelling). Rows that have left
already are never touched again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.service import shorten
from app.kernel.transitions import move
from app.posts.content import text_for, with_link
from app.posts.models import Post, PostStatus, Variant
from app.posts.service import mark_planned
from app.printing.models import PrintPiece
from app.publishing.models import Delivery
from app.publishing.models import DeliveryStatus as S
from app.publishing.states import ALLOWED, NOT_LEFT

BATCH = 200
DEFAULT_USEFUL = timedelta(days=3)


def sweep(session: Session, *, public_url: str, now: datetime) -> int:
    """Plan up to BATCH posts and return how many were looked at."""
    posts = session.scalars(
        select(Post)
        .where(Post.status.in_((PostStatus.APPROVED, PostStatus.CANCELLED)), Post.planned_hash.is_(None))
        .order_by(Post.scheduled_at)
        .limit(BATCH)
    ).all()
    for post in posts:
        if post.status == PostStatus.APPROVED:
            plan(session, post, public_url=public_url, now=now)
        else:
            _withdraw(session, post, keep=set())
        mark_planned(session, post)
    return len(posts)


def plan(session: Session, post: Post, *, public_url: str, now: datetime) -> list[Delivery]:
    """Make or renew the deliveries of an approved post; those of outlets taken out of it are cancelled."""
    if post.scheduled_at is None:
        raise ValueError("an approved post has a time")
    existing = {row.outlet_id: row for row in _deliveries(session, post.id)}
    pieces = _pieces(session, post.variants)
    made = []
    for variant in post.variants:
        row = existing.get(variant.outlet_id)
        if row is not None and row.status not in {*NOT_LEFT, S.FAILED, S.MISSED, S.CANCELLED}:
            continue  # it left, or may have
        piece = pieces.get(variant.piece_id or 0)
        planned = {
            "content_hash": post.content_hash,
            "payload": _payload(session, post, variant, piece, public_url=public_url, now=now),
            "piece_id": piece.id if piece else None,
            "piece_hash": piece.content_hash if piece else None,
            "due_at": post.scheduled_at,
            "wake_at": post.scheduled_at,
            "useful_until": post.useful_until or post.scheduled_at + DEFAULT_USEFUL,
        }
        if row is None:
            row = Delivery(post_id=post.id, outlet_id=variant.outlet_id, status=S.QUEUED, created_at=now, **planned)
            session.add(row)
        else:
            _revive(row)
            for name, value in planned.items():
                setattr(row, name, value)
        made.append(row)
    _withdraw(session, post, keep={variant.outlet_id for variant in post.variants})
    session.flush()
    return made


def _revive(row: Delivery) -> None:
    """A newly approved text is a new intent: what failed or was missed before may go out now."""
    if row.status == S.HELD and row.hold_reason == "person":
        return
    if row.status != S.QUEUED:
        move(row, ALLOWED, S.QUEUED)
    row.tries, row.lookups, row.problem, row.hold_reason, row.remembered = 0, 0, None, None, {}


def _payload(
    session: Session, post: Post, variant: Variant, piece: PrintPiece | None, *, public_url: str, now: datetime
) -> dict[str, Any]:
    target = (piece.link_url if piece else None) or post.link_url
    link = None
    if target:
        # the target of a code never changes, so another target is another code
        purpose = f"post:{post.id}:{variant.outlet_id}:{sha256(target.encode()).hexdigest()[:8]}"
        code = shorten(session, purpose=purpose, target=target, campaign_id=post.campaign_id, now=now).code
        link = f"{public_url}/t/{code}"
    return {
        "text": with_link(text_for(post, variant), link),
        "link": link,
        "files": [{"id": item.file_id, "alt": item.alt_text} for item in post.media],
        "piece_id": piece.id if piece else None,
        "copies": variant.copies,
    }


def _withdraw(session: Session, post: Post, *, keep: set[int]) -> None:
    for row in _deliveries(session, post.id):
        if row.outlet_id not in keep and row.status in {*NOT_LEFT, S.HANDED_OVER, S.FAILED, S.MISSED}:
            move(row, ALLOWED, S.CANCELLED)


def _deliveries(session: Session, post_id: int) -> Sequence[Delivery]:
    return session.scalars(select(Delivery).where(Delivery.post_id == post_id)).all()


def _pieces(session: Session, variants: Sequence[Variant]) -> dict[int, PrintPiece]:
    ids = {variant.piece_id for variant in variants if variant.piece_id}
    if not ids:
        return {}
    return {piece.id: piece for piece in session.scalars(select(PrintPiece).where(PrintPiece.id.in_(ids)))}
