"""Plans with sensible values, as the forms give them."""

from datetime import date, datetime, timedelta
from typing import Any

from app.learning.programmes.models import Programme
from app.learning.training.batches.service import Plan, TrainerPlan
from app.learning.training.sessions.service import SessionPlan
from tests.world import ZONE, World

FIRST = date(2026, 12, 1)  # a Tuesday


def a_batch(world: World, *, programme: Programme | None = None, **values: Any) -> Plan:
    """Of the office, two weeks in December, with one trainer who has no account."""
    given = {
        "programme_id": (programme or world.programme()).id,
        "name": "Angkatan I",
        "organisation_id": values.pop("organisation_id", None) or world.office().id,
        "starts_on": FIRST,
        "ends_on": FIRST + timedelta(days=14),
        "village_code": world.village(),
        "place": "Ruang Serbaguna",
        "trainers": [TrainerPlan("Ahmad Yani", "Diskominfo")],
        **values,
    }
    return Plan(**given)


def a_session(*, day: int = 0, hour: int = 9, minutes: int = 120, **values: Any) -> SessionPlan:
    """`day` days after the first, at this hour on the wall."""
    start = datetime(FIRST.year, FIRST.month, FIRST.day, hour, 0, tzinfo=ZONE) + timedelta(days=day)
    given = {"module_id": None, "title": "Pertemuan", "starts_at": start, "ends_at": start + timedelta(minutes=minutes)}
    return SessionPlan(**{**given, **values})
