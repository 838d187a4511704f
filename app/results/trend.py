"""One measure across surveys over time: where it stood, between which limits, and where the line breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.instruments.definition import say
from app.instruments.measures import fingerprint
from app.instruments.versions import definition_of
from app.kernel.roles import Actor
from app.results.cells import Survey, survey_of
from app.results.figures import Figure, Part, figure_of, parts_of
from app.surveys import recorded
from app.surveys import trend as lines
from app.surveys.access import visible_to
from app.surveys.estimates import Estimate
from app.surveys.models import RecordedResult, Wave, WaveStatus

MOST = 40
"""Surveys in one line; the latest are kept."""


@dataclass(frozen=True)
class Choice:
    """A measure that some survey has. `times`: in how many."""

    key: str
    label: str
    dimension: str | None
    times: int


@dataclass(frozen=True)
class Point:
    """`breaks`: it was asked differently than in the survey before. `figure` None: recorded elsewhere, with `share` of
    `asked` where that is known."""

    name: str
    on: date
    figure: Figure | None
    breaks: bool = False
    wave: Wave | None = None
    recorded: RecordedResult | None = None
    sampled: bool = False
    share: float | None = None
    asked: int | None = None


@dataclass(frozen=True)
class Line:
    """Points in time's order. `found`: whether it rises since the last break, where at least two samples tell.
    `slope`: change a year."""

    label: str
    points: Sequence[Point]
    found: lines.Trend
    compared: int


def choices(session: Session, actor: Actor, *, audience: str, simulated: bool, campaign_id: int | None) -> list[Choice]:
    """What can be followed, those of the most surveys first."""
    found: dict[str, Choice] = {}
    for wave in _waves(session, actor, audience, simulated, campaign_id):
        for measure in definition_of(session, wave.instrument_version_id).measures:
            if measure.decoy:
                continue
            before = found.get(measure.key)
            times = (before.times if before else 0) + 1
            found[measure.key] = Choice(measure.key, say(measure.label), measure.dimension, times)
    return sorted(found.values(), key=lambda one: (-one.times, one.label))


def line_of(
    session: Session,
    actor: Actor,
    key: str,
    *,
    audience: str,
    simulated: bool,
    campaign_id: int | None = None,
    fixed: Mapping[str, str] | None = None,
) -> Line:
    """`fixed`: district, sex or age that the line is narrowed to; recorded results do not know them and stay away.

    A measure of a dimension is judged with those of the others, by Holm.
    """
    surveys: list[Survey] = []
    for wave in _waves(session, actor, audience, simulated, campaign_id):
        surveys.append(survey_of(session, wave, beside=surveys[0] if surveys else None))
    measure = next(
        (one.definition.by_measure[key] for one in reversed(surveys) if key in one.definition.by_measure), None
    )
    if measure is None:
        return Line(key, [], lines.NO_TREND, 0)
    family = {key}
    if measure.dimension:
        family |= {one.key for each in surveys for one in each.definition.measures if one.dimension and not one.decoy}
    parts = [(survey, *parts_of(survey)) for survey in surveys]
    points = {one: _points(parts, one, fixed or {}) for one in sorted(family)}
    since = {one: _since(of_one) for one, of_one in points.items()}
    drawn = points[key]
    if not simulated and not fixed:
        drawn = drawn + _recorded(session, actor, key, measure.dimension, audience, campaign_id)
    label = say(measure.label) or key
    return Line(label, sorted(drawn, key=lambda one: one.on), lines.trends(since)[key], len(since[key]))


def _points(
    parts: Sequence[tuple[Survey, Part | None, Part | None]], key: str, fixed: Mapping[str, str]
) -> list[Point]:
    points: list[Point] = []
    last = ""
    for survey, sample, volunteers in parts:
        measure, index = survey.definition.by_measure.get(key), survey.index(key)
        part = sample or volunteers
        if measure is None or index is None or part is None:
            continue
        mark = fingerprint(survey.definition, measure)
        found = figure_of(part, index, fixed)
        breaks = bool(last) and mark != last
        points.append(Point(survey.wave.name, middle(survey.wave), found, breaks, survey.wave, sampled=part is sample))
        last = mark
    return points


def middle(wave: Wave) -> date:
    return wave.starts_on + timedelta(days=(wave.ends_on - wave.starts_on).days // 2)


def _waves(session: Session, actor: Actor, audience: str, simulated: bool, campaign_id: int | None) -> Sequence[Wave]:
    query = (
        select(Wave)
        .where(
            visible_to(actor),
            Wave.audience == audience,
            Wave.simulated.is_(simulated),
            Wave.status.in_((WaveStatus.OPEN, WaveStatus.CLOSED)),
        )
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
        .limit(MOST)
        .options(selectinload(Wave.instrument_version))
    )
    if campaign_id:
        query = query.where(Wave.campaign_id == campaign_id)
    return list(reversed(session.scalars(query).all()))


def _since(points: Sequence[Point]) -> list[tuple[float, Estimate]]:
    """Years and estimates of the samples since the last break."""
    since: list[tuple[float, Estimate]] = []
    for point in points:
        if point.breaks:
            since = []
        if point.figure and point.figure.est and point.figure.low is not None:
            since.append((point.on.toordinal() / 365.25, point.figure.est))
    return since


def _recorded(
    session: Session, actor: Actor, key: str, dimension: str | None, audience: str, campaign_id: int | None
) -> list[Point]:
    query = select(RecordedResult).where(
        recorded.visible_to(actor), RecordedResult.audience == audience, RecordedResult.measure_key == key
    )
    if campaign_id:
        query = query.where(RecordedResult.campaign_id == campaign_id)
    made = []
    for row in session.scalars(query.order_by(RecordedResult.done_on.desc()).limit(MOST)):
        if dimension is None or row.dimension_key in {None, dimension}:
            known = recorded.share(row)
            part = known[0] / known[1] if known and known[0] <= known[1] else None
            made.append(Point(row.title, row.done_on, None, recorded=row, share=part, asked=row.asked))
    return made
