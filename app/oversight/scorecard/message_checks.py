"""Note which key message of its campaign a post carries, as a person read it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.outreach.campaigns.models import KeyMessage
from app.outreach.posts.access import may_edit, visible_to
from app.outreach.posts.models import Post
from app.oversight.scorecard.models import MessageCheck

NO_MESSAGE = 0
"""In place of a message: the post carries none of them."""


def may_read(actor: Actor) -> bool:
    """Tell whether this person's roles note what a post carries; which posts, `note` asks."""
    return actor.can(Can.WRITE_POSTS)


def note(
    session: Session, actor: Actor, given: Mapping[int, tuple[int, str]], *, now: datetime
) -> tuple[list[Post], list[Post]]:
    """Note what posts carry. `given`: post id → (id of the key message or NONE, hash of the content that the person
    saw). Return the posts that were noted, and those left alone since their content changed meanwhile. The same again
    changes nothing. Raises Forbidden for a post of somebody else, Invalid for a message of another campaign."""
    posts = session.scalars(select(Post).where(Post.id.in_(given), visible_to(actor)).order_by(Post.id)).all()
    if not may_read(actor) or len(posts) != len(given) or not all(may_edit(actor, post) for post in posts):
        raise Forbidden(T("Ada materi yang bukan milik organisasi Anda. Belum ada yang disimpan."))
    wanted = {number for number, _hash in given.values() if number != NO_MESSAGE}
    messages = {row.id: row for row in session.scalars(select(KeyMessage).where(KeyMessage.id.in_(wanted)))}
    known = {row.post_id: row for row in session.scalars(select(MessageCheck).where(MessageCheck.post_id.in_(given)))}
    done, changed = [], []
    for post in posts:
        number, seen = given[post.id]
        if post.content_hash != seen:
            changed.append(post)
        elif _note(session, actor, post, _text(post, number, messages), known.get(post.id), now):
            done.append(post)
    session.flush()
    return done, changed


def _text(post: Post, number: int, messages: Mapping[int, KeyMessage]) -> str:
    if number == NO_MESSAGE:
        return ""
    message = messages.get(number)
    if message is None or message.campaign_id != post.campaign_id:
        raise Invalid(T("Pesan kunci program ini baru saja diubah. Muat ulang halaman, lalu pilih lagi."))
    return message.text


def _note(session: Session, actor: Actor, post: Post, text: str, row: MessageCheck | None, now: datetime) -> bool:
    """Whether anything changed."""
    before = None if row is None else {"message": row.message}
    if row is not None and row.message == text and row.content_hash == post.content_hash:
        return False
    if row is None:
        row = MessageCheck(post_id=post.id)
        session.add(row)
    row.message, row.content_hash = text, post.content_hash
    row.checked_by_id, row.checked_by_name, row.checked_at = actor.id, actor.name, now
    audit.record(session, actor, "post.message_noted", post, now=now, before=before, after={"message": text})
    return True
