"""Decide on the one thing to do next about an event, so that its page can offer it first."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.gatherings.events.models import Event, EventStatus


class Step(StrEnum):
    ANNOUNCE = "announce"
    SHARE = "share"
    ATTEND = "attend"
    REPORT = "report"
    READ_REPORT = "read_report"
    NOTHING = "nothing"


AFTER = {
    EventStatus.HELD: Step.REPORT,
    EventStatus.RETURNED: Step.REPORT,
    EventStatus.REPORTED: Step.READ_REPORT,
    EventStatus.VERIFIED: Step.READ_REPORT,
}


def next_step(event: Event, now: datetime, tz: str) -> Step:
    """Return what to do next: announce, share until its day, note who is there, then report. On its day by the
    regency's zone."""
    if event.status in AFTER:
        return AFTER[EventStatus(event.status)]
    if event.status not in (EventStatus.PLANNED, EventStatus.ANNOUNCED):
        return Step.NOTHING
    if event.ends_at <= now:
        return Step.REPORT
    zone = ZoneInfo(tz)
    if event.starts_at.astimezone(zone).date() <= now.astimezone(zone).date():
        return Step.ATTEND
    return Step.ANNOUNCE if event.status == EventStatus.PLANNED else Step.SHARE
