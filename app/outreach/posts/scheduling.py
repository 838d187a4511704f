"""What moves or ends a post: another time, back to draft, cancelled, planned."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.posts import access
from app.outreach.posts.drafting import after_change, approval_state, lock, reopen, time_of
from app.outreach.posts.etiquette import off_hours
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.news import tell_author
from app.outreach.posts.states import ALLOWED, EDITABLE, LABELS


def withdraw(session: Session, actor: Actor, post: Post, *, now: datetime) -> Post:
    """Take a submitted or approved post back to draft. What has left already stays where it is."""
    lock(session, post)
    if post.author_id != actor.id or actor.id is None:
        access.check_submit(actor, post)
    if post.status not in {PostStatus.IN_REVIEW, PostStatus.APPROVED}:
        raise Refused(T("Materi ini tidak sedang diajukan, jadi tidak ada yang ditarik."))
    reopen(session, actor, post, "withdrawn", now=now)
    audit.record(session, actor, "post.withdrawn", post, now=now)
    return post


def cancel(session: Session, actor: Actor, post: Post, *, now: datetime) -> Post:
    """End the post: nothing more of it leaves. Cancelling twice changes nothing."""
    lock(session, post)
    access.check_edit(actor, post)
    if post.status != PostStatus.DRAFT:
        access.check_submit(actor, post)
    if post.status == PostStatus.CANCELLED:
        return post
    before = str(post.status)
    move(post, ALLOWED, PostStatus.CANCELLED, LABELS)
    post.waiting_for, post.planned_hash = None, None  # the sweep takes its deliveries back
    session.flush()
    audit.record(session, actor, "post.cancelled", post, now=now, before={"status": before})
    tell_author(
        session,
        post,
        actor,
        kind="post.cancelled",
        subject=T("Dibatalkan: %(title)s", title=post.title),
        body=T("%(by)s membatalkan materi ini. Yang belum mulai dikirim tidak akan tayang.", by=actor.name),
        now=now,
    )
    return post


def reschedule(
    session: Session,
    actor: Actor,
    post: Post,
    *,
    scheduled_at: datetime,
    useful_until: datetime | None = None,
    off_hours_reason: str | None = None,
    settings: Any = None,
    now: datetime,
) -> Post:
    """Move the time. Inside the approved window that is logged and voids nothing; outside the post is a draft again.

    Without `useful_until` the old one stays, or moves along where the new time lies after it.
    """
    lock(session, post)
    access.check_submit(actor, post) if post.status == PostStatus.APPROVED else access.check_edit(actor, post)
    return _move_time(session, actor, post, scheduled_at, useful_until, off_hours_reason, settings, now)


def reschedule_after_pause(
    session: Session, actor: Actor, post: Post, *, scheduled_at: datetime, settings: Any, now: datetime
) -> Post:
    """Move the time as `reschedule` does, for the approver who ends a pause, whoever's post it is."""
    if not actor.can(Can.RESUME_PUBLISHING):
        raise Forbidden(T("Jeda diakhiri oleh penyetuju."))
    lock(session, post)
    return _move_time(session, actor, post, scheduled_at, None, None, settings, now)


def _move_time(
    session: Session, actor: Actor, post: Post, scheduled_at: datetime, useful_until: datetime | None,
    off_hours_reason: str | None, settings: Any, now: datetime,
) -> Post:  # fmt: skip
    if post.status not in EDITABLE:
        raise Refused(T("Materi yang dibatalkan tidak bisa dijadwalkan. Buat salinannya."))
    if scheduled_at <= now:
        raise Invalid(T("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="scheduled_at")
    reason = (off_hours_reason or post.off_hours_reason or "").strip()
    outside = off_hours(scheduled_at, settings) if settings is not None else None
    if outside is not None and not reason:
        raise Invalid(
            T("Waktu tayang %(reason)s. Pilih waktu lain, atau tulis alasannya.", reason=outside),
            field="off_hours_reason",
        )
    until = useful_until or _moved_along(post, scheduled_at)
    if until is not None and until < scheduled_at:
        raise Invalid(T("“Masih berguna sampai” harus sesudah waktu tayang."), field="useful_until")
    before, state = time_of(post), approval_state(post)
    post.scheduled_at, post.useful_until, post.off_hours_reason = scheduled_at, until, reason[:300] or None
    after_change(session, actor, post, state, now=now)
    audit.record(session, actor, "post.rescheduled", post, now=now, before=before, after=time_of(post))
    return post


def _moved_along(post: Post, scheduled_at: datetime) -> datetime | None:
    if post.useful_until is None or post.useful_until >= scheduled_at:
        return post.useful_until
    span = post.useful_until - post.scheduled_at if post.scheduled_at else timedelta(0)
    return scheduled_at + span


def ask_planning(session: Session, post: Post) -> None:
    """Let the worker's sweep look at this approved post again."""
    session.execute(
        update(Post).where(Post.id == post.id).values(planned_hash=None),
        execution_options={"synchronize_session": "fetch"},
    )


def mark_planned(session: Session, post: Post) -> bool:
    """Mark that the deliveries follow the content and version that were read; True while they still are the post's.

    False: somebody moved, changed or approved it anew meanwhile, and its `planned_hash` asks the sweep to plan again.
    No new version: nobody who is typing is disturbed by it.
    """
    taken = session.execute(
        update(Post)
        .where(Post.id == post.id, Post.content_hash == post.content_hash, Post.version == post.version)
        .values(planned_hash=post.content_hash)
        .returning(Post.id),
        execution_options={"synchronize_session": "fetch"},
    )
    return taken.scalar_one_or_none() is not None
