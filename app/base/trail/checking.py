"""The result of the last reading of the whole chain, kept for the page: reading it again each time would take long."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.trail.models import AuditCheck, AuditHead
from app.base.trail.verify import WAITS_LONG, Verdict, verify
from app.kernel.audit import AuditEntry
from app.kernel.db import unit_of_work

ONE = 1


def check(sessions: "sessionmaker[Session]", *, now: datetime, tz: str, folder: Path, practice: bool) -> Verdict:
    """Read the whole chain and keep what was found."""
    found = verify(sessions, now=now, tz=tz, folder=folder, practice=practice)
    faults = [{"number": one.number, "words": str(one.words)} for one in found.faults]
    with unit_of_work(sessions) as session:
        kept = session.get(AuditCheck, ONE) or AuditCheck(id=ONE)
        kept.at, kept.last, kept.last_at, kept.found = now, found.last, found.last_at, faults
        session.add(kept)
    return found


def was_checked(sessions: "sessionmaker[Session]") -> bool:
    with sessions() as session:
        return session.get(AuditCheck, ONE) is not None


@dataclass(frozen=True)
class SealState:
    """The seal as it stands. `checked`: the last reading, None before the first. `sealed`, `sealed_at`, `sealed_hash`:
    the newest sealed row. `waits_since`: of the oldest row without a seal, where it waits too long. `missing`: days
    that nothing is known of. `old_until`: of the newest row that is older than the chain."""

    checked: AuditCheck | None
    sealed: int
    sealed_at: datetime | None
    sealed_hash: str
    waits_since: datetime | None
    head: AuditHead | None
    missing: list[tuple[date, date]]
    old_until: datetime | None

    @property
    def faults(self) -> list[dict[str, Any]]:
        return self.checked.found if self.checked else []

    @property
    def broken_from(self) -> int:
        return min((one["number"] for one in self.faults if one["number"]), default=0)


def read_state(session: Session, *, now: datetime) -> SealState:
    """Return how the seal stands, by six short questions, each on an index."""
    newest = select(AuditEntry.number, AuditEntry.at, AuditEntry.hash).where(AuditEntry.number > 0)
    row = session.execute(newest.order_by(AuditEntry.number.desc()).limit(1)).first()
    waits = session.scalar(select(func.min(AuditEntry.at)).where(AuditEntry.number.is_(None)))
    older = select(AuditEntry.at).where(AuditEntry.number < 0).order_by(AuditEntry.number).limit(1)
    lost = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "trail.days_missing").limit(10))
    missing = [
        (date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"]))
        for one in lost
        if one and one.get("first_day") and one.get("last_day")
    ]
    return SealState(
        checked=session.get(AuditCheck, ONE),
        sealed=row.number if row else 0,
        sealed_at=row.at if row else None,
        sealed_hash=(row.hash or "") if row else "",
        waits_since=waits if waits is not None and waits < now - WAITS_LONG else None,
        head=session.scalar(select(AuditHead).order_by(AuditHead.day.desc()).limit(1)),
        missing=missing,
        old_until=session.scalar(older),
    )
