"""Reading the whole chain, and naming what does not fit: `flask audit verify`, the worker, and the admin's page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.trail.chain import START, seal_of
from app.base.trail.models import AuditHead
from app.base.trail.sealing import midnight_after, read_last_seal
from app.kernel.audit import AuditEntry
from app.kernel.text import T

CHUNK = 2000
WAITS_LONG = timedelta(minutes=5)
MOST = 50
"""Faults that are named; a table that was made anew would give one for each row."""
COLUMNS = list(AuditEntry.__table__.columns)


@dataclass(frozen=True)
class Fault:
    """`number`: the row of the chain from which on something is wrong; 0 where it has none. `entry_id`: its key."""

    kind: str
    number: int
    words: T
    entry_id: int | None = None


@dataclass
class Verdict:
    """`last`, `last_at`: the last row that was read. `waiting`: rows not sealed yet. `old_rows`, `old_until`: what is
    older than the chain. `missing`: first and last of days that nothing is known of."""

    last: int = 0
    last_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    waiting: int = 0
    old_rows: int = 0
    old_until: datetime | None = None
    missing: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def broken_from(self) -> int:
        return min((fault.number for fault in self.faults if fault.number), default=0)

    def add(self, kind: str, number: int, words: T, entry_id: int | None = None) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(kind, number, words, entry_id))


@dataclass(frozen=True)
class Head:
    """A head as it was printed or mailed: day, number and hash."""

    day: date
    number: int
    hash: str


def verify(
    sessions: "sessionmaker[Session]",
    *,
    now: datetime,
    tz: str,
    since: date | None = None,
    printed: Sequence[Head] = (),
    folder: Path | None = None,
    practice: bool = False,
) -> Verdict:
    """Read the chain from its start, or from the head before the day `since`, and say what does not fit.

    `printed`: heads from paper or mail, which nobody can change in the database. `folder`: where the worker keeps how
    far it was. `practice`: entries dated back are no fault there, since practice years are loaded afterwards.
    """
    found = Verdict()
    with sessions() as session:
        heads = [Head(one.day, one.number, one.hash) for one in session.scalars(select(AuditHead).order_by("day"))]
        start = max((one for one in heads if since and one.day < since), key=lambda one: one.day, default=None)
        may_be_erased = _read_around(session, found, now)
    known = read_last_seal(folder) if folder else None
    ends = [*heads, *printed]
    wanted = {one.number for one in ends} | ({known["number"]} if known else set())
    reading = _Reading(found, ZoneInfo(tz), heads, wanted, may_be_erased, practice=practice, start=start)
    for rows in _chunks(sessions, start.number if start else 0):
        for row in rows:
            reading.take(row)
    reading.end(ends, known)
    return found


def _read_around(session: Session, found: Verdict, now: datetime) -> set[int]:
    """What has no place in the chain: rows that are older, and rows that wait for their seal. Returns the entries that
    were erased just now, by a row that waits."""
    older = select(func.count(), func.max(AuditEntry.at)).where(AuditEntry.number < 0)
    found.old_rows, found.old_until = session.execute(older).one()
    waiting = (
        select(AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.after)
        .where(AuditEntry.number.is_(None))
        .order_by(AuditEntry.id)
    )
    rows = session.execute(waiting).all()
    found.waiting = len(rows)
    for row in rows:
        if row.at < now - WAITS_LONG:
            words = T("Catatan nomor %(id)s belum disegel lebih dari %(n)s menit. Periksa apakah worker berjalan.",
                      id=row.id, n=WAITS_LONG.seconds // 60)  # fmt: skip
            found.add("waiting", 0, words, row.id)
    return {entry for row in rows if row.action == "trail.erased" for entry in (row.after or {}).get("entries", ())}


def _chunks(sessions: "sessionmaker[Session]", after: int) -> Iterator[Sequence[Any]]:
    while True:
        with sessions() as session:
            query = select(*COLUMNS).where(AuditEntry.number > after)
            rows = session.execute(query.order_by(AuditEntry.number).limit(CHUNK)).all()
        if not rows:
            return
        yield rows
        after = rows[-1].number


class _Reading:
    """One pass along the chain."""

    def __init__(
        self,
        found: Verdict,
        zone: ZoneInfo,
        heads: Sequence[Head],
        wanted: set[int],
        may_be_erased: set[int],
        *,
        practice: bool,
        start: Head | None,
    ) -> None:
        self._found, self._zone, self._practice = found, zone, practice
        self._closed = sorted(heads, key=lambda one: one.number)
        self._next_head, self._open_from = 0, None if start is None else midnight_after(start.day, zone)
        self._began = start.number if start else 0
        self._number, self._previous = (start.number, start.hash) if start else (0, START)
        self._hashes: dict[int, str] = {start.number: start.hash} if start else {}
        self._wanted = wanted
        self._erased: set[int] = set()
        self._may_be_erased = may_be_erased
        self._said_older: int | None = None
        self._lost: set[tuple[int, str]] = set()

    def take(self, row: Any) -> None:
        found = self._found
        if row.number != self._number + 1:
            words = T("Baris %(first)s sampai %(last)s hilang.", first=self._number + 1, last=row.number - 1)
            found.add("removed", self._number + 1, words)
        elif seal_of(row, row.number, self._previous) != row.hash:
            words = T("Baris %(n)s diubah atau disisipkan (catatan nomor %(id)s).", n=row.number, id=row.id)
            found.add("changed", row.number, words, row.id)
        self._dated(row)
        self._special(row)
        self._number, self._previous = row.number, row.hash
        if row.number in self._wanted:
            self._hashes[row.number] = row.hash
        found.last, found.last_at = row.number, row.at

    def _dated(self, row: Any) -> None:
        """A day that was closed gets no more rows."""
        while self._next_head < len(self._closed) and self._closed[self._next_head].number < row.number:
            end = midnight_after(self._closed[self._next_head].day, self._zone)
            self._open_from = max(end, self._open_from or end)
            self._next_head += 1
        if self._open_from and row.at < self._open_from and not self._practice:
            words = T("Baris %(n)s disisipkan kemudian: tanggalnya sudah ditutup (catatan nomor %(id)s).",
                      n=row.number, id=row.id)  # fmt: skip
            self._found.add("inserted", row.number, words, row.id)

    def _special(self, row: Any) -> None:
        if (row.actor_digest and row.actor_name) or (row.content_digest and (row.before or row.after)):
            words = T("Baris %(n)s berisi sesuatu yang sudah dihapus (catatan nomor %(id)s).", n=row.number, id=row.id)
            self._found.add("changed", row.number, words, row.id)
        if row.actor_digest or row.content_digest:
            self._erased.add(row.id)
        after = row.after if isinstance(row.after, dict) else {}
        if row.action == "trail.erased":
            self._may_be_erased.update(after.get("entries", ()))
        elif row.action == "trail.began":
            self._said_older = after.get("rows")
        elif row.action == "trail.days_missing":
            self._found.missing.append((after.get("first_day", ""), after.get("last_day", "")))
            self._lost.add((after.get("last_number", 0), after.get("hash", "")))

    def end(self, heads: Sequence[Head], known: dict[str, Any] | None) -> None:
        found = self._found
        for head in heads:
            if any(first <= head.day.isoformat() <= last for first, last in found.missing):
                continue  # of a day that an old copy of the database knows nothing of
            self._compare(head.number, head.hash, T("segel hari %(day)s", day=head.day.isoformat()))
        if known:
            self._compare(known["number"], known["hash"], T("segel terakhir yang diingat di luar basis data"))
        if not self._began:
            for entry_id in sorted(self._erased - self._may_be_erased):
                words = T("Nama atau isi catatan nomor %(id)s dihapus tanpa catatan penghapusan.", id=entry_id)
                found.add("erased", 0, words, entry_id)
            if self._said_older is not None and self._said_older != found.old_rows:
                words = T("Catatan dari sebelum penyegelan berjumlah %(n)s, padahal tercatat %(said)s.",
                          n=found.old_rows, said=self._said_older)  # fmt: skip
                found.add("older", 0, words)

    def _compare(self, number: int, wanted: str, what: T) -> None:
        there = self._hashes.get(number)
        if number < self._began or there == wanted or (number, wanted) in self._lost:
            return
        if number > self._found.last:
            words = T("Baris %(first)s sampai %(last)s hilang dari ujung, menurut %(what)s.",
                      first=self._found.last + 1, last=number, what=what)  # fmt: skip
            self._found.add("removed", self._found.last + 1, words)
        else:
            words = T("Baris sampai nomor %(n)s tidak sama dengan %(what)s: ada yang diganti.", n=number, what=what)
            self._found.add("head", number, words)
