"""Turn an event into a plan again: to change it, copy it, or repeat it on other days."""

from dataclasses import replace
from datetime import timedelta

from app.gatherings.events.models import Event
from app.gatherings.events.service import PLAIN_FIELDS, MaterialPlan, Plan


def plan_of(event: Event) -> Plan:
    """Return the event as a plan, as somebody would have entered it."""
    return Plan(
        **{name: getattr(event, name) for name in PLAIN_FIELDS},
        speakers=[(speaker.name, speaker.title) for speaker in event.speakers],
        tags=[tag.tag for tag in event.tags],
        materials=[MaterialPlan(row.name, row.planned, row.piece_id) for row in event.materials],
    )


def shift_plan(values: Plan, by: timedelta) -> Plan:
    """Return the plan at another time; the closing of registration moves along."""
    return replace(
        values,
        starts_at=values.starts_at + by if values.starts_at else None,
        ends_at=values.ends_at + by if values.ends_at else None,
        registration_until=values.registration_until + by if values.registration_until else None,
    )
