"""Data that the page for interviews carries along without a line: the open surveys, their places, and how far they
are."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.evidence.instruments.definition import Definition
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.surveys.access import asked_by
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.kernel.roles import Actor

MOST_WAVES = 12


class AnswerCounts(Protocol):
    """How many answered: `keys` are (place, sex, age band, mode), `people` goes with them. See responses/tally.py."""

    @property
    def keys(self) -> Sequence[tuple[str, str, str, str]]: ...

    @property
    def people(self) -> Any: ...


@dataclass(frozen=True)
class Place:
    """`district` is "" for an OPD; `target` None where none is planned."""

    code: str
    name: str
    district: str
    target: int | None = None


@dataclass(frozen=True)
class OfferedSurvey:
    """A survey to be asked. `places`: the planned ones; empty where any village may be asked.

    `done`: place → answers at the office; `cells`: "f.17-24" → answers, of the whole survey; without those by link.
    """

    wave: Wave
    definition: Definition
    places: Sequence[Place]
    done: Mapping[str, int]
    cells: Mapping[str, int]


@dataclass(frozen=True)
class SurveyOffer:
    """`anywhere`: every village, or every OPD, for the surveys without planned places, by their audience."""

    surveys: Sequence[OfferedSurvey]
    anywhere: Mapping[str, Sequence[Place]]


def survey_offer(session: Session, actor: Actor, counts: Callable[[Session, Wave], AnswerCounts]) -> SurveyOffer:
    """Return the open surveys that this person may ask with a phone; a simulated one is not mixed with real answers."""
    query = (
        select(Wave)
        .where(Wave.status == WaveStatus.OPEN, Wave.simulated.is_(False), asked_by(actor))
        .order_by(Wave.ends_on, Wave.id)
        .options(selectinload(Wave.places))
    )
    waves = [wave for wave in session.scalars(query) if Mode.PHONE in wave.modes][:MOST_WAVES]
    everywhere = {audience: _everywhere(session, audience) for audience in sorted({wave.audience for wave in waves})}
    surveys = [_asked(session, wave, everywhere[wave.audience], counts(session, wave)) for wave in waves]
    used = {one.wave.audience for one in surveys if not one.places}
    return SurveyOffer(surveys, {name: list(places.values()) for name, places in everywhere.items() if name in used})


def own_district(session: Session, actor: Actor) -> str:
    """Return the code of the district where the own organisation is at home, "" where it is nowhere."""
    own = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    return (own.village_code or "")[:8] if own else ""


def _asked(session: Session, wave: Wave, everywhere: Mapping[str, Place], counted: AnswerCounts) -> OfferedSurvey:
    done: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for (place, sex, band, mode), people in zip(counted.keys, counted.people, strict=True):
        if mode == Mode.LINK:  # whoever wanted to: they fill no target and no quota
            continue
        done[place] += int(people)
        cells[f"{sex}.{band}"] += int(people)
    places = [
        Place(row.place, everywhere[row.place].name, everywhere[row.place].district, row.target)
        for row in wave.places
        if row.place in everywhere
    ]
    return OfferedSurvey(wave, definition_of(session, wave.instrument_version_id), places, done, cells)


def _everywhere(session: Session, audience: str) -> dict[str, Place]:
    """Code → place, in the order in which they are offered."""
    if audience == SurveyAudience.CIVIL_SERVANTS:
        return {code: Place(code, name, "") for code, name in place_names(session, audience).items()}
    rows = session.execute(
        select(Village.code, Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .order_by(District.name, Village.name)
    )
    return {code: Place(code, name, district) for code, name, district in rows}
