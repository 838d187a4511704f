"""Counters of how often something was done: kept in the database, for all processes together.

A window begins with its first hit and ends `per` later. Counting is one statement, whatever the number of hits, and
never a reason to keep somebody out: where it fails, or waits too long, everybody is let through.
"""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, String, TextClause, bindparam, column, create_engine, delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.kernel.db import Base, UtcDateTime, is_writing, prepare_engine, unit_of_work, writing

log = logging.getLogger(__name__)

WAIT = 0.2  # seconds that a request waits for the counters at most
REST = timedelta(seconds=5)  # after a failure nobody waits for them again so soon
AT_ONCE = 5_000


class LimitCount(Base):
    """Of one kind (`name`) and one `key` (a number, or a keyed hash: never an address), until `ends_at`."""

    __tablename__ = "limit_counts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class Hit:
    """One more of `name` by `key`, of which `limit` are usual within `per`."""

    name: str
    key: str
    limit: int
    per: timedelta


@dataclass(frozen=True)
class Verdict:
    """`count`: this one included; 0 where nobody could count. `wait`: until the window ends."""

    hit: Hit
    count: int
    wait: timedelta = timedelta()

    @property
    def over(self) -> bool:
        return self.count > self.hit.limit


class Counters(Protocol):
    """Where hits are counted. Another store (Valkey) is one more class with this method."""

    def add(self, hits: Sequence[Hit], *, now: datetime, within: Connection | None = None) -> Sequence[Verdict]:
        """Count, and say how often each was, in the order of `hits`; never raises.

        `within`: the transaction of a request that writes anyway. Hits of one call have different names or keys.
        """
        ...


class DatabaseCounters:
    """Counts in the table above.

    PostgreSQL: on a connection of its own, each statement its own transaction, so that no row stays locked while the
    rest of a request runs. SQLite has one writer: within a request's own transaction where it writes, else in a short
    one of its own that does not wait for the disk.
    """

    def __init__(self, url: Any) -> None:
        self._url = url
        self._made: Engine | None = None
        self._rests_until: datetime | None = None

    def add(self, hits: Sequence[Hit], *, now: datetime, within: Connection | None = None) -> Sequence[Verdict]:
        if not hits or (self._rests_until is not None and now < self._rests_until):
            return [Verdict(hit, 0) for hit in hits]
        shared = within if within is not None and within.dialect.name == "sqlite" else None
        try:
            found = _count(shared, hits, now) if shared is not None else self._alone(hits, now)
        except SQLAlchemyError:
            if self._rests_until is None:
                log.warning("counters of limits cannot be written: everybody is let through", exc_info=True)
            self._rests_until = now + REST
            return [Verdict(hit, 0) for hit in hits]
        if self._rests_until is not None:
            log.warning("counters of limits are written again")
            self._rests_until = None
        return found

    def _alone(self, hits: Sequence[Hit], now: datetime) -> Sequence[Verdict]:
        engine = self._engine()
        with writing() if engine.dialect.name == "sqlite" else nullcontext(), engine.connect() as connection:
            found = _count(connection, hits, now)
            connection.commit()
        return found

    def _engine(self) -> Engine:
        if self._made is None:
            made = create_engine(self._url, pool_size=2, max_overflow=14, pool_timeout=WAIT, **_options(self._url))
            self._made = prepare_engine(made, busy_seconds=WAIT, synchronous="NORMAL")
        return self._made

    def dispose(self) -> None:
        """Close its connections."""
        if self._made is not None:
            self._made.dispose()
            self._made = None


def _options(url: Any) -> dict[str, Any]:
    if str(url).startswith("sqlite"):
        return {}
    waits = f"-c lock_timeout={int(WAIT * 1000)} -c statement_timeout={int(WAIT * 2000)} -c synchronous_commit=off"
    return {"isolation_level": "AUTOCOMMIT", "connect_args": {"options": waits, "connect_timeout": 2}}


class NoCounters:
    """Counts nothing: for measuring what counting costs."""

    def add(self, hits: Sequence[Hit], *, now: datetime, within: Connection | None = None) -> Sequence[Verdict]:
        return [Verdict(hit, 0) for hit in hits]


def hit(session: Session, name: str, key: str, *, limit: int, per: timedelta, now: datetime) -> Verdict:
    """Count one more of `name` by `key`."""
    return hit_all(session, [Hit(name, key, limit, per)], now=now)[0]


def hit_all(session: Session, hits: Sequence[Hit], *, now: datetime) -> Sequence[Verdict]:
    """Count several at once, by one statement."""
    counters: Counters | None = session.info.get("counters")
    if counters is None:  # a session outside an application
        return _count(session.connection(), hits, now) if hits else []
    return counters.add(hits, now=now, within=session.connection() if is_writing() else None)


def _count(connection: Connection, hits: Sequence[Hit], now: datetime) -> Sequence[Verdict]:
    # in one order for everybody, so that two that count the same keys never wait for each other
    ordered = sorted(hits, key=lambda one: (one.name, one.key))
    values: dict[str, Any] = {"now": now}
    for number, one in enumerate(ordered):
        values |= {f"n{number}": one.name, f"k{number}": one.key, f"e{number}": now + one.per}
    rows = connection.execute(_statement(len(hits)), values).tuples()
    counted = {(name, key): (count, ends_at) for name, key, count, ends_at in rows}
    found = ((one, *counted[one.name, one.key]) for one in hits)
    return [Verdict(one, count, max(ends_at - now, timedelta())) for one, count, ends_at in found]


@cache
def _statement(rows: int) -> TextClause | Any:
    """Plain SQL that both databases read: an insert of several rows made anew each time would cost more than it."""
    wanted = ", ".join(f"(:n{number}, :k{number}, 1, :e{number})" for number in range(rows))
    over = "limit_counts.ends_at <= :now"
    statement = text(
        f"INSERT INTO limit_counts (name, key, count, ends_at) VALUES {wanted} ON CONFLICT (name, key) DO UPDATE SET "  # noqa: S608
        f"count = CASE WHEN {over} THEN 1 ELSE limit_counts.count + 1 END, "
        f"ends_at = CASE WHEN {over} THEN excluded.ends_at ELSE limit_counts.ends_at END "
        "RETURNING name, key, count, ends_at"
    )
    times = [bindparam(name, type_=UtcDateTime()) for name in ("now", *(f"e{number}" for number in range(rows)))]
    return statement.bindparams(*times).columns(
        column("name", String), column("key", String), LimitCount.count, LimitCount.ends_at
    )


def sweep_counts(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Remove what ended, some at a time, and return how many."""
    done = 0
    while True:
        with unit_of_work(sessions) as session:
            ended = session.execute(
                select(LimitCount.name, LimitCount.key).where(LimitCount.ends_at <= now).limit(AT_ONCE)
            ).all()
            if ended:
                table = LimitCount.__table__
                session.connection().execute(
                    delete(table).where(  # type: ignore[arg-type]
                        LimitCount.name == bindparam("n"), LimitCount.key == bindparam("k"), LimitCount.ends_at <= now
                    ),
                    [{"n": name, "k": key} for name, key in ended],
                )
            done += len(ended)
        if len(ended) < AT_ONCE:
            return done
