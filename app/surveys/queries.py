"""Selects of instruments and waves."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.models import Village
from app.people.models import Organisation
from app.surveys.definition import Definition, read
from app.surveys.models import InstrumentVersion, SurveyAudience, Wave

_frozen: WeakKeyDictionary[object, dict[int, Definition]] = WeakKeyDictionary()
"""Engine → version's id → definition: a frozen one never changes, so that the public path reads no JSON."""


def definition_of(session: Session, version_id: int) -> Definition:
    """What a version asks; kept in memory once it is frozen."""
    known = _frozen.setdefault(session.get_bind().engine, {})
    if version_id in known:
        return known[version_id]
    version = session.get_one(InstrumentVersion, version_id)
    definition = read(version.definition)
    if version.frozen_at is not None:
        known[version_id] = definition
    return definition


def wave_of_code(session: Session, code: str) -> Wave | None:
    """The wave behind a public address, whatever its status; one query."""
    return session.scalar(select(Wave).where(Wave.code == code))


def opd(organisation_id: int) -> str:
    """How an OPD stands as a place of a survey."""
    return f"opd:{organisation_id}"


def place_exists(session: Session, wave: Wave, place: str) -> bool:
    """Whether there is such a village, or such an OPD for a survey of civil servants; one query."""
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        number = place.removeprefix("opd:")
        if not (place.startswith("opd:") and number.isdigit()):
            return False
        query = select(Organisation.id).where(Organisation.id == int(number), Organisation.kind.in_(("opd", "bidang")))
        return session.scalar(query) is not None
    return session.scalar(select(Village.code).where(Village.code == place)) is not None


def place_names(session: Session, audience: str) -> Mapping[str, str]:
    """Every place that may be answered for → its name with its district, or the OPD's name; one query."""
    if audience == SurveyAudience.CIVIL_SERVANTS:
        rows = session.execute(
            select(Organisation.id, Organisation.name)
            .where(Organisation.kind == "opd", Organisation.active)
            .order_by(Organisation.name)
        )
        return {opd(number): name for number, name in rows}
    query = select(Village).order_by(Village.district_code, Village.name)
    return {
        village.code: f"{village.name}, Kec. {village.district.name}" for village in session.scalars(query).unique()
    }
