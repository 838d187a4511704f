"""Turn cells into the figures that are shown, and decide what is not shown.

A figure of fewer than LEAST_GROUP answers is not shown; what else is not decides results/hiding.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from app.evidence.instruments.measures import Item
from app.evidence.results.cells import Bools, Cells, Survey
from app.evidence.results.hiding import Hiding, column, values_by
from app.evidence.results.weights import Design, design_of
from app.evidence.surveys.models import Mode, SampleMethod
from app.evidence.surveys.statistics.estimates import Estimate, Grouped, estimate
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP
from app.kernel.text import T

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
    def hiding(self) -> Hiding:
        return Hiding(self.survey, self.cells)

    @cached_property
    def everybody(self) -> Grouped:
        """The people of a sample as surveys/statistics/estimates.py takes them, with nothing measured."""
        if self.design is None:
            raise ValueError("who chose to answer is no sample")
        n, design = self.cells.people.astype(np.float64), self.design
        return Grouped(n, n * 0, n * 0, design.weight, design.stratum, design.cluster, design.population)

    def grouped(self, index: int) -> Grouped:
        """Return the people of `everybody` with the sums of an item."""
        return self.everybody.measured(*self.cells.sums[:, index, :].T)


@dataclass(frozen=True)
class Figure:
    """The figure of an item, and whether it is shown.

    `value`, `low`, `high`: a share between 0 and 1, or a mean; only where `state` is shown. `n`: who answered.
    `waiting`: texts to be coded. `most`: the small ones are those who do not say so. `about`: n and the figure are
    rounded, since exact ones would tell what is hidden. `est`: the estimate behind it, exact and also where the figure
    is hidden (never to be shown then); None for those who chose themselves and for groups that are hidden.
    """

    item: Item
    state: State
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    waiting: int = 0
    most: bool = False
    est: Estimate | None = None
    about: bool = False

    @property
    def is_mean(self) -> bool:
        return self.item.kind == "mean"

    @property
    def is_shown(self) -> bool:
        return self.state == State.SHOWN


def parts_of(survey: Survey) -> tuple[Part | None, Part | None]:
    """Return (the sample, those who chose themselves); None for the one that has no answers."""
    cells = survey.cells
    chosen = np.full(len(cells), survey.wave.method == SampleMethod.OPEN) | (cells.mode == Mode.LINK)
    sample, volunteers = cells.where(~chosen), cells.where(chosen)
    design = design_of(survey.wave, sample, survey.places, survey.districts, survey.names) if len(sample) else None
    return (
        Part(survey, sample, design) if len(sample) else None,
        Part(survey, volunteers, None) if len(volunteers) else None,
    )


def figure(part: Part, index: int, inside: Bools | None = None) -> Figure:
    """Return the figure of an item, of all answers or of those `inside`.

    A group is not yet held against its neighbours.

    That of all is shown at 0 and at everybody: a service that nobody named before is what a campaign begins with.
    """
    item = part.survey.items[index]
    rows = np.ones(len(part.cells), dtype=bool) if inside is None else inside
    n, total, _squares = part.cells.sums[rows, index, :].sum(axis=0)
    waiting = _waiting(part, item, rows)
    state = _state(part, index, int(n), round(total), waiting, whole=inside is None)
    made = Figure(item, state, int(n), waiting=waiting, most=n - total < total)
    est = None
    if part.design is not None and (state == State.SHOWN or (inside is None and state in {State.SMALL, State.PAIRED})):
        deff = part.survey.wave.deff
        est = estimate(part.grouped(index), inside=inside, mean=item.kind == "mean", planned_deff=deff).for_readers()
    if state != State.SHOWN:
        return _rounded(part, replace(made, est=est)) if inside is None else made
    if est is None:
        made = replace(made, value=total / n)
    else:
        made = replace(made, value=est.estimate, low=est.low, high=est.high, est=est)
    return _rounded(part, made) if inside is None else _blurred(part, made)


def _rounded(part: Part, found: Figure) -> Figure:
    """Of all, with n as exact as the answers to the questions before allow."""
    if found.item.group == "mark" or part.hiding.n_follows(found.item):
        return _blurred(part, found)
    n = part.hiding.about(found.item, found.n)
    if n is None:
        return replace(found, state=State.PAIRED, value=None, low=None, high=None)
    return _as_about(replace(found, n=n)) if found.n >= LEAST_CELL else found


def _blurred(part: Part, found: Figure) -> Figure:
    """A mean of a scale of which not everything is open is told with one decimal."""
    question = found.item.question
    if found.is_mean and found.is_shown and question and not part.hiding.is_open(question):
        return _as_about(found)
    return found


def _as_about(found: Figure) -> Figure:
    digits = 1 if found.is_mean else 2
    value, low, high = (None if one is None else round(one, digits) for one in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high, about=True)


def _state(part: Part, index: int, n: int, total: int, waiting: int, *, whole: bool) -> State:
    item = part.survey.items[index]
    if waiting:
        return State.UNCODED
    if n == 0:
        return State.NONE
    if n < LEAST_GROUP:
        return State.FEW
    if not whole:
        return State.SHOWN
    if item.kind == "share" and 0 < min(total, n - total) < LEAST_CELL:
        return State.SMALL if part.hiding.says_small(item) else State.PAIRED
    return State.SHOWN if part.hiding.shows(item) else State.PAIRED


def _waiting(part: Part, item: Item, rows: Bools) -> int:
    """How many texts that this measure is made of nobody has coded yet."""
    if item.group != "measure":
        return 0
    measure = part.survey.definition.by_measure[item.key]
    questions = {measure.question, *(question for question, _row, _counts in measure.parts)}
    places = [place for place in (part.survey.index(f"{question}?") for question in questions) if place is not None]
    return int(part.cells.sums[rows][:, places, 1].sum()) if places else 0


def groups(part: Part, index: int, by: str) -> dict[str, Figure]:
    """Return the figure of each group. What must not be shown is not, nor is it said of a group why."""
    of_group = column(part.cells, by)
    shown = part.hiding.open_groups(index, by)
    item, made = part.survey.items[index], {}
    for value in values_by(part.survey, part.cells, by):
        one = figure(part, index, of_group == value)
        told = {State.SHOWN, State.FEW} if not part.hiding.asked_follows(item, value, by) else {State.SHOWN}
        if one.state in told and (State.FEW in told or value not in shown):
            one = Figure(item, State.PAIRED, one.n)
        made[value] = one
    return made


def figure_of(part: Part, index: int, fixed: Mapping[str, str]) -> Figure:
    """Return the figure of the group that a filter leaves.

    One filter at a time: with two, what is hidden on one side could be found from the other.
    """
    if len(fixed) > 1:
        raise ValueError("one filter at a time")
    for by, value in fixed.items():
        return groups(part, index, by).get(value) or Figure(part.survey.items[index], State.NONE, 0)
    return figure(part, index)
