"""A plan with sensible values, as the form gives it."""

from datetime import timedelta
from typing import Any

from app.gatherings.events.service import Plan
from tests.world import World


def a_plan(world: World, *, starts_in: timedelta = timedelta(days=3), **values: Any) -> Plan:
    """By the office, in a village, in three days at 08.00 WITA, for two hours."""
    starts_at = values.pop("starts_at", world.clock.now() + starts_in)
    given = {
        "kind": "socialisation",
        "title": "Sosialisasi Smart City",
        "organisation_id": values.pop("organisation_id", None) or world.office().id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "village_code": world.village(),
        "place": "Balai desa",
        **values,
    }
    return Plan(**given)
