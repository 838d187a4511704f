"""Selects of instruments for their list and their pages."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, column, func, or_, select, table
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.outreach.campaigns.models import Dimension

SURVEYS = table("survey_waves", column("id"), column("instrument_version_id"))
PAPERS = table("assessment_papers", column("id"), column("instrument_version_id"))
"""Tables of rooms above, by their names, as a foreign key names them."""


def instruments(
    *, q: str = "", audience: str = "", archived: bool = False, among: Collection[str] = tuple(SurveyAudience)
) -> Select[Any]:
    """Rows of (Instrument, organisation, latest: number of the last version, drafts, used: surveys with it, papers of
    batches with it). `among`: only questions for these."""
    versions = (
        select(
            InstrumentVersion.instrument_id,
            func.max(InstrumentVersion.number).label("latest"),
            func.count().filter(InstrumentVersion.frozen_at.is_(None)).label("drafts"),
        )
        .group_by(InstrumentVersion.instrument_id)
        .subquery()
    )
    used, papers = (
        select(func.count(uses.c.id))
        .join(InstrumentVersion, InstrumentVersion.id == uses.c.instrument_version_id)
        .where(InstrumentVersion.instrument_id == Instrument.id)
        .scalar_subquery()
        for uses in (SURVEYS, PAPERS)
    )
    query = (
        select(
            Instrument,
            Organisation.name.label("organisation"),
            versions.c.latest,
            versions.c.drafts,
            used.label("used"),
            papers.label("papers"),
        )
        .join(Organisation, Organisation.id == Instrument.organisation_id)
        .outerjoin(versions, versions.c.instrument_id == Instrument.id)
        .where(
            Instrument.audience.in_(among),
            Instrument.archived_at.is_not(None) if archived else Instrument.archived_at.is_(None),
        )
        .order_by(func.lower(Instrument.title), Instrument.id)
    )
    if q.strip():
        words = q.strip()
        query = query.where(
            or_(Instrument.title.icontains(words, autoescape=True), Organisation.name.icontains(words, autoescape=True))
        )
    return query.where(Instrument.audience == audience) if audience else query


def with_right_answers() -> ColumnElement[bool]:
    """A condition on Instrument: it can be a test, since options of one of its versions are right."""
    marked = cast(InstrumentVersion.definition, Text).contains('"right": true')
    return Instrument.id.in_(select(InstrumentVersion.instrument_id).where(marked))


def dimension_names(session: Session) -> Mapping[str, str]:
    rows = session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position))
    return dict(rows.tuples().all())


def is_used(session: Session, *versions: int) -> bool:
    """Whether a survey or a paper of a batch, planned or held, asks what one of these versions says."""
    found = (select(uses.c.id).where(uses.c.instrument_version_id.in_(versions)).limit(1) for uses in (SURVEYS, PAPERS))
    return any(session.scalar(query) is not None for query in found)
