"""Dimensions over the surveys of all campaigns, and the districts beside them: figures with their intervals.

Only the latest surveys that asked for a dimension are read, so that the page is as quick after five years as after one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District
from app.evidence.instruments.definition import Definition, say
from app.evidence.instruments.versions import definitions_of
from app.evidence.results.cells import Survey, surveys_of
from app.evidence.results.figures import Figure, Part, groups, parts_of
from app.evidence.results.trend import Point, points_in, stands_at
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Dimension
from app.oversight.insights.awareness_pairs import measure_for

LATEST = 6
"""Surveys in the line of a dimension."""
SIDE_BY_SIDE = 3
"""Surveys beside each other by district."""
Parts = tuple[Survey, Part | None, Part | None]
"""(survey, its sample, those who chose to answer)"""


@dataclass(frozen=True)
class DimensionLine:
    """A dimension over time: `points` in time's order; empty where nobody asked. `earlier`: surveys before them that
    are not drawn."""

    key: str
    name: str
    measure: str
    label: str
    points: Sequence[Point]
    earlier: int = 0


@dataclass(frozen=True)
class DistrictCell:
    """One district at one survey. `figure` None: nobody there answered. `point`: of which survey."""

    figure: Figure | None
    point: Point


@dataclass(frozen=True)
class DistrictRow:
    code: str
    name: str
    cells: Sequence[DistrictCell]


@dataclass(frozen=True)
class Districts:
    """A dimension by district. `columns`: the surveys, the latest first. `unasked`: names of districts that none of
    them asked in."""

    line: DimensionLine
    columns: Sequence[Point]
    rows: Sequence[DistrictRow]
    unasked: Sequence[str] = ()


@dataclass(frozen=True)
class DimensionLines:
    lines: Sequence[DimensionLine]
    parts: Sequence[Parts]

    def line(self, key: str) -> DimensionLine | None:
        """Return the line of a dimension, else the first that somebody asked for, or None."""
        asked = [one for one in self.lines if one.points]
        return next((one for one in asked if one.key == key), asked[0] if asked else None)


def dimension_lines(session: Session, actor: Actor, *, audience: str, simulated: bool, today: date) -> DimensionLines:
    """Return the line of every dimension. The number of queries does not grow with surveys and answers."""
    rows = session.execute(
        select(Wave.id, Wave.instrument_version_id)
        .where(
            visible_to(actor),
            Wave.audience == audience,
            Wave.simulated.is_(simulated),
            Wave.status.in_((WaveStatus.OPEN, WaveStatus.CLOSED)),
        )
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    ).all()
    asked = definitions_of(session, {version for _number, version in rows})
    known = session.scalars(select(Dimension).order_by(Dimension.position)).all()
    chosen = {one.key: _latest(rows, asked, one.key) for one in known}
    ids = dict.fromkeys(number for _key, numbers in chosen.values() for number in numbers[:LATEST])
    waves = {wave.id: wave for wave in session.scalars(select(Wave).where(Wave.id.in_(ids)))}
    parts = [(survey, *parts_of(survey)) for survey in surveys_of(session, [waves[one] for one in ids])]
    parts.sort(key=lambda one: (stands_at(one[0].wave, today), one[0].wave.id))
    return DimensionLines([_line(one, *chosen[one.key], parts, today) for one in known], parts)


def _latest(
    rows: Sequence[tuple[int, int]], asked: Mapping[int, Definition], dimension: str
) -> tuple[str, list[int]]:  # fmt: skip
    """The measure of the newest survey that has one of this dimension, and all surveys that have it."""
    keys = {version: measure_for(definition, dimension) for version, definition in asked.items()}
    key = next((found.key for _number, version in rows if (found := keys[version])), "")
    return key, [number for number, version in rows if key in asked[version].by_measure]


def _line(
    dimension: Dimension, key: str, numbers: Sequence[int], parts: Sequence[Parts], today: date
) -> DimensionLine:  # fmt: skip
    own = [one for one in parts if one[0].wave.id in numbers[:LATEST]]
    points = points_in(own, key, {}, today) if key else []
    measure = next((one[0].definition.by_measure[key] for one in reversed(own)), None)
    label = say(measure.label) if measure else ""
    return DimensionLine(dimension.key, dimension.name, key, label, points, max(0, len(numbers) - LATEST))


def by_district(session: Session, found: DimensionLines, key: str, *, regency_code: str) -> Districts | None:
    """Return the latest surveys of a dimension by district: every district of the regency, in the order of the names.
    What must not be shown of a group is not (docs/decisions/018-what-is-hidden.md). None where nobody asked."""
    line = found.line(key)
    if line is None:
        return None
    columns = list(line.points[-SIDE_BY_SIDE:])[::-1]
    made = {point.wave.id: _groups(found, line, point) for point in columns if point.wave}
    districts = session.execute(
        select(District.code, District.name)
        .where(District.code.startswith(f"{regency_code}.", autoescape=True))
        .order_by(District.name)
    )
    rows = [
        DistrictRow(code, name, [
            DistrictCell(made[point.wave.id].get(code), point) for point in columns if point.wave
        ])
        for code, name in districts
    ]  # fmt: skip
    asked = [row for row in rows if any(cell.figure for cell in row.cells)]
    return Districts(line, columns, asked, [row.name for row in rows if row not in asked])


def _groups(found: DimensionLines, line: DimensionLine, point: Point) -> Mapping[str, Figure]:
    for survey, sample, volunteers in found.parts:
        part, index = sample or volunteers, survey.index(line.measure)
        if point.wave is not None and survey.wave.id == point.wave.id and part and index is not None:
            return groups(part, index, "district")
    return {}
