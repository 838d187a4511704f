"""Decide by question what of a survey's answers stays hidden (docs/decisions/018-what-is-hidden.md).

The options of a question are its cells. In the whole a cell of 1 to 4 people is hidden, and as many others with it as
keep it anywhere between 1 and 4. A measure, or the number of people asked a follow-up, is shown only where it is a sum
of open cells or all others are open; so in each group, where the cells are those that measures and follow-ups tell
apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, Measure
from app.evidence.instruments.logic import named_in
from app.evidence.instruments.measures import Item
from app.evidence.results.cells import Bools, Cells, Ints, Survey, Words, district_code
from app.evidence.surveys.statistics.publication import (
    LEAST_CELL,
    LEAST_GROUP,
    Closed,
    close_list,
    close_rows,
    complement,
)
from app.kernel.numbers import are_digits

LISTS = frozenset({"one", "scale", "grid"})
"""Kinds of questions of whose options each person has one."""
BLUR = 50
"""A mean of n answers told with one decimal hides who said what where n is so many times the range of the options."""
Key = tuple[str, str | None]
"""A question, or a row of a grid."""


def column(cells: Cells, by: str) -> Words:
    return {"district": cells.district, "sex": cells.sex, "age": cells.band}[by]


def values_by(survey: Survey, cells: Cells, by: str) -> Sequence[str]:
    """Return the groups, in their order: all bands and sexes, districts that have an answer or a plan."""
    if by == "sex":
        return SEXES
    if by == "age":
        return AGE_BANDS
    found = {*cells.district.tolist(), *(district_code(place.place) for place in survey.places)}
    return sorted((code for code in found if code in survey.districts), key=lambda code: survey.districts[code])


def computable(wanted: Bools, hidden: Bools) -> bool:
    """Decide whether the sum of some cells of a list with its total follows from those that are open."""
    return not (hidden & wanted).any() or not (hidden & ~wanted).any()


@dataclass(frozen=True)
class Table:
    """Groups by sums of options: the groups that have answers, which sum each option is part of, what is hidden."""

    groups: Sequence[str]
    atoms: Ints
    hidden: Bools

    def follows(self, group: str, wanted: Bools) -> bool:
        if group not in self.groups:
            return False
        row = self.hidden[self.groups.index(group)]
        return computable(np.array([wanted[self.atoms == atom].any() for atom in range(len(row))]), row)


@dataclass
class Hiding:
    """What stays hidden of the answers that are counted together."""

    survey: Survey
    cells: Cells
    _tables: dict[tuple[Key, str], Table] = field(default_factory=dict)

    @property
    def definition(self) -> Definition:
        return self.survey.definition

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {item.key: number for number, item in enumerate(self.survey.items)}

    @cached_property
    def lists(self) -> Mapping[Key, Sequence[str]]:
        """The options of every question, or row, of which each person has one."""
        found: dict[Key, Sequence[str]] = {}
        for question in self.definition.questions:
            if question.kind == "grid":
                found.update({(question.key, row.key): question.option_keys for row in question.rows})
            elif question.kind in LISTS:
                found[question.key, None] = question.option_keys
        return found

    def columns(self, key: Key) -> Ints:
        name = key[0] if key[1] is None else f"{key[0]}.{key[1]}"
        return np.array([self.place[f"{name}={option}"] for option in self.lists[key]], dtype=np.int64)

    def counts(self, key: Key, rows: Bools | None = None) -> Ints:
        sums = self.cells.sums[:, self.columns(key), 1]
        return np.rint((sums if rows is None else sums[rows]).sum(axis=0)).astype(np.int64)

    def chosen(self, key: Key, options: Sequence[str]) -> Bools:
        return np.array([option in options for option in self.lists[key]], dtype=bool)

    # --- what tells options apart --------------------------------------------------------------------------------

    def as_sum(self, measure: Measure) -> tuple[Key, Bools] | None:
        """Return the cells that a measure is the sum of; None for one that is no such sum."""
        parts = measure.parts or ((measure.question or "", measure.row, measure.counts),)
        keys = {(question, row) for question, row, _counts in parts}
        if measure.kind != "share" or measure.among or measure.least != 1 or len(keys) != 1:
            return None
        (key,) = keys
        if key not in self.lists or measure.unasked is not None:
            return None
        return key, self.chosen(key, [option for _question, _row, counts in parts for option in counts])

    def as_filter(self, when: Mapping[str, object] | None) -> tuple[Key, Bools] | None:
        """Return the cells whose people fulfil a plain condition; None for any other."""
        if not when or not set(when) <= {"question", "row", "is"} or "is" not in when:
            return None
        key = (str(when["question"]), str(when["row"]) if when.get("row") else None)
        options = when["is"]
        return (
            (key, self.chosen(key, list(options))) if key in self.lists and isinstance(options, list | tuple) else None
        )

    @cached_property
    def told(self) -> Mapping[Key, Sequence[Bools]]:
        """The sums of each list that measures and follow-ups ask for."""
        sums = [self.as_sum(measure) for measure in self.definition.measures]
        sums += [self.as_filter(question.when) for question in self.definition.questions]
        sums += [self.as_filter(measure.among) for measure in self.definition.measures]
        found: dict[Key, list[Bools]] = {key: [] for key in self.lists}
        for one in sums:
            if one is not None:
                found[one[0]].append(one[1])
        return found

    def atoms(self, key: Key) -> Ints:
        """Number the options so that those which no measure and no follow-up tells apart share a number."""
        marks = [tuple(bool(wanted[place]) for wanted in self.told[key]) for place in range(len(self.lists[key]))]
        order = {mark: number for number, mark in enumerate(dict.fromkeys(marks))}
        return np.array([order[mark] for mark in marks], dtype=np.int64)

    # --- the whole -----------------------------------------------------------------------------------------------

    @cached_property
    def closed(self) -> Mapping[Key, Closed]:
        return {
            key: close_list(self.counts(key), lambda mask, key=key: self._lost(key, mask))  # type: ignore[misc]
            for key in self.lists
        }

    def _lost(self, key: Key, mask: Bools) -> int:
        """How many measures and follow-ups could not be told."""
        return sum(not computable(wanted, mask) for wanted in self.told[key])

    def is_open(self, question: str) -> bool:
        """Decide whether nothing of a question is hidden in the whole."""
        lists = [closed for key, closed in self.closed.items() if key[0] == question]
        if lists:
            return not any(closed.mask.any() for closed in lists)
        return not any(
            item.question == question and item.group in {"option", "code"} and self.is_small(number)
            for number, item in enumerate(self.survey.items)
        )

    def is_small(self, index: int) -> bool:
        n, total = self.cells.sums[:, index, :2].sum(axis=0)
        return 0 < min(round(total), round(n - total)) < LEAST_CELL

    def conditions(self, item: Item) -> list[Mapping[str, object]]:
        """Return the conditions that decide who is counted in an item."""
        found = []
        measure = self.definition.by_measure.get(item.key) if item.group == "measure" else None
        questions = self.questions(item)
        if measure is not None and measure.among:
            found.append(measure.among)
        seen: set[str] = set()
        while questions:
            question = self.definition.by_key[questions.pop()]
            if question.when and question.key not in seen:
                found.append(question.when)
                questions |= set(named_in(question.when))
            seen.add(question.key)
        return found

    def questions(self, item: Item) -> set[str]:
        measure = self.definition.by_measure.get(item.key) if item.group == "measure" else None
        if measure is None:
            return {item.question} if item.question else set()
        own = {measure.question} if measure.question else set()
        return own | {question for question, _row, _counts in measure.parts}

    def n_follows(self, item: Item) -> bool:
        """Decide whether how many were asked can be told exactly: nothing hidden follows from it."""
        for when in self.conditions(item):
            plain = self.as_filter(when)
            if plain is not None:
                if not computable(plain[1], self.closed[plain[0]].mask):
                    return False
            elif not all(self.is_open(name) for name in named_in(when)):
                return False
        return True

    def about(self, item: Item, n: int) -> int | None:
        """Return n rounded down to a multiple of LEAST_CELL; None where even that would tell it."""
        low = n - n % LEAST_CELL
        for when in self.conditions(item):
            plain = self.as_filter(when)
            if plain is not None:
                least, most = self.closed[plain[0]].between(self.counts(plain[0]), plain[1])
                if min(most, low + LEAST_CELL - 1) <= max(least, low):
                    return None
        return low

    def shows(self, item: Item) -> bool:
        """Decide whether the whole may have a figure of this measure: it follows from open cells."""
        measure = self.definition.by_measure.get(item.key) if item.group == "measure" else None
        if measure is None:
            return True
        plain = self.as_sum(measure)
        if plain is not None:
            return computable(plain[1], self.closed[plain[0]].mask)
        if measure.unasked is not None and not self.n_follows(item):
            return False
        if measure.kind == "mean":
            return self.is_open(measure.question or "") or self.blurs(measure, int(self.cells.people.sum()))
        involved = self.questions(item) | (set(named_in(measure.among)) if measure.among else set())
        if not measure.parts and not measure.among and self.definition.by_key[measure.question or ""].kind == "many":
            return not any(self.is_small(self.place[f"{measure.question}={option}"]) for option in measure.counts)
        return all(self.is_open(question) for question in involved)

    def says_small(self, item: Item) -> bool:
        """Decide whether a small measure may be called small: not where that would fix the cells it is made of."""
        measure = self.definition.by_measure.get(item.key) if item.group == "measure" else None
        plain = self.as_sum(measure) if measure else None
        if plain is None:
            return True
        closed, counts = self.closed[plain[0]], self.counts(plain[0])
        total = int(counts[plain[1]].sum())
        few = plain[1] if total < LEAST_CELL else ~plain[1]
        return not closed.silent and int((counts[few] > 0).sum()) < LEAST_CELL - 1

    def blurs(self, measure: Measure, n: int) -> bool:
        """Decide whether one decimal of a mean hides enough."""
        question = self.definition.by_key[measure.question or ""]
        values = [float(option) for option in question.option_keys if are_digits(option.lstrip("-"))]
        return bool(values) and n >= BLUR * (max(values) - min(values))

    # --- groups --------------------------------------------------------------------------------------------------

    def rows(self, by: str) -> dict[str, Bools]:
        of_group = column(self.cells, by)
        return {value: of_group == value for value in values_by(self.survey, self.cells, by)}

    def table(self, key: Key, by: str) -> Table:
        if (key, by) not in self._tables:
            self._tables[key, by] = self._table(key, by)
        return self._tables[key, by]

    def _table(self, key: Key, by: str) -> Table:
        atoms = self.atoms(key)
        each = {value: self.counts(key, rows) for value, rows in self.rows(by).items()}
        groups = [value for value, counts in each.items() if counts.sum()]
        table = np.array([[each[value][atoms == atom].sum() for atom in range(atoms.max() + 1)] for value in groups])
        table = table.reshape(len(groups), atoms.max() + 1)
        whole = self.closed[key].mask
        mask = (table < LEAST_CELL) & (table.sum(axis=0) > 0)
        mask |= np.array([not computable(atoms == atom, whole) for atom in range(atoms.max() + 1)])[None, :]
        item = self.survey.items[int(self.columns(key)[0])]
        mask |= np.array([not self.asked_follows(item, value, by) for value in groups], dtype=bool)[:, None]
        return Table(groups, atoms, _closed(table, mask))

    def asked_follows(self, item: Item, group: str, by: str) -> bool:
        """Decide whether in a group how many were asked an item follows from open cells."""
        for when in self.conditions(item):
            plain = self.as_filter(when)
            if plain is not None:
                if not self.table(plain[0], by).follows(group, plain[1]):
                    return False
            elif group not in self._asked(item, by):
                return False
        return True

    def _asked(self, item: Item, by: str) -> set[str]:
        """Groups in which those who were asked and those who were not are both no small cell, nor found with one."""
        people = {value: int(self.cells.people[rows].sum()) for value, rows in self.rows(by).items()}
        n = {value: self._sum(self.place[item.key], rows)[0] for value, rows in self.rows(by).items()}
        known = [value for value, count in people.items() if count]
        table = np.array([[n[value], people[value] - n[value]] for value in known]).reshape(len(known), 2)
        hidden = _closed(table, (table < LEAST_CELL) & (table.sum(axis=0) > 0))
        return {value for value, row in zip(known, hidden, strict=True) if not row.any()}

    def _sum(self, index: int, rows: Bools) -> tuple[int, int]:
        n, total = self.cells.sums[rows, index, :2].sum(axis=0)
        return round(n), round(total)

    def open_groups(self, index: int, by: str) -> set[str]:
        """Return the groups that may have a figure of an item."""
        item = self.survey.items[index]
        if not self.shows(item):
            return set()
        measure = self.definition.by_measure.get(item.key) if item.group == "measure" else None
        plain = self.as_sum(measure) if measure else None
        if plain is not None:
            table = self.table(plain[0], by)
            return {value for value in table.groups if table.follows(value, plain[1])}
        sums = {value: self._sum(index, rows) for value, rows in self.rows(by).items()}
        known = [value for value, (n, _total) in sums.items() if n]
        pairs = [sums[value] if item.kind == "share" else (sums[value][0], 0) for value in known]
        table_of = np.array([[total, n - total] for n, total in pairs], dtype=np.int64).reshape(len(known), 2)
        shut = np.array([not self._may_follow(item, measure, value, by) for value in known], dtype=bool)
        mask = shut[:, None] | ((table_of < LEAST_CELL) & (table_of.sum(axis=0) > 0))
        hidden = _closed(table_of, mask if item.kind == "share" else shut[:, None] | np.zeros((1, 2), bool))
        return {value for value, row in zip(known, hidden, strict=True) if not row.any()}

    def _may_follow(self, item: Item, measure: Measure | None, group: str, by: str) -> bool:
        """Whether what an item that is no plain sum is made of is open in a group."""
        if not self.asked_follows(item, group, by):
            return False
        if measure is None or item.kind == "mean":
            key = (measure.question or "", None) if measure else ("", None)
            return key not in self.lists or self._all_open(key, group, by) or self._blurs_in(measure, group, by)
        names = self.questions(item) | set(named_in(measure.among))
        lists = [key for key in self.lists if key[0] in names and (key[1] is None or self._names_row(measure, key))]
        return all(self._all_open(key, group, by) for key in lists) and not self._overlaps(measure, group, by)

    def _names_row(self, measure: Measure, key: Key) -> bool:
        rows = {(question, row) for question, row, _counts in measure.parts} | {(measure.question, measure.row)}
        return key in rows or bool(measure.among)

    def _all_open(self, key: Key, group: str, by: str) -> bool:
        table = self.table(key, by)
        return group in table.groups and not table.hidden[table.groups.index(group)].any()

    def _blurs_in(self, measure: Measure | None, group: str, by: str) -> bool:
        n = int(self.cells.people[self.rows(by)[group]].sum())
        return measure is not None and self.blurs(measure, n)

    def _overlaps(self, measure: Measure, group: str, by: str) -> bool:
        """Whether another measure of the same question, of several answers, is small in this group."""
        rows = self.rows(by)[group]
        for other in self.definition.measures:
            if other.key == measure.key or not self.questions_of(other) & self.questions_of(measure):
                continue
            n, total = self._sum(self.place[other.key], rows)
            if other.kind == "share" and self.as_sum(other) is None and 0 < min(total, n - total) < LEAST_CELL:
                return True
        return False

    def questions_of(self, measure: Measure) -> set[str]:
        return {measure.question or "", *(question for question, _row, _counts in measure.parts)} - {""}


def _closed(table: Ints, mask: Bools) -> Bools:
    """Groups of few answers and what would give them away hidden too."""
    if len(table) < 2:
        return mask | (table.sum(axis=1) < LEAST_GROUP)[:, None]
    rows = close_rows(table.sum(axis=1), np.asarray(mask.all(axis=1), dtype=bool))
    return complement(table, mask | rows[:, None])
