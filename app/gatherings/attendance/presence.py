"""Shared by all ways of noting somebody as present: the lock, the row, and who is on the list already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.access import may_manage, to_manage
from app.gatherings.events.headcount import count_people
from app.gatherings.events.models import AgeBand, Attendance, Event, EventStatus, Registration, RegistrationStatus, Sex
from app.gatherings.events.registration.names import name_key
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.kernel.typed import at_most, line

EARLIEST = timedelta(hours=24)  # before the beginning: the desk at the door opens early
MAX_NAME = 200
ROLES: Mapping[str, T] = {
    "participant": T("Peserta"),
    "speaker": T("Narasumber"),
    "committee": T("Panitia"),
}
METHODS: Mapping[str, T] = {
    "qr": T("Kode QR tiket"),
    "self": T("Mencatat sendiri di pintu"),
    "list": T("Dicentang di daftar"),
    "walk_in": T("Datang langsung"),
    "sheet": T("Dari lembar kertas"),
}


@dataclass(frozen=True)
class Guest:
    """Somebody who came without having registered; `organisation` as they write it: a village, an office, a school."""

    name: str
    organisation: str = ""
    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN
    role: str = "participant"


class CheckedIn(NamedTuple):
    attendance: Attendance
    new: bool  # False: this person was in already, since `attendance.at`
    waiting: bool  # came from the waiting list


def may_see_names(actor: Actor, event: Event) -> bool:
    """Decide whether this person may see who came, by name: those who keep the list, and who verifies the report in the
    office. One rule for the list and for every document that would carry it."""
    return may_manage(actor, event) or (actor.of_office and actor.can(Can.READ_ATTENDANCE_NAMES))


def check_sees_names(actor: Actor, event: Event) -> None:
    if not may_see_names(actor, event):
        raise Forbidden(T("Nama yang hadir hanya untuk penyelenggaranya dan pemeriksa laporan di kantor."))


def attendance_refusal(event: Event, now: datetime) -> T | None:
    """Return why nobody can be noted as present now, or None."""
    if event.status == EventStatus.CANCELLED:
        return T("Kegiatan ini dibatalkan, jadi kehadirannya tidak dicatat.")
    if event.status == EventStatus.MERGED:
        return T("Kegiatan ini digabung dengan catatan lain. Catat kehadirannya di sana.")
    if event.status == EventStatus.VERIFIED:
        return T("Laporan kegiatan ini sudah diperiksa, jadi daftar hadirnya tidak diubah lagi.")
    if event.starts_at - now > EARLIEST:
        return T("Kehadiran bisa dicatat mulai sehari sebelum kegiatan dimulai.")
    return None


def lock_for_attendance(session: Session, actor: Actor | None, event_id: int, now: datetime) -> Event:
    """Return the event with its row locked. Raises NotFound, Forbidden, Refused where nobody can be noted as present
    now."""
    event: Event | None
    if actor is not None:
        event = to_manage(session, actor, event_id, lock=True)
    else:
        event = session.scalar(
            select(Event).where(Event.id == event_id).with_for_update(), execution_options={"populate_existing": True}
        )
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada lagi."))
    refusal = attendance_refusal(event, now)
    if refusal is not None:
        raise Refused(refusal)
    return event


def check_not_verified(event: Event) -> None:
    if event.status == EventStatus.VERIFIED:
        raise Refused(T("Laporan kegiatan ini sudah diperiksa, jadi daftar hadirnya tidak diubah lagi."))


def add_attendance(
    session: Session,
    actor: Actor | None,
    event: Event,
    registration: Registration,
    method: str,
    now: datetime,
    *,
    count: bool = True,
) -> CheckedIn:
    values = {
        "event_id": event.id, "registration_id": registration.id, "name": registration.name,
        "village_code": registration.village_code, "sex": registration.sex, "age_band": registration.age_band,
        "method": method, "at": now, "recorded_by_id": actor.id if actor else None,
    }  # fmt: skip
    new = bool(insert_missing(session, Attendance, [values]))
    row = session.scalars(
        select(Attendance).where(Attendance.event_id == event.id, Attendance.registration_id == registration.id)
    ).one()
    if new and count:
        count_people(session, event)
    return CheckedIn(row, new, registration.status == RegistrationStatus.WAITING)


def attendance_row(event: Event, guest: Guest, method: str, actor: Actor | None, now: datetime) -> Attendance:
    return Attendance(
        event_id=event.id, name=guest.name, organisation=guest.organisation, sex=str(guest.sex),
        age_band=str(guest.age_band), role=guest.role, method=method, at=now,
        recorded_by_id=actor.id if actor else None,
    )  # fmt: skip


def clean_guest(guest: Guest) -> Guest:
    name, organisation = line(guest.name), line(guest.organisation)
    if not name_key(name):
        raise Invalid(T("Tulis namanya."), field="name")
    at_most(name, MAX_NAME, "name")
    at_most(organisation, MAX_NAME, "organisation")
    if guest.sex not in set(Sex) or guest.age_band not in set(AgeBand) or guest.role not in ROLES:
        raise Invalid(T("Pilihan ini tidak dikenal. Muat ulang halaman."), field="sex")
    return Guest(name, organisation, guest.sex, guest.age_band, guest.role)


def attendances_of(session: Session, event: Event) -> list[Attendance]:
    return list(session.scalars(select(Attendance).where(Attendance.event_id == event.id).order_by(Attendance.id)))


def find_same_person(present: Sequence[Attendance], name: str, origin: str) -> Attendance | None:
    """Return somebody of this name who came from there; where one of both origins is not known, the name alone
    counts."""
    key, place = name_key(name), origin_key(origin)
    for row in present:
        other = origin_key(row.organisation)
        if name_key(row.name) == key and (place == other or not (place and other)):
            return row
    return None


def origin_key(text: str) -> str:
    return " ".join(text.lower().split())
