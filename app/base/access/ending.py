"""The life of a session: how long it lasts, what ends it, and when its rows go. Without Flask: services of other rooms
use it.

Limits after OWASP's Session Management Cheat Sheet (an idle and an absolute one). KIM members record in villages where
nobody can help them to sign in again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, update
from sqlalchemy.orm import Session

from app.base.access.models import Device, SignIn
from app.base.people.models import User
from app.kernel.roles import Role


@dataclass(frozen=True)
class Limits:
    idle: timedelta
    longest: timedelta


OFFICE = Limits(idle=timedelta(hours=12), longest=timedelta(days=14))
COMMUNITY = Limits(idle=timedelta(days=90), longest=timedelta(days=90))
SHARED = Limits(idle=timedelta(minutes=20), longest=timedelta(hours=12))

USED_EVERY = timedelta(minutes=5)
"""So often at the most it is written down that a session was used."""
KEPT_ENDED = timedelta(days=30)
"""So long an ended session stays, so that its browser can be told why."""
KEPT_DEVICES = timedelta(days=400)
"""So long a browser keeps a cookie at the most (RFC 6265bis), so long it is known."""


class EndReason(StrEnum):
    """What ended a session."""

    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"  # somebody signed in again in the same browser
    ELSEWHERE = "elsewhere"  # by the person, from another device
    OFFICE = "office"  # by an admin, or by a handing over
    PASSWORD = "password"  # noqa: S105 (the password was changed)
    COPIED = "copied"  # an "Ingat saya" cookie was used that had been used up
    IDLE = "idle"
    OVER = "over"  # the longest time
    CHANGED = "changed"  # new password or closed account, said by the person's mark


def limits_for(roles: Collection[str], *, shared: bool) -> Limits:
    if shared:
        return SHARED
    return COMMUNITY if set(roles) == {Role.COMMUNITY.value} else OFFICE


def end_reason(sign_in: SignIn, user: User, now: datetime) -> EndReason | None:
    """Return why this session counts no more, or None where it does."""
    if sign_in.ended_at is not None:
        return EndReason(sign_in.ended_why or EndReason.SIGNED_OUT)
    if not user.active or sign_in.mark != user.fs_uniquifier:
        return EndReason.CHANGED
    if sign_in.ends_at <= now:
        return EndReason.OVER
    return EndReason.IDLE if sign_in.last_used_at + timedelta(seconds=sign_in.idle_seconds) <= now else None


def end(session: Session, sign_in: SignIn, *, why: str, now: datetime) -> None:
    """End one session, if it has not ended before."""
    if sign_in.ended_at is None:
        sign_in.ended_at, sign_in.ended_why = now, str(why)
        session.flush()


def end_all(session: Session, user_id: int, *, why: str, now: datetime, but: SignIn | None = None) -> int:
    """End all sessions of a person, and what they are remembered by; returns how many. `but`: all others."""
    query = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but.id)
    ended = session.execute(query.values(ended_at=now, ended_why=str(why)))
    return ended.rowcount if isinstance(ended, CursorResult) else 0


def forget_proof(session: Session, user_id: int, *, only: int | None = None, but: int | None = None) -> None:
    """Ask for the second factor again in the person's browsers: in all, in one (`only`) or in all others (`but`)."""
    query = update(Device).where(Device.user_id == user_id)
    if only is not None:
        query = query.where(Device.id == only)
    if but is not None:
        query = query.where(Device.id != but)
    session.execute(query.values(proved_until=None, own_until=None, proved_mark=None))


def note_use(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Write down that a session, its device and its person were seen, unless somebody just did."""
    used = update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_used_at < now).values(last_used_at=now)
    row = session.execute(used.returning(SignIn.user_id, SignIn.device_id)).one_or_none()
    if row is None:
        return
    session.execute(update(User).where(User.id == row.user_id).values(last_seen_at=now))
    if row.device_id is not None:
        session.execute(update(Device).where(Device.id == row.device_id).values(last_seen_at=now))


def sweep_sign_ins(session: Session, *, now: datetime) -> int:
    """Delete what ended long ago, and browsers that were not seen for long; returns how many sessions."""
    forgotten = or_(SignIn.remember_until.is_(None), SignIn.remember_until < now - KEPT_ENDED)
    over = and_(SignIn.ends_at < now - KEPT_ENDED, forgotten)
    gone = session.execute(delete(SignIn).where(or_(_ended_before(now - KEPT_ENDED), over)))
    session.execute(delete(Device).where(Device.last_seen_at < now - KEPT_DEVICES))
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def _ended_before(moment: datetime) -> ColumnElement[bool]:
    return and_(SignIn.ended_at.is_not(None), SignIn.ended_at < moment)
