"""An account that takes nothing at present: closed for all its deliveries at once, and open again later.

Two things close one: a pause (throttled, capped, restricted, or failing again and again), and keys that no longer open
it. What waits for a closed account stays as it is.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden, Refused
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T, stored
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.service import may_keep


def takes_nothing() -> ColumnElement[bool]:
    """Return the condition of an account that nothing may be sent to, but the one delivery that tries it."""
    return or_(Outlet.status == OutletStatus.NEEDS_SIGN_IN, Outlet.paused_at.is_not(None))


def needs_mending() -> ColumnElement[bool]:
    """Return the condition of an account in use that stays closed until a person does something about it."""
    by_hand = and_(Outlet.paused_at.is_not(None), Outlet.resume_at.is_(None))
    return and_(Outlet.active, or_(Outlet.status == OutletStatus.NEEDS_SIGN_IN, by_hand))


def is_paused(outlet: Outlet) -> bool:
    return outlet.paused_at is not None


def close(session: Session, outlet_id: int, reason: T, *, resume_at: datetime | None, now: datetime) -> Outlet:
    """Close an account until `resume_at`, or (None) until a person has mended it; return it, locked.

    A second reason while it is closed prolongs the pause and begins no new one; what waits for a person goes on doing
    so. `setbacks` are left to the caller.
    """
    outlet = session.get_one(Outlet, outlet_id, with_for_update=True, populate_existing=True)
    if outlet.paused_at is None:
        outlet.paused_at, outlet.resume_at = now, resume_at
        after = {"reason": stored(reason), "resume_at": resume_at.isoformat() if resume_at else None}
        audit.record(session, SYSTEM, "outlet.paused", outlet, now=now, after=after)
    elif outlet.resume_at is not None:
        outlet.resume_at = max(outlet.resume_at, resume_at) if resume_at else None
    outlet.pause_reason, outlet.probe_id = reason, None
    session.flush()
    return outlet


def reopen(session: Session, outlet: Outlet, *, now: datetime, actor: Actor = SYSTEM) -> None:
    """End a pause: everything may leave again. Nothing where there is none."""
    if outlet.paused_at is None:
        return
    before = {"reason": stored(outlet.pause_reason) if outlet.pause_reason else None}
    outlet.paused_at = outlet.resume_at = outlet.pause_reason = outlet.probe_id = None
    session.flush()
    audit.record(session, actor, "outlet.reopened", outlet, now=now, before=before)


def may_mend(actor: Actor, outlet: Outlet) -> bool:
    """Decide whether this person may say that an account takes deliveries again: keepers, and who answers for it."""
    own = actor.id is not None and actor.id == outlet.responsible_id
    return (own and actor.can(Can.ANSWER_FOR_OUTLETS)) or may_keep(actor, outlet)


def mended(session: Session, actor: Actor, outlet: Outlet, *, now: datetime) -> None:
    """Let one delivery try a paused account now, since a person says that it is mended; the others follow it.

    Raises Forbidden, and Refused where the account is not paused.
    """
    if not may_mend(actor, outlet):
        raise Forbidden(T("Ini dilakukan oleh penanggung jawab saluran, editor, atau admin."))
    session.refresh(outlet, with_for_update=True)
    if outlet.paused_at is None:
        raise Refused(T("Akun ini sudah menerima lagi. Tidak ada yang perlu dilakukan."))
    outlet.resume_at, outlet.probe_id = now, None
    session.flush()
    audit.record(session, actor, "outlet.mended", outlet, now=now)
