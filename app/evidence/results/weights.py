"""Weigh each cell of a sample by how much it stands for, and name the units by which it was drawn.

Villages drawn with probability proportional to size: w = 1/π · N/n, the inverse of the village's probability times its
people per answer there, which undoes that more answered in one village than in another. A village that was certain to
be drawn (π = 1) is no draw: it is a stratum of its own, and its people are the units (Särndal, Swensson & Wretman 1992,
4.3.2). Civil servants: OPDs are strata, persons the units, w = N/n within each OPD. Otherwise every answer counts the
same. Then raking to the population by sex × age band and district, where the wave has it. Source of the design
weights: Lohr, Sampling: Design and Analysis (3rd ed.), 6.3 and 7.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.results.cells import Bools, Cells, Floats, Ints, Words, answers_by_place
from app.evidence.surveys.models import SampleMethod, Wave, WavePlace
from app.evidence.surveys.statistics.estimates import ALONE
from app.evidence.surveys.statistics.weighting import kish, rake
from app.kernel.text import T

EQUAL = T("Setiap jawaban dihitung sama berat.")
UNKNOWN_DRAW = T(
    "Peluang terundi atau jumlah penduduk belum dicatat untuk %(names)s, jadi setiap jawaban dihitung sama berat."
)
BY_DRAW = T("Jawaban dibobot menurut peluang desanya terundi dan jumlah penduduknya.")
UNKNOWN_SIZES = T("Jumlah pegawai %(names)s belum dicatat, jadi setiap jawaban dihitung sama berat.")
TOO_SMALL = T(
    "Jumlah pegawai %(names)s tercatat lebih kecil daripada jumlah jawabannya, jadi tidak dipakai, dan setiap "
    "jawaban dihitung sama berat. Periksa jumlah pegawainya."
)
BY_SIZE = T("Jawaban dibobot menurut jumlah pegawai setiap OPD.")
RAKED = T("Bobot disesuaikan dengan jumlah penduduk menurut %(what)s.")
NOT_RAKED = T("Bobot belum disesuaikan dengan jumlah penduduk: belum ada jawaban dari %(cells)s.")
NOT_IN_MARGIN = T("Bobot belum disesuaikan dengan jumlah penduduk: jumlah penduduk belum dicatat untuk %(cells)s.")
NOT_SETTLED = T("Bobot belum disesuaikan dengan jumlah penduduk: penyesuaiannya tidak mencapai jumlah yang dituju.")
DIMENSIONS = {"sex_age": "jenis kelamin dan umur", "district": "kecamatan"}


@dataclass(frozen=True)
class Design:
    """The design of a sample: arrays by its cells, in their order.

    `weight` of one person; `stratum` and `cluster` are codes, `strata` the words of each stratum; `cluster` None: every
    person is a unit, ALONE: every person of that row. `population`: units in the row's stratum, nan where they are not
    known. `effective`: Kish's effective number of answers. `notes`: how it was weighted, for analysts; `warnings`: what
    is not known and changes every number, for everybody.
    """

    weight: Floats
    stratum: Ints
    cluster: Ints | None
    population: Floats | None
    strata: Sequence[str]
    effective: float
    notes: Sequence[T]
    warnings: Sequence[T] = ()

    @property
    def clustered(self) -> bool:
        """Whether villages were drawn, and not people only."""
        return self.cluster is not None and bool((self.cluster >= 0).any())


def design_of(
    wave: Wave,
    cells: Cells,
    places: Sequence[WavePlace],
    districts: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> Design:
    """Return the design of a sample: `cells` without those who chose themselves to answer.

    `names`: of places, for words.
    """
    by_place = {place.place: place for place in places}
    named = names or {}
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        base, population, told, warnings = _by_size(cells, by_place, named)
        strata = sorted(set(cells.place.tolist()))
        stratum, cluster = _codes(cells.place, strata), None
    else:
        base, told, warnings = _by_draw(wave, cells, by_place, named)
        certain = _certain(cells, by_place) if told == [BY_DRAW] else np.zeros(len(cells), dtype=bool)
        outside = np.array([_stratum(by_place, place) for place in cells.place.tolist()], dtype=np.str_)
        of_row = np.where(certain, cells.place, outside)
        strata = sorted(set(of_row.tolist()))
        stratum, population = _codes(of_row, strata), None
        cluster = np.where(certain, ALONE, _codes(cells.place, sorted(set(cells.place.tolist()))))
    weight, raked = _raked(wave, cells, base, districts)
    effective = float(kish(cells.people.astype(np.float64), weight))
    return Design(weight, stratum, cluster, population, strata, effective, [*told, *raked], warnings)


def _certain(cells: Cells, places: Mapping[str, WavePlace]) -> Bools:
    """Which cells are of a village that had to be drawn."""
    sure = {place for place, planned in places.items() if (planned.probability or 0) >= 1}
    return np.array([place in sure for place in cells.place.tolist()], dtype=bool)


def _stratum(places: Mapping[str, WavePlace], place: str) -> str:
    planned = places.get(place)
    return planned.stratum if planned else ""


def _codes(values: Words, known: Sequence[str]) -> Ints:
    number = {value: code for code, value in enumerate(known)}
    return np.array([number[value] for value in values.tolist()], dtype=np.int64)


def _by_draw(
    wave: Wave, cells: Cells, places: Mapping[str, WavePlace], names: Mapping[str, str]
) -> tuple[Floats, list[T], list[T]]:
    """(weight, notes, warnings)"""
    equal = np.ones(len(cells))
    if wave.method != SampleMethod.PPS:
        return equal, [EQUAL], []
    each: dict[str, float] = {}
    unknown = []
    for place, answers in answers_by_place(cells).items():
        planned = places.get(place)
        if planned is None or not planned.probability or not planned.size:
            unknown.append(place)
        else:
            each[place] = planned.size / (planned.probability * answers)
    if unknown:
        return equal, [], [_about(UNKNOWN_DRAW, unknown, names)]
    return np.array([each[place] for place in cells.place.tolist()]), [BY_DRAW], []


def _by_size(
    cells: Cells, places: Mapping[str, WavePlace], names: Mapping[str, str]
) -> tuple[Floats, Floats, list[T], list[T]]:
    """(weight, people in the row's OPD or nan, notes, warnings). A size below the answers is as good as none."""
    answers = answers_by_place(cells)
    written = {place: planned.size for place in answers if (planned := places.get(place)) and planned.size}
    small = [place for place, size in written.items() if size < answers[place]]
    sizes = {place: float(size) for place, size in written.items() if size >= answers[place]}
    unknown = [place for place in answers if place not in written]
    rows = cells.place.tolist()
    population = np.array([sizes.get(row, np.nan) for row in rows])
    if unknown or small:
        found = ((UNKNOWN_SIZES, unknown), (TOO_SMALL, small))
        return np.ones(len(cells)), population, [], [_about(words, of, names) for words, of in found if of]
    return np.array([sizes[row] / answers[row] for row in rows]), population, [BY_SIZE], []


def _about(words: T, places: Sequence[str], names: Mapping[str, str]) -> T:
    return T(words.msgid, names=", ".join(sorted(names.get(place, place) for place in places)))


def _raked(wave: Wave, cells: Cells, base: Floats, districts: Mapping[str, str]) -> tuple[Floats, list[T]]:
    """Weights raked to the margins of the wave; those given, with the reason, where that cannot be done."""
    wanted = {name: wave.margins[name] for name in DIMENSIONS if wave.margins.get(name)}
    if not wanted or not len(cells):
        return base, []
    rows = {"sex_age": np.char.add(np.char.add(cells.sex, "."), cells.band), "district": cells.district}
    known = {name: sorted({*margin, *rows[name].tolist()}) for name, margin in wanted.items()}
    outside = [_word(name, key, districts) for name in wanted for key in known[name] if not wanted[name].get(key)]
    if outside:
        return base, [T(NOT_IN_MARGIN.msgid, cells=", ".join(outside))]
    empty = [
        _word(name, key, districts) for name in wanted for key in known[name] if key not in set(rows[name].tolist())
    ]
    if empty:
        return base, [T(NOT_RAKED.msgid, cells=", ".join(empty))]
    dims = {name: _codes(rows[name], known[name]) for name in wanted}
    margins = {name: {code: float(wanted[name][key]) for code, key in enumerate(known[name])} for name in wanted}
    made = rake(cells.people.astype(np.float64), dims, margins, base=base)
    if made.empty or not made.converged:
        return base, [NOT_SETTLED]
    return made.weight, [T(RAKED.msgid, what=" dan ".join(DIMENSIONS[name] for name in wanted))]


def _word(dimension: str, key: str, districts: Mapping[str, str]) -> str:
    if dimension == "district":
        return districts.get(key, key)
    sex, _dot, band = key.partition(".")
    return f"{SEX_WORDS.get(sex, sex)} {AGE_WORDS.get(band, band)}".lower()
