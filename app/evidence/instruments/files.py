"""Access to the pictures of questions: who reads the questions reads them; respondents get signed addresses."""

from collections.abc import Collection

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from app.base.media.holders import Listing
from app.evidence.instruments.access import audiences_of
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.kernel.roles import Actor, Can


def _pictures(session: Session, ids: Collection[int], actor: Actor | None) -> set[int]:
    column = InstrumentVersion.definition
    query = select(column).where(or_(*(cast(column, Text).contains(f'"picture": {number}') for number in ids)))
    if actor is not None:
        query = query.join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        query = query.where(Instrument.audience.in_(audiences_of(actor)))
    sections = (section for definition in session.scalars(query) for section in definition.get("sections", ()))
    return {question.get("picture") for section in sections for question in section["questions"]}.intersection(ids)


LISTINGS = (Listing(InstrumentVersion.definition, Can.READ_QUESTIONS, _pictures),)
