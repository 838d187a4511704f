"""Access to surveys by whose they are: routes ask for the role, and here the record is asked too."""

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.evidence.instruments.access import may_plan_for
from app.evidence.surveys.models import Wave
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return a condition for the waves that a person may see.

    The office all, others and enumerators those of their organisation.
    """
    if actor == SYSTEM or (actor.of_office and not interviews_only(actor)):
        return true()
    return Wave.organisation_id.in_(actor.organisation_ids) if actor.organisation_ids else false()


def interviews_only(actor: Actor) -> bool:
    """Decide whether this person asks and types, and neither plans surveys nor reads their results."""
    return actor.has(Role.ENUMERATOR) and not actor.can(Can.READ_SURVEYS)


def asked_by(actor: Actor) -> ColumnElement[bool]:
    """Return a condition for the waves in which somebody may interview.

    Those of the office, and of the own organisation; its staff in all, but enumerators not in those that an OPD holds
    by itself.
    """
    if actor.of_office and not interviews_only(actor):
        return true()
    office = select(Organisation.id).where(Organisation.is_office)
    of_office = select(Organisation.id).where(or_(Organisation.is_office, Organisation.parent_id.in_(office)))
    return or_(Wave.organisation_id.in_(actor.organisation_ids), Wave.organisation_id.in_(of_office))


def get(session: Session, actor: Actor, wave_id: int) -> Wave:
    """Return the wave. Raises NotFound where it is not there or not for this person."""
    wave = session.scalar(select(Wave).where(Wave.id == wave_id, visible_to(actor)))
    if wave is None:
        raise NotFound(T("Survei ini tidak ada, atau bukan milik organisasi Anda."))
    return wave


def may_manage(actor: Actor, wave: Wave) -> bool:
    return may_plan_for(actor, wave.organisation_id)


def to_manage(session: Session, actor: Actor, wave_id: int, *, lock: bool = False) -> Wave:
    """Return the wave to be changed by this person. Raises NotFound, Forbidden.

    `lock`: nobody else changes it until the end of the transaction.
    """
    query = select(Wave).where(Wave.id == wave_id, visible_to(actor))
    wave = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if wave is None:
        raise NotFound(T("Survei ini tidak ada, atau bukan milik organisasi Anda."))
    if not may_manage(actor, wave):
        raise Forbidden(T("Survei ini hanya bisa diubah oleh penyelenggaranya atau staf kantor."))
    return wave
