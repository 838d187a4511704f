"""Growing pauses between failed sign-ins: nobody is locked out, and nobody guesses quickly.

A failure counts for one account from one place: a device that this account signed in from before, else an address.
So a stranger never delays a known device, and not even an unknown one elsewhere. An address from which many names
fail (one password tried on all) pauses as a whole; known devices behind it do not.

An attempt is counted as failed before anything is looked at and forgiven when it was right, so that a hundred at once
are counted as a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.kernel.db import Base, UtcDateTime, insert_missing, unit_of_work

PAUSES = (0, 0, 0, 15, 30, 60, 120, 300, 900)
"""Seconds after the first, second, … failure; the last one from then on."""
NAMES = 10
"""Names that may fail from one address within MEMORY before it pauses as a whole: a training room on its first day."""
ROOM_PAUSES = (5, 10, 20, 30)
GUESSED_WIDELY = 50
"""Failures of one account from all unknown places, after which each of them pauses from its first failure."""
FORGOTTEN = timedelta(hours=24)
MEMORY = timedelta(minutes=30)
TELL_OWNER, TELL_ADMINS = 4, 8
"""Failures of an account from unknown places after which its owner (at the first pause), and the admins (at a pause of
five minutes), hear of it."""


class SignInDelay(Base):
    """What failed lately under one key: an account at a place, an account at all unknown places, or an address.

    `tries`: all of them; `failures`: those that were looked at, and not right. Nothing is looked at before `open_at`,
    and all is forgotten at `ends_at`. Keys hold numbers and keyed hashes, never an address or a name.
    """

    __tablename__ = "sign_in_delays"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    open_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of an account at an address: for the address


@dataclass(frozen=True)
class Place:
    """Where somebody tries from. `address`: its keyed hash. `device`: the id of one that this account knows."""

    address: str
    device: int | None = None


@dataclass(frozen=True)
class Attempt:
    """One that was counted. `may_try`: whether to look at it. `wait`: how long nobody looks at the next one, or at this
    one where it came too early.

    `failures`: of the account at unknown places, `names`: of the address, this attempt included.
    """

    keys: Sequence[str]
    may_try: bool
    wait: timedelta
    failures: int = 0
    names: int = 0


def begin_attempt(session: Session, who: str, place: Place, *, user_id: int | None, now: datetime) -> Attempt:
    """Count an attempt to sign in as `who` (an account, or the hash of a name that nobody has).

    The caller commits before it looks at the password, which it does only where `may_try`.
    """
    if place.device is not None:
        own = f"user:{who}:device:{place.device}"
        return _begin(session, own, [], user_id=user_id, now=now)
    own = f"user:{who}:at:{place.address}"
    return _begin(session, own, [f"address:{place.address}", f"user:{who}:anywhere"], user_id=user_id, now=now)


def pause_after(failures: int) -> timedelta:
    """Return the pause after so many failures, for what is counted elsewhere: codes of a second factor."""
    return timedelta(seconds=_pause(PAUSES, failures))


def _begin(session: Session, own: str, wider: Sequence[str], *, user_id: int | None, now: datetime) -> Attempt:
    rows = _locked(session, [own, *wider], user_id, now)
    mine, address = rows[own], rows.get(wider[0]) if wider else None
    anywhere = rows.get(wider[1]) if wider else None
    wait = max(mine.open_at, address.open_at if address else now) - now
    for row in rows.values():
        row.tries += 1
    if wait > timedelta():
        session.flush()
        return Attempt((), False, wait, anywhere.failures if anywhere else 0, address.failures if address else 0)
    mine.failures += 1
    if anywhere is not None:
        anywhere.failures += 1
        anywhere.ends_at = now + FORGOTTEN
    widely = anywhere is not None and anywhere.failures > GUESSED_WIDELY
    mine.open_at = now + timedelta(seconds=_pause(PAUSES, mine.failures + (3 if widely else 0)))
    mine.ends_at = now + FORGOTTEN
    if address is not None:
        _count_name(mine, address, now)
    session.flush()
    following = max(mine.open_at, address.open_at if address else now) - now
    failures = anywhere.failures if anywhere else mine.failures
    return Attempt((own, *wider), True, following, failures, address.failures if address else 0)


def _count_name(mine: SignInDelay, address: SignInDelay, now: datetime) -> None:
    """Of the address: each name once while it is remembered."""
    if mine.counted_at is None or mine.counted_at <= now - MEMORY:
        mine.counted_at = now
        address.failures += 1
    address.ends_at = now + MEMORY
    if address.failures > NAMES:
        address.open_at = now + timedelta(seconds=_pause(ROOM_PAUSES, address.failures - NAMES))


def _pause(pauses: Sequence[int], number: int) -> int:
    return pauses[min(number, len(pauses)) - 1]


def _locked(session: Session, keys: Sequence[str], user_id: int | None, now: datetime) -> dict[str, SignInDelay]:
    """The rows, which nobody else changes until the end of this transaction; new ones where there were none."""
    blank = {"tries": 0, "failures": 0, "open_at": now, "ends_at": now}
    wanted = sorted(keys)
    owners = {key: None if key.startswith("address:") else user_id for key in wanted}
    insert_missing(session, SignInDelay, [{"key": key, "user_id": owners[key], **blank} for key in wanted])
    query = select(SignInDelay).where(SignInDelay.key.in_(wanted)).order_by(SignInDelay.key).with_for_update()
    rows = {row.key: row for row in session.scalars(query, execution_options={"populate_existing": True})}
    for row in rows.values():
        if row.ends_at <= now:
            row.tries, row.failures, row.open_at, row.counted_at = 0, 0, now, None
            row.ends_at = now + MEMORY
    return rows


def forgive_attempt(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Forgive what failed here, since this attempt was right: neither address nor account waits because of it."""
    if not attempt.keys:
        return
    own, *wider = attempt.keys
    query = select(SignInDelay).where(SignInDelay.key.in_(attempt.keys)).order_by(SignInDelay.key)
    rows = {row.key: row for row in session.scalars(query.with_for_update())}
    address, anywhere = (rows.get(key) for key in wider) if wider else (None, None)
    if address is not None:
        address.failures = max(0, address.failures - 1)
        if address.failures <= NAMES:
            address.open_at = now
    if own in rows:
        if anywhere is not None:
            anywhere.failures = max(0, anywhere.failures - rows[own].failures)
        session.delete(rows[own])
    session.flush()


def sweep_delays(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Remove what is forgotten, and return how many."""
    with unit_of_work(sessions) as session:
        gone = delete(SignInDelay).where(SignInDelay.ends_at <= now).returning(SignInDelay.key)
        return len(session.execute(gone, execution_options={"synchronize_session": False}).all())
