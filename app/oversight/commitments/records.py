"""Records of Gaung that can stand as evidence. What is only practice, planned or called off shows nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, not_, select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import Wave
from app.gatherings.events.models import Event
from app.kernel.roles import SYSTEM, Actor
from app.learning.training.models import Batch
from app.outreach.campaigns.models import Campaign
from app.oversight.commitments.models import EvidenceKind

MOST = 25


@dataclass(frozen=True)
class RecordSource:
    """One kind of record: its model, its columns, which of them count, and the page that shows one."""

    of: type[Any]
    name: Any
    on: Any
    counts: Any
    endpoint: str
    parameter: str


SOURCES: Mapping[str, RecordSource] = {
    EvidenceKind.CAMPAIGN: RecordSource(
        Campaign, Campaign.name, Campaign.starts_on, Campaign.status.in_(["active", "ended"]),
        "campaigns.show", "campaign_id",
    ),
    EvidenceKind.EVENT: RecordSource(
        Event, Event.title, Event.starts_at, Event.status.in_(["held", "reported", "returned", "verified"]),
        "events.show", "event_id",
    ),
    EvidenceKind.BATCH: RecordSource(
        Batch, Batch.name, Batch.starts_on, Batch.status.in_(["open", "running", "finished"]) & not_(Batch.simulated),
        "training.show", "batch_id",
    ),
    EvidenceKind.SURVEY: RecordSource(
        Wave, Wave.name, Wave.starts_on, Wave.status.in_(["open", "closed"]) & not_(Wave.simulated),
        "surveys.show", "wave_id",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class RecordChoice:
    id: int
    name: str
    on: date


def record_choices(session: Session, actor: Actor, kind: str, q: str, *, zone: ZoneInfo) -> list[RecordChoice]:
    """Return the latest records of this kind whose name has these words, at most `MOST` + 1: all for the office, else
    those of the own organisation."""
    query = _records(actor, SOURCES[kind])
    words = " ".join(q.split())
    if words:
        query = query.where(SOURCES[kind].name.icontains(words, autoescape=True))
    rows = session.execute(query.order_by(SOURCES[kind].on.desc(), SOURCES[kind].of.id.desc()).limit(MOST + 1))
    return [RecordChoice(row.id, row.name, _day(row.on, zone)) for row in rows]


def find(session: Session, actor: Actor, kind: str, record_id: int, *, zone: ZoneInfo) -> RecordChoice | None:
    row = session.execute(_records(actor, SOURCES[kind]).where(SOURCES[kind].of.id == record_id)).one_or_none()
    return RecordChoice(row.id, row.name, _day(row.on, zone)) if row else None


def names_of(session: Session, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    """Return (kind, id) → the present name of each record; one query a kind that is wanted."""
    known = {}
    for kind, ids in wanted.items():
        source = SOURCES[kind]
        rows = session.execute(select(source.of.id, source.name.label("name")).where(source.of.id.in_(ids)))
        known.update({(str(kind), row.id): row.name for row in rows})
    return known


def _records(actor: Actor, source: RecordSource) -> Select[Any]:
    query = select(source.of.id, source.name.label("name"), source.on.label("on")).where(source.counts)
    if actor == SYSTEM or actor.of_office:
        return query
    return query.where(source.of.organisation_id.in_(actor.organisation_ids))


def _day(on: date | datetime, zone: ZoneInfo) -> date:
    return on.astimezone(zone).date() if isinstance(on, datetime) else on
