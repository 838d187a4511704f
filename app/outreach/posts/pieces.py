"""Posts follow their print pieces: approval covers what is printed, so an edited piece takes its posts back.

Printing stands below posts and cannot call them; instead the session notes which pieces a flush changed, and their
posts follow in the same transaction, just before it commits.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, event, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from app.kernel import audit
from app.kernel.roles import SYSTEM
from app.outreach.posts.content import content_hash
from app.outreach.posts.drafting import after_change, approval_state, lock, note_writer
from app.outreach.posts.models import Post, PostStatus, Variant
from app.outreach.posts.states import EDITABLE
from app.outreach.printing.models import PrintPiece

CHANGED = "changed_pieces"


def rehash_for_piece(session: Session, piece_id: int, *, now: datetime) -> list[Post]:
    """Renew the fingerprint of the posts of a changed piece and give those; submitted and approved ones are drafts
    again. Whoever changed the piece changed what these posts print, and does not approve them.

    An approved post whose window is over stays as it was: what left, left with the piece of that time.
    """
    over = and_(Post.status == PostStatus.APPROVED, Post.window_end < now)
    posts = session.scalars(
        select(Post)
        .where(Post.variants.any(Variant.piece_id == piece_id), Post.status.in_(EDITABLE), ~over)
        .order_by(Post.id)
    ).all()
    editor_id = _last_editor(session, piece_id) if posts else None
    touched = []
    for post in posts:
        lock(session, post)
        for variant in post.variants:
            if variant.piece is not None:
                session.refresh(variant.piece)
        if content_hash(post) == post.content_hash:
            continue
        old = replace(approval_state(post), content_hash=post.content_hash)
        note_writer(session, post, editor_id)
        after_change(session, SYSTEM, post, old, now=now)
        audit.record(session, SYSTEM, "post.piece_changed", post, now=now, after={"piece_id": piece_id})
        touched.append(post)
    return touched


def _last_editor(session: Session, piece_id: int) -> int | None:
    return session.scalar(
        select(audit.AuditEntry.actor_id)
        .where(audit.AuditEntry.subject_kind == PrintPiece.__tablename__, audit.AuditEntry.subject_id == str(piece_id))
        .order_by(audit.AuditEntry.id.desc())
        .limit(1)
    )


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: Any) -> None:
    for record in session.dirty:
        if isinstance(record, PrintPiece) and get_history(record, "content_hash").has_changes():
            session.info.setdefault(CHANGED, {})[record.id] = record.updated_at


@event.listens_for(Session, "before_commit")
def _follow(session: Session) -> None:
    session.flush()
    for piece_id, at in session.info.pop(CHANGED, {}).items():
        rehash_for_piece(session, piece_id, now=at)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(CHANGED, None)
