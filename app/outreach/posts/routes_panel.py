"""The posts of a campaign, as its page shows them."""

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.web.formats import sentence
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign
from app.outreach.posts import access
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.queries import PostFilters, posts
from app.outreach.posts.states import LABELS

SHOWN = 8
BADGES = {
    PostStatus.DRAFT: ("muted", "pencil"),
    PostStatus.IN_REVIEW: ("wait", "clock"),
    PostStatus.RETURNED: ("warn", "arrow-back-up"),
    PostStatus.APPROVED: ("ok", "circle-check"),
    PostStatus.CANCELLED: ("muted", "ban"),
}


def campaign_posts(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of the next posts with their status and number; None where the list is not for them."""
    if not may_open("posts.index"):
        return None
    query = posts(actor, PostFilters(campaign_id=campaign.id), now=now())
    total = session.scalar(
        select(func.count()).select_from(Post).where(Post.campaign_id == campaign.id, access.visible_to(actor))
    )
    may_write = may_open("posts.new")
    return Panel(
        title=_l("Materi"),
        empty=_l("Belum ada materi untuk program ini."),
        url=url_for("posts.index", program=campaign.id),
        total=total or 0,
        lines=[
            PanelLine(
                title=post.title,
                url=url_for("posts.show", post_id=post.id),
                at=post.scheduled_at,
                badge=_badge(PostStatus(post.status)),
            )
            for post in session.scalars(query.limit(SHOWN)).unique()
        ],
        new_url=url_for("posts.new", program=campaign.id) if may_write else None,
        new_label=_l("Tulis materi"),
    )


def _badge(status: PostStatus) -> tuple[str, str, str]:
    kind, icon = BADGES[status]
    return kind, sentence(LABELS[status]), icon
