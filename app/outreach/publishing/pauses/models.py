from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class PauseScope(StrEnum):
    ALL = "all"
    ORGANISATION = "organisation"  # posts of an OPD and its bidang
    CAMPAIGN = "campaign"
    OUTLET = "outlet"


class PauseReason(StrEnum):
    DISASTER = "disaster"
    MOURNING = "mourning"
    MISTAKE = "mistake"
    OTHER = "other"


class Pause(Base):
    """Nothing within its scope leaves until it is lifted. `lifted_at` None: it is active.

    `undone`: whoever paused took it back within a minute, and nobody decided anything.
    """

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    outlet_id: Mapped[int | None] = mapped_column(ForeignKey("outlets.id"))
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str | None] = mapped_column(String(300))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))
    undone: Mapped[bool] = mapped_column(default=False)
