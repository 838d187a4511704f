"""Notices about a post, to those who can approve it and to its author."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.posts.models import Post


def tell_approvers(session: Session, post: Post, user_ids: Collection[int], *, step: int, now: datetime) -> None:
    """Notify those who can take this step, once per round and step."""
    notify(
        session,
        user_ids=user_ids,
        kind="post.review",
        subject=T("Perlu persetujuan Anda: %(title)s", title=post.title),
        body=T(
            "Materi “%(title)s” dari program %(campaign)s menunggu persetujuan Anda. Buka, baca, lalu setujui atau "
            "kembalikan dengan catatan.",
            title=post.title,
            campaign=post.campaign.name,
        ),
        path=f"/persetujuan/{post.id}",
        dedupe_key=f"post:{post.id}:review:{post.round}:{step}",
        now=now,
    )


def tell_author(session: Session, post: Post, actor: Actor, *, kind: str, subject: T, body: T, now: datetime) -> None:
    """Notify the author and whoever submitted last, unless they did it themselves."""
    submitters = {review.by_id for review in post.reviews if review.decision == "submitted"}
    people = {id_ for id_ in (post.author_id, *submitters) if id_ is not None and id_ != actor.id}
    if not people:
        return
    notify(
        session,
        user_ids=people,
        kind=kind,
        subject=subject,
        body=body,
        path=f"/materi/{post.id}",
        dedupe_key=f"{kind}:{post.id}:{post.round}:{post.version}",
        now=now,
    )
