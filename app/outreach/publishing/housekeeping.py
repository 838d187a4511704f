"""What a round does before it claims: plan, take back, expire, miss, space what is late; and the sign of life.

One pass is bounded and commits: with 5,000 posts to plan the web's writes, and posts that are due, get in between.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outreach.publishing import alerts, breaker, ledger
from app.outreach.publishing.gate import Gate, read_gate
from app.outreach.publishing.heartbeat import EVERY, beat
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import cancelled_campaigns, sweep, withdraw_campaigns
from app.outreach.publishing.spacing.planning import crowded, space_late
from app.outreach.publishing.spacing.queries import Spacing

PLAN_AT_ONCE = 25  # posts; about a tenth of a second
WITHDRAW_AT_ONCE = 500
WITHDRAW_AGAIN = timedelta(minutes=1)
MISSED = T("Tidak terbit: batas waktu bergunanya sudah lewat. Jadwalkan ulang bila masih perlu.")


class Housekeeping:
    """The part of a dispatcher's round that claims nothing."""

    def __init__(
        self,
        sessions: "sessionmaker[Session]",
        clock: Clock,
        *,
        public_url: str,
        can_look: Callable[[str], bool],
        doing: Callable[[], T],
        spacing: Spacing | None = None,
    ) -> None:
        self._sessions, self._clock, self._public_url, self._can_look = sessions, clock, public_url, can_look
        self._doing, self._spacing = doing, spacing or Spacing()
        self._beaten: datetime | None = None
        self._withdrawn: set[int] = set()
        self._withdrawn_at: datetime | None = None

    def pass_once(self) -> bool:
        """Do a bounded part of what waits, in one transaction, and space what is late; return whether more may wait."""
        with unit_of_work(self._sessions) as session:
            now = self._clock.now_in(session)
            more = sweep(session, public_url=self._public_url, now=now, limit=PLAN_AT_ONCE) == PLAN_AT_ONCE
            more = self._withdraw(session, now) or more
            ledger.resume_signed_in(session, now=now)
            self._expire(session, now)
            gate = read_gate(session, now=now)
            more = self._miss(session, gate, now) or more
            self._beat(session, now)
            late = crowded(session, self._spacing, gate, now=now)
        if late:
            space_late(self._sessions, self._clock, self._spacing, late)
        return more

    def show_alive(self, clock: Clock) -> None:
        """Give the sign of life of a round that does nothing else, because this clock is in doubt."""
        with unit_of_work(self._sessions) as session:
            self._beat(session, clock.now_in(session))

    def _withdraw(self, session: Session, now: datetime) -> bool:
        """Take back what waits of campaigns that were cancelled since the last look, and once a minute of all such.

        Their rows cannot leave meanwhile: claiming asks for the campaign too. To walk all of them in every round made
        it as slow as there are posts.
        """
        cancelled = cancelled_campaigns(session)
        if self._withdrawn_at is None or now - self._withdrawn_at >= WITHDRAW_AGAIN:
            self._withdrawn, self._withdrawn_at = set(), now
        if not cancelled - self._withdrawn:
            return False
        fresh = cancelled - self._withdrawn
        more = withdraw_campaigns(session, fresh, now=now, limit=WITHDRAW_AT_ONCE) == WITHDRAW_AT_ONCE
        if not more:
            self._withdrawn = cancelled
        return more

    def _expire(self, session: Session, now: datetime) -> None:
        for delivery_id in ledger.expire(session, now=now, can_look=self._can_look):
            alerts.raise_for(session, delivery_id, S.UNKNOWN, now=now)

    def _miss(self, session: Session, gate: Gate, now: datetime) -> bool:
        missed = ledger.miss(session, now=now, sentence=MISSED, gate=gate)
        breaker.explain_missed(session, missed)
        for delivery_id in missed:
            alerts.raise_for(session, delivery_id, S.MISSED, now=now)
        dropped = ledger.drop(session, now=now)
        return max(len(missed), len(dropped)) == ledger.AT_ONCE

    def _beat(self, session: Session, now: datetime) -> None:
        """Give the sign of life, which only a round that works gives."""
        if self._beaten is None or abs(now - self._beaten) >= EVERY:  # it may have been beaten by a clock ahead
            beat(session, now=now, doing=self._doing())
            self._beaten = now
