"""The modules that a batch really taught: those of the sessions that took place."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.gatherings.events.models import Event
from app.kernel.site import site_of
from app.learning.programmes.models import Module, ModuleSkill
from app.learning.programmes.queries import active_modules
from app.learning.training.models import Batch, BatchSession
from app.learning.training.participants.presence import took_place


def modules_taught(session: Session, batch: Batch, *, now: datetime) -> list[Module]:
    """List the modules that were taught, in the order of the programme, each once, archived ones too.

    A session that was cancelled taught nothing. A batch none of whose sessions names a module is taken to have taught
    the whole programme as it stands.
    """
    named = session.scalar(
        select(BatchSession.id).where(BatchSession.batch_id == batch.id, BatchSession.module_id.is_not(None)).limit(1)
    )
    if named is None:
        return active_modules(session, batch.programme_id)
    held = (
        select(BatchSession.module_id)
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id == batch.id, took_place(now))
    )
    query = select(Module).where(Module.id.in_(held)).order_by(Module.position, Module.id)
    return list(session.scalars(query.options(selectinload(Module.skills).joinedload(ModuleSkill.skill))))


def days_taught(session: Session, batch: Batch, *, now: datetime) -> tuple[date, date]:
    """Return the days of the first and the last session that took place; those of the batch where none did."""
    query = (
        select(func.min(Event.starts_at), func.max(Event.ends_at))
        .join(BatchSession, BatchSession.event_id == Event.id)
        .where(BatchSession.batch_id == batch.id, took_place(now))
    )
    first, last = session.execute(query).one()
    if first is None or last is None:
        return batch.starts_on, batch.ends_on
    zone = ZoneInfo(site_of(session).tz)
    return first.astimezone(zone).date(), last.astimezone(zone).date()


def levels_of(modules: Iterable[Module]) -> dict[int, int]:
    """Map each skill to the highest level to which one of the modules leads."""
    levels: dict[int, int] = {}
    for one in (skill for module in modules for skill in module.skills):
        levels[one.skill_id] = max(one.level, levels.get(one.skill_id, 0))
    return levels
