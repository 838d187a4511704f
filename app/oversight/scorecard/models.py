from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class IndicatorTarget(Base):
    """What the office wants an indicator to reach, where it is not the usual (scorecard/measures.py). Who changed it
    before stands in the audit trail."""

    __tablename__ = "indicator_targets"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    target: Mapped[float]
    note: Mapped[str] = mapped_column(String(300), default="")
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_by_name: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def code(self) -> str:
        """How the audit trail names it."""
        return self.key


class MessageCheck(Base):
    """Somebody read a post and noted which key message of its campaign it carries; `message` "": none of them.

    It speaks of the content of `content_hash`: where that changed, the post counts as not read. The message is kept as
    its words, since the list of a campaign is written anew when it changes.
    """

    __tablename__ = "message_checks"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    message: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_by_name: Mapped[str] = mapped_column(String(200))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
