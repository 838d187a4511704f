"""The dispatcher: one thread owns the ledger's writes, a pool of threads calls the channels.

    tick ─ housekeeping ─ claim ─▶ [pack in the pool] ─▶ start (committed) ─▶ [call in the pool] ─▶ settle

One writing thread, because SQLite has one writer: threads that commit by themselves wait on each other's lock with
growing sleeps. Starting comes before settling, so that a thousand posts due in one second all leave on time.
"""

import logging
import math
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.kernel.vault import Vault
from app.kernel.witnesses import running_seconds
from app.outreach.outlets.ports import Channel, NeedsSignIn
from app.outreach.publishing import breaker, calls, heartbeat, ledger
from app.outreach.publishing.begun import never_begun
from app.outreach.publishing.calls import Calls, Ready
from app.outreach.publishing.clock_watch import ClockInDoubt
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.housekeeping import Housekeeping
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.outcomes import NotBegun, Outcome
from app.outreach.publishing.outgoing import Packer, Parcel, load
from app.outreach.publishing.safeguards import Safeguards
from app.outreach.publishing.settling import Settling
from app.outreach.publishing.spacing.queries import Spacing
from app.outreach.publishing.spool import FOLDER, take_over

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 1000
PACKERS = 2
IDLE = 1.0  # seconds to wait for an event
RENEW_EVERY = timedelta(seconds=ledger.CLAIM_SECONDS / 3)
BREATH = 0.05  # seconds between two rounds of a long piece of housekeeping, in which others may write
SETTLE_PATIENCE = 20.0  # seconds for which an end waits for a database that takes nothing; the spool has it then


