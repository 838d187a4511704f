"""Selects of instruments for their list and their pages."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.base.people.models import Organisation
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.kernel.slots import Slot
from app.outreach.campaigns.models import Dimension

SURVEYS = Slot[InstrumentedAttribute[Any]]("instruments.surveys")
PAPERS = Slot[InstrumentedAttribute[Any]]("instruments.papers")
"""The one column of surveys, and the one of papers of batches, that names the version they ask."""


def instruments(
    *, q: str = "", audience: str = "", archived: bool = False, among: Collection[str] = tuple(SurveyAudience)
) -> Select[Any]:
    """Select the rows of the list of instruments.

    Rows of (Instrument, organisation, latest: number of the last version, drafts, used: surveys with it, papers of
    batches with it). `among`: only questions for these.
    """
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
        select(func.count(version.class_.id))
        .join(InstrumentVersion, InstrumentVersion.id == version)
        .where(InstrumentVersion.instrument_id == Instrument.id)
        .scalar_subquery()
        for version in (SURVEYS.one, PAPERS.one)
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
    """Return a condition on Instrument: it can be a test, since options of one of its versions are right."""
    marked = cast(InstrumentVersion.definition, Text).contains('"right": true')
    return Instrument.id.in_(select(InstrumentVersion.instrument_id).where(marked))


def dimension_names(session: Session) -> Mapping[str, str]:
    rows = session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position))
    return dict(rows.tuples().all())


def is_used(session: Session, *versions: int) -> bool:
    """Decide whether a survey or a paper of a batch, planned or held, asks what one of these versions says."""
    found = (select(one).where(one.in_(versions)).limit(1) for one in (*SURVEYS, *PAPERS))
    return any(session.scalar(query) is not None for query in found)
