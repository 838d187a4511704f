"""Move, cancel, undo, copy. Whoever registered hears of it; see registration/news.py."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.access import get, may_plan_for, to_manage
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.planning.editing import TIME_AND_PLACE, notify_rescheduled
from app.gatherings.events.planning.plans import plan_of, shift_plan
from app.gatherings.events.registration.news import tell_registered
from app.gatherings.events.service import Plan, check, facts, plan
from app.gatherings.events.states import LABELS, MOVES, UPCOMING
from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import REASON_TOO_LONG, required_line

MAX_REASON = 500
WEEK = timedelta(days=7)


def move_event(
    session: Session,
    actor: Actor,
    event_id: int,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    reason: str,
    village_code: str | None = None,
    place: str,
    now: datetime,
    spare: Collection[int] = (),
) -> Event:
    """Give the event another time or place. `village_code` None leaves the village as it is, "" takes it out. `spare`:
    as in `cancel_event`.

    The closing of registration moves along. Raises Invalid with its field, Refused where it took place or is cancelled.
    """
    event = to_manage(session, actor, event_id, lock=True)
    why = _reason(reason)
    if event.status not in UPCOMING:
        raise Refused(T("Hanya kegiatan yang belum berlangsung yang bisa dipindahkan. Salin menjadi rencana baru."))
    before = facts(event)
    wanted = _moved(event, starts_at, ends_at, event.village_code if village_code is None else village_code, place)
    if wanted.ends_at is not None and wanted.ends_at <= now:
        raise Invalid(T("Waktu yang baru sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
    check(session, actor, wanted)
    _set_time_and_place(event, wanted, why, now)
    session.flush()
    after = facts(event)
    if after == before:
        raise Invalid(T("Waktu dan tempatnya masih sama. Ubah salah satunya, atau batal."), field="starts_at")
    audit.record(session, actor, "event.moved", event, now=now, before=before, after={**after, "reason": why})
    tell_registered(session, event, "moved", now=now, spare=spare)
    notify_rescheduled(session, event, now=now)
    return event


def cancel_event(
    session: Session, actor: Actor, event_id: int, *, reason: str, now: datetime, spare: Collection[int] = ()
) -> Event:
    """Cancel the event for good: it stays on the calendar as cancelled. Raises Invalid (field reason), Refused after it
    took place.

    `spare`: registrations of people whom somebody else tells of it, as in `tell_registered`.
    """
    event = to_manage(session, actor, event_id, lock=True)
    why = _reason(reason)
    move(event, MOVES, EventStatus.CANCELLED, LABELS)
    event.reason, event.cancelled_at, event.updated_at = why, now, now
    event.sequence += 1
    session.flush()
    audit.record(session, actor, "event.cancelled", event, now=now, after={"reason": why})
    tell_registered(session, event, "cancelled", now=now, spare=spare)
    return event


def undo_held(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Event:
    """Take back that the event was marked as held. Raises Refused where people were counted, a report was handed in, or
    an announced event has got another time or place since: nobody was told of that."""
    event = to_manage(session, actor, event_id, lock=True)
    if event.status == EventStatus.HELD and event.people:
        raise Refused(
            T(
                "Sudah tercatat %(n)s orang hadir, jadi kegiatan ini terlaksana. Bila keliru, hapus dahulu catatan "
                "hadirnya.",
                n=event.people,
            )
        )
    if event.announced_at is not None and _differs_from_told(session, event):
        raise Refused(
            T(
                "Sesudah ditandai terlaksana, waktu atau tempatnya diubah. Kembalikan dahulu seperti yang diumumkan, "
                "lalu batalkan tandanya dan pakai “Pindahkan”."
            )
        )
    move(event, MOVES, EventStatus.ANNOUNCED if _was_announced(session, event) else EventStatus.PLANNED, LABELS)
    event.updated_at = now
    session.flush()
    audit.record(session, actor, "event.not_held", event, now=now)
    return event


def _was_announced(session: Session, event: Event) -> bool:
    """Also to those only who are registered, which the trail alone knows."""
    if event.announced_at is not None:
        return True
    told = select(AuditEntry.id).where(
        AuditEntry.subject_kind == "events",
        AuditEntry.subject_id == str(event.id),
        AuditEntry.action == "event.announced",
    )
    return session.scalar(told.limit(1)) is not None


def _differs_from_told(session: Session, event: Event) -> bool:
    """Whether time or place differ from what stood in the last announcement or move, by the trail."""
    entries = select(AuditEntry).where(AuditEntry.subject_kind == "events", AuditEntry.subject_id == str(event.id))
    told = session.scalar(
        entries.where(AuditEntry.action.in_(("event.announced", "event.moved"))).order_by(AuditEntry.id.desc()).limit(1)
    )
    later = entries.where(AuditEntry.action == "event.edited", AuditEntry.id > (told.id if told else 0))
    first = session.scalar(later.order_by(AuditEntry.id).limit(1))
    before = (first.before if first else None) or {}
    return any(
        name in before and before[name] != value for name, value in facts(event).items() if name in TIME_AND_PLACE
    )


def copy_event(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Event:
    """Make a new plan with the same contents, on the same weekday and hour of the next week that lies ahead.

    People, photos and registrations belong to the original.
    """
    event = get(session, actor, event_id)
    if not may_plan_for(actor, event.organisation_id):
        raise Forbidden(T("Kegiatan ini hanya bisa disalin oleh penyelenggaranya atau staf kantor."))
    weeks = max(1, (now - event.starts_at) // WEEK + 1)
    copied = plan(session, actor, shift_plan(plan_of(event), weeks * WEEK), now=now)
    audit.record(session, actor, "event.copied", copied, now=now, after={"from": event.id})
    return copied


def _reason(text: str) -> str:
    missing = T("Tulis alasannya. Semua yang mendaftar akan membacanya.")
    return required_line(text, MAX_REASON, "reason", missing, REASON_TOO_LONG)


def _moved(
    event: Event, starts_at: datetime | None, ends_at: datetime | None, village_code: str | None, place: str
) -> Plan:
    until = event.registration_until
    if until is not None and starts_at is not None:
        until += starts_at - event.starts_at
    return replace(
        plan_of(event),
        starts_at=starts_at,
        ends_at=ends_at,
        village_code=village_code or None,
        place=" ".join(place.split()),
        registration_until=until if until is None or ends_at is None else min(until, ends_at),
    )


def _set_time_and_place(event: Event, wanted: Plan, why: str, now: datetime) -> None:
    if wanted.starts_at is None or wanted.ends_at is None:
        return  # refused before
    if wanted.starts_at != event.starts_at:
        event.moved_from = event.starts_at
    event.starts_at, event.ends_at = wanted.starts_at, wanted.ends_at
    event.registration_until = wanted.registration_until
    event.village_code, event.place = wanted.village_code, wanted.place
    event.reason, event.updated_at = why, now
    event.sequence += 1
