"""Write the version of a survey's answers that anybody may have (docs/decisions/018-what-is-hidden.md).

It names no village, no time and no number of an answer, and holds nothing that was written freely and no number. Sex,
age band or district are left out where fewer than LEAST_GROUP answers share them. Where within a name fewer than
LEAST_CELL people gave an answer, or all but so few gave the same one, the question is blank for all who bear the name,
with its follow-ups, and for other names too, so that nothing is found by subtraction from the tables of the pages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from app.base.documents.sheets import Cell, SheetRow
from app.evidence.instruments.definition import Definition
from app.evidence.instruments.logic import named_in
from app.evidence.responses.codebook import codebook
from app.evidence.responses.columns import AGE_BAND, DISTRICT, SEX, Column, columns, value_of
from app.evidence.responses.models import Response
from app.evidence.results.cells import Cells, Survey
from app.evidence.results.export import SIMULATED, answers_of, district_of
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP
from app.kernel.errors import Refused
from app.kernel.text import T

OPEN_ABOUT = (DISTRICT, SEX, AGE_BAND, SIMULATED)
BLANKED = T(
    "Kosong juga bila kurang dari %(n)s orang sekelompok menjawabnya, dengan jawaban lain yang membuatnya bisa "
    "dihitung. Tulisan bebas dan pertanyaan angka tidak ada di berkas ini."
)
Key = tuple[str, str, str]
"""(district, sex, age band); "" for what is left out."""
Counts = Mapping[Key, Counter[Cell]]
"""Of one column: name → how many gave each answer, None for those who gave none."""


def open_columns(definition: Definition) -> list[Column]:
    """Return the columns of the open file: no texts, no numbers."""
    every = columns(definition, texts=False)
    return [column for column in every if definition.by_key[column.question or ""].kind != "number"]


def open_titles(survey: Survey) -> list[str]:
    return [*OPEN_ABOUT, *(column.name for column in open_columns(survey.definition))]


def open_codebook(survey: Survey) -> Iterator[SheetRow]:
    """Yield what the columns of the open file mean, and what was left out of it."""
    names, shown = set(open_titles(survey)), False
    yield "", str(T(BLANKED.msgid, n=LEAST_CELL)), "", "", ""
    for line in codebook(survey.definition, OPEN_ABOUT, texts=False):
        shown = line[0] in names if line[0] else shown
        if shown:
            yield line


def open_lines(session: Session, survey: Survey) -> Iterator[list[Cell]]:
    """Yield the lines of the open file. Raises Refused, at once, for a survey of fewer than LEAST_GROUP answers."""
    if int(survey.cells.people.sum()) < LEAST_GROUP:
        raise Refused(T("Jawabannya kurang dari %(n)s, jadi tidak bisa dibagikan ke umum.", n=LEAST_GROUP))
    shown = open_names(count_groups(survey.cells, _of_place(survey)), least=LEAST_GROUP)
    every = open_columns(survey.definition)
    found: list[defaultdict[Key, Counter[Cell]]] = [defaultdict(Counter) for _column in every]
    for name, row in _named(session, survey, shown):
        for counts, column in zip(found, every, strict=True):
            counts[name][value_of(column, row.answers, row.codes or {})] += 1
    return _open_lines(session, survey, shown, blank_names(survey.definition, every, found))


def _named(session: Session, survey: Survey, shown: Mapping[Key, Key]) -> Iterator[tuple[Key, Response]]:
    place = _of_place(survey)
    # by the content's hash: the order says nothing of when somebody answered
    for row in answers_of(session, survey.wave, Response.content_hash, Response.uuid):
        yield shown.get((place.get(row.place, ""), row.sex, row.age_band), ("", "", "")), row


def _open_lines(
    session: Session, survey: Survey, shown: Mapping[Key, Key], blank: Sequence[set[Key]]
) -> Iterator[list[Cell]]:
    every, simulated = open_columns(survey.definition), "ya" if survey.wave.simulated else "tidak"
    for name, row in _named(session, survey, shown):
        cells = [
            None if name in hidden else value_of(column, row.answers, row.codes or {})
            for column, hidden in zip(every, blank, strict=True)
        ]
        yield [*name, simulated, *cells]


def _of_place(survey: Survey) -> Mapping[str, str]:
    """What stands for the district: the OPD itself in a survey of civil servants."""
    places = set(survey.cells.place.tolist())
    return {place: district_of(survey, place) or survey.names.get(place, place) for place in places}


def blank_names(definition: Definition, every: Sequence[Column], found: Sequence[Counts]) -> list[set[Key]]:
    """Return for each column the names under which it is blank."""
    made = [_blank(counts, set()) for counts in found]
    while True:
        before = [len(one) for one in made]
        for place, column in enumerate(every):
            above = set(named_in(definition.by_key[column.question or ""].when))
            forced = {name for one, hidden in zip(every, made, strict=True) if one.question in above for name in hidden}
            if not forced <= made[place]:
                made[place] = _blank(found[place], made[place] | forced)
        if [len(one) for one in made] == before:
            return made


def _blank(counts: Counts, forced: set[Key]) -> set[Key]:
    """The names of small cells and `forced`, and as many more, the smallest first, as keep every name's answers from
    being the rest of a total: of all, of a district, of a sex, of an age band."""
    whole: Counter[Cell] = Counter()
    for one in counts.values():
        whole.update(one)
    alike = len(whole) == 1
    blank = forced | {name for name, one in counts.items() if not alike and _is_small(one)}
    left = sorted(set(counts) - blank, key=lambda name: (counts[name].total(), name))
    while blank and left and _found(sorted(blank)):
        blank.add(left.pop(0))
    return blank


def _is_small(answers: Counter[Cell]) -> bool:
    most = max(answers.values())
    return most > answers.total() - LEAST_CELL or any(people < LEAST_CELL for people in answers.values())


def _found(names: Sequence[Key]) -> bool:
    """Whether the answers under some name follow from those totals and all names that are not blank."""
    totals = [np.ones(len(names))]
    for part in range(3):
        totals += [np.array([name[part] == value for name in names], float) for value in {name[part] for name in names}]
    system = np.array(totals)
    free = np.linalg.svd(system)[2][np.linalg.matrix_rank(system) :]
    return not len(free) or bool((np.abs(free).max(axis=0) < 1e-9).any())


def count_groups(cells: Cells, district: Mapping[str, str]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    rows = zip(cells.place.tolist(), cells.sex.tolist(), cells.band.tolist(), cells.people.tolist(), strict=True)
    for place, sex, band, people in rows:
        found[district[place], sex, band] += people
    return found


def open_names(people: Mapping[Key, int], *, least: int = LEAST_CELL) -> dict[Key, Key]:
    """Name each group of the open file so that at least `least` answers share every name.

    First the age band is left out, then sex, then the district. Where what remains at the end is still too few, the
    smallest named groups are left unnamed too.
    """
    named: dict[Key, Key] = {}
    rest = {key: count for key, count in people.items() if count}
    for keep in (3, 2, 1):
        sizes: Counter[Key] = Counter()
        for key, count in rest.items():
            sizes[_shortened(key, keep)] += count
        enough = {key: _shortened(key, keep) for key in rest if sizes[_shortened(key, keep)] >= least}
        named.update(enough)
        rest = {key: count for key, count in rest.items() if key not in enough}
    while rest and sum(rest.values()) < least and named:
        sizes = Counter()
        for key, name in named.items():
            sizes[name] += people[key]
        smallest = min(sizes, key=lambda name: (sizes[name], name))
        for key in [key for key, name in named.items() if name == smallest]:
            rest[key] = people[key]
            del named[key]
    return named | dict.fromkeys(rest, ("", "", ""))


def _shortened(key: Key, keep: int) -> Key:
    district, sex, band = (value if place < keep else "" for place, value in enumerate(key))
    return district, sex, band
