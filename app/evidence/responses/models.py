from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class Response(Base):
    """What one person answered: no name, no NIK, no phone number, no address.

    `uuid` is made where it was answered: the same again is counted once. `place` is a village's code or "opd:ID".
    `answers` holds only what was asked, see instruments/definition.py; `codes` what open texts were coded as later.
    `flags`: fast, straight, decoy, repeat (see responses/quality.py), late. `tallied`: it stands in the counts of
    Cell; those that do not yet are added by whoever reads. `pending`: a file is being put in, and until all of it is
    here nothing counts or shows it. `held`: it came in a burst and waits for somebody to look (bursts/detection.py);
    `set_aside` says so meanwhile. `again_import_id`: a later file that had the same answer.
    """

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("wave_id", "sheet"),
        UniqueConstraint("uuid", "wave_id"),  # what a conflict points at: never an answer of another survey
        Index(
            "ix_responses_untallied",
            "wave_id",
            # as is_(False) is written: no other words take the index
            sqlite_where=text("tallied IS 0 AND pending IS 0"),
            postgresql_where=text("NOT tallied AND NOT pending"),
        ),
        Index(
            "ix_responses_pending",
            "import_id",
            sqlite_where=text("pending IS 1"),
            postgresql_where=text("pending"),
        ),
        Index("ix_responses_device", "wave_id", "device_mark"),
        Index("ix_responses_link", "wave_id", "link_mark"),
        Index("ix_responses_place", "wave_id", "place"),
        Index(
            "ix_responses_held",
            "wave_id",
            # as is_(True) is written
            sqlite_where=text("held IS 1"),
            postgresql_where=text("held"),
        ),
        Index(
            "ix_responses_burst_id",
            "burst_id",
            sqlite_where=text("burst_id IS NOT NULL"),
            postgresql_where=text("burst_id IS NOT NULL"),
        ),
        Index(
            "ix_responses_origin_mark",
            "wave_id",
            "origin_mark",
            sqlite_where=text("origin_mark IS NOT NULL"),
            postgresql_where=text("origin_mark IS NOT NULL"),
        ),
        Index(
            "ix_responses_set_aside",
            "wave_id",
            sqlite_where=text("set_aside IS NOT NULL"),
            postgresql_where=text("set_aside IS NOT NULL"),
        ),
    )

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"))
    mode: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(20))
    sex: Mapped[str] = mapped_column(String(1))  # f, m
    age_band: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8), default="id")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    codes: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    content_hash: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # enumerator, who keyed, who imported
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who keyed the same sheet again
    sheet: Mapped[int | None]  # number of the paper form
    import_id: Mapped[int | None] = mapped_column(ForeignKey("response_imports.id"), index=True)
    again_import_id: Mapped[int | None] = mapped_column(ForeignKey("response_imports.id"), index=True)
    device_mark: Mapped[str | None] = mapped_column(String(32))  # a random cookie of the browser, hashed
    link_mark: Mapped[str | None] = mapped_column(String(32))  # the link for one person that it came by, hashed
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    repeats: Mapped[int] = mapped_column(default=0)  # how often the same came again
    tallied: Mapped[bool] = mapped_column(default=False)
    pending: Mapped[bool] = mapped_column(default=False)
    set_aside: Mapped[str | None] = mapped_column(String(300))  # why it is not counted
    held: Mapped[bool] = mapped_column(default=False)  # set aside until somebody looks at its burst
    burst_id: Mapped[str | None] = mapped_column(ForeignKey("response_bursts.id"))
    origin_mark: Mapped[str | None] = mapped_column(String(32))  # keyed hash of survey and address, for two days
    set_aside_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ResponseBurst(Base):
    """Answers of one day that came too quickly by one link for one person, from one browser or from one address.

    `id` is made of survey, kind, mark and day, so that two that come at once mean the same burst. `kind`: link, device,
    address; `mark` as on the answers. `gather_since`: answers that came since then, before anybody could see a burst,
    are still to be held too. `decision`: accepted or discarded, None while somebody is to look.
    """

    __tablename__ = "response_bursts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    mark: Mapped[str] = mapped_column(String(32))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gather_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Resolution(StrEnum):
    """How a conflict was settled.

    KEPT: what counted before still does; TAKEN: the two have changed places.
    """

    KEPT = "kept"
    TAKEN = "taken"


class ResponseConflict(Base):
    """Other answers under a UUID, or a sheet's number, that is taken: a person decides which stand."""

    __tablename__ = "response_conflicts"
    __table_args__ = (
        UniqueConstraint("uuid", "content_hash"),
        ForeignKeyConstraint(["uuid", "wave_id"], ["responses.uuid", "responses.wave_id"], ondelete="CASCADE"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36))
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"), index=True)
    mode: Mapped[str] = mapped_column(String(10))
    content_hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)  # the names of service.VERSION; times as ISO text
    import_id: Mapped[int | None] = mapped_column(ForeignKey("response_imports.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolution: Mapped[str | None] = mapped_column(String(10))  # kept, taken
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResponseImport(Base):
    """A file of answers on its way in. Status: uploaded → checking → checked or wrong → importing → done, or dropped.

    `path` is under the installation's folder of temporary files and is removed at the end; "" from then on. `claim`
    is whose step it is: who no longer holds it writes nothing. `ready`: {"name", "lines", "sha256"} of the right rows.
    """

    __tablename__ = "response_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(400))
    status: Mapped[str] = mapped_column(String(12), default="uploaded")
    rows: Mapped[int | None]  # in the file
    done: Mapped[int] = mapped_column(default=0)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # column of the file → what it is
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # new, known, conflicts, unknown columns
    problems: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # the first ones: [line, column, sentence]
    problem_count: Mapped[int] = mapped_column(default=0)
    ready: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    claim: Mapped[str | None] = mapped_column(String(32))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PaperRun(Base):
    """Numbered paper forms printed together, `first` to `last`; printed again they are the same word for word.

    `place`: the village or OPD that stands on them, "" where the interviewer writes it.
    """

    __tablename__ = "paper_runs"
    __table_args__ = (UniqueConstraint("wave_id", "first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"))
    first: Mapped[int]
    last: Mapped[int]
    place: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(8), default="id")
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cell(Base):
    """Counts of one place × sex × age band × mode of a wave, from which every estimate is made.

    `sums` is a little-endian float64 array of shape (items, 3): for each item of instruments/measures.py how many
    answered, Σy and Σy². Sums are enough, since weights are equal within a cell and clusters are places
    (docs/decisions/015).
    """

    __tablename__ = "response_cells"

    wave_id: Mapped[int] = mapped_column(ForeignKey("survey_waves.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    sex: Mapped[str] = mapped_column(String(1), primary_key=True)
    age_band: Mapped[str] = mapped_column(String(8), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10), primary_key=True)
    people: Mapped[int] = mapped_column(default=0)
    sums: Mapped[bytes] = mapped_column(LargeBinary)
