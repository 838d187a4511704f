"""Selects of waves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import opd_id
from app.evidence.surveys.models import Wave


def wave_of_code(session: Session, code: str) -> Wave | None:
    """Return the wave behind a public address, whatever its status; one query."""
    return session.scalar(select(Wave).where(Wave.code == code))


def place_exists(session: Session, wave: Wave, place: str) -> bool:
    """Decide whether there is such a village, or such an OPD for a survey of civil servants; one query."""
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        number = opd_id(place)
        if number is None:
            return False
        query = select(Organisation.id).where(Organisation.id == number, Organisation.kind.in_(("opd", "bidang")))
        return session.scalar(query) is not None
    return session.scalar(select(Village.code).where(Village.code == place)) is not None
