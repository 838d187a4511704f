"""Load the counts of one wave as columns, with what is known of the places they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District
from app.evidence.instruments.definition import Definition
from app.evidence.instruments.measures import Item, items
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of, definitions_of
from app.evidence.responses.tally import Counts, counts, counts_of
from app.evidence.surveys.models import Wave, WavePlace

Words = NDArray[np.str_]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DISTRICT = 8
"""Signs of a village's code that name its district: 64.02.01 of 64.02.01.2003."""


@dataclass(frozen=True)
class Cells:
    """One row a cell: `place`, `district` ("" for an OPD), `sex`, `band`, `mode`, `people`, all of shape (cells,), and
    `sums` of shape (cells, items, 3): how many answered, Σy, Σy²."""

    place: Words
    district: Words
    sex: Words
    band: Words
    mode: Words
    people: Ints
    sums: Floats

    def __len__(self) -> int:
        return len(self.people)

    def where(self, rows: Bools) -> "Cells":
        return Cells(
            self.place[rows], self.district[rows], self.sex[rows], self.band[rows], self.mode[rows],
            self.people[rows], self.sums[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """A wave with its counts. `names`: place → its name; `districts`: code → name."""

    wave: Wave
    definition: Definition
    items: Sequence[Item]
    cells: Cells
    places: Sequence[WavePlace]
    names: Mapping[str, str]
    districts: Mapping[str, str]

    def index(self, key: str) -> int | None:
        """Return where an item stands among the sums; None where this instrument does not have it."""
        return next((place for place, item in enumerate(self.items) if item.key == key), None)


def survey_of(session: Session, wave: Wave, *, beside: Survey | None = None) -> Survey:
    """Load everything that figures are made of; six queries whatever the number of answers and places.

    `beside`: a survey of the same audience, whose names are used again.
    """
    definition = definition_of(session, wave.instrument_version_id)
    of_residents = wave.audience == SurveyAudience.RESIDENTS
    places = session.scalars(
        select(WavePlace).where(WavePlace.wave_id == wave.id).order_by(WavePlace.position, WavePlace.place)
    ).all()
    return Survey(
        wave,
        definition,
        items(definition),
        cells_of(counts(session, wave), of_residents=of_residents),
        places,
        beside.names if beside else place_names(session, wave.audience),
        beside.districts if beside else _districts(session, of_residents=of_residents),
    )


def surveys_of(session: Session, waves: Sequence[Wave]) -> list[Survey]:
    """Load many waves of one audience, in their order: six queries, seven where an instrument is new to us."""
    if not waves:
        return []
    of_residents = waves[0].audience == SurveyAudience.RESIDENTS
    versions = definitions_of(session, {one.instrument_version_id for one in waves})
    found = counts_of(session, {wave.id: versions[wave.instrument_version_id] for wave in waves})
    places: dict[int, list[WavePlace]] = {wave.id: [] for wave in waves}
    query = select(WavePlace).where(WavePlace.wave_id.in_(places)).order_by(WavePlace.position, WavePlace.place)
    for place in session.scalars(query):
        places[place.wave_id].append(place)
    names, districts = place_names(session, waves[0].audience), _districts(session, of_residents=of_residents)
    return [
        Survey(
            wave,
            versions[wave.instrument_version_id],
            items(versions[wave.instrument_version_id]),
            cells_of(found[wave.id], of_residents=of_residents),
            places[wave.id],
            names,
            districts,
        )
        for wave in waves
    ]


def _districts(session: Session, *, of_residents: bool) -> dict[str, str]:
    if not of_residents:
        return {}
    return {row.code: row.name for row in session.execute(select(District.code, District.name))}


def district_code(village: str) -> str:
    """Return the code of the district in which a village lies."""
    return village[:DISTRICT]


def cells_of(found: Counts, *, of_residents: bool) -> Cells:
    place, sex, band, mode = (_words([key[part] for key in found.keys]) for part in range(4))
    district = _words([district_code(key[0]) if of_residents else "" for key in found.keys])
    return Cells(place, district, sex, band, mode, found.people, found.sums)


def _words(values: Sequence[str]) -> Words:
    return np.array(values, dtype=np.str_) if values else np.zeros(0, dtype="<U1")


def answers_by_place(cells: Cells) -> dict[str, int]:
    known, number = np.unique(cells.place, return_inverse=True)
    sums = np.bincount(number, cells.people, len(known)).tolist()
    return {place: int(people) for place, people in zip(known.tolist(), sums, strict=True)}
