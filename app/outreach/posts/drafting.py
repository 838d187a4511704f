"""Writing a post: draft, edit, fill in, duplicate. An edit of what was submitted or approved asks for approval anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.posts import access
from app.outreach.posts.content import GAP, content_hash
from app.outreach.posts.fields import MAX_TITLE, Difference, Fields, apply, check_lengths, clean, compare, resolve
from app.outreach.posts.models import Post, PostStatus, Review
from app.outreach.posts.news import tell_author
from app.outreach.posts.states import ALLOWED, EDITABLE, LABELS


class StaleEdit(Stale):
    """Another person saved first. `differences` shows both sides; nothing was written."""

    def __init__(self, by: str, differences: list[Difference], version: int) -> None:
        what = ", ".join(str(difference.label) for difference in differences)
        super().__init__(
            T(
                "%(by)s mengubah materi ini sejak Anda membukanya. Yang berbeda: %(what)s. "
                "Ketikan Anda masih ada di bawah dan belum disimpan.",
                by=by,
                what=what,
            )
        )
        self.differences = differences
        self.version = version


def draft(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    useful_days: int = 3,
    kit_key: str | None = None,
    form_key: str | None = None,
    **fields: Unpack[Fields],
) -> Post:
    """Write a new draft of the actor's organisation (of the campaign's, for the command line).

    `form_key` is made with the empty form: a second press of the button gives the post of the first.
    Raises Invalid with a `field` for whatever cannot be used.
    """
    if actor != SYSTEM and not actor.can(Can.WRITE_POSTS):
        raise access.no_writer()
    if form_key and (found := _of_form(session, actor, form_key)):
        return found
    values = resolve(session, actor, fields, post=None, useful_days=useful_days)
    post = Post(
        organisation_id=actor.organisation_id or values.campaign.organisation_id,
        author_id=actor.id,
        kit_key=kit_key,
        form_key=form_key,
        status=PostStatus.DRAFT,
        created_at=now,
        updated_at=now,
        round=0,
        steps=[],
    )
    apply(post, values)
    try:
        with session.begin_nested():
            session.add(post)
            session.flush()
    except IntegrityError:
        found = _of_form(session, actor, form_key) if form_key else None
        if found is None:
            raise
        return found  # the other press of the button was a moment earlier
    audit.record(session, actor, "post.drafted", post, now=now, after=summary(post))
    return post


def _of_form(session: Session, actor: Actor, form_key: str) -> Post | None:
    return session.scalar(select(Post).where(Post.form_key == form_key, Post.author_id == actor.id))


def edit(
    session: Session,
    actor: Actor,
    post: Post,
    *,
    version: int,
    now: datetime,
    useful_days: int = 3,
    **fields: Unpack[Fields],
) -> Post:
    """Save what a person typed over the `version` that they saw.

    Nothing is written if nothing differs. Raises StaleEdit if somebody else saved in between, Refused for a cancelled
    post, Invalid with a `field`. A submitted post goes back to draft; so does an approved one, unless only words that
    do not leave the house changed or the time moved inside the approved window.
    """
    lock(session, post)
    access.check_edit(actor, post)
    if post.status not in EDITABLE:
        raise Refused(T("Materi yang dibatalkan tidak bisa diubah. Buat salinannya."))
    values = resolve(session, actor, fields, post=post, useful_days=useful_days)
    differences = compare(post, values)
    if not differences:
        return post
    if version != post.version:
        raise StaleEdit(last_editor(session, post), differences, post.version)
    before, approval = summary(post), approval_state(post)
    apply(post, values)
    after_change(session, actor, post, approval, now=now)
    audit.record(session, actor, "post.edited", post, now=now, before=before, after=summary(post))
    return post


def fill(session: Session, actor: Actor, post: Post, *, token: str, value: str, now: datetime) -> Post:
    """Put `value` where `[LENGKAPI: …]` (the whole `token`) stands, in the title, base text, variants and alt texts."""
    lock(session, post)
    access.check_edit(actor, post)
    value = clean(value).strip()
    if not GAP.fullmatch(token) or not value or GAP.search(value):
        raise Invalid(T("Tulis isi yang menggantikan tanda ini."), field="value")
    before, approval, places = summary(post), approval_state(post), 0
    for record, name in _writable(post):
        text = getattr(record, name)
        if text and token in text:
            setattr(record, name, text.replace(token, value))
            places += 1
    if not places:
        raise Stale(T("“%(token)s” tidak ada lagi di materi ini; mungkin orang lain sudah mengisinya.", token=token))
    check_lengths(post.title, post.text, [variant.text for variant in post.variants])
    after_change(session, actor, post, approval, now=now)
    audit.record(session, actor, "post.filled", post, now=now, before=before, after=summary(post))
    return post


def _writable(post: Post) -> list[tuple[object, str]]:
    variants = [(variant, "text") for variant in post.variants]
    return [(post, "title"), (post, "text"), *variants, *((item, "alt_text") for item in post.media)]


def duplicate(session: Session, actor: Actor, post: Post, *, now: datetime) -> Post:
    """Make a new draft with the same content and no time yet."""
    return draft(
        session,
        actor,
        campaign_id=post.campaign_id,
        title=f"Salinan: {post.title}"[:MAX_TITLE],
        text=post.text,
        outlet_texts={v.outlet_id: v.text for v in post.variants if v.outlet.active},
        pieces={v.outlet_id: (v.piece_id, v.copies) for v in post.variants if v.piece_id and v.outlet.active},
        media=[(item.file_id, item.alt_text) for item in post.media],
        link_url=post.link_url,
        audience=post.audience,
        service_id=post.service_id,
        village_codes=[village.code for village in post.villages],
        now=now,
    )


# --- what every change of a post has in common ---


def lock(session: Session, post: Post) -> None:
    """Read the row afresh and keep others from writing it until the end of the transaction."""
    session.refresh(post, with_for_update=True)


@dataclass(frozen=True)
class ApprovalState:
    """What decides whether a change asks for a new approval."""

    content_hash: str
    scheduled_at: datetime | None
    useful_until: datetime | None
    service_id: int | None


def approval_state(post: Post) -> ApprovalState:
    return ApprovalState(content_hash(post), post.scheduled_at, post.useful_until, post.service_id)


def after_change(session: Session, actor: Actor, post: Post, old: ApprovalState, *, now: datetime) -> None:
    """Renew the fingerprint, take a submitted or approved post back where that is due, and count the version up."""
    post.content_hash = content_hash(post)
    post.updated_at = now
    flag_modified(post, "updated_at")  # a change of variants or villages alone counts the version up too
    session.flush()
    new = approval_state(post)
    if new == old:
        return
    if new.content_hash != old.content_hash:
        note_writer(session, post, actor.id)
    if post.status == PostStatus.IN_REVIEW:
        reopen(session, actor, post, "edited", now=now)
    elif post.status == PostStatus.APPROVED:
        same = (new.content_hash, new.service_id) == (old.content_hash, old.service_id)
        if same and is_inside_window(post):
            post.planned_hash = None  # the sweep moves the deliveries
        else:
            reopen(session, actor, post, "edited", now=now)
    session.flush()


def note_writer(session: Session, post: Post, user_id: int | None) -> None:
    """Add somebody to those who wrote what is to be approved: they leave the approval to others."""
    writer = session.get(User, user_id) if user_id is not None else None
    if writer is not None and writer not in post.writers:
        post.writers.append(writer)


def is_inside_window(post: Post) -> bool:
    """Decide whether the planned time and "still useful until" lie within what was approved."""
    if post.scheduled_at is None or post.window_start is None or post.window_end is None:
        return False
    until = post.useful_until or post.scheduled_at
    return post.window_start <= post.scheduled_at <= until <= post.window_end


def reopen(
    session: Session, actor: Actor, post: Post, decision: str, *, now: datetime, note: str | None = None
) -> None:
    """Put the post back to draft, with a line in the history; tell the author when somebody else did it."""
    move(post, ALLOWED, PostStatus.DRAFT, LABELS)
    post.waiting_for = None
    post.reviews.append(
        Review(
            round=post.round,
            step=0,
            decision=decision,
            by_id=actor.id,
            by_name=actor.name,
            note=note,
            content_hash=post.content_hash,
            at=now,
        )
    )
    session.flush()
    tell_author(
        session,
        post,
        actor,
        kind="post.reopened",
        subject=T("Perlu diajukan lagi: %(title)s", title=post.title),
        body=T(
            "%(by)s mengubah atau menarik materi ini. Sebelum tayang, materi perlu persetujuan baru.", by=actor.name
        ),
        now=now,
    )


def summary(post: Post) -> dict[str, object]:
    """Return the post as plain JSON values, for the audit trail."""
    return {
        "title": post.title,
        "text": post.text,
        "link_url": post.link_url,
        "status": str(post.status),
        "scheduled_at": post.scheduled_at.isoformat() if post.scheduled_at else None,
        "useful_until": post.useful_until.isoformat() if post.useful_until else None,
        "service_id": post.service_id,
        "outlets": {str(v.outlet_id): v.text for v in post.variants},
        "pieces": {str(v.outlet_id): [v.piece_id, v.copies] for v in post.variants if v.piece_id},
        "media": [[item.file_id, item.alt_text] for item in post.media],
        "content_hash": post.content_hash,
    }


def time_of(post: Post) -> dict[str, str | None]:
    """Return when it goes out and how long it is useful, for the audit trail."""
    return {
        "scheduled_at": post.scheduled_at.isoformat() if post.scheduled_at else None,
        "useful_until": post.useful_until.isoformat() if post.useful_until else None,
    }


def last_editor(session: Session, post: Post) -> str:
    name = session.scalar(
        select(audit.AuditEntry.actor_name)
        .where(audit.AuditEntry.subject_kind == "posts", audit.AuditEntry.subject_id == str(post.id))
        .order_by(audit.AuditEntry.id.desc())
        .limit(1)
    )
    return name or "Orang lain"
