"""Guests who write themselves down at the door, on their own phone. Whoever does it is not known, so it is bounded."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.attendance.presence import Guest, attendance_row, clean_guest, lock_for_attendance, origin_key
from app.gatherings.events.headcount import count_people
from app.gatherings.events.models import Attendance, Event
from app.gatherings.events.registration.details import NOTICE
from app.gatherings.events.registration.names import name_key
from app.kernel.errors import Refused
from app.kernel.text import T

SELF = "self"
SAME_WITHIN = timedelta(minutes=10)  # the same words typed again within this time are one person
MOST = 2_000  # for one event
MOST_A_MINUTE = 30


def write_down(session: Session, event_id: int, guest: Guest, *, now: datetime) -> Attendance:
    """Note a guest who agreed to it. The same words soon again are one person; nobody is told who is on the list.

    Raises Invalid with its field, NotFound, and Refused: too early, cancelled, or too many guests by this way.
    """
    event = lock_for_attendance(session, None, event_id, now)
    guest = clean_guest(guest)
    twin = _twin(session, event, guest, now)
    if twin is not None:
        return session.get_one(Attendance, twin)
    _check_flood(session, event, now)
    row = attendance_row(event, guest, SELF, None, now)
    row.notice, row.consent_at = NOTICE, now
    session.add(row)
    count_people(session, event)
    return row


def _twin(session: Session, event: Event, guest: Guest, now: datetime) -> int | None:
    """The id of who was noted lately by this name and origin."""
    lately = select(Attendance.id, Attendance.name, Attendance.organisation).where(
        Attendance.event_id == event.id, Attendance.at >= now - SAME_WITHIN
    )
    wanted = (name_key(guest.name), origin_key(guest.organisation))
    for row in session.execute(lately.order_by(Attendance.id)):
        if (name_key(row.name), origin_key(row.organisation)) == wanted:
            return int(row.id)
    return None


def _check_flood(session: Session, event: Event, now: datetime) -> None:
    guests = select(func.count()).where(
        Attendance.event_id == event.id, Attendance.method == SELF, Attendance.registration_id.is_(None)
    )
    if (session.scalar(guests.where(Attendance.at > now - timedelta(minutes=1))) or 0) >= MOST_A_MINUTE:
        raise Refused(
            T("Terlalu banyak tamu mencatat diri pada saat yang sama. Tunggu satu menit, atau minta panitia mencatat.")
        )
    if (session.scalar(guests) or 0) >= MOST:
        raise Refused(T("Tamu di pintu ini sudah terlalu banyak. Minta panitia mencatat kehadiran Anda."))
