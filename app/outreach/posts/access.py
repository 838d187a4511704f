"""Who may see, change and submit a post. Routes ask for the role; here the record is asked too."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus, Service
from app.outreach.campaigns.rules import visible as visible_campaigns
from app.outreach.posts.models import Post


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which a person sees a post.

    The office sees all, others those of their organisation. Who may sign for the owner of a service (its contacts and
    approvers) also sees the posts about it.
    """
    if actor == SYSTEM or (actor.of_office and actor.can(Can.READ_POSTS_OF_OWN)):
        return true()
    allowed: list[ColumnElement[bool]] = []
    if actor.can(Can.READ_POSTS_OF_OWN):
        allowed.append(Post.organisation_id.in_(actor.organisation_ids))
    if actor.can(Can.SIGN_POSTS):
        own = select(Service.id).where(Service.owner_id.in_(actor.organisation_ids))
        allowed.append(Post.service_id.in_(own))
    return or_(*allowed) if allowed else false()


def get(session: Session, actor: Actor, post_id: int) -> Post:
    """Return the post, or raise NotFound where it is not there or not for this person."""
    post = session.scalar(select(Post).where(Post.id == post_id, visible_to(actor)))
    if post is None:
        raise NotFound(T("Materi ini tidak ada, atau bukan untuk Anda."))
    return post


def may_edit(actor: Actor, post: Post) -> bool:
    if actor == SYSTEM:
        return True
    if actor.of_office and actor.can(Can.SUBMIT_POSTS):
        return True
    return actor.can(Can.WRITE_POSTS) and post.organisation_id in actor.organisation_ids


def may_submit(actor: Actor, post: Post) -> bool:
    """Decide whether somebody may ask for approval: editors, also for a contributor's draft."""
    return actor == SYSTEM or (actor.can(Can.SUBMIT_POSTS) and may_edit(actor, post))


def check_edit(actor: Actor, post: Post) -> None:
    if not may_edit(actor, post):
        raise Forbidden(T("Materi ini milik organisasi lain, jadi tidak bisa Anda ubah."))


def check_submit(actor: Actor, post: Post) -> None:
    if not may_submit(actor, post):
        raise Forbidden(T("Hanya editor yang bisa melakukan ini. Mintalah bantuan editor di kantor Anda."))


def campaigns_for(actor: Actor) -> Select[Any]:
    """Select the campaigns that somebody may write for: seen by them and not called off, the latest first."""
    return (
        select(Campaign)
        .where(visible_campaigns(actor), Campaign.status != CampaignStatus.CANCELLED)
        .order_by(Campaign.starts_on.desc(), Campaign.name)
    )


def no_writer() -> Forbidden:
    return Forbidden(T("Hanya kontributor dan editor yang bisa menulis materi."))
