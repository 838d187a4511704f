"""The dispatcher: one thread owns the ledger's writes, a pool of threads calls the channels.

    tick ─ sweep, expire, miss ─ claim ─▶ [pack in the pool] ─▶ start (committed) ─▶ [call in the pool] ─▶ settle

One writing thread, because SQLite has one writer: threads that commit by themselves wait on each other's lock with
growing sleeps. Starting comes before settling, so that a thousand posts due in one second all leave on time.
"""

import logging
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.ports import Channel, NeedsSignIn, NotSent, Outgoing
from app.outreach.publishing import alerts, ledger
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.heartbeat import EVERY, beat
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import Packer, Parcel, load
from app.outreach.publishing.plan import sweep, withdraw_cancelled_campaigns
from app.outreach.publishing.settle import LostClaim, Outcome, PackFailed, settle

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 1000
LEASE_MARGIN = 30.0  # seconds beyond the sum of a send's timeouts
SETTLE_WITHIN = 2.0  # seconds that a finished call may wait behind starts
PACKERS = 2
IDLE = 1.0  # seconds to wait for an event
SETTLE_FOR = 20.0  # seconds in which a failed settle is tried again; shorter than LEASE_MARGIN
MISSED = T("Tidak terbit: batas waktu bergunanya sudah lewat. Jadwalkan ulang bila masih perlu.")


@dataclass
class _Ready:
    parcel: Parcel
    out: Outgoing


