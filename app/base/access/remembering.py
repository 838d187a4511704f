"""The cookie of "Ingat saya": a family of values, each used up by its successor.

Value n of a family is an HMAC with the installation's secret over its id, a seed of its own and n, so that a reply that
was lost can be given again, and the database alone makes no cookie. `remember_round` is the newest value that came
back: it and its successor count. A lost reply or five requests at once therefore bring the same value again and end
nothing. An older one is a copy that somebody kept, and ends the family; only within STRAGGLER it is a request that was
on its way when its successor came back, which is answered and given nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ending import EndReason, end, limits_for
from app.base.access.models import SignIn
from app.base.people.models import User
from app.kernel.numbers import read_int

REMEMBERED = timedelta(days=7)  # since it was last used
LONGEST = timedelta(days=90)  # since the person signed in
STRAGGLER = timedelta(seconds=30)
LENGTH = 200


@dataclass(frozen=True)
class RedeemedValue:
    """What became of a value. `sign_in` and `user`: whom it stands for, unless `why` says that it counts no more.

    `token` and `value`: the new token of the session and the successor, for the browser to keep; None for a request
    beside another that already got them. `copied`: whose family was ended by it just now.
    """

    sign_in: SignIn | None = None
    user: User | None = None
    why: EndReason | None = None
    token: str | None = None
    value: str | None = None
    copied: bool = False


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def remember(sign_in: SignIn, key: str, *, now: datetime) -> str:
    """Found a family for a flushed session and return its first value."""
    sign_in.remember_seed, sign_in.remember_round, sign_in.remember_at = secrets.token_urlsafe(24), 0, None
    sign_in.remember_until = now + REMEMBERED
    return value_of(sign_in, 1, key)


def value_of(sign_in: SignIn, number: int, key: str) -> str:
    signed = f"ingat:{sign_in.id}:{sign_in.remember_seed}:{number}".encode()
    return f"{sign_in.id}.{number}.{hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}"


def number_in(sign_in: SignIn, value: str, key: str) -> int | None:
    """Return which value of this family it is; None where it is none of it."""
    parts = _parts(value)
    if parts is None or sign_in.remember_seed is None or parts[0] != sign_in.id:
        return None
    return parts[1] if hmac.compare_digest(value_of(sign_in, parts[1], key), value) else None


def redeem_value(session: Session, value: str, key: str, *, now: datetime) -> RedeemedValue:
    """Take a value that a browser without a living session brings. The caller commits at once."""
    parts = _parts(value)
    if parts is None:
        return RedeemedValue()
    query = select(SignIn, User).join(User, User.id == SignIn.user_id).where(SignIn.id == parts[0])
    found = session.execute(query.with_for_update(of=SignIn).execution_options(populate_existing=True)).one_or_none()
    if found is None or number_in(found[0], value, key) is None:
        return RedeemedValue()
    return _judged(session, found[0], found[1], parts[1], key, now=now)


def _judged(session: Session, sign_in: SignIn, user: User, number: int, key: str, *, now: datetime) -> RedeemedValue:
    if sign_in.ended_at is not None:
        return RedeemedValue(sign_in=sign_in, why=EndReason(sign_in.ended_why or EndReason.SIGNED_OUT))
    if not user.active or sign_in.mark != user.fs_uniquifier:
        return RedeemedValue(sign_in=sign_in, why=EndReason.CHANGED)
    lately = sign_in.remember_at is not None and now - sign_in.remember_at < STRAGGLER
    if number < sign_in.remember_round - (1 if lately else 0):
        end(session, sign_in, why=EndReason.COPIED, now=now)
        return RedeemedValue(sign_in=sign_in, user=user, why=EndReason.COPIED, copied=True)
    if sign_in.remember_until is None or sign_in.remember_until <= now:
        return RedeemedValue(sign_in=sign_in, why=EndReason.OVER)
    if number <= sign_in.remember_round and lately:
        return RedeemedValue(sign_in=sign_in, user=user)
    token = new_token()
    _renew(sign_in, user, number, token, now=now)
    session.flush()
    return RedeemedValue(sign_in=sign_in, user=user, token=token, value=value_of(sign_in, number + 1, key))


def confirm(sign_in: SignIn, number: int, *, now: datetime) -> None:
    """Note that the browser holds the successor: what came before is used up."""
    if number == sign_in.remember_round + 1:
        sign_in.remember_round, sign_in.remember_at = number, now


def _renew(sign_in: SignIn, user: User, number: int, token: str, *, now: datetime) -> None:
    sign_in.remember_round, sign_in.remember_at = number, now
    sign_in.remember_until = min(now + REMEMBERED, sign_in.created_at + LONGEST)
    sign_in.token_hash, sign_in.last_used_at = digest(token), now
    limits = limits_for([row.name for row in user.roles], shared=False)
    sign_in.idle_seconds = int(limits.idle.total_seconds())
    sign_in.ends_at = now + limits.longest


def _parts(value: str) -> tuple[int, int] | None:
    """(family, number) of a value, unchecked."""
    family, _, rest = value.partition(".")
    number = rest.partition(".")[0]
    if len(value) > LENGTH:
        return None
    found = read_int(family), read_int(number)
    return None if found[0] is None or found[1] is None else (found[0], found[1])
