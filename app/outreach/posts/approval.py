"""Submitting, approving and returning a post."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import at_most
from app.outreach.outlets.ports import Channel
from app.outreach.posts import access
from app.outreach.posts.checks import NotReady, problems
from app.outreach.posts.content import content_hash, content_of
from app.outreach.posts.drafting import lock, time_of
from app.outreach.posts.etiquette import off_hours
from app.outreach.posts.models import Post, PostStatus, Review
from app.outreach.posts.news import tell_approvers, tell_author
from app.outreach.posts.policies import Step, approvers, on_behalf, refusal, steps_for, waiting_step
from app.outreach.posts.states import ALLOWED, LABELS, SUBMITTABLE

MAX_NOTE = 2000


class NeedsNewTime(Invalid):
    """Approved after its planned time: the last approver names a new one."""

    def __init__(self) -> None:
        super().__init__(
            T("Waktu tayangnya sudah lewat sebelum disetujui. Belum ada yang terbit. Pilih waktu tayang yang baru."),
            field="new_time",
        )


def submit(
    session: Session, actor: Actor, post: Post, *, channels: Mapping[str, Channel], settings: Any, now: datetime
) -> Post:
    """Ask for approval of the content and its time. Submitting the same again (a double click) changes nothing.

    Raises NotReady with everything that has to be mended first.
    """
    lock(session, post)
    access.check_submit(actor, post)
    post.content_hash = content_hash(post)
    if post.status == PostStatus.IN_REVIEW and _submitted_as_it_is(post):
        return post
    if post.status not in SUBMITTABLE:
        move(post, ALLOWED, PostStatus.IN_REVIEW, LABELS)
    found = problems(session, post, channels=channels, settings=settings, now=now)
    if found:
        raise NotReady(found)
    move(post, ALLOWED, PostStatus.IN_REVIEW, LABELS)
    post.round += 1
    post.steps = steps_for(session, post)
    post.waiting_for, post.submitted_at = post.steps[0], now
    _sign(post, actor, "submitted", 0, now=now)
    session.flush()
    audit.record(session, actor, "post.submitted", post, now=now, after={"round": post.round, "steps": post.steps})
    _ask(session, post, step=1, tz=settings.tz, now=now)
    return post


def _submitted_as_it_is(post: Post) -> bool:
    return any(
        review.round == post.round and review.decision == "submitted" and review.content_hash == post.content_hash
        for review in post.reviews
    )


def approve(
    session: Session,
    actor: Actor,
    post: Post,
    *,
    seen_hash: str,
    now: datetime,
    new_time: datetime | None = None,
    settings: Any = None,
) -> Post:
    """Take the waiting step for the version that the person saw; the last step approves the post and its window.

    A second press does nothing. Raises Stale if the content is not `seen_hash` any more, Forbidden with the reason
    for whoever cannot take the step, NeedsNewTime if the planned time has passed.
    """
    lock(session, post)
    if _already(post, actor, seen_hash):
        return post
    _check_seen(post, actor, seen_hash)
    step = _step(post)
    last = step.number >= len(post.steps)
    moved = last and _renew_time(session, actor, post, new_time=new_time, settings=settings, now=now)
    _sign(
        post, actor, "approved", step.number, step.name, now=now, on_behalf=_behalf(session, actor, step, settings, now)
    )
    if last:
        _finish(session, actor, post, moved=moved, now=now)
    else:
        post.waiting_for = post.steps[step.number]
    session.flush()
    audit.record(
        session, actor, "post.approved", post, now=now,
        after={"step": step.name, "status": str(post.status), "content_hash": post.content_hash},
    )  # fmt: skip
    if not last:
        _ask(session, post, step=step.number + 1, tz=_tz(settings), now=now)
    return post


def _finish(session: Session, actor: Actor, post: Post, *, moved: bool, now: datetime) -> None:
    move(post, ALLOWED, PostStatus.APPROVED, LABELS)
    post.waiting_for = None
    post.approved_hash, post.planned_hash = post.content_hash, None
    post.window_start, post.window_end = post.scheduled_at, post.useful_until or post.scheduled_at
    post.approved_content = content_of(post)
    post.writers = []
    session.flush()
    tell_author(
        session,
        post,
        actor,
        kind="post.approved",
        subject=T("Disetujui: %(title)s", title=post.title),
        body=T(
            "Materi ini sudah disetujui. Waktu tayangnya yang lama sudah lewat, jadi penyetuju memilih waktu baru; "
            "lihat di halaman materi."
        )
        if moved
        else T("Materi ini sudah disetujui dan akan tayang sendiri pada waktunya."),
        now=now,
    )


def _renew_time(
    session: Session, actor: Actor, post: Post, *, new_time: datetime | None, settings: Any, now: datetime
) -> bool:
    """Whether the planned time had passed and `new_time` took its place."""
    if post.scheduled_at is not None and post.scheduled_at > now:
        return False
    if new_time is None:
        raise NeedsNewTime
    if new_time <= now:
        raise Invalid(T("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="new_time")
    reason = off_hours(new_time, settings) if settings is not None else None
    if reason is not None and not post.off_hours_reason:
        raise Invalid(T("Waktu ini %(reason)s. Pilih waktu lain.", reason=reason), field="new_time")
    before = time_of(post)
    if post.useful_until is not None and post.useful_until < new_time:
        # as long useful after the new time as it was meant to be after the old one
        post.useful_until = new_time + (post.useful_until - (post.scheduled_at or post.useful_until))
    post.scheduled_at = new_time
    audit.record(session, actor, "post.rescheduled", post, now=now, before=before, after=time_of(post))
    return True


def return_(session: Session, actor: Actor, post: Post, *, note: str, seen_hash: str, now: datetime) -> Post:
    """Give the post back with what has to change. The next submission begins at the first step again."""
    lock(session, post)
    note = note.strip()
    if not note:
        raise Invalid(T("Tulis apa yang perlu diperbaiki."), field="note")
    at_most(note, MAX_NOTE, "note", T("Catatan terlalu panjang. Paling banyak %(n)s karakter."))
    _check_seen(post, actor, seen_hash)
    step = _step(post)
    _sign(post, actor, "returned", step.number, step.name, now=now, note=note)
    move(post, ALLOWED, PostStatus.RETURNED, LABELS)
    post.waiting_for = None
    session.flush()
    audit.record(session, actor, "post.returned", post, now=now, after={"step": step.name, "note": note})
    tell_author(
        session,
        post,
        actor,
        kind="post.returned",
        subject=T("Dikembalikan: %(title)s", title=post.title),
        body=T("%(by)s mengembalikan materi ini dengan catatan: %(note)s", by=actor.name, note=note),
        now=now,
    )
    return post


def _check_seen(post: Post, actor: Actor, seen_hash: str) -> None:
    reason = refusal(post, actor)
    if reason is not None:
        raise (Refused if waiting_step(post) is None else Forbidden)(reason)
    post.content_hash = content_hash(post)
    if post.content_hash != seen_hash:
        raise Stale(
            T("Isi materi ini berubah sejak Anda membukanya. Belum ada yang disetujui. Baca isi yang terbaru dulu.")
        )


def _already(post: Post, actor: Actor, seen_hash: str) -> bool:
    return any(
        review.round == post.round
        and review.decision == "approved"
        and review.by_id == actor.id
        and review.content_hash == seen_hash
        for review in post.reviews
        if actor.id is not None
    )


def _step(post: Post) -> Step:
    step = waiting_step(post)
    if step is None:
        raise Refused(T("Materi ini tidak sedang menunggu persetujuan."))
    return step


def _sign(
    post: Post,
    actor: Actor,
    decision: str,
    number: int,
    name: str = "",
    *,
    now: datetime,
    note: str | None = None,
    on_behalf: str | None = None,
) -> None:
    post.reviews.append(
        Review(
            round=post.round,
            step=number,
            step_name=name,
            decision=decision,
            by_id=actor.id,
            by_name=actor.name,
            on_behalf=on_behalf,
            note=note,
            content_hash=post.content_hash,
            at=now,
        )
    )


def _ask(session: Session, post: Post, *, step: int, tz: str | None, now: datetime) -> None:
    people = [user.id for user in approvers(session, post, _today(now, tz))]
    if people:
        tell_approvers(session, post, people, step=step, now=now)


def _behalf(session: Session, actor: Actor, step: Step, settings: Any, now: datetime) -> str | None:
    return on_behalf(session, actor, step.name, _today(now, _tz(settings)))


def _tz(settings: Any) -> str | None:
    return settings.tz if settings is not None else None


def _today(now: datetime, tz: str | None) -> date:
    return now.astimezone(ZoneInfo(tz) if tz else UTC).date()
