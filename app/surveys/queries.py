"""Selects of instruments and waves."""

import re
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.models import District, Village
from app.people.models import Organisation
from app.surveys.definition import Definition, read
from app.surveys.models import InstrumentVersion, SurveyAudience, Wave

OPD_PLACE = re.compile(r"opd:([1-9][0-9]{0,8})")

_frozen: WeakKeyDictionary[object, dict[int, tuple[int, Definition]]] = WeakKeyDictionary()
"""Engine → version's id → (its count of changes, definition): the wording of a frozen one never changes."""


def definition_of(session: Session, version_id: int, *, for_asking: bool = False) -> Definition:
    """What a version asks; kept in memory once it is frozen.

    `for_asking`: what is kept is taken as it is, without a query. Codes of open texts may have been added since by
    another process; whoever counts or codes needs them and asks for the count of changes first.
    """
    known = _frozen.setdefault(session.get_bind().engine, {})
    if version_id in known and (for_asking or known[version_id][0] == _changes(session, version_id)):
        return known[version_id][1]
    query = select(InstrumentVersion.definition, InstrumentVersion.version, InstrumentVersion.frozen_at)
    raw, changes, frozen_at = session.execute(query.where(InstrumentVersion.id == version_id)).one()
    definition = read(raw)
    if frozen_at is not None:
        known[version_id] = (changes, definition)
    return definition


def _changes(session: Session, version_id: int) -> int | None:
    return session.scalar(select(InstrumentVersion.version).where(InstrumentVersion.id == version_id))


def wave_of_code(session: Session, code: str) -> Wave | None:
    """The wave behind a public address, whatever its status; one query."""
    return session.scalar(select(Wave).where(Wave.code == code))


def opd(organisation_id: int) -> str:
    """How an OPD stands as a place of a survey."""
    return f"opd:{organisation_id}"


def opd_id(place: str) -> int | None:
    """The organisation of such a place; None for what names none that a database could have."""
    found = OPD_PLACE.fullmatch(place)
    return int(found[1]) if found else None


def place_exists(session: Session, wave: Wave, place: str) -> bool:
    """Whether there is such a village, or such an OPD for a survey of civil servants; one query."""
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        number = opd_id(place)
        if number is None:
            return False
        query = select(Organisation.id).where(Organisation.id == number, Organisation.kind.in_(("opd", "bidang")))
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
    villages = session.execute(
        select(Village.code, Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .order_by(Village.district_code, Village.name)
    )
    return {code: f"{name}, Kec. {district}" for code, name, district in villages}
