"""The dispatcher: one thread owns the ledger's writes, a pool of threads calls the channels.

    tick ─ housekeeping ─ claim ─▶ [pack in the pool] ─▶ start (committed) ─▶ [call in the pool] ─▶ settle

One writing thread, because SQLite has one writer: threads that commit by themselves wait on each other's lock with
growing sleeps. Starting comes before settling, so that a thousand posts due in one second all leave on time.
"""

import logging
import math
import time
import uuid
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
from app.outreach.publishing.in_hand import InHand
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.outcomes import Outcome
from app.outreach.publishing.outgoing import Packer, Parcel, load
from app.outreach.publishing.safeguards import Safeguards
from app.outreach.publishing.settling import Settling
from app.outreach.publishing.spacing.queries import Spacing
from app.outreach.publishing.spool import FOLDER, take_over
from app.outreach.publishing.starting import Starting

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
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._calls = Calls(
            sessions, channels, packer, clock, safeguards, put=self._events.put, stopping=lambda: self._stopping
        )
        self._starting = Starting(sessions, clock, safeguards)
        self._hand = InHand(threads)
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
        return not (self._hand or self._settling or self._again)

    def _may_leave(self) -> bool:
        return not self._hand and self._settling.kept and time.monotonic() > self._patient_until

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
            self._hand.packing.pop(event.parcel.delivery_id, None)
            self._hand.queue(event)
            if self._stopping:
                self._give_back()
        else:
            packing, outcome, kept = event
            if packing:
                self._hand.packing.pop(outcome.parcel.delivery_id, None)
            else:
                self._hand.end(outcome.parcel)
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
            room = max(0, CLAIM_AT_ONCE - self._hand.waiting)
            room = room if may_send and not self._settling.full else 0
            gate = breaker.let_probes(session, read_gate(session, now=now), now=now)
            rows = ledger.claim(session, token=token, now=now, limit=room, gate=gate) if room else []
            parcels, others = _one_of_each_locked(load(session, rows, self._vault, now=now) if rows else [])
            ledger.release(session, [one.delivery_id for one in others], token=token)
            some = self._hand.may_look()
            lookups = ledger.claim_lookups(session, token=token, now=now, limit=some, most=len(LOOKUP_AFTER))
            searches = load(session, lookups, self._vault, now=now) if lookups else []
        for parcel in parcels:
            self._prepare(parcel)
        for parcel in searches:
            self._hand.begin(parcel, looking=True)
            self._pool.submit(self._calls.find, parcel)
        self._claimed += len(parcels) + len(searches)
        self._again = time.monotonic() + BREATH if more else None

    def _renew(self, session: Session, now: datetime) -> None:
        """Keep the claims of rows that wait for a thread: a slow platform may need longer than a claim lasts."""
        if self._renewed is not None and now - self._renewed < RENEW_EVERY:
            return
        waiting = self._hand.waits()
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
        if not self._hand.calling:
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
        busy = len(self._hand)
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
        self._hand.packing[parcel.delivery_id] = parcel
        if parcel.files or parcel.payload.get("piece_id"):
            self._packers.submit(self._calls.pack, parcel)
        else:
            self._calls.pack(parcel)  # nothing to make

    def _may_start(self) -> bool:
        return not (self._settling.stalled or self._stopping) and self._hand.may_start()

    def _advance(self) -> None:
        if self._safeguards.watch.doubt() is not None:
            return  # what is in hand waits too, in the spool: its times would be wrong
        try:
            self._go_on()
        except ClockInDoubt as doubt:
            log.warning("%s: what is in hand waits", doubt)

    def _go_on(self) -> None:
        if self._may_start() and not self._settling.is_overdue():
            for batch in self._hand.take():
                self._start(batch)
            return
        if self._settling.is_due():
            self._settling.step()
        elif self._again is not None and self._again <= time.monotonic():
            self._guarded_begin()

    def _start(self, batch: list[Ready]) -> None:
        seconds = self._channels[batch[0].parcel.channel].seconds + calls.LEASE_MARGIN
        for started in self._starting.start(batch, seconds=seconds):
            begin_by = running_seconds() + calls.LEASE_MARGIN / 2
            for item in started.begun:
                self._hand.begin(item.parcel, looking=False)
                self._pool.submit(self._calls.publish, item, begin_by)
            for item in started.waiting:
                self._hand.queue(item)
            for outcome in started.ended:
                self._settling.add(outcome)
        if self._stopping:
            self._give_back()  # what was to wait for the right time

    def _give_back(self) -> None:
        """Rows that were claimed and not started need not wait for their lease."""
        waiting = self._hand.take_all()
        for token in {item.parcel.token for item in waiting}:
            ids = [item.parcel.delivery_id for item in waiting if item.parcel.token == token]
            with unit_of_work(self._sessions) as session:
                ledger.release(session, ids, token=token)


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
