"""Selects of instruments for their list and their pages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, column, func, or_, select, table
from sqlalchemy.orm import Session

from app.campaigns.models import Dimension
from app.instruments.models import Instrument, InstrumentVersion
from app.people.models import Organisation

SURVEYS = table("survey_waves", column("id"), column("instrument_version_id"))
"""The table of a room above, by its name, as a foreign key names it."""


def instruments(*, q: str = "", audience: str = "", archived: bool = False) -> Select[Any]:
    """Rows of (Instrument, organisation, latest: number of the last version, drafts, used: surveys with it)."""
    versions = (
        select(
            InstrumentVersion.instrument_id,
            func.max(InstrumentVersion.number).label("latest"),
            func.count().filter(InstrumentVersion.frozen_at.is_(None)).label("drafts"),
        )
        .group_by(InstrumentVersion.instrument_id)
        .subquery()
    )
    used = (
        select(func.count(SURVEYS.c.id))
        .join(InstrumentVersion, InstrumentVersion.id == SURVEYS.c.instrument_version_id)
        .where(InstrumentVersion.instrument_id == Instrument.id)
        .scalar_subquery()
    )
    query = (
        select(
            Instrument,
            Organisation.name.label("organisation"),
            versions.c.latest,
            versions.c.drafts,
            used.label("used"),
        )
        .join(Organisation, Organisation.id == Instrument.organisation_id)
        .outerjoin(versions, versions.c.instrument_id == Instrument.id)
        .where(Instrument.archived_at.is_not(None) if archived else Instrument.archived_at.is_(None))
        .order_by(func.lower(Instrument.title), Instrument.id)
    )
    if q.strip():
        words = q.strip()
        query = query.where(
            or_(Instrument.title.icontains(words, autoescape=True), Organisation.name.icontains(words, autoescape=True))
        )
    return query.where(Instrument.audience == audience) if audience else query


def dimension_names(session: Session) -> Mapping[str, str]:
    rows = session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position))
    return dict(rows.tuples().all())


def is_used(session: Session, *versions: int) -> bool:
    """Whether a survey, planned or held, asks what one of these versions says."""
    query = select(SURVEYS.c.id).where(SURVEYS.c.instrument_version_id.in_(versions)).limit(1)
    return session.scalar(query) is not None
