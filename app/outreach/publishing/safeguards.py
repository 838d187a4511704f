"""What a worker keeps outside of the database, so that neither a kill nor an older copy makes it send twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.site import site_of
from app.kernel.text import T
from app.outreach.publishing import restored, safety
from app.outreach.publishing.begun import Begun
from app.outreach.publishing.clock_watch import DIFFERS, ClockWatch, WatchedClock
from app.outreach.publishing.generation import SEEN_EVERY, Generation, Mark, State, show_in_use
from app.outreach.publishing.models import SendingStop
from app.outreach.publishing.safety import Reason
from app.outreach.publishing.spool import FOLDER, Spool

log = logging.getLogger(__name__)

OLDER = T(
    "Catatan aplikasi ini dipulihkan dari salinan lama, sampai %(when)s. Yang tayang sesudahnya tidak tercatat, jadi "
    "tidak ada yang dikirim sampai penyetuju atau admin memeriksa dan melanjutkan."
)
ELSEWHERE = T(
    "Catatan aplikasi ini belum pernah dipakai di komputer ini; isinya sampai %(when)s. Bila ini salinan cadangan, "
    "yang tayang sesudahnya tidak tercatat, jadi tidak ada yang dikirim sampai penyetuju atau admin memeriksa dan "
    "melanjutkan."
)
AHEAD = T(
    "Jam server %(by)s lebih cepat daripada jam yang benar, atau baru saja meloncat. Sampai cocok lagi tidak ada yang "
    "dikirim dan tidak ada yang dianggap terlewat. Minta petugas server mencocokkannya (NTP)."
)
BEHIND = T(
    "Jam server %(by)s lebih lambat daripada jam yang benar, atau baru saja meloncat. Sampai cocok lagi tidak ada yang "
    "dikirim dan tidak ada yang dianggap terlewat. Minta petugas server mencocokkannya (NTP)."
)
DISK_FULL = T(
    "Penyimpanan server penuh atau tidak dapat ditulisi, jadi tidak ada yang dikirim: tanpa catatan di sana sesuatu "
    "dapat terkirim dua kali. Tidak ada yang hilang. Dicoba lagi sendiri; minta petugas server melapangkan tempat."
)
CLOCK_SUBJECT = T("Pengiriman berhenti: jam server tidak cocok")
SENTENCES = {State.OLDER: OLDER, State.ELSEWHERE: ELSEWHERE}


@dataclass
class Safeguards:
    """Asked by the dispatcher before each round (`may_send`) and in each transaction that starts posts."""

    folder: Path  # GAUNG_VAR_DIR
    spool: Spool
    begun: Begun
    generation: Generation
    watch: ClockWatch
    worker: str = field(default_factory=safety.this_worker)
    _full: bool = False  # the disk did not take the last mark

    @classmethod
    def of(cls, folder: Path, *, ask_time: Callable[[], None] | None = None) -> Self:
        """Open those of an installation; the folder is made where it is missing."""
        spool = folder / FOLDER
        return cls(folder, Spool(spool), Begun(spool), Generation(folder), ClockWatch(ask=ask_time))

    def watched(self, clock: Clock) -> Clock:
        """Give the clock as those read it who write by it: it raises ClockInDoubt rather than be wrong."""
        return WatchedClock(clock, self._seems_ahead)

    def _seems_ahead(self) -> float | None:
        return self.watch.doubt()

    def clock_is_right(self, sessions: "sessionmaker[Session]", clock: Clock) -> bool:
        """Decide whether our clock can be believed in this round; writes down that it is not, and that it is again."""
        worker = self.worker
        ahead = self.watch.doubt()
        with sessions() as session:
            now = clock.now_in(session)
            kept = session.get(SendingStop, (worker, Reason.CLOCK))
            ahead = ahead if ahead is not None else _apart(session, clock, now)
            released = kept is not None and kept.released_at is not None
        if released:
            self.watch.believe()
            ahead = None
        if ahead is None and kept is None:
            return True
        with unit_of_work(sessions) as session:
            if ahead is None:
                safety.resume(session, worker=worker, reason=Reason.CLOCK)
            else:
                self._doubt(session, worker, ahead, now)
        return ahead is None

    def _doubt(self, session: Session, worker: str, ahead: float, now: datetime) -> None:
        by = f"{round(abs(ahead)):,} detik".replace(",", ".")
        if abs(ahead) >= 120:
            by = f"{round(abs(ahead) / 60):,} menit".replace(",", ".")
        sentence = T(AHEAD.msgid if ahead > 0 else BEHIND.msgid, by=by)
        kept = session.get(SendingStop, (worker, Reason.CLOCK))
        if safety.stop(
            session, worker=worker, reason=Reason.CLOCK, sentence=kept.sentence if kept else sentence, now=now
        ):
            key = f"clock:{safety.worker_name()[:40]}:{now:%Y%m%d%H}"
            restored.tell(session, sentence, subject=CLOCK_SUBJECT, key=key, now=now)

    def keep_mark(self, sessions: "sessionmaker[Session]", mark: Mark, now: datetime) -> bool:
        """Write a committed mark to the disk; False where it takes nothing, which is then said on the pages."""
        try:
            self.generation.keep(mark)
        except OSError:
            log.exception("the mark of the ledger could not be written")
            self._full = True
            with unit_of_work(sessions) as session:
                safety.stop(session, worker=safety.worker_name(), reason=Reason.DISK, sentence=DISK_FULL, now=now)
            return False
        if self._full:
            with unit_of_work(sessions) as session:
                safety.resume(session, worker=safety.worker_name(), reason=Reason.DISK)
            self._full = False
        return True

    def close(self) -> None:
        self.spool.close()
        self.begun.close()

    def may_send(self, sessions: "sessionmaker[Session]", clock: Clock, can_look: Callable[[str], bool]) -> bool:
        """Decide whether new posts may leave in this round; writes down why not, and holds what may have left."""
        with sessions() as session:
            now = clock.now_in(session)
            state, at = self.generation.compare(session, now=now)
            held = bool(_older_copy(session))
        if held or state in SENTENCES:
            return self._stand_still(sessions, state, at, now, can_look)
        if state == State.NEW:
            with unit_of_work(sessions) as session:
                mark = self.generation.begin(session, now=now)
            self.generation.keep(mark)
        elif at is None or now - at >= SEEN_EVERY:
            with unit_of_work(sessions) as session:
                show_in_use(session, now=now)
        return state != State.WAIT

    def _stand_still(
        self, sessions: "sessionmaker[Session]", state: State, at: datetime | None, now: datetime,
        can_look: Callable[[str], bool],
    ) -> bool:  # fmt: skip
        mark: Mark | None = None
        with unit_of_work(sessions) as session:
            held = _older_copy(session)
            if held and all(row.released_at for row in held):
                mark = self.generation.accept(session, now=now)
                for row in held:
                    session.delete(row)
            else:
                if state in SENTENCES:
                    self._stop(session, state, at, now)
                for row in _older_copy(session)[:1]:
                    restored.hold_past(session, copied_at=row.copied_at, since=row.since, now=now, can_look=can_look)
        if mark is None:
            return False
        self.generation.keep(mark)
        log.warning("sending goes on, on a copy that a person has let go on")
        return True

    def _stop(self, session: Session, state: State, at: datetime | None, now: datetime) -> None:
        when = site_of(session).when(at) if at else "–"
        sentence = T(SENTENCES[state].msgid, when=when)
        first = not _older_copy(session)
        worker = safety.worker_name()
        if not safety.stop(session, worker=worker, reason=Reason.RESTORED, sentence=sentence, now=now, copied_at=at):
            return
        if first:
            key = f"restored:{now.isoformat()}"
            restored.tell(session, sentence, subject=restored.SUBJECT, key=key, now=now)


def _apart(session: Session, clock: Clock, now: datetime) -> float | None:
    """Return by how many seconds our clock is ahead of a database that has its own; None while they agree."""
    ahead = (clock.now() - now).total_seconds() if session.get_bind().dialect.name == "postgresql" else 0.0
    return ahead if abs(ahead) > DIFFERS else None


def _older_copy(session: Session) -> list[SendingStop]:
    rows = select(SendingStop).where(SendingStop.reason == Reason.RESTORED).order_by(SendingStop.since)
    return list(session.scalars(rows))
