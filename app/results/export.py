"""The answers of a survey as a file for analysts, and a version that may be given to anybody.

The first has one line an answer with its weight, stratum, cluster and what it counts in each measure (`ukuran.KEY`),
so that `flask surveys estimate` and any other program comes to the figures of the pages. What people wrote freely, and
who asked them, only where it is wanted.

The second names no village, no time and no number of an answer, and holds nothing that was written freely. Sex, age
band or district are left out where fewer than LEAST_CELL answers share them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.sheets import Cell
from app.instruments.measures import Item, Value, values
from app.instruments.models import SurveyAudience
from app.kernel.errors import Refused
from app.kernel.text import T
from app.people.models import User
from app.responses.columns import (
    AGE_BAND,
    DISTRICT,
    ENDED,
    LANGUAGE,
    MEASURE,
    MODE,
    PLACE,
    SEX,
    STARTED,
    UUID,
    columns,
    value_of,
)
from app.responses.models import Response
from app.results.cells import Cells, Survey
from app.results.figures import parts_of
from app.surveys.estimates import ALONE
from app.surveys.models import Wave
from app.surveys.publication import LEAST_CELL, LEAST_GROUP

NAME, DISTRICT_NAME = "nama_tempat", "nama_kecamatan"
WEIGHT, STRATUM, CLUSTER, FLAGS, WHO, SIMULATED = "bobot", "strata", "klaster", "tanda", "petugas", "simulasi"
POPULATION = "populasi"
WHOLE = "semua"
"""The stratum of a sample that has none."""
MOST_IN_XLSX = 20_000
"""Lines of a workbook: it is built whole before it can be sent. A CSV goes out while it is read."""
AT_ONCE = 1000
Key = tuple[str, str, str]
"""(district, sex, age band); "" for what is left out."""


@dataclass(frozen=True)
class Wanted:
    """`texts`: what people wrote freely too. `who`: who asked or typed."""

    texts: bool = False
    who: bool = False


def about(wanted: Wanted) -> list[str]:
    """The columns before the answers."""
    own = [UUID, MODE, PLACE, NAME, DISTRICT, SEX, AGE_BAND, LANGUAGE, STARTED, ENDED, FLAGS, WEIGHT, STRATUM, CLUSTER,
           POPULATION]  # fmt: skip
    return [*own, *([WHO] if wanted.who else []), SIMULATED]


def titles(survey: Survey, wanted: Wanted) -> list[str]:
    answers = [column.name for column in columns(survey.definition, texts=wanted.texts)]
    return [*about(wanted), *answers, *(f"{MEASURE}{item.key}" for item, _value in _measures(survey))]


def _measures(survey: Survey) -> list[tuple[Item, Value]]:
    """The measures with how each is read from an answer."""
    both = zip(survey.items, values(survey.definition), strict=True)
    return [(item, value) for item, value in both if item.group == "measure"]


def lines(session: Session, survey: Survey, wanted: Wanted, *, tz: str) -> Iterator[list[Cell]]:
    """One line an answer that counts; those that were set aside are left out."""
    zone, told = ZoneInfo(tz), columns(survey.definition, texts=wanted.texts)
    design, names, measures = _design(survey), _people(session) if wanted.who else {}, _measures(survey)
    for row in _responses(session, survey.wave, Response.received_at, Response.uuid):
        drawn = design.get((row.place, row.sex, row.age_band, row.mode), (None, "", "", None))
        codes, flags = row.codes or {}, row.flags or ()
        line: list[Cell] = [
            row.uuid, row.mode, row.place, survey.names.get(row.place, ""), _district(survey, row.place), row.sex,
            row.age_band, row.language, _local(row.started_at, zone), _local(row.ended_at, zone), " ".join(row.flags),
            *drawn,
        ]  # fmt: skip
        line += [names.get(row.by_id, "")] if wanted.who else []
        line.append("ya" if survey.wave.simulated else "tidak")
        line += [value_of(column, row.answers, codes) for column in told]
        yield line + [_number(value(row.answers, codes, flags)) for _item, value in measures]


def _number(value: float | None) -> Cell:
    """A whole number without a decimal point: 1, not 1.0."""
    return int(value) if value is not None and value == int(value) else value


def _responses(session: Session, wave: Wave, *order: Any) -> Iterator[Response]:
    query = (
        select(Response)
        .where(Response.wave_id == wave.id, Response.pending.is_(False), Response.set_aside.is_(None))
        .order_by(*order)
        .execution_options(yield_per=AT_ONCE)
    )
    for row in session.scalars(query):
        yield row
        session.expunge(row)


def _people(session: Session) -> Mapping[int | None, str]:
    return dict(session.execute(select(User.id, User.name)).tuples().all())


def _design(survey: Survey) -> dict[tuple[str, str, str, str], tuple[Cell, ...]]:
    """(weight, stratum, cluster, people in the stratum) of everybody in a cell; nothing for those who chose themselves
    to answer. The cluster is empty where people are the units, the number of people where it is not known."""
    sample, _volunteers = parts_of(survey)
    if sample is None or sample.design is None:
        return {}
    cells, design = sample.cells, sample.design
    keys = zip(cells.place.tolist(), cells.sex.tolist(), cells.band.tolist(), cells.mode.tolist(), strict=True)
    nobody = np.full(len(cells), np.nan)
    alone = np.full(len(cells), ALONE) if design.cluster is None else design.cluster
    size = nobody if design.population is None else design.population
    rows = zip(keys, design.weight, design.stratum, alone, size, strict=True)
    return {
        key: (
            round(float(weight), 6),
            design.strata[stratum] or WHOLE,
            "" if cluster == ALONE else key[0],
            None if np.isnan(people) else int(people),
        )
        for key, weight, stratum, cluster, people in rows
    }


def _district(survey: Survey, place: str) -> str:
    return place[:8] if survey.wave.audience == SurveyAudience.RESIDENTS else ""


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


# --- for everybody -----------------------------------------------------------------------------------------------

OPEN_ABOUT = (DISTRICT, SEX, AGE_BAND, SIMULATED)


def open_titles(survey: Survey) -> list[str]:
    return [*OPEN_ABOUT, *(column.name for column in columns(survey.definition, texts=False))]


def open_lines(session: Session, survey: Survey) -> Iterator[list[Cell]]:
    """Raises Refused, at once, for a survey of fewer than LEAST_GROUP answers."""
    if int(survey.cells.people.sum()) < LEAST_GROUP:
        raise Refused(T("Jawabannya kurang dari %(n)s, jadi tidak bisa dibagikan ke umum.", n=LEAST_GROUP))
    return _open_lines(session, survey, published(counted(survey.cells, _of_place(survey))))


def _of_place(survey: Survey) -> Mapping[str, str]:
    """What stands for the district: the OPD itself in a survey of civil servants."""
    places = set(survey.cells.place.tolist())
    return {place: _district(survey, place) or survey.names.get(place, place) for place in places}


def _open_lines(session: Session, survey: Survey, shown: Mapping[Key, Key]) -> Iterator[list[Cell]]:
    told, place = columns(survey.definition, texts=False), _of_place(survey)
    simulated = "ya" if survey.wave.simulated else "tidak"
    # by the content's hash: the order says nothing of when somebody answered
    for row in _responses(session, survey.wave, Response.content_hash, Response.uuid):
        key = shown.get((place.get(row.place, ""), row.sex, row.age_band), ("", "", ""))
        yield [*key, simulated, *(value_of(column, row.answers, row.codes or {}) for column in told)]


def counted(cells: Cells, district: Mapping[str, str]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    rows = zip(cells.place.tolist(), cells.sex.tolist(), cells.band.tolist(), cells.people.tolist(), strict=True)
    for place, sex, band, people in rows:
        found[district[place], sex, band] += people
    return found


def published(people: Mapping[Key, int], *, least: int = LEAST_CELL) -> dict[Key, Key]:
    """How each group is called in the open file, so that at least `least` answers share every name.

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
