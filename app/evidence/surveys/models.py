from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.evidence.instruments.models import InstrumentVersion, SurveyAudience
from app.kernel.db import Base, UtcDateTime


class Stage(StrEnum):
    BASELINE = "baseline"
    AFTER = "after"
    FOLLOWUP = "followup"
    SINGLE = "single"  # stands alone


class WaveStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How an answer was taken."""

    LINK = "link"  # public link or QR: self-selected
    PHONE = "phone"  # an enumerator, face to face
    PAPER = "paper"
    IMPORT = "import"


class SampleMethod(StrEnum):
    OPEN = "open"  # whoever answers: no interval
    LIST = "list"  # everybody, or places that were chosen by hand
    PPS = "pps"  # villages drawn with probability proportional to population


class Wave(Base):
    """One round of asking. `code` is the public address `/s/CODE`.

    `draw` keeps how villages were drawn: {"seed", "method", "frame": [[code, population]], "drawn": [code], "strata"}.
    `quotas`: {"f.17-24": 12, …}. `margins`: what the answers are raked to, {"sex_age": {"f.17-24": people, …},
    "district": {code: people}}. `deff` is the planned design effect. `simulated`: every answer in it is; never mixed.
    """

    __tablename__ = "survey_waves"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period_in_order"),
        CheckConstraint("target > 0", name="target_positive"),
        CheckConstraint("deff >= 1", name="deff_at_least_one"),
        Index("ix_survey_waves_status", "status", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(20), default=Stage.SINGLE)
    audience: Mapped[str] = mapped_column(String(20), default=SurveyAudience.RESIDENTS)
    purpose: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("survey_waves.id"))  # the wave it is compared with
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"), index=True)
    modes: Mapped[list[str]] = mapped_column(JSON)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    target: Mapped[int | None]  # answers
    method: Mapped[str] = mapped_column(String(10), default=SampleMethod.OPEN)
    strata: Mapped[str] = mapped_column(String(10), default="")  # "", district, network
    same_places: Mapped[bool] = mapped_column(default=False)  # the villages of `before_id` are visited again
    deff: Mapped[float] = mapped_column(default=1.0)
    draw: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    quotas: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    margins: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    double_keying: Mapped[bool] = mapped_column(default=False)
    sheets: Mapped[int] = mapped_column(default=0)  # numbered paper forms printed so far: 1 … sheets
    bps_number: Mapped[str] = mapped_column(String(60), default="")  # Romantik, PP 51/1999
    simulated: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default=WaveStatus.DRAFT)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # made by itself when its campaign ended
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # single answers are gone, counts stay
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    instrument_version: Mapped[InstrumentVersion] = relationship()
    before: Mapped["Wave | None"] = relationship(remote_side="Wave.id")
    places: Mapped[list["WavePlace"]] = relationship(
        back_populates="wave", cascade="all, delete-orphan", order_by="WavePlace.position"
    )

    __mapper_args__ = {"version_id_col": version}


class WavePlace(Base):
    """A village, or an OPD, where is asked. `place` is the village's code, or "opd:ID" for an organisation.

    `size`: its population, or its civil servants, where known. `probability`: of being drawn, None where it was not.
    """

    __tablename__ = "survey_wave_places"

    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    target: Mapped[int | None]  # answers
    size: Mapped[int | None]
    stratum: Mapped[str] = mapped_column(String(20), default="")
    probability: Mapped[float | None]

    wave: Mapped[Wave] = relationship(back_populates="places")


class RecordedResult(Base):
    """A survey that was done elsewhere. What is not known stays None: it is never 0.

    `answers`: [{"text", "count" or None, "counts": whether it counts for `measure_key`}].
    """

    __tablename__ = "recorded_results"
    __table_args__ = (CheckConstraint("asked > 0", name="asked_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    done_on: Mapped[date]
    done_precision: Mapped[str] = mapped_column(String(5), default="day")  # year, month, day
    audience: Mapped[str] = mapped_column(String(20), default=SurveyAudience.RESIDENTS)
    method: Mapped[str] = mapped_column(String(300), default="")
    asked: Mapped[int | None]
    question: Mapped[str] = mapped_column(String(500), default="")
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    several: Mapped[bool] = mapped_column(default=False)  # one person could give several answers
    finding: Mapped[str] = mapped_column(Text, default="")  # in the words of the source
    measure_key: Mapped[str | None] = mapped_column(String(60))  # the measure beside whose trend it stands
    dimension_key: Mapped[str | None] = mapped_column(ForeignKey("dimensions.key"))
    source: Mapped[str] = mapped_column(String(500))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    kit_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
