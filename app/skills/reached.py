"""Villages that training reached: somebody from there sat in a session, wherever it was held.

Where it was held counts as an event already; see reports/contacts.py. That somebody was noted as present proves that
the session took place, whether its event was marked so or not. The village is the one where the participant lives
now, and practice batches reach nobody.
"""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Attendance, Event, EventStatus
from app.events.reach import within
from app.kernel.periods import Period
from app.kernel.text import T
from app.reports.contacts import SOURCES, Source
from app.training.models import Batch, BatchSession, Enrolment, Seat, Trainee

KEY = "training"


def last_days(
    session: Session, zone: ZoneInfo, now: datetime, campaign_id: int | None, period: Period | None = None
) -> Mapping[str, date]:
    """Village code → the last local day (of the period) on which a participant from there attended a session; one
    query. With a campaign: only batches of it."""
    query = (
        select(Trainee.village_code, func.max(Event.starts_at).label("last"))
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Seat, Seat.enrolment_id == Enrolment.id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .join(Event, Event.id == BatchSession.event_id)
        .join(Attendance, (Attendance.event_id == Event.id) & (Attendance.registration_id == Seat.registration_id))
        .where(Trainee.village_code.is_not(None), Batch.simulated.is_(False), Event.starts_at <= now)
        .where(Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)))
        .group_by(Trainee.village_code)
    )
    if campaign_id is not None:
        query = query.where(Batch.campaign_id == campaign_id)
    if period is not None:
        query = query.where(within(period, zone))
    return {str(row.village_code): row.last.astimezone(zone).date() for row in session.execute(query)}


TRAINING = Source(KEY, T("Peserta pelatihan dari sana"), last_days)
SOURCES.append(TRAINING)
