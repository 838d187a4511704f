"""Browsers in which a person has shown the second factor, and the person's own among them.

Signing in asks for the factor in browsers that do not know the person, or not within 30 days; approving asks nothing
where the person said that the device is their own. Elsewhere signing out forgets it: the next one at a colleague's
computer shows the factor again, whoever it is. A new password, a closed account and a reset factor end both, since
the device keeps the `fs_uniquifier` of that time. On a "Komputer bersama" nothing is kept.
"""

from datetime import datetime, timedelta

from app.base.access import sessions
from app.base.access.models import Device, SignIn
from app.base.people.models import User
from app.base.web.db import db

REMEMBERED = timedelta(days=30)


def is_known(user: User, now: datetime) -> bool:
    """Tell whether this person has shown the factor in this browser within 30 days."""
    device = sessions.known_device(db.session, user.id)
    return device is not None and _counts(device, user, device.proved_until, now)


def is_own(user: User, now: datetime) -> bool:
    """Tell whether the person called this device their own when showing the factor, within 30 days."""
    sign_in = sessions.current()
    device = sign_in.device if sign_in is not None and not sign_in.shared else None
    return device is not None and _counts(device, user, device.own_until, now)


def remember(sign_in: SignIn, *, own: bool, now: datetime) -> None:
    """Know the person here from now on. `own`: their own phone or computer; once said, it stays until it is over."""
    device = sign_in.device
    if device is None:
        return
    if device.proved_mark != sign_in.mark:
        device.own_until = None
    device.proved_mark, device.proved_until = sign_in.mark, now + REMEMBERED
    if own:
        device.own_until = now + REMEMBERED


def forget_unless_own(now: datetime) -> None:
    """Ask for the factor again at the next sign-in here, where nobody said that the device is their own."""
    sign_in = sessions.current()
    device = sign_in.device if sign_in is not None else None
    if device is not None and not (device.own_until is not None and device.own_until > now):
        device.proved_until = None
        db.session.flush()


def _counts(device: Device, user: User, until: datetime | None, now: datetime) -> bool:
    return device.proved_mark == user.fs_uniquifier and until is not None and until > now
