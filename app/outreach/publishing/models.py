from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Sentence, UtcDateTime
from app.kernel.text import T


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"  # certainly not sent; again at wake_at
    UNKNOWN = "unknown"  # may be live: looked up, never sent again blindly
    HANDED_OVER = "handed_over"  # assisted: a person has it to post
    SENT = "sent"
    FAILED = "failed"
    MISSED = "missed"  # past "still useful until"
    HELD = "held"  # paused by a person
    CANCELLED = "cancelled"


class Delivery(Base):
    """One post at one outlet: planned once, sent at most once.

    `payload` is the frozen text, files (ids with alt texts), link and piece that belong to `content_hash`.
    `wake_at` is when the tick looks at the row next (the due time, a retry, a look-up). `wish` is what somebody asked
    for while a call was under way (wishes.py); on a row that was sent nevertheless it stays, and the page says so.
    Every write of the ORM names the status that was read, so that a stale one fails instead of undoing another's.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("post_id", "outlet_id"),
        Index("ix_deliveries_status_wake_at", "status", "wake_at"),
        Index("ix_deliveries_due_at", "due_at"),
        Index("ix_deliveries_sent_at", "sent_at"),
        Index(
            "ix_deliveries_spaced",
            "outlet_id",
            "wake_at",
            sqlite_where=text("spaced_at IS NOT NULL"),
            postgresql_where=text("spaced_at IS NOT NULL"),
        ),
        Index("uq_deliveries_outlet_id_remote_id", "outlet_id", "remote_id", unique=True),  # one post, one delivery
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    piece_id: Mapped[int | None] = mapped_column(ForeignKey("print_pieces.id"), index=True)
    piece_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), default=DeliveryStatus.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wake_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    lookups: Mapped[int] = mapped_column(default=0)  # how often `find` looked without finding
    hold_reason: Mapped[str | None] = mapped_column(String(20))  # person, sign_in; of a failure: undecided
    token: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # once more after a lost answer: resend.py
    remembered: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    remote_id: Mapped[str | None] = mapped_column(String(200))
    remote_url: Mapped[str | None] = mapped_column(String(500))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken down since; removal/ says how
    spaced_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # when `wake_at` became a time after an outage or a pause
    proof_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # a person said so
    problem: Mapped[T | None] = mapped_column(Sentence)  # the sentence: what happened, and is it live
    wish: Mapped[str | None] = mapped_column(String(10))  # hold, cancel
    wish_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: with its post or campaign
    wish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    attempts: Mapped[list["Attempt"]] = relationship(cascade="all, delete-orphan", order_by="Attempt.id")

    __mapper_args__ = {"version_id_col": status, "version_id_generator": False}


class Attempt(Base):
    """One call of a channel and what came of it. Never a secret in it."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(10))  # publish, find, person
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str | None] = mapped_column(String(200))
    remote_id: Mapped[str | None] = mapped_column(String(200))  # the post that was made, or found
    detail: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of a look: evidence.py


class MeasureState(StrEnum):
    DUE = "due"
    TAKEN = "taken"
    LATE = "late"  # its hour went by while nobody could ask: another hour's figure would be another thing
    CLOSED = "closed"  # the account could not be opened any more
    GONE = "gone"  # the post was deleted at the platform


class Measurement(Base):
    """How a delivery was doing `age` hours after it was sent, as the platform said it.

    A count that is NULL in a row that was taken is one that the platform does not give. `latest`: the newest taken of
    its delivery, which sums are made of.
    """

    __tablename__ = "measurements"
    __table_args__ = (
        UniqueConstraint("delivery_id", "age"),
        Index("ix_measurements_state_wake_at", "state", "wake_at"),
        Index("ix_measurements_latest", "delivery_id", "latest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    age: Mapped[int] = mapped_column()  # hours
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wake_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it is asked next
    state: Mapped[str] = mapped_column(String(10), default=MeasureState.DUE)
    tries: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    latest: Mapped[bool] = mapped_column(default=False)
    views: Mapped[int | None] = mapped_column()
    reach: Mapped[int | None] = mapped_column()
    reactions: Mapped[int | None] = mapped_column()
    comments: Mapped[int | None] = mapped_column()
    shares: Mapped[int | None] = mapped_column()
    saves: Mapped[int | None] = mapped_column()
    clicks: Mapped[int | None] = mapped_column()
    detail: Mapped[str | None] = mapped_column(String(500))  # why it is not there; never a secret


class SendingStop(Base):
    """Why a worker sends nothing at present (publishing/safety.py); `worker` is its name, `since` when it began.

    `seen_at` is when the worker last said so. `released_at`: a person let go on, and the worker has not yet.
    """

    __tablename__ = "sending_stops"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20), primary_key=True)
    sentence: Mapped[T] = mapped_column(Sentence)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    copied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of an older copy: how far it goes
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LedgerMark(Base):
    """How far this database has come, which `GAUNG_VAR_DIR` knows too: an older copy is behind (generation.py).

    One row. `number` rises with every transaction that starts posts, `epoch` when a person let an older copy go on,
    `at` is when a worker was last at work on it.
    """

    __tablename__ = "ledger_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """When a worker's process was last alive and what it did; `/healthz` and the banner "pengirim berhenti" read it.

    `stopped_at`: it ended as it was told to.
    """

    __tablename__ = "heartbeats"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    host: Mapped[str] = mapped_column(String(80))
    pid: Mapped[int] = mapped_column()
    version: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    doing: Mapped[T | None] = mapped_column(Sentence)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
