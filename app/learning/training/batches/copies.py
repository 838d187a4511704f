"""Copying a batch to other days."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.gatherings.events.service import YEARS
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.training.access import get, may_plan_for
from app.learning.training.batches.service import plan, plan_of
from app.learning.training.models import Batch
from app.learning.training.sessions.meetings import GONE, meetings
from app.learning.training.sessions.service import SessionPlan, add_session


def copy_batch(
    session: Session, actor: Actor, batch_id: int, *, name: str, starts_on: date | None, now: datetime
) -> Batch:
    """Copy a batch as a draft with the same contents and sessions that begins on another day; people stay with the
    original.

    Sessions keep their hour and their distance from the first day. Modules that are archived since are left out.
    Raises Invalid (name, starts_on), NotFound, Forbidden.
    """
    batch = get(session, actor, batch_id)
    if not may_plan_for(actor, batch.organisation_id):
        raise Forbidden(T("Angkatan ini hanya bisa disalin oleh penyelenggaranya atau staf kantor."))
    if starts_on is None or starts_on.year not in YEARS:
        raise Invalid(T("Isi hari pertamanya."), field="starts_on")
    by = starts_on - batch.starts_on
    values = replace(
        plan_of(batch), name=name, starts_on=starts_on, ends_on=batch.ends_on + by, simulated=False,
        register_until=_later(session, batch.register_until, by) if batch.register_until else None,
    )  # fmt: skip
    copied = plan(session, actor, values, now=now)
    for one in meetings(session, batch):
        if one.event.status in GONE or (one.module is not None and one.module.archived_at is not None):
            continue
        values_of = SessionPlan(
            one.module_id, one.event.title, _later(session, one.event.starts_at, by),
            _later(session, one.event.ends_at, by), one.event.place, one.event.village_code,
        )  # fmt: skip
        add_session(session, actor, copied.id, values_of, now=now)
    audit.record(session, actor, "batch.copied", copied, now=now, after={"from": batch.id})
    return copied


def _later(session: Session, moment: datetime, by: timedelta) -> datetime:
    """The same hour on the wall so many days later."""
    there = moment.astimezone(ZoneInfo(site_of(session).tz))
    return datetime.combine(there.date() + by, time(there.hour, there.minute), there.tzinfo)
