"""The one thing to do next about a batch, so that its page can offer it first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.gatherings.events.models import Event
from app.learning.training.batches.openings import MissingPart
from app.learning.training.models import Admission, Batch, BatchStatus
from app.learning.training.sessions.meetings import ahead


class Step(StrEnum):
    SESSIONS = "sessions"
    COMPLETE = "complete"
    OPEN = "open"
    DECIDE = "decide"
    ATTEND = "attend"
    SHARE = "share"
    MEETINGS = "meetings"
    FINISH = "finish"
    OUTCOME = "outcome"
    NOTHING = "nothing"


@dataclass(frozen=True)
class NextStep:
    """What to do next. `event_id`: of the session it is about."""

    step: Step
    event_id: int | None = None


def next_step(
    batch: Batch, events: Sequence[Event], missing: Sequence[MissingPart], *, applied: int, now: datetime, tz: str
) -> NextStep:
    """Plan its sessions, complete it, open it; then decide about who asks, note who is there, finish.

    `events`: those that were not called off; `applied`: how many wait for a decision.
    """
    if batch.status == BatchStatus.DRAFT:
        return NextStep(Step.SESSIONS if not events else Step.COMPLETE if missing else Step.OPEN)
    if batch.status == BatchStatus.FINISHED:
        return NextStep(Step.OUTCOME)
    if batch.status == BatchStatus.CANCELLED:
        return NextStep(Step.NOTHING)
    today = _today(ahead(events, now), now, tz)
    if today is not None:
        return NextStep(Step.ATTEND, today.id)
    if applied:
        return NextStep(Step.DECIDE)
    if not ahead(events, now):
        return NextStep(Step.FINISH if events else Step.SESSIONS)
    if batch.status == BatchStatus.OPEN and batch.admission != Admission.NOMINATION and not batch.simulated:
        return NextStep(Step.SHARE)
    return NextStep(Step.MEETINGS)


def _today(events: Sequence[Event], now: datetime, tz: str) -> Event | None:
    """The session of today that is not over."""
    zone = ZoneInfo(tz)
    day = now.astimezone(zone).date()
    return next((one for one in events if one.starts_at.astimezone(zone).date() <= day), None)
