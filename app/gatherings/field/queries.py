"""Queries of what arrived from devices, for those who sent it."""

from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation, User
from app.gatherings.events.access import trains_only, visible_to
from app.gatherings.events.models import Event
from app.gatherings.field.models import FieldRecord
from app.gatherings.reports.models import Report
from app.kernel.roles import Actor


def select_sent(actor: Actor) -> Select[Any]:
    """Select rows (record, event, report, sender's name, group's name, village) of the own group; the office sees all,
    who only trains the own ones."""
    query: Any = (
        select(FieldRecord, Event, Report, User.name, Organisation.name, Village.name)
        .join(User, User.id == FieldRecord.user_id)
        .join(Organisation, Organisation.id == FieldRecord.organisation_id)
        .outerjoin(Event, Event.id == FieldRecord.subject_id)
        .outerjoin(Report, Report.event_id == FieldRecord.subject_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .order_by(FieldRecord.received_at.desc(), FieldRecord.uuid)
    )
    if trains_only(actor):
        return cast("Select[Any]", query.where(FieldRecord.user_id == actor.id))
    if actor.of_office:
        return cast("Select[Any]", query)
    return cast("Select[Any]", query.where(FieldRecord.organisation_id.in_(actor.organisation_ids)))


def one_sent(session: Session, actor: Actor, uuid: str) -> FieldRecord | None:
    record = session.get(FieldRecord, uuid)
    if record is None:
        return None
    if trains_only(actor):
        return record if record.user_id == actor.id else None
    return record if actor.of_office or record.organisation_id in actor.organisation_ids else None


def event_titles(session: Session, actor: Actor, event_ids: set[int]) -> dict[int, str]:
    """Return event id → title for events of the own group, as twins are named by."""
    if not event_ids:
        return {}
    query = select(Event.id, Event.title).where(Event.id.in_(event_ids))
    if trains_only(actor):
        query = query.where(visible_to(actor))
    elif not actor.of_office:
        query = query.where(Event.organisation_id.in_(actor.organisation_ids))
    return {row.id: row.title for row in session.execute(query)}
