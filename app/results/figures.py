"""From cells to the figures that are shown, and what is not shown.

A figure of fewer than LEAST_GROUP answers is not shown, nor a share of a group that fewer than LEAST_CELL people make
up or are missing from; and where one group of several is not shown, another is left out too, so that nobody finds it by
subtraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from app.instruments.definition import AGE_BANDS, SEXES
from app.instruments.measures import Item
from app.kernel.text import T
from app.results.cells import DISTRICT, Bools, Cells, Survey, Words
from app.results.weights import Design, design_of
from app.surveys.estimates import Estimate, Grouped, estimate
from app.surveys.models import Mode, SampleMethod
from app.surveys.publication import LEAST_CELL, LEAST_GROUP, complement

VOLUNTEERS = T("gambaran awal, bukan sampel acak")
BY = ("district", "sex", "age")
"""By what answers are grouped."""


class State(StrEnum):
    SHOWN = "shown"
    NONE = "none"  # nobody answered
    FEW = "few"  # fewer than LEAST_GROUP answered
    SMALL = "small"  # fewer than LEAST_CELL people say so, or do not
    PAIRED = "paired"  # left out so that another cannot be found by subtraction
    UNCODED = "uncoded"  # texts wait to be coded


@dataclass(frozen=True)
class Part:
    """Answers that are counted together. `design` None: who answered chose to, so no figure has an interval."""

    survey: Survey
    cells: Cells
    design: Design | None

    @property
    def people(self) -> int:
        return int(self.cells.people.sum())

    @cached_property
    def everybody(self) -> Grouped:
        """The people of a sample as surveys/estimates.py takes them, with nothing measured."""
        if self.design is None:
            raise ValueError("who chose to answer is no sample")
        n, design = self.cells.people.astype(np.float64), self.design
        return Grouped(n, n * 0, n * 0, design.weight, design.stratum, design.cluster, design.population)

    def grouped(self, index: int) -> Grouped:
        """The same with the sums of an item."""
        return self.everybody.measured(*self.cells.sums[:, index, :].T)


@dataclass(frozen=True)
class Figure:
    """`value`, `low`, `high`: a share between 0 and 1, or a mean; only where `state` is shown. `n`: who answered.
    `waiting`: texts to be coded. `most`: the small ones are those who do not say so. `est`: the estimate behind it,
    None for those who chose themselves."""

    item: Item
    state: State
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    waiting: int = 0
    most: bool = False
    est: Estimate | None = None

    @property
    def is_mean(self) -> bool:
        return self.item.kind == "mean"

    @property
    def is_shown(self) -> bool:
        return self.state == State.SHOWN


def parts_of(survey: Survey) -> tuple[Part | None, Part | None]:
    """(the sample, those who chose themselves); None for the one that has no answers."""
    cells = survey.cells
    chosen = np.full(len(cells), survey.wave.method == SampleMethod.OPEN) | (cells.mode == Mode.LINK)
    sample, volunteers = cells.where(~chosen), cells.where(chosen)
    design = design_of(survey.wave, sample, survey.places, survey.districts, survey.names) if len(sample) else None
    return (
        Part(survey, sample, design) if len(sample) else None,
        Part(survey, volunteers, None) if len(volunteers) else None,
    )


def figure(part: Part, index: int, inside: Bools | None = None) -> Figure:
    """The figure of an item, of all answers or of those `inside`; not yet held against its neighbours.

    That of all is shown however few say so: tables of groups are made safe with their totals known, and a service that
    nobody named before is what a campaign begins with.
    """
    item = part.survey.items[index]
    rows = np.ones(len(part.cells), dtype=bool) if inside is None else inside
    n, total, _squares = part.cells.sums[rows, index, :].sum(axis=0)
    waiting = _waiting(part, item, rows)
    state = _state(item, int(n), round(total), waiting)
    if state == State.SMALL and inside is None:
        state = State.SHOWN
    if state != State.SHOWN:
        return Figure(item, state, int(n), waiting=waiting, most=n - total < total)
    if part.design is None:
        return Figure(item, state, int(n), total / n)
    deff = part.survey.wave.deff
    est = estimate(part.grouped(index), inside=inside, mean=item.kind == "mean", planned_deff=deff).for_readers()
    return Figure(item, state, int(n), est.estimate, est.low, est.high, est=est)


def _state(item: Item, n: int, total: int, waiting: int) -> State:
    if waiting:
        return State.UNCODED
    if n == 0:
        return State.NONE
    if n < LEAST_GROUP:
        return State.FEW
    if item.kind == "share" and min(total, n - total) < LEAST_CELL:
        return State.SMALL
    return State.SHOWN


def _waiting(part: Part, item: Item, rows: Bools) -> int:
    """How many texts that this measure is made of nobody has coded yet."""
    if item.group != "measure":
        return 0
    measure = part.survey.definition.by_measure[item.key]
    questions = {measure.question, *(question for question, _row, _counts in measure.parts)}
    places = [place for place in (part.survey.index(f"{question}?") for question in questions) if place is not None]
    return int(part.cells.sums[rows][:, places, 1].sum()) if places else 0


def column(cells: Cells, by: str) -> Words:
    return {"district": cells.district, "sex": cells.sex, "age": cells.band}[by]


def values_by(part: Part, by: str) -> Sequence[str]:
    """The groups, in their order: all bands and sexes, districts that have an answer or a plan."""
    if by == "sex":
        return SEXES
    if by == "age":
        return AGE_BANDS
    found = {*part.cells.district.tolist(), *(place.place[:DISTRICT] for place in part.survey.places)}
    return sorted(
        (code for code in found if code in part.survey.districts), key=lambda code: part.survey.districts[code]
    )


def groups(part: Part, index: int, by: str, fixed: Mapping[str, str] | None = None) -> dict[str, Figure]:
    """The figure of each group; `fixed` narrows all of them. What must not be shown is not."""
    rows = inside(part.cells, fixed or {})
    of_group = column(part.cells, by)
    made = {value: figure(part, index, rows & (of_group == value)) for value in values_by(part, by)}
    for value in _paired(part, index, rows, by, made):
        made[value] = Figure(made[value].item, State.PAIRED, made[value].n)
    return made


def _paired(part: Part, index: int, rows: Bools, by: str, made: Mapping[str, Figure]) -> list[str]:
    """The groups to be left out besides those that are hidden anyway: by surveys/publication.py, and so that the
    hidden ones have LEAST_GROUP answers between them, since subtraction finds their figure together."""
    of_group, sums = column(part.cells, by), part.cells.sums[:, index, :]
    known = [value for value, one in made.items() if one.n]
    shown = {value for value in known if made[value].is_shown}
    if len(shown) == len(known):
        return []
    if part.survey.items[index].kind == "share":
        pairs = [sums[rows & (of_group == value)].sum(axis=0) for value in known]
        table = np.array([[round(y), round(n - y)] for n, y, _yy in pairs], dtype=np.int64)
        mask = np.array([[not made[value].is_shown] * 2 for value in known]) | (table < LEAST_CELL)
        shown -= {value for value, row in zip(known, complement(table, mask), strict=True) if row.any()}
    rest = sorted(shown, key=lambda value: made[value].n)
    hidden = [made[value].n for value in known if value not in shown]
    while rest and (len(hidden) < 2 or sum(hidden) < LEAST_GROUP):
        value = rest.pop(0)
        hidden.append(made[value].n)
        shown.discard(value)
    return [value for value in known if made[value].is_shown and value not in shown]


def inside(cells: Cells, fixed: Mapping[str, str]) -> Bools:
    rows = np.ones(len(cells), dtype=bool)
    for by, value in fixed.items():
        rows &= column(cells, by) == value
    return rows


def figure_of(part: Part, index: int, fixed: Mapping[str, str]) -> Figure:
    """The figure of those that a filter leaves, hidden where it is hidden among its neighbours on any side."""
    if not fixed:
        return figure(part, index)
    found: Figure | None = None
    for by, value in fixed.items():
        others = {name: one for name, one in fixed.items() if name != by}
        beside = groups(part, index, by, others).get(value)
        if beside is None or not beside.is_shown:
            return beside or Figure(part.survey.items[index], State.NONE, 0)
        found = beside
    assert found is not None  # noqa: S101 - `fixed` is not empty
    return found
