"""How much each cell of a sample stands for, and by which units it was drawn.

Villages drawn with probability proportional to size: w = 1/π · N/n, the inverse of the village's probability times its
people per answer there, which undoes that more answered in one village than in another. Civil servants: OPDs are
strata, persons the units, w = N/n within each OPD. Otherwise every answer counts the same. Then raking to the
population by sex × age band and district, where the wave has it. Source of the design weights: Lohr, Sampling:
Design and Analysis (3rd ed.), 6.3 and 7.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.instruments.models import SurveyAudience
from app.instruments.states import AGE_WORDS, SEX_WORDS
from app.kernel.text import T
from app.results.cells import Cells, Floats, Ints, Words, answers_by_place
from app.surveys.models import SampleMethod, Wave, WavePlace
from app.surveys.weighting import kish, rake

EQUAL = T("Setiap jawaban dihitung sama berat.")
UNKNOWN_DRAW = T(
    "Peluang terundi atau jumlah penduduk sebagian desa belum dicatat, jadi setiap jawaban dihitung sama berat."
)
BY_DRAW = T("Jawaban dibobot menurut peluang desanya terundi dan jumlah penduduknya.")
UNKNOWN_SIZES = T("Jumlah pegawai sebagian OPD belum dicatat, jadi setiap jawaban dihitung sama berat.")
BY_SIZE = T("Jawaban dibobot menurut jumlah pegawai setiap OPD.")
RAKED = T("Bobot disesuaikan dengan jumlah penduduk menurut %(what)s.")
NOT_RAKED = T("Bobot belum disesuaikan dengan jumlah penduduk: belum ada jawaban dari %(cells)s.")
NOT_IN_MARGIN = T("Bobot belum disesuaikan dengan jumlah penduduk: jumlah penduduk belum dicatat untuk %(cells)s.")
NOT_SETTLED = T("Bobot belum disesuaikan dengan jumlah penduduk: penyesuaiannya tidak mencapai jumlah yang dituju.")
DIMENSIONS = {"sex_age": "jenis kelamin dan umur", "district": "kecamatan"}


@dataclass(frozen=True)
class Design:
    """Of a sample's cells, in their order. `weight` of one person; `stratum` and `cluster` are codes, `strata` the
    words of each stratum; `cluster` None: every person is a unit. `population`: units in the row's stratum.
    `effective`: Kish's effective number of answers. `notes`: how it was weighted, for analysts."""

    weight: Floats
    stratum: Ints
    cluster: Ints | None
    population: Floats | None
    strata: Sequence[str]
    effective: float
    notes: Sequence[T]


def design_of(wave: Wave, cells: Cells, places: Sequence[WavePlace], districts: Mapping[str, str]) -> Design:
    """The design of a sample: `cells` without those who chose themselves to answer."""
    by_place = {place.place: place for place in places}
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        base, population, note = _by_size(cells, by_place)
        strata = sorted(set(cells.place.tolist()))
        stratum, cluster = _codes(cells.place, strata), None
    else:
        base, note = _by_draw(wave, cells, by_place)
        of_row = np.array([_stratum(by_place, place) for place in cells.place.tolist()], dtype=np.str_)
        strata = sorted(set(of_row.tolist()))
        stratum, population = _codes(of_row, strata), None
        cluster = _codes(cells.place, sorted(set(cells.place.tolist())))
    weight, raked = _raked(wave, cells, base, districts)
    effective = float(kish(cells.people.astype(np.float64), weight))
    return Design(weight, stratum, cluster, population, strata, effective, [note, *raked])


def _stratum(places: Mapping[str, WavePlace], place: str) -> str:
    planned = places.get(place)
    return planned.stratum if planned else ""


def _codes(values: Words, known: Sequence[str]) -> Ints:
    number = {value: code for code, value in enumerate(known)}
    return np.array([number[value] for value in values.tolist()], dtype=np.int64)


def _by_draw(wave: Wave, cells: Cells, places: Mapping[str, WavePlace]) -> tuple[Floats, T]:
    equal = np.ones(len(cells))
    if wave.method != SampleMethod.PPS:
        return equal, EQUAL
    each: dict[str, float] = {}
    for place, answers in answers_by_place(cells).items():
        planned = places.get(place)
        if planned is None or not planned.probability or not planned.size:
            return equal, UNKNOWN_DRAW
        each[place] = planned.size / (planned.probability * answers)
    return np.array([each[place] for place in cells.place.tolist()]), BY_DRAW


def _by_size(cells: Cells, places: Mapping[str, WavePlace]) -> tuple[Floats, Floats | None, T]:
    each, sizes = {}, {}
    for place, answers in answers_by_place(cells).items():
        planned = places.get(place)
        if planned is None or not planned.size:
            return np.ones(len(cells)), None, UNKNOWN_SIZES
        sizes[place] = float(max(planned.size, answers))
        each[place] = sizes[place] / answers
    rows = cells.place.tolist()
    return np.array([each[row] for row in rows]), np.array([sizes[row] for row in rows]), BY_SIZE


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
