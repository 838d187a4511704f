"""The last step before a channel is called: the start, committed, with the mark that tells an older copy apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.outreach.publishing import ledger
from app.outreach.publishing.calls import Ready
from app.outreach.publishing.clock_watch import ClockInDoubt
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.outcomes import NotBegun, Outcome
from app.outreach.publishing.safeguards import Safeguards


@dataclass
class Started:
    """What became of rows that were to start: to be called now, to wait, and what is settled without a call."""

    begun: list[Ready] = field(default_factory=list)
    waiting: list[Ready] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)


class Starting:
    def __init__(self, sessions: "sessionmaker[Session]", clock: Clock, safeguards: Safeguards) -> None:
        self._sessions, self._clock, self._safeguards = sessions, clock, safeguards

    def start(self, batch: Sequence[Ready], *, seconds: float) -> list[Started]:
        """Start rows, those of one claim in one transaction; their lease is so many seconds."""
        by_token: dict[str, list[Ready]] = {}
        for item in batch:
            by_token.setdefault(item.parcel.token, []).append(item)
        return [self._of_one_claim(items, token, seconds) for token, items in by_token.items()]

    def _of_one_claim(self, items: list[Ready], token: str, seconds: float) -> Started:
        try:
            started, noted = self._write(items, token, seconds)
        except ClockInDoubt:
            return Started(waiting=items)
        except SQLAlchemyError as error:
            # it may be committed all the same, with its answer lost; the call certainly was not made
            return Started(ended=self._not_begun(items, f"the start could not be written ({type(error).__name__})"))
        begun = [item for item in items if item.parcel.delivery_id in started]
        if not noted:
            return Started(ended=self._not_begun(begun, "the disk did not take the mark of the ledger"))
        return Started(begun=begun)

    def _write(self, items: list[Ready], token: str, seconds: float) -> tuple[set[int], bool]:
        """Start rows in the database and raise its mark, there and on disk; return which started, and whether the mark
        stands on disk: without it an older copy of the database would not be recognised."""
        ids = [item.parcel.delivery_id for item in items]
        self._safeguards.begun.plan([item.parcel for item in items], self._clock.now())
        with unit_of_work(self._sessions) as session:
            now = self._clock.now_in(session)
            gate = read_gate(session, now=now)
            started = ledger.start(session, ids, token=token, now=now, seconds=seconds, gate=gate)
            if len(started) < len(ids):
                ledger.release(session, [one for one in ids if one not in started], token=token)
            mark = self._safeguards.generation.advance(session, now=now) if started else None
        return started, mark is None or self._safeguards.keep_mark(self._sessions, mark, now)

    def _not_begun(self, items: list[Ready], why: str) -> list[Outcome]:
        at = self._clock.now()
        return [Outcome(item.parcel, "publish", at, NotBegun(why)) for item in items]
