"""The dispatcher: one thread owns the ledger's writes, a pool of threads calls the channels.

    tick ─ sweep, expire, miss ─ claim ─▶ [pack in the pool] ─▶ start (committed) ─▶ [call in the pool] ─▶ settle

One writing thread, because SQLite has one writer: threads that commit by themselves wait on each other's lock with
growing sleeps. Starting comes before settling, so that a thousand posts due in one second all leave on time.
"""

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outlets.ports import Channel, Outgoing
from app.outlets.vault import Vault
from app.publishing import alerts, ledger
from app.publishing.models import Delivery
from app.publishing.models import DeliveryStatus as S
from app.publishing.outgoing import Packer, Parcel, load
from app.publishing.plan import sweep, withdraw_cancelled_campaigns
from app.publishing.settle import LOOKUP_AFTER, LostClaim, Outcome, PackFailed, settle

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 1000
LEASE_MARGIN = 30.0  # seconds beyond the sum of a send's timeouts
SETTLE_WITHIN = 2.0  # seconds that a finished call may wait behind starts
SETTLE_FOR = 20.0  # seconds in which a failed settle is tried again; shorter than LEASE_MARGIN
MISSED = T("Tidak terbit: batas waktu bergunanya sudah lewat. Jadwalkan ulang bila masih perlu.")


@dataclass
class _Ready:
    parcel: Parcel
    out: Outgoing


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
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._ready: deque[_Ready] = deque()
        self._done: deque[tuple[float, Outcome]] = deque()
        self._packing = 0
        self._calling = 0
        self._stopping = False

    # --- the outside: wake, run, stop

    def wake(self) -> None:
        """Ask for a tick; called by the clockwork on whole seconds."""
        self._events.put("tick")

    def stop(self) -> None:
        self._events.put("stop")

    def run(self) -> None:
        """Serve until `stop()`; then wait for the calls under way and settle them."""
        while not (self._stopping and self._idle()):
            self._take_event(block=not (self._ready or self._done))
            try:
                self._advance()
            except Exception:
                # rows keep their lease: not started → queued again, started → looked up
                log.exception("a step of the ledger failed")
                time.sleep(1)
        self._pool.shutdown()

    def tick(self) -> int:
        """One round in the calling thread (tests, benchmarks, the command line). Returns how many rows were claimed."""
        claimed = self._begin()
        while not self._idle():
            self._take_event(block=not (self._ready or self._done))
            self._advance()
        return claimed

    def close(self) -> None:
        self._pool.shutdown()

    # --- one thread: events in, statements out

    def _idle(self) -> bool:
        return not (self._ready or self._done or self._packing or self._calling)

    def _take_event(self, *, block: bool) -> None:
        try:
            event = self._events.get(timeout=1.0 if block else 0)
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
            self._stopping = True
            self._give_back()
        elif isinstance(event, _Ready):
            self._packing -= 1
            self._ready.append(event)
        else:
            packing, outcome = event
            if packing:
                self._packing -= 1
            else:
                self._calling -= 1
            self._done.append((time.monotonic(), outcome))

    def _guarded_begin(self) -> None:
        try:
            self._begin()
        except Exception:
            # the next second tries again; a locked or vanished database must not end the worker
            log.exception("tick failed")

    def _begin(self) -> int:
        now = self._clock.now()
        token = str(uuid.uuid4())
        with unit_of_work(self._sessions) as session:
            while sweep(session, public_url=self._public_url, now=now):
                session.flush()
            withdraw_cancelled_campaigns(session)
            ledger.expire(session, now=now)
            ledger.resume_signed_in(session, now=now)
            for delivery_id in ledger.miss(session, now=now, sentence=str(MISSED)):
                alerts.raise_for(session, delivery_id, S.MISSED, now=now)
        with unit_of_work(self._sessions) as session:
            room = max(0, CLAIM_AT_ONCE - len(self._ready) - self._packing)
            rows = ledger.claim(session, token=token, now=now, limit=room) if room else []
            parcels = load(session, rows, self._vault) if rows else []
            lookups = ledger.claim_lookups(session, token=token, now=now, limit=self._threads, most=len(LOOKUP_AFTER))
            searches = load(session, lookups, self._vault) if lookups else []
        for parcel in parcels:
            self._prepare(parcel)
        for parcel in searches:
            self._calling += 1
            self._pool.submit(self._find, parcel)
        return len(parcels) + len(searches)

    def _prepare(self, parcel: Parcel) -> None:
        if parcel.files or parcel.payload.get("piece_id"):
            self._packing += 1
            self._pool.submit(self._pack, parcel)
        else:
            self._ready.append(_Ready(parcel, self._packer.pack(parcel, self._channel(parcel), self._clock.now())))

    def _advance(self) -> None:
        free = self._threads - self._calling
        overdue = self._done and time.monotonic() - self._done[0][0] > SETTLE_WITHIN
        if self._ready and free > 0 and not overdue:
            self._start([self._ready.popleft() for _ in range(min(free, len(self._ready)))])
        elif self._done:
            self._settle_first()

    def _start(self, batch: list[_Ready]) -> None:
        now = self._clock.now()
        by_token: dict[str, list[_Ready]] = {}
        for item in batch:
            by_token.setdefault(item.parcel.token, []).append(item)
        for token, items in by_token.items():
            ids = [item.parcel.delivery_id for item in items]
            seconds = max(self._channel(item.parcel).seconds for item in items) + LEASE_MARGIN
            with unit_of_work(self._sessions) as session:
                started = ledger.start(session, ids, token=token, now=now, seconds=seconds)
                if len(started) < len(ids):
                    ledger.release(session, [one for one in ids if one not in started], token=token)
            for item in items:
                if item.parcel.delivery_id in started:
                    self._calling += 1
                    self._pool.submit(self._publish, item)

    def _settle_first(self) -> None:
        """Settle the oldest finished call. A database that is away is tried again; a row that cannot be written
        even then is left to its lease, so that one bad row never blocks the others."""
        since, outcome = self._done.popleft()
        can_look = self._channel(outcome.parcel).can_look
        try:
            with unit_of_work(self._sessions) as session:
                settle(session, outcome, now=self._clock.now(), can_look=can_look)
        except Exception:
            if time.monotonic() - since < SETTLE_FOR:
                self._done.append((since, outcome))
            raise

    def _give_back(self) -> None:
        """Rows that were claimed and not started need not wait for their lease."""
        waiting = list(self._ready)
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

    def _publish(self, item: _Ready) -> None:
        started = self._clock.now()
        result: Any
        try:
            result = self._channel(item.parcel).publish(item.out, self._remember(item.parcel))
        except Exception as error:
            result = error
        self._events.put((False, Outcome(item.parcel, "publish", started, result)))

    def _find(self, parcel: Parcel) -> None:
        started = self._clock.now()
        channel = self._channel(parcel)
        result: Any
        try:
            result = channel.find(self._packer.bare(parcel, started))
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
