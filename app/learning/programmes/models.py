from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class SkillLevel(IntEnum):
    """What somebody can do with a skill; each level holds those below it."""

    BASIC = 1  # with help
    INDEPENDENT = 2  # on their own
    COACHING = 3  # and can teach others


class ScoreFrom(StrEnum):
    """What the score of a participant is made of."""

    TEST = "test"  # the test at the end
    WORK = "work"  # the practical work, by its rubric
    BOTH = "both"  # both, `work_share` percent for the work


class Skill(Base):
    """Something that people can do. `basic`, `independent`, `coaching`: how one tells that a person has that level.

    `key` is stable, e.g. "basis-data"; kits name skills by it.
    """

    __tablename__ = "skills"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    group: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    basic: Mapped[str] = mapped_column(String(500), default="")
    independent: Mapped[str] = mapped_column(String(500), default="")
    coaching: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Programme(Base):
    """What is taught; its batches are held in the room training.

    `min_attendance`: percent of the sessions, `min_score`: percent of the points or None, `score_from` (ScoreFrom) and
    `work_share` (percent): the rule for a certificate that a new batch begins with. `test_instrument_id`: the
    questions before and after, `post_instrument_id`: those after where they are others.
    """

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("min_attendance BETWEEN 0 AND 100", name="attendance_percent"),
        CheckConstraint("min_score BETWEEN 0 AND 100", name="score_percent"),
        CheckConstraint("work_share BETWEEN 0 AND 100", name="work_share_percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    for_whom: Mapped[str] = mapped_column(String(500), default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    min_attendance: Mapped[int] = mapped_column(default=75)
    min_score: Mapped[int | None]  # without a default: the ORM would put it where None is meant
    score_from: Mapped[str] = mapped_column(String(10), default=ScoreFrom.TEST)
    work_share: Mapped[int] = mapped_column(default=50)
    test_instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instruments.id"))
    post_instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instruments.id"))
    kit_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    modules: Mapped[list["Module"]] = relationship(
        back_populates="programme", cascade="all, delete-orphan", order_by="Module.position, Module.id"
    )
    prerequisites: Mapped[list["Prerequisite"]] = relationship(
        cascade="all, delete-orphan", foreign_keys="Prerequisite.programme_id", order_by="Prerequisite.id"
    )
    trainers: Mapped[list["ProgrammeTrainer"]] = relationship(
        cascade="all, delete-orphan", order_by="ProgrammeTrainer.position, ProgrammeTrainer.id"
    )
    criteria: Mapped[list["Criterion"]] = relationship(
        cascade="all, delete-orphan", order_by="Criterion.position, Criterion.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Prerequisite(Base):
    """What somebody should bring along: another programme (`requires_id`), or a skill at a level."""

    __tablename__ = "programme_prerequisites"
    __table_args__ = (CheckConstraint("(requires_id IS NULL) <> (skill_id IS NULL)", name="one_of_both"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id", ondelete="CASCADE"), index=True)
    requires_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int | None] = mapped_column(SmallInteger)  # SkillLevel

    skill: Mapped[Skill | None] = relationship()
    requires: Mapped[Programme | None] = relationship(foreign_keys=[requires_id])


class ProgrammeTrainer(Base):
    """Who usually teaches it; with an account (`user_id`) or without."""

    __tablename__ = "programme_trainers"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")  # office or organisation


class Module(Base):
    """A part of a programme that one session teaches. One that a batch used is archived and never deleted."""

    __tablename__ = "programme_modules"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    objectives: Mapped[str] = mapped_column(Text, default="")  # one a line
    outline: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(default=120)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    programme: Mapped[Programme] = relationship(back_populates="modules")
    skills: Mapped[list["ModuleSkill"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    materials: Mapped[list["ModuleMaterial"]] = relationship(
        cascade="all, delete-orphan", order_by="ModuleMaterial.position, ModuleMaterial.id"
    )


class ModuleSkill(Base):
    """A skill that a module leads to, and how far."""

    __tablename__ = "module_skills"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),)

    module_id: Mapped[int] = mapped_column(ForeignKey("programme_modules.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)  # SkillLevel

    skill: Mapped[Skill] = relationship(lazy="joined", innerjoin=True)


class ModuleMaterial(Base):
    """A file or a link. `for_trainers`: participants do not see it."""

    __tablename__ = "module_materials"
    __table_args__ = (CheckConstraint("(file_id IS NULL) <> (url IS NULL)", name="file_or_link"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("programme_modules.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    url: Mapped[str | None] = mapped_column(String(500))
    for_trainers: Mapped[bool] = mapped_column(default=False)


class Criterion(Base):
    """One line of the rubric for practical work: 0 to `most` points. `guide`: what earns how many."""

    __tablename__ = "programme_criteria"
    __table_args__ = (
        CheckConstraint("most > 0", name="most_positive"),
        UniqueConstraint("programme_id", "title"),
        Index("ix_programme_criteria_order", "programme_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    guide: Mapped[str] = mapped_column(Text, default="")
    most: Mapped[int] = mapped_column(default=4)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
