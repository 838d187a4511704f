"""Records of Gaung that can stand as evidence, also of rooms above this one.

Those are read by the names of their tables, as a foreign key names them. What is only practice, planned or called off
shows nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Select, TableClause, column, false, select, table
from sqlalchemy.orm import Session

from app.kernel.db import UtcDateTime
from app.kernel.roles import SYSTEM, Actor
from app.outreach.campaigns.models import Campaign
from app.oversight.commitments.models import EvidenceKind

MOST = 25
EVENTS = table(
    "events", column("id"), column("title"), column("organisation_id"), column("status"),
    column("starts_at", UtcDateTime()),
)  # fmt: skip
BATCHES = table(
    "training_batches", column("id"), column("name"), column("organisation_id"), column("status"),
    column("simulated", Boolean()), column("starts_on", Date()),
)  # fmt: skip
WAVES = table(
    "survey_waves", column("id"), column("name"), column("organisation_id"), column("status"),
    column("simulated", Boolean()), column("starts_on", Date()),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One kind of record: where it stands, its columns, which of them count, and the page that shows one."""

    of: Any
    name: Any
    on: Any
    counts: Any
    endpoint: str
    parameter: str


def _sources() -> Mapping[str, Source]:
    campaigns: TableClause = Campaign.__table__  # type: ignore[assignment]
    return {
        EvidenceKind.CAMPAIGN: Source(
            campaigns, campaigns.c.name, campaigns.c.starts_on, campaigns.c.status.in_(["active", "ended"]),
            "campaigns.show", "campaign_id",
        ),
        EvidenceKind.EVENT: Source(
            EVENTS, EVENTS.c.title, EVENTS.c.starts_at,
            EVENTS.c.status.in_(["held", "reported", "returned", "verified"]), "events.show", "event_id",
        ),
        EvidenceKind.BATCH: Source(
            BATCHES, BATCHES.c.name, BATCHES.c.starts_on,
            BATCHES.c.status.in_(["open", "running", "finished"]) & (BATCHES.c.simulated == false()),
            "training.show", "batch_id",
        ),
        EvidenceKind.SURVEY: Source(
            WAVES, WAVES.c.name, WAVES.c.starts_on,
            WAVES.c.status.in_(["open", "closed"]) & (WAVES.c.simulated == false()), "surveys.show", "wave_id",
        ),
    }  # fmt: skip


SOURCES = _sources()


@dataclass(frozen=True)
class Found:
    id: int
    name: str
    on: date


def offered(session: Session, actor: Actor, kind: str, q: str, *, zone: ZoneInfo) -> list[Found]:
    """The latest of this kind whose name has these words, at most `MOST` + 1: all for the office, else those of the
    own organisation."""
    query = _records(actor, SOURCES[kind])
    words = " ".join(q.split())
    if words:
        query = query.where(SOURCES[kind].name.icontains(words, autoescape=True))
    rows = session.execute(query.order_by(SOURCES[kind].on.desc(), SOURCES[kind].of.c.id.desc()).limit(MOST + 1))
    return [Found(row.id, row.name, _day(row.on, zone)) for row in rows]


def find(session: Session, actor: Actor, kind: str, record_id: int, *, zone: ZoneInfo) -> Found | None:
    row = session.execute(_records(actor, SOURCES[kind]).where(SOURCES[kind].of.c.id == record_id)).one_or_none()
    return Found(row.id, row.name, _day(row.on, zone)) if row else None


def names(session: Session, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    """(kind, id) → what the record is called today; one query a kind that is wanted."""
    known = {}
    for kind, ids in wanted.items():
        source = SOURCES[kind]
        rows = session.execute(select(source.of.c.id, source.name.label("name")).where(source.of.c.id.in_(ids)))
        known.update({(str(kind), row.id): row.name for row in rows})
    return known


def _records(actor: Actor, source: Source) -> Select[Any]:
    query = select(source.of.c.id, source.name.label("name"), source.on.label("on")).where(source.counts)
    if actor == SYSTEM or actor.of_office:
        return query
    return query.where(source.of.c.organisation_id.in_(actor.organisation_ids))


def _day(on: date | datetime, zone: ZoneInfo) -> date:
    return on.astimezone(zone).date() if isinstance(on, datetime) else on
