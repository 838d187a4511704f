"""The worker seals what was committed, in the order in which it came into sight, and closes each day with a head.

Numbers of rows are given before their transactions commit, so that a row may come into sight after one with a larger
key: the chain counts for itself. What is older than the chain has numbers below zero and stays without a seal.
"""

import json
import os
import secrets
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.trail.chain import START, moment, seal_of
from app.base.trail.models import AuditHead
from app.kernel.audit import AuditEntry
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM

BATCH = 500
"""Rows of one transaction: on SQLite nobody else writes meanwhile, which is some 20 ms."""
OPEN_FOR = timedelta(hours=1)
"""So long after midnight a transaction that began before may still commit."""
LAST_SEAL = "trail-head.json"
"""In the folder of the installation and outside of the database: how far the chain was. An old copy of the database
that was put back is known by it."""


def seal(sessions: "sessionmaker[Session]", *, now: datetime, tz: str, folder: Path) -> int:
    """Seal all that waits and close the days that are over; return how many rows were sealed.

    Of several workers on PostgreSQL one seals, and the others find nothing to do.
    """
    done, more = 0, True
    while more and _is_due(sessions, now=now, tz=tz):
        with unit_of_work(sessions) as session:
            if not _is_my_turn(session):
                break
            last = last_row(session)
            _say_what_is_older(session, last, now)
            _say_what_was_lost(session, last, folder, now, tz)
            count = _seal_batch(session, last)
            more = count == BATCH
            if not more:
                _close_days(session, now, ZoneInfo(tz))
            ended = last_row(session)
        done += count
        if ended is not None:
            _remember(folder, ended)
    return done


def last_row(session: Session) -> Any:
    """Return (number, hash, at) of the chain's end, or None."""
    query = select(AuditEntry.number, AuditEntry.hash, AuditEntry.at).where(AuditEntry.number > 0)
    return session.execute(query.order_by(AuditEntry.number.desc()).limit(1)).first()


def last_closed_day(now: datetime, zone: ZoneInfo) -> date:
    """Return the last day that is closed for good."""
    return (now - OPEN_FOR).astimezone(zone).date() - timedelta(days=1)


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _is_due(sessions: "sessionmaker[Session]", *, now: datetime, tz: str) -> bool:
    """Looked up without the write lock, since most runs find nothing."""
    with sessions() as session:
        if session.scalar(select(AuditEntry.id).where(AuditEntry.number.is_(None)).limit(1)) is not None:
            return True
        head = session.scalar(select(func.max(AuditHead.day)))
        due = last_closed_day(now, ZoneInfo(tz))
        if head is not None:
            return head < due
        first = session.scalar(select(AuditEntry.at).where(AuditEntry.number == 1))
        return first is not None and first < midnight_after(due, ZoneInfo(tz))


def _is_my_turn(session: Session) -> bool:
    """On SQLite a transaction that writes is alone from its beginning."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext("trail")))))


def _seal_batch(session: Session, last: Any) -> int:
    query = select(AuditEntry).where(AuditEntry.number.is_(None)).order_by(AuditEntry.id).limit(BATCH).with_for_update()
    number, previous = (last.number, last.hash) if last else (0, START)
    rows = []
    for entry in session.scalars(query, execution_options={"populate_existing": True}):
        number += 1
        given = {name: _salt(entry, name) for name in ("actor", "content")}
        for name, salt in given.items():
            setattr(entry, f"{name}_salt", salt)
        previous = seal_of(entry, number, previous)
        rows.append(
            {
                "id": entry.id,
                "number": number,
                "hash": previous,
                "actor_salt": given["actor"],
                "content_salt": given["content"],
            }
        )
        session.expunge(entry)
    if rows:
        session.execute(update(AuditEntry), rows)
    return len(rows)


def _salt(entry: AuditEntry, name: str) -> str | None:
    """None where it was erased before it was sealed: only its digest is there."""
    return None if getattr(entry, f"{name}_digest") else secrets.token_hex(16)


def _say(session: Session, action: str, after: dict[str, Any], now: datetime) -> None:
    session.add(
        AuditEntry(
            at=now, actor_id=None, actor_name=SYSTEM.name, action=action,
            subject_kind=AuditEntry.__tablename__, subject_id="", after=after,
        )
    )  # fmt: skip
    session.flush()


def _say_what_is_older(session: Session, last: Any, now: datetime) -> None:
    if last is not None:
        return
    count, until = session.execute(
        select(func.count(), func.max(AuditEntry.at)).where(AuditEntry.number < 0)
    ).one()  # fmt: skip
    if count:
        _say(session, "trail.began", {"rows": count, "until": moment(until)}, now)


def _say_what_was_lost(session: Session, last: Any, folder: Path, now: datetime, tz: str) -> None:
    """An old copy of the database was put back: the chain goes on from there, and says what is missing."""
    known = read_last_seal(folder)
    if known is None:
        return
    there = session.scalar(select(AuditEntry.hash).where(AuditEntry.number == known["number"]))
    if there == known["hash"]:
        return
    zone = ZoneInfo(tz)
    first = last.at if last else datetime.fromisoformat(known["at"])
    days = [one.astimezone(zone).date().isoformat() for one in (first, datetime.fromisoformat(known["at"]))]
    lost = known["number"] - (last.number if last else 0)
    after = {"first_day": days[0], "last_day": max(days), "rows": max(lost, 0), "last_number": known["number"]}
    _say(session, "trail.days_missing", {**after, "hash": known["hash"]}, now)


def _close_days(session: Session, now: datetime, zone: ZoneInfo) -> None:
    """A head for the last day that is over; days before it that got none are named."""
    day = last_closed_day(now, zone)
    last = session.scalar(select(AuditHead).order_by(AuditHead.day.desc()).limit(1))
    if last is not None and last.day >= day:
        return
    found = session.execute(
        select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.number > 0, AuditEntry.at < midnight_after(day, zone))
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).first()
    if found is None:
        return
    missing = last.day + timedelta(days=1) if last and last.day + timedelta(days=1) < day else None
    session.add(AuditHead(day=day, number=found.number, hash=found.hash, missing_from=missing))
    session.flush()


def read_last_seal(folder: Path) -> dict[str, Any] | None:
    """Return what `_remember` wrote: number, hash and time of the last row that was sealed; None where nothing can be
    read."""
    try:
        known = json.loads((folder / LAST_SEAL).read_text())
        return {"number": int(known["number"]), "hash": str(known["hash"]), "at": str(known["at"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(folder: Path, row: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f".{LAST_SEAL}.{os.getpid()}"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"number": row.number, "hash": row.hash, "at": moment(row.at)}))
    path.replace(folder / LAST_SEAL)
