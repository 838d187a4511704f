from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime
from app.outreach.publishing.models import Delivery


class FindingKind(StrEnum):
    SENT_TWICE = "sent_twice"  # two attempts of one delivery were accepted
    NO_RECEIPT = "no_receipt"  # sent, and nothing says by what number or by whom
    SHARED_ID = "shared_id"  # two deliveries claim one post of the account
    NOT_SHOWN = "not_shown"  # sent, and the account's own list does not show it
    NOT_OWNED = "not_owned"  # the account shows our text or link under a number that no delivery has


class Finding(Base):
    """Something about a delivery that does not agree. Open until a person has seen to it, or it agrees again.

    `remote_id` is the post of the account that it is about, empty where it is about none.
    """

    __tablename__ = "ledger_findings"
    __table_args__ = (
        UniqueConstraint("kind", "delivery_id", "remote_id"),
        Index("ix_ledger_findings_settled_at", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    remote_id: Mapped[str] = mapped_column(String(200), default="")
    remote_url: Mapped[str | None] = mapped_column(String(500))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: it agrees again by itself
    note: Mapped[str | None] = mapped_column(String(500))

    delivery: Mapped[Delivery] = relationship()
