"""Counting failed sign-ins, per account only: a whole village may share one address.

An attempt is counted as failed before the password is looked at and forgiven when it was right, so that a hundred
attempts at once are counted as a hundred.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.people.models import User

TRIES = 5
PAUSES = (15, 30, 60, 120, 240)  # minutes, after each further TRIES failures


def begin_attempt(session: Session, user: User, *, now: datetime) -> bool:
    """Count an attempt. False where the account is deactivated or locked: the password must not be tried then.

    The caller commits before it looks at the password.
    """
    session.refresh(user, with_for_update={"of": User})
    if not user.active or (user.locked_until is not None and user.locked_until > now):
        return False
    user.failed_sign_ins += 1
    rounds, rest = divmod(user.failed_sign_ins, TRIES)
    if rest == 0:
        user.locked_until = now + timedelta(minutes=PAUSES[min(rounds, len(PAUSES)) - 1])
    session.flush()
    return True


def succeed(session: Session, user: User, *, now: datetime) -> None:
    """Forget the failures: the password was right."""
    user.failed_sign_ins = 0
    user.locked_until = None
    user.last_seen_at = now
    session.flush()
