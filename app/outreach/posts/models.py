from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.people.models import Organisation, User
from app.kernel.db import Base, UtcDateTime
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.models import Outlet
from app.outreach.printing.models import PrintPiece


class PostStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    CANCELLED = "cancelled"


post_villages = Table(
    "post_villages",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("village_code", ForeignKey("villages.code"), primary_key=True),
)
post_writers = Table(
    "post_writers",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True),
)


class Post(Base):
    """One thing to say, at one time, through several outlets.

    `content_hash` is recomputed by every edit and covers text, media with alt texts, link and outlets (for print the
    piece and the copies); `approved_hash` is the one the last approver saw. A delivery leaves only while the post is
    APPROVED and both are equal. `planned_hash` is the one the deliveries were planned from; approving, moving and
    cancelling set it to None, which asks the worker's sweep to plan again. `writers` are all who changed the content
    since the last full approval: like the author, they do not approve it.
    """

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("useful_until IS NULL OR scheduled_at IS NULL OR useful_until >= scheduled_at", name="window"),
        UniqueConstraint("campaign_id", "kit_key"),
        Index("ix_posts_status_scheduled_at", "status", "scheduled_at"),
        Index("ix_posts_status_planned_hash", "status", "planned_hash"),  # the sweep: approved, planned_hash NULL
        Index("ix_posts_scheduled_at", "scheduled_at"),
        Index("ix_posts_waiting_for", "waiting_for"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    kit_key: Mapped[str | None] = mapped_column(String(80))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    form_key: Mapped[str | None] = mapped_column(String(36), unique=True)  # a double click is one draft
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")  # base text; a variant may have its own
    link_url: Mapped[str | None] = mapped_column(String(2000))
    audience: Mapped[str] = mapped_column(String(20), default="residents")
    status: Mapped[str] = mapped_column(String(20), default=PostStatus.DRAFT)
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_hours_reason: Mapped[str | None] = mapped_column(String(300))  # why outside the sending hours
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    planned_hash: Mapped[str | None] = mapped_column(String(64))
    window_start: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the approved window
    window_end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round: Mapped[int] = mapped_column(default=0)  # counts submissions
    steps: Mapped[list[Any]] = mapped_column(JSON, default=list)
    waiting_for: Mapped[str | None] = mapped_column(String(20))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    variants: Mapped[list["Variant"]] = relationship(
        back_populates="post", cascade="all, delete-orphan", order_by="Variant.id", lazy="selectin"
    )
    media: Mapped[list["PostMedia"]] = relationship(
        back_populates="post", cascade="all, delete-orphan", order_by="PostMedia.position", lazy="selectin"
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="post", cascade="all, delete-orphan", order_by="Review.id"
    )
    villages: Mapped[list[Village]] = relationship(secondary=post_villages, order_by=Village.name)
    campaign: Mapped[Campaign] = relationship()
    service: Mapped[Service | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship()
    writers: Mapped[list[User]] = relationship(secondary=post_writers)

    __mapper_args__ = {"version_id_col": version}


class Variant(Base):
    """What one outlet gets. `text` None: the base text. Print outlets name a PrintPiece and a number of copies."""

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("post_id", "outlet_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), index=True)
    text: Mapped[str | None] = mapped_column(Text)
    piece_id: Mapped[int | None] = mapped_column(ForeignKey("print_pieces.id"))
    copies: Mapped[int | None]

    post: Mapped[Post] = relationship(back_populates="variants")
    outlet: Mapped[Outlet] = relationship()
    piece: Mapped[PrintPiece | None] = relationship()


class PostMedia(Base):
    __tablename__ = "post_media"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    alt_text: Mapped[str] = mapped_column(Text, default="")

    post: Mapped[Post] = relationship(back_populates="media")
    file: Mapped[StoredFile] = relationship()


class Review(Base):
    """One line of a post's history of approval.

    `decision`: submitted, approved (a step), returned (with a note), withdrawn, edited (which ends the round).
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("post_id", "round", "step", "decision"),  # a double click is one submission
        Index("ix_reviews_decision_at", "decision", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    round: Mapped[int]
    step: Mapped[int]  # 0: submission; 1…: steps of the policy
    step_name: Mapped[str] = mapped_column(String(80), default="")
    decision: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    on_behalf: Mapped[str | None] = mapped_column(String(200))  # "Plh. Kepala Dinas"
    note: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    post: Mapped[Post] = relationship(back_populates="reviews")


class ApprovalPolicy(Base):
    """Who approves what, per organisation and kind ("social", "print").

    `steps` is a list of positions, e.g. ["kabid", "kadis"]. `owner_first`: the OPD that owns the post's service is
    asked before. Without a row: social ["kabid"], print ["kabid", "kadis"], owner not asked.
    """

    __tablename__ = "approval_policies"
    __table_args__ = (UniqueConstraint("organisation_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    steps: Mapped[list[Any]] = mapped_column(JSON)
    owner_first: Mapped[bool] = mapped_column(default=False)
