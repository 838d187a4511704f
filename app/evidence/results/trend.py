"""Follow one measure across surveys: where it stood, between which limits, and where the line breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from app.evidence.instruments.definition import say
from app.evidence.instruments.measures import fingerprint
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Cell, Response
from app.evidence.results.cells import Survey, surveys_of
from app.evidence.results.figures import Figure, Part, figure_of, parts_of
from app.evidence.results.scope import Scope, scope_of, widest
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import RecordedResult, SampleMethod, Wave, WaveStatus
from app.evidence.surveys.recorded import service as recorded
from app.evidence.surveys.statistics import trend as lines
from app.evidence.surveys.statistics.estimates import Estimate
from app.kernel.roles import Actor

MOST = 40
"""Surveys in one line; the latest are kept."""


@dataclass(frozen=True)
class MeasureChoice:
    """A measure that some survey has. `times`: on how many points, recorded results included."""

    key: str
    label: str
    dimension: str | None
    times: int


@dataclass(frozen=True)
class Point:
    """One survey, or recorded result, on a line.

    `breaks`: it was asked differently than in the survey before. `apart`: it speaks for other people than the line, by
    `scope` (scope.py). `joined`: the run of surveys of one scope and wording, None for what stands in no line: one
    apart, one that still runs, one of people who chose to answer, or a result of elsewhere. `figure` None: recorded
    elsewhere, with `share` of `asked` where that is known.
    """

    name: str
    on: date
    figure: Figure | None
    breaks: bool = False
    apart: bool = False
    joined: int | None = None
    wave: Wave | None = None
    recorded: RecordedResult | None = None
    sampled: bool = False
    share: float | None = None
    asked: int | None = None
    scope: Scope | None = None

    @property
    def running(self) -> bool:
        return self.wave is not None and self.wave.status == WaveStatus.OPEN

    @property
    def by_hand(self) -> bool:
        """Its villages were chosen, not drawn."""
        wave = self.wave
        return bool(
            self.sampled and wave and wave.method == SampleMethod.LIST and wave.audience == SurveyAudience.RESIDENTS
        )


@dataclass(frozen=True)
class TrendLine:
    """Points in time's order. `found`: whether it rises in the last run of surveys that may be joined, where at least
    two tell; `compared`: how many those are."""

    label: str
    points: Sequence[Point]
    found: lines.Trend
    compared: int


def choices(
    session: Session, actor: Actor, *, audience: str, simulated: bool, campaign_id: int | None
) -> list[MeasureChoice]:
    """Return what can be followed, that of the most points first, then in the order of the questions."""
    waves = _waves(session, actor, audience, simulated, campaign_id)
    answered = _answered(session, waves)
    versions = {wave.instrument_version_id for wave in waves}
    asked = {version: definition_of(session, version) for version in versions}
    found: dict[str, MeasureChoice] = {}
    for wave in waves:
        for measure in asked[wave.instrument_version_id].measures:
            if measure.decoy:
                continue
            before = found.get(measure.key)
            times = (before.times if before else 0) + (wave.id in answered)
            found[measure.key] = MeasureChoice(measure.key, say(measure.label), measure.dimension, times)
    if not simulated:
        for key in session.scalars(_recorded_query(actor, audience, campaign_id, RecordedResult.measure_key)):
            if key in found:
                found[key] = replace(found[key], times=found[key].times + 1)
    return sorted(found.values(), key=lambda one: -one.times)


def _answered(session: Session, waves: Sequence[Wave]) -> set[int]:
    """Those that have an answer that counts, counted already or not yet."""
    cells = select(Cell.wave_id).where(Cell.wave_id == Wave.id, Cell.people > 0)
    answers = select(Response.wave_id).where(
        Response.wave_id == Wave.id, Response.set_aside.is_(None), Response.pending.is_(False)
    )
    query = select(Wave.id).where(Wave.id.in_([wave.id for wave in waves]), or_(cells.exists(), answers.exists()))
    return set(session.scalars(query))


def line_of(
    session: Session,
    actor: Actor,
    key: str,
    *,
    audience: str,
    simulated: bool,
    today: date,
    campaign_id: int | None = None,
    fixed: Mapping[str, str] | None = None,
) -> TrendLine:
    """Return the line of a measure over surveys and recorded results, and whether it rises.

    `fixed`: district, sex or age that the line is narrowed to; recorded results do not know them and stay away.

    Closed surveys are joined and judged; one that still runs stands at `today`, beside the line. A measure of a
    dimension is judged with those of the others, by Holm.
    """
    surveys = surveys_of(session, _waves(session, actor, audience, simulated, campaign_id))
    measure = next(
        (one.definition.by_measure[key] for one in reversed(surveys) if key in one.definition.by_measure), None
    )
    if measure is None:
        return TrendLine(key, [], lines.NO_TREND, 0)
    family = {key}
    if measure.dimension:
        family |= {one.key for each in surveys for one in each.definition.measures if one.dimension and not one.decoy}
    surveys.sort(key=lambda survey: (stands_at(survey.wave, today), survey.wave.id))
    parts = [(survey, *parts_of(survey)) for survey in surveys]
    points = {one: points_in(parts, one, fixed or {}, today) for one in sorted(family)}
    since = {one: _since(of_one) for one, of_one in points.items()}
    drawn = points[key]
    if not simulated and not fixed:
        drawn = drawn + _recorded(session, actor, key, measure.dimension, audience, campaign_id)
    label = say(measure.label) or key
    return TrendLine(label, sorted(drawn, key=lambda one: one.on), lines.trends(since)[key], len(since[key]))


def points_in(
    parts: Sequence[tuple[Survey, Part | None, Part | None]], key: str, fixed: Mapping[str, str], today: date
) -> list[Point]:
    """Return where a measure stood in these surveys, in time's order.

    `parts`: each survey with its sample and those who chose to answer. One line, of one scope: who was asked elsewhere
    says nothing of how these people moved.
    """
    asking = [
        (survey, part, part is sample, measure, index)
        for survey, sample, volunteers in parts
        if (part := sample or volunteers)
        and (measure := survey.definition.by_measure.get(key))
        and (index := survey.index(key)) is not None
    ]
    scopes = [scope_of(survey) for survey, *_rest in asking]
    closed = [sampled and survey.wave.status == WaveStatus.CLOSED for survey, _part, sampled, *_rest in asking]
    line = widest([scope for scope, told in zip(scopes, closed, strict=True) if told])
    points: list[Point] = []
    last, run = "", 0  # the wording of the last survey that stands in the line
    for (survey, part, sampled, measure, index), scope, told in zip(asking, scopes, closed, strict=True):
        mark, wave = fingerprint(survey.definition, measure), survey.wave
        in_line = told and scope == line
        run += in_line and mark != last
        points.append(
            Point(
                wave.name, stands_at(wave, today), figure_of(part, index, fixed), bool(last) and mark != last,
                sampled and line is not None and scope != line, run if in_line else None, wave, sampled=sampled,
                scope=scope,
            )
        )  # fmt: skip
        last = mark if in_line else last
    return points


def stands_at(wave: Wave, today: date) -> date:
    """Return the day of a survey on the line: the middle of a closed one, today for one that still runs."""
    middle = wave.starts_on + timedelta(days=(wave.ends_on - wave.starts_on).days // 2)
    return today if wave.status == WaveStatus.OPEN else min(middle, today)


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
    """Years and estimates of the last run of surveys that may be joined."""
    told = [
        (one.joined, one.on.toordinal() / 365.25, one.figure.est)
        for one in points
        if one.joined is not None and one.figure and one.figure.est and one.figure.est.low is not None
    ]
    return [(at, est) for run, at, est in told if run == told[-1][0]]


def _recorded(
    session: Session, actor: Actor, key: str, dimension: str | None, audience: str, campaign_id: int | None
) -> list[Point]:
    query = _recorded_query(actor, audience, campaign_id, RecordedResult).where(RecordedResult.measure_key == key)
    made = []
    for row in session.scalars(query.order_by(RecordedResult.done_on.desc()).limit(MOST)):
        if dimension is None or row.dimension_key in {None, dimension}:
            known = recorded.share(row)
            part = known[0] / known[1] if known and known[0] <= known[1] else None
            made.append(Point(row.title, row.done_on, None, recorded=row, share=part, asked=row.asked))
    return made


def _recorded_query(actor: Actor, audience: str, campaign_id: int | None, wanted: Any) -> Select[Any]:
    query = select(wanted).where(recorded.visible_to(actor), RecordedResult.audience == audience)
    return query.where(RecordedResult.campaign_id == campaign_id) if campaign_id else query
