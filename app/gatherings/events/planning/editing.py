"""Change what was planned. Time and place of an announced event change by `changes.move_event`, with a reason."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.gatherings.events.access import may_plan_for, to_manage
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.registration.waiting_list import count_places, fill_places
from app.gatherings.events.service import Plan, check, facts, fill, stored_values
from app.gatherings.events.states import TOOK_PLACE
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.kernel.text import T

CLOSED = (EventStatus.VERIFIED, EventStatus.CANCELLED, EventStatus.MERGED)
TIME_AND_PLACE = ("starts_at", "ends_at", "village_code", "place")
"""What people who registered rely on."""
RESCHEDULED = Slot[Callable[[Session, Event, datetime], None]]("events.rescheduled")
"""Called inside `edit` and `changes.move_event` once an event has another time: (session, event, now)."""


def edit(session: Session, actor: Actor, event_id: int, values: Plan, *, version: int | None, now: datetime) -> Event:
    """Replace all that a plan holds. More places let people in from the waiting list at once.

    Raises Stale where somebody saved since `version`, Refused where it is closed, Invalid with its field: also for
    another time or place of an announced event, a time ahead of one that took place, and fewer places than are taken.
    """
    event = to_manage(session, actor, event_id, lock=True)
    if event.status in CLOSED:
        raise Refused(T("Kegiatan ini sudah dibatalkan, digabung, atau selesai diperiksa, jadi tidak bisa diubah."))
    if event.version != version:
        raise Stale(
            T("Kegiatan ini baru saja diubah orang lain. Periksa isiannya, lalu simpan lagi bila tetap mau diganti.")
        )
    if values.organisation_id is not None and not may_plan_for(actor, values.organisation_id):
        raise Forbidden(T("Anda hanya bisa mencatat kegiatan untuk kelompok atau organisasi Anda sendiri."))
    check(session, actor, values)
    if not keeps_time_and_place(event, values):
        _check_promises(session, event, values, now)
        event.sequence += 1 if event.announced_at is not None else 0  # calendars take the newer one only
    _keep_places(session, event, values)
    before, roomier, times = facts(event), _roomier(event, values), (event.starts_at, event.ends_at)
    for name, value in stored_values(values).items():
        setattr(event, name, value)
    fill(event, values)
    event.updated_at = now
    session.flush()
    if roomier:
        fill_places(session, event, now)
    audit.record(session, actor, "event.edited", event, now=now, before=before, after=facts(event))
    if (event.starts_at, event.ends_at) != times:
        notify_rescheduled(session, event, now=now)
    return event


def notify_rescheduled(session: Session, event: Event, *, now: datetime) -> None:
    """Tell the rooms above that the event has another time (RESCHEDULED)."""
    for hook in RESCHEDULED:
        hook(session, event, now)


def keeps_time_and_place(event: Event, values: Plan) -> bool:
    """Decide whether time and place stay as they are."""
    wanted = stored_values(values)
    return all(wanted[name] == getattr(event, name) for name in TIME_AND_PLACE)


def _check_promises(session: Session, event: Event, values: Plan, now: datetime) -> None:
    """Another time or place is free for a plan that nobody counts on; what took place stays in the past."""
    if event.status == EventStatus.ANNOUNCED:
        raise Invalid(
            T(
                "Kegiatan ini sudah diumumkan. Untuk mengganti waktu atau tempat, pakai tombol “Pindahkan” di "
                "halaman kegiatan: alasannya ikut dikirim kepada yang mendaftar."
            ),
            field="starts_at",
        )
    count = count_places(session, event)
    if event.status == EventStatus.PLANNED and count.taken + count.waiting:
        raise Invalid(
            T(
                "Sudah ada yang terdaftar pada kegiatan ini. Untuk mengganti waktu atau tempat, pakai tombol "
                "“Pindahkan” di halaman kegiatan: alasannya ikut dikirim kepada mereka."
            ),
            field="starts_at",
        )
    if event.status in TOOK_PLACE and values.starts_at is not None and values.starts_at > now:
        raise Invalid(
            T(
                "Kegiatan ini sudah tercatat terlaksana, jadi waktunya tidak bisa di masa depan. Bila belum "
                "berlangsung, batalkan dahulu tanda terlaksananya, lalu pindahkan."
            ),
            field="starts_at",
        )


def _keep_places(session: Session, event: Event, values: Plan) -> None:
    if values.capacity is None or values.capacity == event.capacity:
        return
    taken = count_places(session, event).taken
    if values.capacity < taken:
        raise Invalid(
            T(
                "Sudah %(taken)s orang terdaftar, jadi tempatnya tidak bisa kurang dari itu. Batalkan dahulu "
                "pendaftaran orang yang tidak jadi datang.",
                taken=taken,
            ),
            field="capacity",
        )


def _roomier(event: Event, values: Plan) -> bool:
    if event.capacity is None:
        return False
    return values.capacity is None or values.capacity > event.capacity
