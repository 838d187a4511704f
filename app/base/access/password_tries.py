"""Trying a password, with the pauses of delays.py: for every page that asks for one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask_security.utils import hash_password, lookup_identity

from app.base.access import trail
from app.base.access.delay_news import tell_of_failure
from app.base.access.delays import Attempt, Place, begin_attempt, forgive_attempt
from app.base.access.devices import known_device
from app.base.people.models import User
from app.base.people.passwords import normalise_password
from app.base.web.db import db
from app.base.web.limits import address_key, keyed
from app.base.web.wiring import now


@dataclass(frozen=True)
class PasswordTry:
    """`user`: who it is, None where it was not right. `wait`: how long nobody looks at a further attempt."""

    user: User | None
    wait: timedelta = timedelta()


def try_password(identity: str, password: str) -> PasswordTry:
    """Look whether name and password fit and the account is open; the failure counts whatever is answered.

    A name that nobody has pauses and answers as one that somebody has.
    """
    user = cast("User | None", lookup_identity(identity))
    who = _who(user) if user is not None else keyed("name", identity.strip().lower())
    attempt = begin_attempt(db.session, who, _place(user), user_id=user.id if user else None, now=now())
    db.session.commit()  # counted although the answer will be an error, and nobody waits while we hash
    right = False
    if user is None or not user.password:
        hash_password(normalise_password(password))  # takes as long as checking one, so that nobody learns who exists
    else:
        right = user.verify_and_update_password(normalise_password(password))
    if not attempt.may_try:
        trail.note_failure(user, "delay")
        return PasswordTry(None, attempt.wait)
    if user is None or not user.active or not right:
        return _failed(attempt, user)
    forgive_attempt(db.session, attempt, now=now())
    user.last_seen_at = now()
    db.session.commit()  # forgiven although the answer may be an error: a right password with a new one that is refused
    return PasswordTry(user)


def _failed(attempt: Attempt, user: User | None) -> PasswordTry:
    trail.note_failure(user, "password")
    if tell_of_failure(db.session, attempt, user, now=now()):
        db.session.commit()  # the answer will be an error
    return PasswordTry(None, attempt.wait)


def _who(user: User) -> str:
    """The account until it gets a new password: then nothing of before delays anybody."""
    return f"{user.id}-{keyed('since', user.fs_uniquifier)[:8]}"


def _place(user: User | None) -> Place:
    return Place(address_key("sign_in"), known_device_id(user))


def known_device_id(user: User | None) -> int | None:
    """Return the device of this request, where this account signed in from it before."""
    device = known_device(db.session, user.id) if user is not None else None
    return device.id if device is not None else None
