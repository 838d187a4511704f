"""Remind people of an event: the day before, and on its morning. Run often; each person hears each of them once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.service import notify
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.registration.news import mail, where_of
from app.kernel.db import unit_of_work
from app.kernel.site import site_of
from app.kernel.text import T

log = logging.getLogger(__name__)

DAY_BEFORE = time(9, 0)
"""From this hour of the day before."""
MORNING = time(6, 0)
"""From this hour of the day itself."""
AHEAD = timedelta(days=2)
"""No reminder is due earlier than this before an event."""


@dataclass(frozen=True)
class Due:
    """`key` names the occasion; `since` is the moment from which it is due."""

    key: str
    since: datetime
    today: bool


def due_of(starts_at: datetime, now: datetime, zone: ZoneInfo) -> Due | None:
    """Return the latest reminder that is due now; None before the day before, and once the event has begun."""
    if starts_at <= now:
        return None
    day = starts_at.astimezone(zone).date()
    morning = datetime.combine(day, MORNING, zone)
    if now >= morning:
        return Due("today", morning, today=True)
    before = datetime.combine(day - timedelta(days=1), DAY_BEFORE, zone)
    return Due("tomorrow", before, today=False) if now >= before else None


def remind_due(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Send every reminder that is due and return how many mails are new.

    One transaction for an event, so that a fault at one keeps the reminders of the others.
    """
    with sessions() as session:
        query = select(Event.id).where(
            Event.status == EventStatus.ANNOUNCED, Event.starts_at > now, Event.starts_at <= now + AHEAD
        )
        ids = session.scalars(query.order_by(Event.starts_at, Event.id)).all()
    sent = 0
    for event_id in ids:
        try:
            with unit_of_work(sessions) as session:
                sent += _remind(session, event_id, now)
        except Exception:  # whatever it is, the next run tries again
            log.exception("the reminders of event %s failed", event_id)
    return sent


def _remind(session: Session, event_id: int, now: datetime) -> int:
    """Nothing where the event was cancelled, moved or deleted a moment ago."""
    event = session.get(Event, event_id)
    if event is None or event.status != EventStatus.ANNOUNCED:
        return 0
    zone = ZoneInfo(site_of(session).tz)
    due = due_of(event.starts_at, now, zone)
    if due is None:
        return 0
    # a moved event is reminded of anew: its day, as people there count it, is part of the key
    key = f"{due.key}:{event.starts_at.astimezone(zone):%Y%m%d}"
    people = session.scalars(_unreminded(event, due)).all()
    subject, body = _words(session, event, due)
    mails = sum(
        mail(session, person, subject, body, key=f"registration:{person.id}:{key}", now=now) for person in people
    )
    _mark(session, people, now)
    if event.responsible_id is not None:
        _tell_responsible(session, event, subject, key, now)
    return mails


def _unreminded(event: Event, due: Due) -> Select[Registration]:
    return select(Registration).where(
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.REGISTERED,
        Registration.email.is_not(None),
        Registration.registered_at < due.since,  # who registered since then knows
        (Registration.reminded_at.is_(None)) | (Registration.reminded_at < due.since),
    )


def _words(session: Session, event: Event, due: Due) -> tuple[T, T]:
    subject = T("Hari ini: %(title)s", title=event.title) if due.today else T("Besok: %(title)s", title=event.title)
    return subject, T(
        "Pengingat untuk “%(title)s”.\n\nWaktu: %(when)s\nTempat: %(where)s\n\nTiket Anda ada pada tautan di bawah. "
        "Bila tidak bisa datang, batalkan di sana supaya tempatnya bisa dipakai orang lain.",
        title=event.title,
        when=site_of(session).when(event.starts_at, event.ends_at),
        where=where_of(session, event),
    )


def _mark(session: Session, people: Sequence[Registration], now: datetime) -> None:
    if people:
        session.execute(
            update(Registration).where(Registration.id.in_([one.id for one in people])).values(reminded_at=now),
            execution_options={"synchronize_session": False},
        )


def _tell_responsible(session: Session, event: Event, subject: T, key: str, now: datetime) -> None:
    notify(
        session,
        user_ids=[event.responsible_id] if event.responsible_id is not None else [],
        kind="event",
        subject=subject,
        body=T(
            "Anda penanggung jawab kegiatan ini.\nWaktu: %(when)s\nTempat: %(where)s\n\nPeriksa pendaftar, bahan, dan "
            "daftar hadirnya.",
            when=site_of(session).when(event.starts_at, event.ends_at),
            where=where_of(session, event),
        ),
        path=f"/kegiatan/{event.id}",
        dedupe_key=f"event:{event.id}:{key}",
        now=now,
    )
