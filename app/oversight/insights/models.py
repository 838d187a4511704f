from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class ImpactFigure(Base):
    """What a service's own books say while a campaign runs: registrations, transactions, complaints.

    `value` holds for the day `on`. Figures of one service with the same `what` and `unit` are one line over time. They
    stand beside the campaign and prove no effect of it.
    """

    __tablename__ = "impact_figures"
    __table_args__ = (Index("ix_impact_figures_campaign", "campaign_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    what: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="")
    value: Mapped[float]
    on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
