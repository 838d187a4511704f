"""The dispatcher: one thread owns the ledger's writes, a pool of threads calls the channels.

    tick ─ housekeeping ─ claim ─▶ [pack in the pool] ─▶ start (committed) ─▶ [call in the pool] ─▶ settle

One writing thread, because SQLite has one writer: threads that commit by themselves wait on each other's lock with
growing sleeps. Starting comes before settling, so that a thousand posts due in one second all leave on time.
"""

import logging
import math
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.ports import Channel, NeedsSignIn, NotThere, OutcomeUnknown, Outgoing, Receipt
from app.outreach.publishing import breaker, heartbeat, ledger, resend
from app.outreach.publishing.evidence import look_around
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.housekeeping import Housekeeping
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import COPIED, Packer, Parcel, load
from app.outreach.publishing.safeguards import Safeguards
from app.outreach.publishing.settle import LostClaim, NotBegun, NotWritten, Outcome, PackFailed, keep_attempt
from app.outreach.publishing.settling import Settling
from app.outreach.publishing.spool import FOLDER, take_over

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 1000
LEASE_MARGIN = 30.0  # seconds beyond the sum of a send's timeouts
PACKERS = 2
IDLE = 1.0  # seconds to wait for an event
RENEW_EVERY = timedelta(seconds=ledger.CLAIM_SECONDS / 3)
BREATH = 0.05  # seconds between two rounds of a long piece of housekeeping, in which others may write
SETTLE_PATIENCE = 20.0  # seconds for which an end waits for a database that takes nothing; the spool has it then


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
        safeguards: Safeguards,
        threads: int = 16,
        on_round: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions, self._channels, self._packer = sessions, channels, packer
        self._vault, self._clock = vault, clock
        self._house = Housekeeping(sessions, clock, public_url=public_url, can_look=self._can_look, doing=self._doing)
        self._threads, self._on_round = threads, on_round
        self._safeguards, self._settling = safeguards, Settling(sessions, clock, self._can_look)
        # packing has threads of its own: a call must begin at once after its start was written
        self._packers = ThreadPoolExecutor(PACKERS, thread_name_prefix="pack")
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._most_per_channel = max(1, threads * 3 // 4)
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._ready: dict[str, deque[_Ready]] = {}
        self._at_work: Counter[str] = Counter()
        self._packing: dict[int, Parcel] = {}  # by delivery
        self._calling = 0
        self._claimed = 0
        self._renewed: datetime | None = None
        self._again: float | None = None  # monotonic seconds: housekeeping goes on then
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
        try:
            event = self._events.get(timeout=self._pause() if block else 0)
        except Empty:
            return
        while True:
            self._handle(event)
            try:
                event = self._events.get_nowait()
            except Empty:
                return

    def _pause(self) -> float:
        return IDLE if self._again is None else min(IDLE, max(0.0, self._again - time.monotonic()))

    def _handle(self, event: Any) -> None:
        if event == "tick":
            if not self._stopping:
                self._guarded_begin()
        elif event == "stop":
            self._again = None
            self._patient_until = time.monotonic() + SETTLE_PATIENCE
            self._give_back()
        elif isinstance(event, _Ready):
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
        if not self._safeguards.clock_is_right(self._sessions, self._clock):
            self._house.show_alive()
            self._on_round()
            return
        self._take_over()
        may_send = self._safeguards.may_send(self._sessions, self._clock, self._can_look)
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
            some = max(1, (self._threads - self._calling) // 2)
            lookups = ledger.claim_lookups(session, token=token, now=now, limit=some, most=len(LOOKUP_AFTER))
            searches = load(session, lookups, self._vault, now=now) if lookups else []
        for parcel in parcels:
            self._prepare(parcel)
        for parcel in searches:
            self._call(self._find, parcel, parcel)
        self._claimed += len(parcels) + len(searches)
        self._again = time.monotonic() + BREATH if more else None

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
                until = self._clock.now_in(session) + timedelta(seconds=2 * LEASE_MARGIN)
                for outcome in failed:
                    parcel = outcome.parcel
                    ledger.prolong(session, parcel.delivery_id, token=parcel.token, until=until)

    def _doing(self) -> T:
        busy = self._calling + len(self._packing) + self._waiting()
        return T("mengirim %(n)s penayangan", n=busy) if busy else T("menunggu waktu tayang berikutnya")

    def _say_the_end(self) -> None:
        try:
            with unit_of_work(self._sessions) as session:
                heartbeat.end(session, now=self._clock.now_in(session))
        except Exception:
            log.exception("the end could not be written down")  # it is silent soon enough

    def _can_look(self, channel: str) -> bool:
        return self._channels[channel].can_look

    def _prepare(self, parcel: Parcel) -> None:
        if parcel.locked:
            error = NeedsSignIn("the stored keys cannot be opened")
            self._settling.add(Outcome(parcel, "publish", self._clock.now(), error))
        elif parcel.files or parcel.payload.get("piece_id"):
            self._packing[parcel.delivery_id] = parcel
            self._packers.submit(self._pack, parcel)
        else:
            self._queue(_Ready(parcel, self._packer.pack(parcel, self._channel(parcel), self._clock.now())))

    def _queue(self, item: _Ready) -> None:
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

    def _start(self, batch: list[_Ready]) -> None:
        by_token: dict[str, list[_Ready]] = {}
        for item in batch:
            by_token.setdefault(item.parcel.token, []).append(item)
        for token, items in by_token.items():
            ids = [item.parcel.delivery_id for item in items]
            seconds = self._channel(items[0].parcel).seconds + LEASE_MARGIN
            started, noted = self._write_start(ids, token, seconds)
            begin_by = time.monotonic() + LEASE_MARGIN / 2
            for item in items:
                if item.parcel.delivery_id not in started:
                    continue
                if noted:
                    self._call(self._publish, item.parcel, item, begin_by)
                else:
                    error = NotBegun("the disk did not take the mark of the ledger")
                    self._settling.add(Outcome(item.parcel, "publish", self._clock.now(), error))

    def _write_start(self, ids: list[int], token: str, seconds: float) -> tuple[set[int], bool]:
        """Start rows in the database and raise its mark, there and on disk; return which started, and whether the mark
        stands on disk: without it an older copy of the database would not be recognised."""
        with unit_of_work(self._sessions) as session:
            now = self._clock.now_in(session)
            gate = read_gate(session, now=now)
            started = ledger.start(session, ids, token=token, now=now, seconds=seconds, gate=gate)
            if len(started) < len(ids):
                ledger.release(session, [one for one in ids if one not in started], token=token)
            mark = self._safeguards.generation.advance(session, now=now) if started else None
        try:
            if mark:
                self._safeguards.generation.keep(mark)
        except OSError:
            log.exception("the mark of the ledger could not be written")
            return started, False
        return started, True

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

    # --- the pool: no transaction is open here

    def _pack(self, parcel: Parcel) -> None:
        now = self._clock.now()
        try:
            self._events.put(_Ready(parcel, self._packer.pack(parcel, self._channel(parcel), now)))
        except Exception as error:
            log.exception("delivery %s could not be packed", parcel.delivery_id)
            self._events.put((True, Outcome(parcel, "publish", now, PackFailed(type(error).__name__)), None))

    def _publish(self, item: _Ready, begin_by: float, *, again: bool = False) -> None:
        started = self._clock.now()
        result: Any
        try:
            if time.monotonic() > begin_by:
                # too little of the lease is left: somebody else might take the row while this call is under way
                raise NotBegun("no thread was free in time")
            result = self._channel(item.parcel).publish(item.out, self._remember(item.parcel))
        except Exception as error:
            result = error
        if again and not isinstance(result, Receipt):
            result = OutcomeUnknown(f"{type(result).__name__}: {getattr(result, 'detail', '')}")  # of the first try
        outcome, spool = Outcome(item.parcel, "publish", started, result), self._safeguards.spool
        # on disk at once: between the answer and its commit a worker may be killed
        self._events.put((False, outcome, spool if spool.write(outcome) else None))

    def _find(self, parcel: Parcel) -> None:
        started, channel = self._clock.now(), self._channel(parcel)
        result: Any
        evidence = None
        try:
            if parcel.locked:
                raise NeedsSignIn("the stored keys cannot be opened")
            result = channel.find(self._packer.bare(parcel, started))
            if isinstance(result, NotThere) and COPIED in parcel.remembered:
                result = None  # its proof is what an older copy remembers
        except Exception as error:
            result = error
        if not (parcel.locked or isinstance(result, Receipt | NotThere)):
            evidence = look_around(channel, self._packer.bare(parcel, started), now=started)
        outcome = Outcome(parcel, "find", started, result, evidence)
        again = self._begin_again(outcome) if result is None and resend.is_wanted(channel, parcel) else None
        if again is None:
            self._events.put((False, outcome, None))
        else:
            self._publish(again, time.monotonic() + LEASE_MARGIN / 2, again=True)

    def _begin_again(self, outcome: Outcome) -> _Ready | None:
        """Begin the one more try of a post that its last look did not find; None where it may not be."""
        parcel = outcome.parcel
        channel = self._channel(parcel)
        if self._stopping or COPIED in parcel.remembered:  # on an older copy a person decides
            return None
        try:
            ready = _Ready(parcel, self._packer.pack(parcel, channel, self._clock.now()))
            with unit_of_work(self._sessions) as session:
                now = self._clock.now_in(session)
                if not resend.begin(session, parcel, now=now, seconds=channel.seconds + LEASE_MARGIN):
                    return None
                keep_attempt(session, outcome, now=now)
                mark = self._safeguards.generation.advance(session, now=now)
            self._safeguards.generation.keep(mark)
        except Exception:
            log.exception("delivery %s could not be sent once more", parcel.delivery_id)
            return None
        return ready

    def _remember(self, parcel: Parcel) -> Any:
        lock = threading.Lock()
        kept = dict(parcel.remembered)

        def remember(values: Mapping[str, Any]) -> None:
            with lock:
                kept.update(values)
                try:
                    changed = self._keep_remembered(parcel, kept)
                except SQLAlchemyError as error:
                    # a channel remembers before its lasting call only (ports.Remember): certainly nothing went out
                    raise NotWritten(f"a step could not be written down ({type(error).__name__})") from error
            if not changed:
                raise LostClaim("the lease ran out")

        return remember

    def _keep_remembered(self, parcel: Parcel, values: Mapping[str, Any]) -> bool:
        with unit_of_work(self._sessions) as session:
            changed = session.execute(
                update(Delivery)
                .where(Delivery.id == parcel.delivery_id, Delivery.token == parcel.token, Delivery.status == S.SENDING)
                .values(remembered=dict(values))
                .returning(Delivery.id)
                .execution_options(synchronize_session=False)
            ).scalar_one_or_none()
        return changed is not None


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
