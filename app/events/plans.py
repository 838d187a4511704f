"""An event as a plan again: to change it, to copy it, to repeat it on other days."""

from dataclasses import replace
from datetime import timedelta

from app.events.models import Event
from app.events.service import MaterialPlan, Plan


def plan_of(event: Event) -> Plan:
    """The event as somebody would have entered it."""
    return Plan(
        kind=event.kind,
        title=event.title,
        organisation_id=event.organisation_id,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        village_code=event.village_code,
        place=event.place,
        description=event.description,
        agenda=event.agenda,
        campaign_id=event.campaign_id,
        dimension_key=event.dimension_key,
        speakers=[(speaker.name, speaker.title) for speaker in event.speakers],
        tags=[tag.tag for tag in event.tags],
        registration=event.registration,
        registration_until=event.registration_until,
        capacity=event.capacity,
        waiting_list=event.waiting_list,
        budget=event.budget,
        contact=event.contact,
        responsible_id=event.responsible_id,
        materials=[MaterialPlan(row.name, row.planned, row.piece_id) for row in event.materials],
    )


def shifted(values: Plan, by: timedelta) -> Plan:
    """The same at another time; the closing of registration moves along."""
    return replace(
        values,
        starts_at=values.starts_at + by if values.starts_at else None,
        ends_at=values.ends_at + by if values.ends_at else None,
        registration_until=values.registration_until + by if values.registration_until else None,
    )