@dataclass
class _Done:
    outcome: Outcome
    since: float  # monotonic seconds
    not_before: float = 0.0


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
        threads: int = 16,
    ) -> None:
        self._sessions, self._channels, self._packer = sessions, channels, packer
        self._vault, self._clock, self._public_url = vault, clock, public_url
        self._threads = threads
        # packing has threads of its own: a call must begin at once after its start was written
        self._packers = ThreadPoolExecutor(PACKERS, thread_name_prefix="pack")
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._most_per_channel = max(1, threads * 3 // 4)
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._ready: dict[str, deque[_Ready]] = {}
        self._done: deque[_Done] = deque()
        self._at_work: Counter[str] = Counter()
        self._beaten: datetime | None = None
        self._packing = 0
        self._calling = 0
        self._stopping = False

    # --- the outside: wake, run, stop

    def wake(self) -> None:
        """Ask for a tick; called by the clockwork on whole seconds."""
        self._events.put("tick")

    def stop(self) -> None:
        """Claim and start nothing from this moment on; `run()` ends when the calls under way are settled."""
        self._stopping = True
        self._events.put("stop")

    def run(self) -> None:
        """Serve until `stop()`; then wait for the calls under way and settle them."""
        while not (self._stopping and self._idle()):
            try:
                self._take_event(block=not self._has_work())
                self._advance()
            except Exception:
                # rows keep their lease: not started → queued again, started → looked up
                log.exception("a step of the ledger failed")
                time.sleep(1)
        self.close()

    def tick(self) -> int:
        """Work one round in the calling thread (tests, benchmarks, command line); return how many rows were claimed."""
        claimed = self._begin()
        while not self._idle():
            self._take_event(block=not self._has_work())
            self._advance()
        return claimed

    def close(self) -> None:
        self._packers.shutdown()
        self._pool.shutdown()

    # --- one thread: events in, statements out

    def _idle(self) -> bool:
        return not (self._waiting() or self._done or self._packing or self._calling)

    def _waiting(self) -> int:
        return sum(len(queue) for queue in self._ready.values())

    def _has_work(self) -> bool:
        now = time.monotonic()
        return self._may_start() or any(done.not_before <= now for done in self._done)

    def _take_event(self, *, block: bool) -> None:
        try:
            event = self._events.get(timeout=IDLE if block else 0)
        except Empty:
            return
        while True:
            self._handle(event)
            try:
                event = self._events.get_nowait()
            except Empty:
                return

    def _handle(self, event: Any) -> None:
        if event == "tick":
            if not self._stopping:
                self._guarded_begin()
        elif event == "stop":
            self._give_back()
        elif isinstance(event, _Ready):
            self._packing -= 1
            self._queue(event)
            if self._stopping:
                self._give_back()
        else:
            packing, outcome = event
            if packing:
                self._packing -= 1
            else:
                self._calling -= 1
                self._at_work[outcome.parcel.channel] -= 1
            self._done.append(_Done(outcome, time.monotonic()))

    def _guarded_begin(self) -> None:
        try:
            self._begin()
        except Exception:
            # the next second tries again; a locked or vanished database must not end the worker
            log.exception("tick failed")

    def _begin(self) -> int:
        now = self._clock.now()
        with unit_of_work(self._sessions) as session:
            self._keep_house(session, now)
        if self._stopping:
            return 0
        with unit_of_work(self._sessions) as session:
            token = str(uuid.uuid4())
            room = max(0, CLAIM_AT_ONCE - self._waiting() - self._packing)
            gate = read_gate(session, now=now)
            rows = ledger.claim(session, token=token, now=now, limit=room, gate=gate) if room else []
            parcels = load(session, rows, self._vault) if rows else []
            some = max(1, (self._threads - self._calling) // 2)
            lookups = ledger.claim_lookups(session, token=token, now=now, limit=some, most=len(LOOKUP_AFTER))
            searches = load(session, lookups, self._vault) if lookups else []
        for parcel in parcels:
            self._prepare(parcel)
        for parcel in searches:
            self._call(self._find, parcel, parcel)
        return len(parcels) + len(searches)

    def _keep_house(self, session: Session, now: datetime) -> None:
        """Everything of a round that is no claim; and the sign of life, which only a round that works gives."""
        while sweep(session, public_url=self._public_url, now=now):
            session.flush()
        withdraw_cancelled_campaigns(session)
        ledger.resume_signed_in(session, now=now)
        for delivery_id in ledger.expire(session, now=now, can_look=self._can_look):
            alerts.raise_for(session, delivery_id, S.UNKNOWN, now=now)
        for delivery_id in ledger.miss(session, now=now, sentence=str(MISSED), gate=read_gate(session, now=now)):
            alerts.raise_for(session, delivery_id, S.MISSED, now=now)
        if self._beaten is None or now - self._beaten >= EVERY:
            beat(session, now=now)
            self._beaten = now

    def _can_look(self, channel: str) -> bool:
        return self._channels[channel].can_look

    def _prepare(self, parcel: Parcel) -> None:
        if parcel.locked:
            error = NeedsSignIn("the stored keys cannot be opened")
            self._done.append(_Done(Outcome(parcel, "publish", self._clock.now(), error), time.monotonic()))
        elif parcel.files or parcel.payload.get("piece_id"):
            self._packing += 1
            self._packers.submit(self._pack, parcel)
        else:
            self._queue(_Ready(parcel, self._packer.pack(parcel, self._channel(parcel), self._clock.now())))

    def _queue(self, item: _Ready) -> None:
        self._ready.setdefault(item.parcel.channel, deque()).append(item)

    def _may_start(self) -> bool:
        if self._stopping:
            return False
        return self._calling < self._threads and any(self._room(channel) for channel in self._ready)

    def _room(self, channel: str) -> int:
        """How many of a channel's waiting rows may be called now. One slow platform never takes every thread."""
        free = min(self._threads - self._calling, self._most_per_channel - self._at_work[channel])
        return max(0, min(free, len(self._ready[channel])))

    def _advance(self) -> None:
        now = time.monotonic()
        overdue = any(not done.not_before and now - done.since > SETTLE_WITHIN for done in self._done)
        if self._may_start() and not overdue:
            for channel, queue in self._ready.items():
                batch = [queue.popleft() for _ in range(self._room(channel))]
                if batch:
                    self._start(batch)
            return
        for _ in range(len(self._done)):
            done = self._done.popleft()
            if done.not_before <= now:
                self._settle(done)
                return
            self._done.append(done)

    def _start(self, batch: list[_Ready]) -> None:
        now = self._clock.now()
        by_token: dict[str, list[_Ready]] = {}
        for item in batch:
            by_token.setdefault(item.parcel.token, []).append(item)
        for token, items in by_token.items():
            ids = [item.parcel.delivery_id for item in items]
            seconds = self._channel(items[0].parcel).seconds + LEASE_MARGIN
            with unit_of_work(self._sessions) as session:
                gate = read_gate(session, now=now)
                started = ledger.start(session, ids, token=token, now=now, seconds=seconds, gate=gate)
                if len(started) < len(ids):
                    ledger.release(session, [one for one in ids if one not in started], token=token)
            begin_by = time.monotonic() + LEASE_MARGIN / 2
            for item in items:
                if item.parcel.delivery_id in started:
                    self._call(self._publish, item.parcel, item, begin_by)

    def _call(self, work: Any, parcel: Parcel, *arguments: Any) -> None:
        self._calling += 1
        self._at_work[parcel.channel] += 1
        self._pool.submit(work, *arguments)

    def _settle(self, done: _Done) -> None:
        """Write one outcome. A database that is away is tried again; a row that cannot be written even then is left
        to its lease, so that one bad row never blocks the others."""
        try:
            with unit_of_work(self._sessions) as session:
                settle(
                    session, done.outcome, now=self._clock.now(), can_look=self._can_look(done.outcome.parcel.channel)
                )
        except Exception:
            log.exception("delivery %s could not be settled", done.outcome.parcel.delivery_id)
            if time.monotonic() - done.since < SETTLE_FOR:
                done.not_before = time.monotonic() + 1
                self._done.append(done)

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

    # --- the pool: no transaction is open here

    def _pack(self, parcel: Parcel) -> None:
        now = self._clock.now()
        try:
            self._events.put(_Ready(parcel, self._packer.pack(parcel, self._channel(parcel), now)))
        except Exception as error:
            log.exception("delivery %s could not be packed", parcel.delivery_id)
            self._events.put((True, Outcome(parcel, "publish", now, PackFailed(type(error).__name__))))

    def _publish(self, item: _Ready, begin_by: float) -> None:
        started = self._clock.now()
        result: Any
        try:
            if time.monotonic() > begin_by:
                # too little of the lease is left: somebody else might take the row while this call is under way
                raise NotSent("no thread was free in time")
            result = self._channel(item.parcel).publish(item.out, self._remember(item.parcel))
        except Exception as error:
            result = error
        self._events.put((False, Outcome(item.parcel, "publish", started, result)))

    def _find(self, parcel: Parcel) -> None:
        started = self._clock.now()
        result: Any
        try:
            if parcel.locked:
                raise NeedsSignIn("the stored keys cannot be opened")
            result = self._channel(parcel).find(self._packer.bare(parcel, started))
        except Exception as error:
            result = error
        self._events.put((False, Outcome(parcel, "find", started, result)))

    def _remember(self, parcel: Parcel) -> Any:
        lock = threading.Lock()
        kept = dict(parcel.remembered)

        def remember(values: Mapping[str, Any]) -> None:
            with lock:
                kept.update(values)
                with unit_of_work(self._sessions) as session:
                    changed = session.execute(
                        update(Delivery)
                        .where(
                            Delivery.id == parcel.delivery_id,
                            Delivery.token == parcel.token,
                            Delivery.status == S.SENDING,
                        )
                        .values(remembered=dict(kept))
                        .returning(Delivery.id)
                        .execution_options(synchronize_session=False)
                    ).scalar_one_or_none()
            if changed is None:
                raise LostClaim("the lease ran out")

        return remember
