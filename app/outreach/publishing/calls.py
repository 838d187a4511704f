"""What threads do for the dispatcher: make the files of a delivery, call its channel, look for it.

No transaction is open while a channel is called. What came of it goes back by `put`, as the dispatcher's next event:
a `Ready`, or (whether it was packing, the outcome, where the outcome stands on disk).
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.witnesses import running_seconds
from app.outreach.outlets.ports import Channel, NeedsSignIn, NotThere, OutcomeUnknown, Outgoing, Receipt, Telling
from app.outreach.publishing import resend
from app.outreach.publishing.attempts import keep_attempt
from app.outreach.publishing.evidence import look_around
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outcomes import LostClaim, NotBegun, NotWritten, Outcome, PackFailed
from app.outreach.publishing.outgoing import COPIED, Packer, Parcel
from app.outreach.publishing.safeguards import Safeguards

log = logging.getLogger(__name__)

LEASE_MARGIN = 30.0  # seconds beyond the sum of a send's timeouts


@dataclass
class Ready:
    """A delivery with its files, which waits for a thread."""

    parcel: Parcel
    out: Outgoing


class Calls:
    """The work of one dispatcher's threads. `stopping`: nothing more may begin."""

    def __init__(
        self,
        sessions: "sessionmaker[Session]",
        channels: Mapping[str, Channel],
        packer: Packer,
        clock: Clock,
        safeguards: Safeguards,
        *,
        put: Callable[[Any], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._sessions, self._channels, self._packer = sessions, channels, packer
        self._clock, self._safeguards = clock, safeguards
        self._put, self._stopping = put, stopping

    def pack(self, parcel: Parcel) -> None:
        now = self._clock.now()
        try:
            self._put(Ready(parcel, self._packer.pack(parcel, self._channels[parcel.channel], now)))
        except Exception as error:
            log.exception("delivery %s could not be packed", parcel.delivery_id)
            self._put((True, Outcome(parcel, "publish", now, PackFailed(type(error).__name__)), None))

    def publish(self, item: Ready, begin_by: float, *, again: bool = False) -> None:
        started = self._clock.now()
        result: Any
        try:
            if running_seconds() > begin_by:
                # too little of the lease is left: somebody else might take the row while this call is under way
                raise NotBegun("no thread was free in time")
            channel = self._channels[item.parcel.channel]
            out = replace(item.out, begin=partial(self._note_begin, item.parcel, begin_by + channel.seconds))
            if not (isinstance(channel, Telling) and channel.tells_begin):
                out.begin()
            result = channel.publish(out, self._remember(item.parcel))
        except Exception as error:
            result = error
        if again and not isinstance(result, Receipt):
            result = OutcomeUnknown(f"{type(result).__name__}: {getattr(result, 'detail', '')}")  # of the first try
        outcome, spool = Outcome(item.parcel, "publish", started, result), self._safeguards.spool
        # on disk at once: between the answer and its commit a worker may be killed
        self._put((False, outcome, spool if spool.write(outcome) else None))

    def _note_begin(self, parcel: Parcel, until: float) -> None:
        """Note that the request begins. `until`: running seconds at which its lease is as good as over.

        A process may have stood still since its `publish` began, as a laptop that slept does.
        """
        if not self._safeguards.begun.begin(parcel):
            raise NotBegun("the disk did not take that it begins")
        if running_seconds() > until:
            raise NotBegun("the lease was over before the request")

    def find(self, parcel: Parcel) -> None:
        outcome = self._look(parcel)
        again = self._begin_again(outcome) if outcome.result is None else None
        if again is None:
            self._put((False, outcome, None))
        else:
            self.publish(again, running_seconds() + LEASE_MARGIN / 2, again=True)

    def _look(self, parcel: Parcel) -> Outcome:
        """Look for a delivery; whatever goes wrong, there is an outcome: the dispatcher waits for one."""
        started = self._clock.now()
        result: Any
        evidence = None
        try:
            if parcel.locked:
                raise NeedsSignIn("the stored keys cannot be opened")
            result = self._channels[parcel.channel].find(self._packer.bare(parcel, started))
            if isinstance(result, NotThere) and COPIED in parcel.remembered:
                result = None  # its proof is what an older copy remembers
        except Exception as error:
            result = error
        if not (parcel.locked or isinstance(result, Receipt | NotThere)):
            evidence = self._shown(parcel, started)
        return Outcome(parcel, "find", started, result, evidence)

    def _shown(self, parcel: Parcel, now: datetime) -> dict[str, Any] | None:
        try:
            return look_around(self._channels[parcel.channel], self._packer.bare(parcel, now), now=now)
        except Exception:
            log.exception("what the account of delivery %s shows could not be kept", parcel.delivery_id)
            return None

    def _begin_again(self, outcome: Outcome) -> Ready | None:
        """Begin the one more try of a post that its last look did not find; None where it may not be.

        This thread writes by itself, as `remember` does: on SQLite its transaction takes the write lock from its first
        statement (unit_of_work) and waits up to 15 s for it, and the row, which this look has claimed, is no other's.
        Where it fails nothing was called, and the row is looked for again at the latest when its lease ends.
        """
        parcel = outcome.parcel
        channel = self._channels[parcel.channel]
        wanted = resend.is_wanted(channel, parcel) and COPIED not in parcel.remembered  # there a person decides
        if not wanted or self._stopping():
            return None
        try:
            ready = Ready(parcel, self._packer.pack(parcel, channel, self._clock.now()))
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
