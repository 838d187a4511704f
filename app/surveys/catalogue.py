"""Selects of instruments for their list and their pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.campaigns.models import Dimension
from app.kernel.roles import Actor
from app.people.models import Organisation
from app.surveys.access import visible_to
from app.surveys.models import Instrument, InstrumentVersion, Wave


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
        select(func.count(Wave.id))
        .join(InstrumentVersion, InstrumentVersion.id == Wave.instrument_version_id)
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


def waves_by_version(session: Session, actor: Actor, instrument_id: int) -> Mapping[int, Sequence[Wave]]:
    """The surveys with each version that this person may see, latest first."""
    query = (
        select(Wave)
        .join(InstrumentVersion, InstrumentVersion.id == Wave.instrument_version_id)
        .where(InstrumentVersion.instrument_id == instrument_id, visible_to(actor))
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    )
    found: dict[int, list[Wave]] = {}
    for wave in session.scalars(query):
        found.setdefault(wave.instrument_version_id, []).append(wave)
    return found


def dimension_names(session: Session) -> Mapping[str, str]:
    rows = session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position))
    return dict(rows.tuples().all())
