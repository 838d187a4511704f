"""The rule of who may read the pictures of posts: who sees the post, also to sign for it."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.outreach.posts.access import visible_to
from app.outreach.posts.models import Post, PostMedia


def _pictures(actor: Actor) -> Select[Any]:
    return select(PostMedia.file_id).join(Post, Post.id == PostMedia.post_id).where(visible_to(actor))


HOLDERS = (Holder(PostMedia.file_id, Can.READ_POSTS, _pictures),)
