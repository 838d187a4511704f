"""The national smart-city evaluation as the office fills it in: parts and weights of a year, and a sheet of rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class Evaluation(Base):
    """The evaluation of one year. `parts`: [{"key", "title", "asks", "weight": percent or None where not known}].

    `source`: where the weights stand. They differ from year to year, so nothing here is a constant.
    """

    __tablename__ = "evaluations"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300), default="")
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def code(self) -> str:
        """By what the audit trail names it."""
        return str(self.year)

    rows: Mapped[list["EvaluationRow"]] = relationship(
        back_populates="evaluation", cascade="all, delete-orphan", order_by="EvaluationRow.id"
    )

    __mapper_args__ = {"version_id_col": version}


class EvaluationRow(Base):
    """A programme in the sheet of a year. `campaign_id`: the campaign whose records the figures are proposed from."""

    __tablename__ = "evaluation_rows"
    __table_args__ = (Index("ix_evaluation_rows_year", "year", "dimension_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("evaluations.year", ondelete="CASCADE"))
    dimension_key: Mapped[str] = mapped_column(ForeignKey("dimensions.key"))
    title: Mapped[str] = mapped_column(String(200))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    evaluation: Mapped[Evaluation] = relationship(back_populates="rows")
    cells: Mapped[list["EvaluationCell"]] = relationship(cascade="all, delete-orphan")
    evidence: Mapped[list["EvaluationEvidence"]] = relationship(
        cascade="all, delete-orphan", order_by="EvaluationEvidence.id"
    )

    __mapper_args__ = {"version_id_col": version}


class EvaluationCell(Base):
    """What a row says of one part. `number` None: not given, which is not 0. `n`: of how many people or records."""

    __tablename__ = "evaluation_cells"

    row_id: Mapped[int] = mapped_column(ForeignKey("evaluation_rows.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[float | None]
    unit: Mapped[str] = mapped_column(String(40), default="")
    n: Mapped[int | None]


class EvaluationEvidence(Base):
    """What shows that a cell is so: a page of Gaung (`address`, a path of this site), or a stored file."""

    __tablename__ = "evaluation_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("evaluation_rows.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(500), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
