"""Shared parts of the pages of recorded results: their choices, and dates as precise as their source."""

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import Precision
from app.evidence.instruments.definition import say, texts_of
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, Dimension
from app.outreach.campaigns.rules import visible as visible_campaigns

PATTERNS = {Precision.YEAR: "y", Precision.MONTH: "MMMM y", Precision.DAY: "d MMMM y"}


def done_words(on: date, precision: str) -> str:
    """Write a date with no more than the source knew: `2021`, `Juli 2021` or `5 Juli 2021`."""
    return format_date(on, PATTERNS[Precision(precision)])


def campaign_choices(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    query = select(Campaign.id, Campaign.name, Campaign.starts_on).where(visible_campaigns(actor))
    rows = session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.name))
    return [(row.id, f"{row.name} ({row.starts_on.year})") for row in rows]


def dimension_choices(session: Session) -> Sequence[tuple[str, str]]:
    return [(row.key, row.name) for row in session.execute(select(Dimension.key, Dimension.name).order_by("position"))]


def measure_choices(session: Session, kept: str | None = None) -> Sequence[tuple[str, str]]:
    """Return (key, label) of every measure of the instruments in use, and the one that a result has already."""
    rows = session.execute(
        select(InstrumentVersion.definition)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.archived_at.is_(None))
        .order_by(InstrumentVersion.number)
    )
    found: dict[str, str] = {}
    for (definition,) in rows:
        for measure in definition.get("measures") or ():
            if not measure.get("decoy"):
                found[measure["key"]] = say(texts_of(measure.get("label"))) or measure["key"]
    if kept:
        found.setdefault(kept, kept)
    return sorted(found.items(), key=lambda pair: pair[1].casefold())
