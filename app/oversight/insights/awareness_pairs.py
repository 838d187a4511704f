"""Pairs of surveys, one before a campaign and one after it, both closed; and which measure of an instrument speaks for
a dimension."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased, defer

from app.evidence.instruments.definition import Definition, Measure
from app.evidence.instruments.versions import definitions_of
from app.evidence.results.cells import Survey, surveys_of
from app.evidence.results.headlines import is_aided
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.roles import Actor
from app.kernel.site import site_of

WAVE_BEFORE = aliased(Wave)


@dataclass(frozen=True)
class Pair:
    """The numbers of a survey after, and of the one before that it is compared with, with their instruments."""

    after_id: int
    before_id: int
    after_version: int
    before_version: int
    campaign_id: int | None
    simulated: bool
    over_on: date
    """When the survey after ended, or was closed if that was earlier."""
    first: bool
    """No earlier survey after has the same one before, and that one has none before it: see awareness_reached.py."""


def closed_pairs(session: Session, actor: Actor, audience: str) -> list[Pair]:
    """Return all pairs that this person sees, the newest first; one query of plain numbers."""
    rows = session.execute(_pairs(actor, audience).order_by(Wave.starts_on, Wave.id)).all()
    zone = ZoneInfo(site_of(session).tz)
    used: set[int] = set()
    found = []
    for row in rows:
        first = row.before_id not in used and row.before_of_before is None
        used.add(row.before_id)
        if not row.seen or not row.before_seen or {row.status, row.before_status} != {WaveStatus.CLOSED}:
            continue
        found.append(
            Pair(
                row.id, row.before_id, row.after_version, row.before_version, row.campaign_id, row.simulated,
                _over(row.ends_on, row.closed_at, zone), first,
            )
        )  # fmt: skip
    return found[::-1]


def _over(ends_on: date, closed_at: datetime | None, zone: ZoneInfo) -> date:
    return min(ends_on, closed_at.astimezone(zone).date()) if closed_at else ends_on


def _pairs(actor: Actor, audience: str) -> Select[Any]:
    """Also what this person does not see, and what still runs: which pair is the first is the same for everybody."""
    seen = select(Wave.id).where(visible_to(actor))
    query: Any = (
        select(
            Wave.id,
            Wave.before_id,
            Wave.instrument_version_id.label("after_version"),
            WAVE_BEFORE.instrument_version_id.label("before_version"),
            Wave.campaign_id,
            Wave.simulated,
            Wave.ends_on,
            Wave.closed_at,
            Wave.status,
            WAVE_BEFORE.status.label("before_status"),
            WAVE_BEFORE.before_id.label("before_of_before"),
            visible_to(actor).label("seen"),
            WAVE_BEFORE.id.in_(seen).label("before_seen"),
        )
        .join(WAVE_BEFORE, WAVE_BEFORE.id == Wave.before_id)
        .where(
            Wave.status.in_((WaveStatus.OPEN, WaveStatus.CLOSED)),
            Wave.audience == audience,
            WAVE_BEFORE.audience == audience,
            Wave.simulated == WAVE_BEFORE.simulated,
        )
    )
    pairs: Select[Any] = query
    return pairs


def measure_for(definition: Definition, dimension: str) -> Measure | None:
    """Return the measure that speaks for a dimension: the share that know its service when they hear the name, else the
    first share of it. Settled by the questionnaire and never by what came out."""
    own = [one for one in definition.measures if one.dimension == dimension and not one.decoy and one.kind == "share"]
    return next((one for one in own if is_aided(definition, one)), own[0] if own else None)


def newest_by_dimension(
    session: Session, pairs: Sequence[Pair], dimensions: Iterable[str]
) -> dict[str, tuple[Pair, str]]:
    """Return dimension → its newest pair that asked for it before and after, and the key of the measure."""
    versions = definitions_of(session, {one for pair in pairs for one in (pair.after_version, pair.before_version)})
    found = {}
    for dimension in dimensions:
        keys = {number: _key(definition, dimension) for number, definition in versions.items()}
        for pair in pairs:
            key = keys[pair.after_version]
            if key and key in versions[pair.before_version].by_measure:
                found[dimension] = (pair, key)
                break
    return found


def _key(definition: Definition, dimension: str) -> str | None:
    measure = measure_for(definition, dimension)
    return measure.key if measure else None


def waves_of(session: Session, ids: Collection[int]) -> Mapping[int, Wave]:
    """Return the waves by their id; without the frame of their draw, a list of all villages."""
    query = select(Wave).where(Wave.id.in_(ids)).options(defer(Wave.draw))
    return {wave.id: wave for wave in session.scalars(query)}


def surveys_of_pairs(session: Session, pairs: Sequence[Pair]) -> dict[int, Survey]:
    """Return the surveys of all pairs by the id of the wave; the queries of one survey for all of them."""
    ids = list(dict.fromkeys(one for pair in pairs for one in (pair.before_id, pair.after_id)))
    waves = waves_of(session, ids)
    return {survey.wave.id: survey for survey in surveys_of(session, [waves[one] for one in ids])}


def earlier_first(pair: Pair, surveys: Mapping[int, Survey]) -> tuple[Survey, Survey]:
    """Return both surveys, the earlier one first, whichever way they were entered."""
    before, after = surveys[pair.before_id], surveys[pair.after_id]
    return (after, before) if _begins(before) > _begins(after) else (before, after)


def _begins(survey: Survey) -> tuple[date, date]:
    return survey.wave.starts_on, survey.wave.ends_on
