"""Read an activity as it stands at the office, in the form in which a phone sends it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, Material
from app.gatherings.field.activity import LONGEST_NIGHT
from app.gatherings.field.forms import COUNTED
from app.gatherings.field.shape import Content
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import is_taken_up

GROUPS = frozenset((sex, band) for band, sex in COUNTED)


def current_content(session: Session, event_id: int, before: Content, tz: str) -> Content | None:
    """Return the content with every key, or None where there is no such event. `before`: what a device sent of it.

    The event is locked, so that it stays as it is until the end of the transaction.
    """
    fresh = {"populate_existing": True}
    event = session.scalar(select(Event).where(Event.id == event_id).with_for_update(), execution_options=fresh)
    if event is None:
        return None
    report = session.get(Report, event_id, populate_existing=True)
    zone = ZoneInfo(tz)
    starts_at, ends_at = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return {
        "event_id": event.id if before["event_id"] is not None else None,
        "title": event.title,
        "event_kind": event.kind,
        "date": starts_at.date().isoformat(),
        "start": _hour(starts_at),
        "end": _hour(ends_at) if _fits(starts_at, ends_at) else None,
        "village_code": event.village_code,
        "place": event.place,
        **_people(event),
        "materials": [_material(row) for row in event.materials if row.handed_out is not None or row.planned is None],
        "questions": _questions(session, event),
        "tags": sorted(row.tag for row in event.tags),
        "campaign_id": event.campaign_id,
        "told": report.told if report is not None else "",
    }


def _fits(starts_at: datetime, ends_at: datetime) -> bool:
    """Whether an hour alone says when it ends: on the same day, or in the night after it."""
    return starts_at < ends_at and (starts_at.date() == ends_at.date() or ends_at - starts_at < LONGEST_NIGHT)


def _hour(moment: datetime) -> str:
    return moment.strftime("%H:%M")


def _people(event: Event) -> Content:
    """`total` where somebody was counted in no group that the phone's form has."""
    counts = {(row.sex, row.age_band): row.people for row in event.headcounts}
    grouped = {f"{sex}.{band}": people for (sex, band), people in counts.items() if (sex, band) in GROUPS}
    return {"counts": grouped, "total": None if set(counts) <= GROUPS else sum(counts.values())}


def _material(row: Material) -> Content:
    return {"name": row.name, "copies": row.handed_out, "piece_id": row.piece_id}


def _questions(session: Session, event: Event) -> list[Content]:
    """What an OPD answered is no answer of the writer's: routing and answering make no other content."""
    rows = session.scalars(select(Aspiration).where(Aspiration.event_id == event.id).order_by(Aspiration.id))
    return [{"asked": row.text, "answer": "" if is_taken_up(row) else row.answer or ""} for row in rows]
