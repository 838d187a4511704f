"""Write the answers of a survey as a file for analysts.

It has one line an answer with its weight, stratum, cluster and what it counts in each measure (`ukuran.KEY`),
so that `flask surveys estimate` and any other program comes to the figures of the pages. What people wrote freely, and
who asked them, only where it is wanted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.documents.sheets import Cell
from app.base.people.models import User
from app.evidence.instruments.measures import Item, Value, values
from app.evidence.instruments.models import SurveyAudience
from app.evidence.responses.columns import (
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
from app.evidence.responses.models import Response
from app.evidence.results.cells import Survey, district_code
from app.evidence.results.figures import parts_of
from app.evidence.surveys.models import Wave
from app.evidence.surveys.statistics.estimates import ALONE

NAME, DISTRICT_NAME = "nama_tempat", "nama_kecamatan"
WEIGHT, STRATUM, CLUSTER, FLAGS, WHO, SIMULATED = "bobot", "strata", "klaster", "tanda", "petugas", "simulasi"
POPULATION = "populasi"
WHOLE = "semua"
"""The stratum of a sample that has none."""
MOST_IN_XLSX = 20_000
"""Lines of a workbook: it is built whole before it can be sent. A CSV goes out while it is read."""
AT_ONCE = 1000


@dataclass(frozen=True)
class ExportOptions:
    """What the file holds besides. `texts`: what people wrote freely too. `who`: who asked or typed."""

    texts: bool = False
    who: bool = False


def leading_columns(wanted: ExportOptions) -> list[str]:
    """Return the columns before the answers."""
    own = [UUID, MODE, PLACE, NAME, DISTRICT, SEX, AGE_BAND, LANGUAGE, STARTED, ENDED, FLAGS, WEIGHT, STRATUM, CLUSTER,
           POPULATION]  # fmt: skip
    return [*own, *([WHO] if wanted.who else []), SIMULATED]


def titles(survey: Survey, wanted: ExportOptions) -> list[str]:
    answers = [column.name for column in columns(survey.definition, texts=wanted.texts)]
    return [*leading_columns(wanted), *answers, *(f"{MEASURE}{item.key}" for item, _value in _measures(survey))]


def _measures(survey: Survey) -> list[tuple[Item, Value]]:
    """The measures with how each is read from an answer."""
    both = zip(survey.items, values(survey.definition), strict=True)
    return [(item, value) for item, value in both if item.group == "measure"]


def lines(session: Session, survey: Survey, wanted: ExportOptions, *, tz: str) -> Iterator[list[Cell]]:
    """Yield one line for each answer that counts; those that were set aside are left out."""
    zone, told = ZoneInfo(tz), columns(survey.definition, texts=wanted.texts)
    design, names, measures = _design(survey), _people(session) if wanted.who else {}, _measures(survey)
    for row in answers_of(session, survey.wave, Response.received_at, Response.uuid):
        drawn = design.get((row.place, row.sex, row.age_band, row.mode), (None, "", "", None))
        codes, flags = row.codes or {}, row.flags or ()
        line: list[Cell] = [
            row.uuid, row.mode, row.place, survey.names.get(row.place, ""), district_of(survey, row.place), row.sex,
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


def answers_of(session: Session, wave: Wave, *order: Any) -> Iterator[Response]:
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


def district_of(survey: Survey, place: str) -> str:
    return district_code(place) if survey.wave.audience == SurveyAudience.RESIDENTS else ""


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None
