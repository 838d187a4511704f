"""Note who came, by name: checked in by ticket, ticked on the list, written down at the door, keyed from the paper
sheet.

Everything here locks the event's row first, so that two phones that check the same person in at once make one row and
the count is right. More people than places are allowed: who is there, is there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.identity import email_of, phone_of
from app.gatherings.attendance.presence import (
    ROLES,
    CheckedIn,
    Guest,
    add_attendance,
    attendance_row,
    attendances_of,
    check_not_verified,
    clean_guest,
    find_same_person,
    lock_for_attendance,
    origin_key,
)
from app.gatherings.attendance.sheet_lines import SheetLine
from app.gatherings.events.access import to_manage
from app.gatherings.events.headcount import Counts, count_people, set_headcount
from app.gatherings.events.models import Attendance, Event, Registration, RegistrationStatus, Sex, Speaker
from app.gatherings.events.registration.details import has_contact
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.registration.news import COMING
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T


class KeyedSheet(NamedTuple):
    """The counts of what became of the lines of a paper sheet."""

    added: int
    known: int  # were on the list of those who came already


class DoubleLine(NamedTuple):
    """Two lines that look like one person. `of`: the earlier line, or None where the person is on the list already."""

    line: SheetLine
    of: SheetLine | None


class DoubleLines(Invalid):
    """Lines that may be the same person twice; the person at the screen decides. Nothing was stored."""

    def __init__(self, doubles: Sequence[DoubleLine]) -> None:
        super().__init__(T("Ada nama yang muncul dua kali. Pilih apa yang benar, lalu simpan."))
        self.doubles = doubles


class SameName(Invalid):
    """Somebody of this name and origin is on the list already."""


def check_in(
    session: Session, actor: Actor | None, event_id: int, registration_id: int, *, method: str, now: datetime
) -> CheckedIn:
    """Note that a registered person is there; again is the same row. Without an actor: the person did it alone.

    Raises NotFound, Forbidden, Refused where the event or the registration was cancelled or it is too early.
    """
    event = lock_for_attendance(session, actor, event_id, now)
    registration = _registration(session, event, registration_id)
    if registration.status == RegistrationStatus.CANCELLED:
        raise Refused(
            T("Pendaftaran ini sudah dibatalkan. Bila orangnya tetap datang, catat sebagai yang datang langsung.")
        )
    return add_attendance(session, actor, event, registration, method, now)


def tick(session: Session, actor: Actor, event_id: int, registration_id: int, *, now: datetime) -> CheckedIn:
    """Check somebody in from the list; as `check_in`."""
    return check_in(session, actor, event_id, registration_id, method="list", now=now)


def untick(session: Session, actor: Actor, event_id: int, attendance_id: int, *, now: datetime) -> None:
    """Take back an attendance that was noted by mistake; one that is gone already raises nothing."""
    event = to_manage(session, actor, event_id, lock=True)
    check_not_verified(event)
    row = session.scalar(select(Attendance).where(Attendance.id == attendance_id, Attendance.event_id == event.id))
    if row is None:
        return
    before = {"role": row.role, "method": row.method, "at": row.at.isoformat()}  # no name: the trail is kept longer
    session.delete(row)
    count_people(session, event)
    audit.record(session, actor, "event.attendance_removed", event, now=now, before=before)


def walk_in(
    session: Session, actor: Actor, event_id: int, guest: Guest, *, certain: bool = False, now: datetime
) -> Attendance:
    """Note somebody who had not registered. `certain`: another person of the same name and origin really came.

    Raises Invalid with its field, SameName (field certain), NotFound, Forbidden, Refused. Guests who write themselves
    down: `door.py`.
    """
    event = lock_for_attendance(session, actor, event_id, now)
    guest = clean_guest(guest)
    if not certain:
        _not_on_the_list(session, event, guest)
    row = attendance_row(event, guest, "walk_in", actor, now)
    session.add(row)
    count_people(session, event)
    return row


def _not_on_the_list(session: Session, event: Event, guest: Guest) -> None:
    """Nobody is counted twice; and who registered is ticked on the list, or would count as absent and as a guest."""
    for row in _missing(session, event):
        if name_key(row.name) == name_key(guest.name):
            raise SameName(
                T(
                    "“%(name)s” sudah mendaftar. Tekan “Hadir” pada namanya di daftar. Bila ini orang lain yang "
                    "namanya sama, centang “Memang orang lain”, lalu simpan lagi.",
                    name=row.name,
                ),
                field="certain",
            )
    twin = find_same_person(attendances_of(session, event), guest.name, guest.organisation)
    if twin is not None:
        raise SameName(
            T(
                "“%(name)s” sudah tercatat hadir. Bila ini orang lain yang namanya sama, centang “Memang orang lain”, "
                "lalu simpan lagi.",
                name=twin.name,
            ),
            field="certain",
        )


def tick_speaker(session: Session, actor: Actor, event_id: int, speaker_id: int, *, now: datetime) -> Attendance:
    """Note that a speaker of the plan came; again is the same row."""
    event = lock_for_attendance(session, actor, event_id, now)
    speaker = session.scalar(select(Speaker).where(Speaker.id == speaker_id, Speaker.event_id == event.id))
    if speaker is None:
        raise NotFound(T("Narasumber ini tidak ada lagi pada kegiatan ini. Muat ulang halaman."))
    here = [
        row
        for row in attendances_of(session, event)
        if row.role == "speaker" and name_key(row.name) == speaker.name_key
    ]
    if here:
        return here[0]
    row = attendance_row(event, Guest(speaker.name, speaker.title, role="speaker"), "list", actor, now)
    session.add(row)
    count_people(session, event)
    return row


def registration_of(session: Session, event_id: int, contact: str) -> Registration | None:
    """Return who registered for this event with this phone number or e-mail address, in any common spelling."""
    phone = phone_of(contact)
    email = None if phone else email_of(contact)
    if phone is None and email is None:
        raise Invalid(
            T("Tulis nomor HP atau surel yang lengkap, misalnya 0812-3456-7890 atau nama@contoh.id."), field="contact"
        )
    return session.scalar(
        select(Registration).where(
            Registration.event_id == event_id,
            has_contact(phone, email),
            Registration.status != RegistrationStatus.CANCELLED,
        )
    )


def key_sheet(
    session: Session,
    actor: Actor,
    event_id: int,
    lines: Sequence[SheetLine],
    *,
    role: str = "participant",
    doubles: str = "",
    now: datetime,
) -> KeyedSheet:
    """Store the lines of a paper sheet: all of them, or nothing.

    A name that one registered person bears, who is not in yet, checks that person in. `doubles` says what to do with
    what looks like one person twice: "once" stores one, "both" stores each, "" asks by raising Doubles. Raises Invalid.
    """
    event = lock_for_attendance(session, actor, event_id, now)
    if role not in ROLES:
        raise Invalid(T("Pilih peserta, narasumber, atau panitia."), field="role")
    present, missing = attendances_of(session, event), _by_name(_missing(session, event))
    found = _doubles(lines, present)
    if found and doubles not in {"once", "both"}:
        raise DoubleLines(found)
    left_out = {double.line.number for double in found} if doubles == "once" else set()
    kept = [line for line in lines if line.number not in left_out]
    for line in kept:
        registered = missing.pop(name_key(line.name), None)
        if registered is not None:
            _fill_in(
                add_attendance(session, actor, event, registered, "sheet", now, count=False).attendance, line, role
            )
        else:
            session.add(
                attendance_row(
                    event, clean_guest(Guest(line.name, line.origin, line.sex, role=role)), "sheet", actor, now
                )
            )
    count_people(session, event)
    if kept:
        audit.record(session, actor, "event.sheet_keyed", event, now=now, after={"people": len(kept), "role": role})
    return KeyedSheet(len(kept), len(left_out))


def count_heads(session: Session, actor: Actor, event_id: int, counts: Counts, *, now: datetime) -> int:
    """Set the headcount, for where names are not taken, and return its sum. Raises Invalid (field headcount)."""
    event = lock_for_attendance(session, actor, event_id, now)
    before = event.people
    total = set_headcount(session, event, counts)
    audit.record(
        session, actor, "event.counted", event, now=now, before={"people": before}, after={"people": event.people}
    )
    return total


def _registration(session: Session, event: Event, registration_id: int) -> Registration:
    found = session.scalar(
        select(Registration).where(Registration.id == registration_id, Registration.event_id == event.id)
    )
    if found is None:
        raise NotFound(T("Pendaftaran ini tidak ada pada kegiatan ini."))
    return found


def _missing(session: Session, event: Event) -> Sequence[Registration]:
    """Who registered and is not in yet."""
    return session.scalars(
        select(Registration)
        .outerjoin(
            Attendance, (Attendance.registration_id == Registration.id) & (Attendance.event_id == Registration.event_id)
        )
        .where(
            Registration.event_id == event.id,
            Registration.status.in_(COMING),
            Attendance.id.is_(None),
        )
    ).all()


def _by_name(rows: Sequence[Registration]) -> dict[str, Registration]:
    """Names that several bear are left out, since nobody knows who it is."""
    keys = [name_key(row.name) for row in rows]
    return {key: row for key, row in zip(keys, rows, strict=True) if key and keys.count(key) == 1}


def _doubles(lines: Sequence[SheetLine], present: Sequence[Attendance]) -> list[DoubleLine]:
    """Lines that repeat an earlier line, or somebody who is on the list."""
    found, seen = [], dict[tuple[str, str], SheetLine]()
    for line in lines:
        key = (name_key(line.name), origin_key(line.origin))
        if key in seen:
            found.append(DoubleLine(line, seen[key]))
        elif find_same_person(present, line.name, line.origin) is not None:
            found.append(DoubleLine(line, None))
        seen.setdefault(key, line)
    return found


def _fill_in(row: Attendance, line: SheetLine, role: str) -> None:
    """What the sheet knows and the registration did not."""
    row.organisation = row.organisation or line.origin
    row.role = role
    if row.sex == Sex.UNKNOWN:
        row.sex = line.sex
