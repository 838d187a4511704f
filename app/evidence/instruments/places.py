"""The places that people answer for: villages, or OPDs as "opd:ID"."""

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.evidence.instruments.models import SurveyAudience

OPD_PLACE = re.compile(r"opd:([1-9][0-9]{0,8})")


def opd(organisation_id: int) -> str:
    """Name an OPD as a place of a survey."""
    return f"opd:{organisation_id}"


def opd_id(place: str) -> int | None:
    """Return the organisation of such a place; None for what names none that a database could have."""
    found = OPD_PLACE.fullmatch(place)
    return int(found[1]) if found else None


def place_names(session: Session, audience: str) -> Mapping[str, str]:
    """Map every place that may be answered for to its name with its district, or the OPD's name; one query."""
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
