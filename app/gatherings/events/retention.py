"""Erase names and contacts when they are no longer needed; the counts stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.base.notices.service import forget_addresses, forget_occasions
from app.gatherings.events.models import Attendance, Event, Registration
from app.gatherings.events.registration.news import mail_keys_of
from app.gatherings.events.registration.service import cancel_registration
from app.kernel import audit
from app.kernel.roles import SYSTEM

NOBODY = "–"
"""Stands in the place of an erased name."""
BATCH = 200  # events in one run; the next run takes the others
BLANK = {"name": NOBODY, "phone": None, "email": None, "contact_key": None, "guardian": None}


@dataclass(frozen=True)
class ErasedCounts:
    events: int = 0
    registrations: int = 0
    attendances: int = 0
    mails: int = 0


def erase_expired(session: Session, *, personal_days: int, now: datetime) -> ErasedCounts:
    """Erase the personal data of events that ended more than `personal_days` days ago, and the mails about them.

    Village, sex and age band stay, so that every count stays as it was. One audit line for an event.
    """
    border = now - timedelta(days=personal_days)
    mails = forget_addresses(session, before=border)
    due = _due(session, border)
    registrations = attendances = 0
    for event in session.scalars(select(Event).where(Event.id.in_(due)).order_by(Event.id)):
        people = _erase(session, Registration, event.id, BLANK, now)
        named = _erase(session, Attendance, event.id, {"name": NOBODY, "organisation": ""}, now)
        after = {"registrations": people, "attendances": named}
        audit.record(session, SYSTEM, "event.personal_data_erased", event, now=now, after=after)
        registrations += people
        attendances += named
    session.flush()
    return ErasedCounts(len(due), registrations, attendances, mails)


def erase_registration(session: Session, registration: Registration, *, now: datetime) -> None:
    """Erase a registration at the person's own wish: the place is given back, the data go at once."""
    event = session.get_one(Event, registration.event_id, with_for_update=True)  # nobody is told of a move meanwhile
    # before the registration is changed: the mailer takes both in this order too
    forget_occasions(session, mail_keys_of(registration))
    if event.ends_at > now:
        cancel_registration(session, registration, now=now)
    for name, value in BLANK.items():
        setattr(registration, name, value)
    registration.erased_at = now
    session.execute(
        update(Attendance)
        .where(Attendance.registration_id == registration.id)
        .values(name=NOBODY, organisation="", erased_at=now)
    )
    session.flush()
    audit.record(
        session, SYSTEM, "event.registration_erased", event, now=now, after={"registration_id": registration.id}
    )


def _due(session: Session, border: datetime) -> list[int]:
    """Ids of events that are over since long and still hold somebody's data."""
    holds = [select(model.event_id).where(model.erased_at.is_(None)).distinct() for model in (Registration, Attendance)]
    query = select(Event.id).where(Event.ends_at < border, Event.id.in_(holds[0].union(holds[1]))).order_by(Event.id)
    return list(session.scalars(query.limit(BATCH)))


def _erase(
    session: Session,
    model: type[Registration] | type[Attendance],
    event_id: int,
    blank: dict[str, str | None],
    now: datetime,
) -> int:
    fresh = (model.event_id == event_id) & (model.erased_at.is_(None))
    count = session.scalar(select(func.count()).select_from(model).where(fresh)) or 0
    session.execute(
        update(model).where(fresh).values(erased_at=now, **blank), execution_options={"synchronize_session": False}
    )
    return count