class Dispatcher:
    """Sends what is due. `tick()` does everything up to now and returns when all claimed rows are settled;
    `run()` does so forever, woken by `wake()`."""

    def __init__(
        self,
        *,
        sessions: "sessionmaker[Session]",
        channels: Mapping[str, Channel],
        packer: Packer,
        vault: Vault,
        clock: Clock,
        public_url: str,
        safeguards: Safeguards,
        threads: int = 16,
        spacing: Spacing | None = None,
        on_round: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions, self._channels, self._packer = sessions, channels, packer
        self._vault, self._plain_clock = vault, clock
        self._clock = clock = safeguards.watched(clock)
        self._house = Housekeeping(
            sessions, clock, public_url=public_url, can_look=self._can_look, doing=self._doing, spacing=spacing
        )
        self._threads, self._on_round = threads, on_round
        self._safeguards, self._settling = safeguards, Settling(sessions, clock, self._can_look)
        # packing has threads of its own: a call must begin at once after its start was written
        self._packers = ThreadPoolExecutor(PACKERS, thread_name_prefix="pack")
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._most_per_channel = max(1, threads * 3 // 4)
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._calls = Calls(
            sessions, channels, packer, clock, safeguards, put=self._events.put, stopping=lambda: self._stopping
        )
        self._ready: dict[str, deque[Ready]] = {}
        self._at_work: Counter[str] = Counter()
        self._packing: dict[int, Parcel] = {}  # by delivery
        self._calling = 0
        self._looking: set[int] = set()  # deliveries
        self._claimed = 0
        self._renewed: datetime | None = None
        self._again: float | None = None  # monotonic seconds: housekeeping goes on then
        self._rest_until = -math.inf  # monotonic seconds: no round begins by a tick before
        self._stopping = False
        self._closed = False
        self._patient_until = math.inf

    # --- the outside: wake, run, stop

    def wake(self) -> None:
        """Ask for a tick; called by the clockwork on whole seconds."""
        self._events.put("tick")

    def stop(self) -> None:
        """Claim and start nothing from this moment on; `run()` ends when the calls under way are settled."""
        self._stopping = True
        self._events.put("stop")

    def run(self) -> None:
        """Serve until `stop()`; then wait for the calls under way and settle them.

        What the database does not take by then stays in the spool, for the next start.
        """
        while not (self._stopping and (self._idle() or self._may_leave())):
            try:
                self._take_event(block=not self._has_work())
                self._advance()
            except Exception:
                # rows keep their lease: not started → queued again, started → looked up
                log.exception("a step of the ledger failed")
                time.sleep(1)
        self._say_the_end()
        self.close()

    def tick(self) -> int:
        """Work one round in the calling thread (tests, benchmarks, command line); return how many rows were claimed."""
        before = self._claimed
        self._begin()
        self._patient_until = time.monotonic() + SETTLE_PATIENCE
        while not (self._idle() or self._may_leave()):
            self._take_event(block=not self._has_work())
            self._advance()
        return self._claimed - before

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._packers.shutdown()
        self._pool.shutdown()
        self._safeguards.close()

    # --- one thread: events in, statements out

    def _idle(self) -> bool:
        return not (self._waiting() or self._settling or self._packing or self._calling or self._again)

    def _may_leave(self) -> bool:
        busy = self._waiting() or self._packing or self._calling
        return not busy and self._settling.kept and time.monotonic() > self._patient_until

    def _waiting(self) -> int:
        return sum(len(queue) for queue in self._ready.values())

    def _has_work(self) -> bool:
        now = time.monotonic()
        if self._again is not None and self._again <= now:
            return True
        return (self._may_start() or self._settling.is_due()) and self._safeguards.watch.doubt() is None

    def _take_event(self, *, block: bool) -> None:
        """Handle what came since. However many ticks did, they make one round: one that takes longer than the second
        between two of them would otherwise keep what it claimed from ever being started."""
        ticked = False
        try:
            event = self._events.get(timeout=self._pause() if block else 0)
            while True:
                if event == "tick":
                    ticked = True
                else:
                    self._handle(event)
                event = self._events.get_nowait()
        except Empty:
            pass
        if ticked and not self._stopping:
            self._tick()

    def _tick(self) -> None:
        """Begin a round, unless the last one has just ended: sending gets as much time as rounds do."""
        now = time.monotonic()
        if now >= self._rest_until:
            self._guarded_begin()
            self._rest_until = 2 * time.monotonic() - now
        else:
            self._again = min(self._again or math.inf, self._rest_until)

    def _pause(self) -> float:
        return IDLE if self._again is None else min(IDLE, max(0.0, self._again - time.monotonic()))

    def _handle(self, event: Any) -> None:
        if event == "stop":
            self._again = None
            self._patient_until = time.monotonic() + SETTLE_PATIENCE
            self._give_back()
        elif isinstance(event, Ready):
            self._packing.pop(event.parcel.delivery_id, None)
            self._queue(event)
            if self._stopping:
                self._give_back()
        else:
            packing, outcome, kept = event
            if packing:
                self._packing.pop(outcome.parcel.delivery_id, None)
            else:
                self._calling -= 1
                self._looking.discard(outcome.parcel.delivery_id)
                self._at_work[outcome.parcel.channel] -= 1
            self._settling.add(outcome, kept)

    def _guarded_begin(self) -> None:
        try:
            if not self._settling.stalled:  # what is in hand comes first: it must not be taken for unknown
                self._begin()
        except Exception:
            # the next second tries again; a locked or vanished database must not end the worker
            log.exception("tick failed")

    def _begin(self) -> None:
        """Keep house, renew what waits, claim what is due and what is to be looked up."""
        self._again = None
        if not self._safeguards.clock_is_right(self._sessions, self._plain_clock):
            self._house.show_alive(self._plain_clock)
            self._on_round()
            return
        try:
            self._round()
        except ClockInDoubt as doubt:
            log.warning("%s: the round is left", doubt)

    def _round(self) -> None:
        self._take_over()
        may_send = self._safeguards.may_send(self._sessions, self._clock, self._can_look)
        if may_send:
            self._take_over_unbegun()
        more = self._house.pass_once()
        self._on_round()
        if self._stopping:
            return
        with unit_of_work(self._sessions) as session:
            now, token = self._clock.now_in(session), str(uuid.uuid4())
            self._renew(session, now)
            room = max(0, CLAIM_AT_ONCE - self._waiting() - len(self._packing))
            room = room if may_send and not self._settling.full else 0
            gate = breaker.let_probes(session, read_gate(session, now=now), now=now)
            rows = ledger.claim(session, token=token, now=now, limit=room, gate=gate) if room else []
            parcels, others = _one_of_each_locked(load(session, rows, self._vault, now=now) if rows else [])
            ledger.release(session, [one.delivery_id for one in others], token=token)
            looks = self._may_look()
            lookups = ledger.claim_lookups(session, token=token, now=now, limit=looks, most=len(LOOKUP_AFTER))
            searches = load(session, lookups, self._vault, now=now) if lookups else []
        for parcel in parcels:
            self._prepare(parcel)
        for parcel in searches:
            self._looking.add(parcel.delivery_id)
            self._call(self._calls.find, parcel, parcel)
        self._claimed += len(parcels) + len(searches)
        self._again = time.monotonic() + BREATH if more else None

    def _may_look(self) -> int:
        """How many look-ups may begin: half of the free threads, and a quarter of all whatever else is under way.

        A post that is looked for after a burst stands below hundreds of newer ones, where no look gets to.
        """
        share = max(1, self._threads // 4) - len(self._looking)
        return max(0, share, (self._threads - self._calling) // 2)

    def _renew(self, session: Session, now: datetime) -> None:
        """Keep the claims of rows that wait for a thread: a slow platform may need longer than a claim lasts."""
        if self._renewed is not None and now - self._renewed < RENEW_EVERY:
            return
        waiting = [item.parcel for queue in self._ready.values() for item in queue] + list(self._packing.values())
        if waiting:
            tokens = sorted({parcel.token for parcel in waiting})
            ledger.renew(session, [parcel.delivery_id for parcel in waiting], tokens=tokens, now=now)
        self._renewed = now

    def _take_over(self) -> None:
        """Settle what a worker of this machine knew that is no more, and keep rows whose outcome cannot be written."""
        for outcome, left in take_over(self._safeguards.folder / FOLDER):
            self._settling.add_left(outcome, left)
        while self._settling.is_due() and not self._settling.stalled:
            self._settling.step()
        failed = self._settling.failed()
        if failed:
            with unit_of_work(self._sessions) as session:
                until = self._clock.now_in(session) + timedelta(seconds=2 * calls.LEASE_MARGIN)
                for outcome in failed:
                    parcel = outcome.parcel
                    ledger.prolong(session, parcel.delivery_id, token=parcel.token, until=until)

    def _take_over_unbegun(self) -> None:
        """Queue again what a worker of this machine had started when it ended, and never called."""
        if not self._calling:
            self._safeguards.begun.clear()
        left = never_begun(self._safeguards.folder / FOLDER)
        if not left:
            return
        with self._sessions() as session:
            started = ledger.still_started(session, [outcome.parcel for outcome, _file in left])
        for outcome, file in left:
            if outcome.parcel.delivery_id in started:
                self._settling.add_left(outcome, file)
            else:
                file.done()

    def _doing(self) -> T:
        busy = self._calling + len(self._packing) + self._waiting()
        return T("mengirim %(n)s penayangan", n=busy) if busy else T("menunggu waktu tayang berikutnya")

    def _say_the_end(self) -> None:
        try:
            with unit_of_work(self._sessions) as session:
                heartbeat.end(session, now=self._plain_clock.now_in(session))
        except Exception:
            log.exception("the end could not be written down")  # it is silent soon enough

    def _can_look(self, channel: str) -> bool:
        return self._channels[channel].can_look

    def _prepare(self, parcel: Parcel) -> None:
        if parcel.locked:
            error = NeedsSignIn("the stored keys cannot be opened")
            self._settling.add(Outcome(parcel, "publish", self._clock.now(), error))
            return
        self._packing[parcel.delivery_id] = parcel
        if parcel.files or parcel.payload.get("piece_id"):
            self._packers.submit(self._calls.pack, parcel)
        else:
            self._calls.pack(parcel)  # nothing to make

    def _queue(self, item: Ready) -> None:
        self._ready.setdefault(item.parcel.channel, deque()).append(item)

    def _may_start(self) -> bool:
        free = self._calling < self._threads and not (self._settling.stalled or self._stopping)
        return free and any(self._room(channel) for channel in self._ready)

    def _room(self, channel: str) -> int:
        """How many of a channel's waiting rows may be called now. One slow platform never takes every thread."""
        free = min(self._threads - self._calling, self._most_per_channel - self._at_work[channel])
        return max(0, min(free, len(self._ready[channel])))

    def _advance(self) -> None:
        if self._safeguards.watch.doubt() is not None:
            return  # what is in hand waits too, in the spool: its times would be wrong
        try:
            self._go_on()
        except ClockInDoubt as doubt:
            log.warning("%s: what is in hand waits", doubt)

    def _go_on(self) -> None:
        if self._may_start() and not self._settling.is_overdue():
            for channel, queue in self._ready.items():
                batch = [queue.popleft() for _ in range(self._room(channel))]
                if batch:
                    self._start(batch)
            return
        if self._settling.is_due():
            self._settling.step()
        elif self._again is not None and self._again <= time.monotonic():
            self._guarded_begin()

    def _start(self, batch: list[Ready]) -> None:
        by_token: dict[str, list[Ready]] = {}
        for item in batch:
            by_token.setdefault(item.parcel.token, []).append(item)
        for token, items in by_token.items():
            seconds = self._channel(items[0].parcel).seconds + calls.LEASE_MARGIN
            try:
                started, noted = self._write_start([item.parcel for item in items], token, seconds)
            except ClockInDoubt:
                for item in items:
                    self._queue(item)
                continue
            begin_by = running_seconds() + calls.LEASE_MARGIN / 2
            for item in items:
                if item.parcel.delivery_id not in started:
                    continue
                if noted:
                    self._call(self._calls.publish, item.parcel, item, begin_by)
                else:
                    error = NotBegun("the disk did not take the mark of the ledger")
                    self._settling.add(Outcome(item.parcel, "publish", self._clock.now(), error))

    def _write_start(self, parcels: list[Parcel], token: str, seconds: float) -> tuple[set[int], bool]:
        """Start rows in the database and raise its mark, there and on disk; return which started, and whether the mark
        stands on disk: without it an older copy of the database would not be recognised."""
        ids = [parcel.delivery_id for parcel in parcels]
        self._safeguards.begun.plan(parcels, self._clock.now())
        with unit_of_work(self._sessions) as session:
            now = self._clock.now_in(session)
            gate = read_gate(session, now=now)
            started = ledger.start(session, ids, token=token, now=now, seconds=seconds, gate=gate)
            if len(started) < len(ids):
                ledger.release(session, [one for one in ids if one not in started], token=token)
            mark = self._safeguards.generation.advance(session, now=now) if started else None
        return started, mark is None or self._safeguards.keep_mark(self._sessions, mark, now)

    def _call(self, work: Any, parcel: Parcel, *arguments: Any) -> None:
        self._calling += 1
        self._at_work[parcel.channel] += 1
        self._pool.submit(work, *arguments)

    def _give_back(self) -> None:
        """Rows that were claimed and not started need not wait for their lease."""
        waiting = [item for queue in self._ready.values() for item in queue]
        self._ready.clear()
        for token in {item.parcel.token for item in waiting}:
            ids = [item.parcel.delivery_id for item in waiting if item.parcel.token == token]
            with unit_of_work(self._sessions) as session:
                ledger.release(session, ids, token=token)

    def _channel(self, parcel: Parcel) -> Channel:
        return self._channels[parcel.channel]


def _one_of_each_locked(parcels: list[Parcel]) -> tuple[list[Parcel], list[Parcel]]:
    """Split off what waits for keys that cannot be opened: one of each account says so, the others stay queued."""
    kept, others, seen = [], [], set()
    for parcel in parcels:
        if parcel.locked and parcel.outlet_id in seen:
            others.append(parcel)
            continue
        if parcel.locked:
            seen.add(parcel.outlet_id)
        kept.append(parcel)
    return kept, others
