"""Villages that training reached: somebody from there sat in a session, wherever it was held.

Where it was held counts as an event already; see reports/contacts.py. That somebody was noted as present proves that
the session took place, whether its event was marked so or not. The village is the one where the participant lives
now. Practice batches reach nobody; how many people they had is told only where there is nothing real.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Event, EventStatus
from app.gatherings.events.reach import within
from app.gatherings.reports.contacts import Source
from app.kernel.periods import Period
from app.kernel.text import T
from app.learning.training.models import Batch, BatchSession, Enrolment, Seat, Trainee
from app.learning.training.practice import shows_practice

KEY = "training"


def select_attendees(
    zone: ZoneInfo,
    now: datetime,
    *,
    campaign_id: int | None = None,
    period: Period | None = None,
    practice: bool = False,
) -> Any:
    """Select by village: participants who live there and were noted as present at a session that took place; `Trainee`,
    `Event` and `Batch` are joined. `practice`: those of practice batches instead of the real."""
    query = (
        select(Trainee.village_code)
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Seat, Seat.enrolment_id == Enrolment.id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .join(Event, Event.id == BatchSession.event_id)
        .join(Attendance, (Attendance.event_id == Event.id) & (Attendance.registration_id == Seat.registration_id))
        .where(Trainee.village_code.is_not(None), Batch.simulated.is_(practice), Event.starts_at <= now)
        .where(Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)))
        .group_by(Trainee.village_code)
    )
    if campaign_id is not None:
        query = query.where(Batch.campaign_id == campaign_id)
    return query if period is None else query.where(within(period, zone))


def count_people(
    session: Session, zone: ZoneInfo, now: datetime, period: Period, *, practice: bool | None = None
) -> Mapping[str, int]:
    """Count by village code how many different people from there attended a session in the period. `practice`: one of a
    practice batch; None: as the figures of training do, see training/practice.py."""
    shown = shows_practice(session) if practice is None else practice
    query = select_attendees(zone, now, period=period, practice=shown)
    counted = query.add_columns(func.count(Trainee.id.distinct()).label("people"))
    return {str(row.village_code): row.people for row in session.execute(counted)}


def last_days(
    session: Session, zone: ZoneInfo, now: datetime, campaign_id: int | None, period: Period | None = None, *,
    least: int = 1,
) -> Mapping[str, date]:  # fmt: skip
    """Map the village code to the last local day (of the period) on which a participant from there attended a session;
    one query. With a campaign: only batches of it. Villages of fewer people than `least` are left out."""
    query = select_attendees(zone, now, campaign_id=campaign_id, period=period)
    query = query.add_columns(func.max(Event.starts_at).label("last"))
    if least > 1:
        query = query.having(func.count(Trainee.id.distinct()) >= least)
    return {str(row.village_code): row.last.astimezone(zone).date() for row in session.execute(query)}


TRAINING = Source(KEY, T("Peserta pelatihan dari sana"), last_days)
