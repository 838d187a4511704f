"""The same activity logged by two people becomes one, counted once; and can be parted again.

The record that goes stays as it was, hidden and marked with the one that is kept. Its photos and questions show there.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.access import to_manage
from app.events.models import Event, EventPhoto, EventStatus
from app.events.photos import MOST_PHOTOS
from app.events.states import LABELS, MOVES, UPCOMING
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.media.models import StoredFile
from app.reports.filling import fill, give_back, take_origin
from app.reports.models import Aspiration, Report
from app.reports.service import begin, check_open, flags_of, note_writers, same_day, submit


def merge(session: Session, actor: Actor, keep_id: int, other_id: int, *, now: datetime, tz: str) -> Event:
    """Let the record `other_id` go into `keep_id`, which keeps its own words and counts and gets what it left empty.

    A plan that nobody reported on yet takes the other's report over. A second time changes nothing. Raises NotFound,
    Forbidden, Invalid (other) for two gatherings of other groups or villages, Refused for a record that was verified.
    """
    keep, other = _pair(session, actor, keep_id, other_id)
    if other.status == EventStatus.MERGED and other.merged_into_id == keep.id:
        return keep
    _check_may_merge(session, keep, other, ZoneInfo(tz))
    gone = session.get(Report, other.id)
    if gone is None:
        raise Refused(T("Catatan yang dilepas belum dilaporkan. Pertahankan yang satu lagi."))
    kept, took_over = session.get(Report, keep.id), False
    if kept is None or kept.submitted_at is None:
        kept, took_over = begin(session, actor, keep, now=now), True
        take_origin(kept, gone)
    filled = fill(session, keep, kept, other, gone)
    if filled:
        note_writers(kept, {gone.recorded_by_id, *(row.user_id for row in gone.writers)})
    if took_over:
        submit(session, actor, kept, now=now, tz=tz)
    photos, questions = _carry_photos(session, keep, other), _carry_questions(session, keep, other)
    gone.carried = {"photos": photos, "questions": questions, "filled": filled, "took_over": took_over}
    move(other, MOVES, EventStatus.MERGED, LABELS)
    other.merged_into_id = keep.id
    keep.updated_at = other.updated_at = now
    session.flush()
    _flag_again(session, kept, now, tz)
    audit.record(
        session, actor, "report.merged", other, now=now,
        after={"merged_into_id": keep.id, "photos": len(photos), "questions": len(questions), "filled": filled},
    )  # fmt: skip
    return keep


def unmerge(session: Session, actor: Actor, other_id: int, *, now: datetime, tz: str) -> Event:
    """Part it again: what it brought goes back with it, and it waits for verification. Raises Refused."""
    other = to_manage(session, actor, other_id, lock=True)
    if other.status != EventStatus.MERGED or other.merged_into_id is None:
        raise Refused(T("Catatan ini tidak sedang digabung."))
    keep, report = session.get_one(Event, other.merged_into_id), session.get_one(Report, other.id)
    for photo in list(keep.photos):
        if photo.file_id in report.carried.get("photos", ()):
            keep.photos.remove(photo)
    for row in session.scalars(select(Aspiration).where(Aspiration.id.in_(report.carried.get("questions", ())))):
        row.event_id = other.id
    kept = session.get(Report, keep.id)
    if kept is not None:
        give_back(session, keep, kept, other, report)
        if report.carried.get("took_over") and keep.status == EventStatus.REPORTED:
            # it was never reported on by itself: its own report is still to be written
            keep.status, kept.submitted_at = EventStatus.HELD, None
    move(other, MOVES, EventStatus.REPORTED, LABELS)
    other.merged_into_id, report.carried = None, {}
    keep.updated_at = other.updated_at = now
    _note_others(session, keep.id, other.id)
    session.flush()
    for one in (report, kept):
        if one is not None:
            _flag_again(session, one, now, tz)
    audit.record(session, actor, "report.unmerged", other, now=now, before={"merged_into_id": keep.id})
    return other


def dismiss(session: Session, actor: Actor, event_id: int, other_id: int, *, now: datetime, tz: str) -> Event:
    """They are two gatherings: neither is offered with the other any more."""
    event, other = _pair(session, actor, event_id, other_id)
    if session.get(Report, event.id) is None and session.get(Report, other.id) is None:
        raise Refused(T("Kedua kegiatan ini belum dilaporkan."))
    _note_others(session, event.id, other.id)
    session.flush()
    for each in (event, other):
        report = session.get(Report, each.id)
        if report is not None:
            _flag_again(session, report, now, tz)
    audit.record(session, actor, "report.not_twins", event, now=now, after={"other": other.id})
    return event


def merged_into(session: Session, event: Event) -> list[Event]:
    """The records that went into this one."""
    return list(session.scalars(select(Event).where(Event.merged_into_id == event.id).order_by(Event.id)))


def _pair(session: Session, actor: Actor, first_id: int, second_id: int) -> tuple[Event, Event]:
    """Both, locked in the order of their numbers, so that two people who merge crosswise do not wait for each other."""
    if first_id == second_id:
        raise Invalid(T("Pilih catatan yang lain."), field="other")
    found = {number: to_manage(session, actor, number, lock=True) for number in sorted((first_id, second_id))}
    return found[first_id], found[second_id]


def _check_may_merge(session: Session, keep: Event, other: Event, zone: ZoneInfo) -> None:
    if other.id not in {row.id for row in same_day(session, keep, zone)}:
        raise Invalid(
            T("Hanya kegiatan kelompok yang sama, di desa yang sama, pada hari yang sama yang bisa digabung."),
            field="other",
        )
    if other.status == EventStatus.VERIFIED:
        raise Refused(T("Catatan yang dilepas sudah diperiksa kantor. Pertahankan yang itu, lepas yang satu lagi."))
    if other.status in (*UPCOMING, EventStatus.HELD):
        raise Refused(T("Catatan yang dilepas belum dilaporkan. Pertahankan yang itu, lepas yang satu lagi."))
    if keep.status != EventStatus.VERIFIED:
        check_open(keep)


def _carry_photos(session: Session, keep: Event, other: Event) -> list[int]:
    """Lay the pictures that the kept one lacks to it as well; gives their files."""
    files = {file.id: file.sha256 for file in _files(session, keep, other)}
    known, carried = {files[photo.file_id] for photo in keep.photos}, []
    for photo in other.photos:
        if files[photo.file_id] in known or len(keep.photos) >= MOST_PHOTOS:
            continue
        known.add(files[photo.file_id])
        carried.append(photo.file_id)
        keep.photos.append(
            EventPhoto(
                file_id=photo.file_id, caption=photo.caption, consent_at=photo.consent_at,
                added_by_id=photo.added_by_id, added_at=photo.added_at,
            )
        )  # fmt: skip
    return carried


def _files(session: Session, *events: Event) -> list[StoredFile]:
    ids = {photo.file_id for event in events for photo in event.photos}
    return list(session.scalars(select(StoredFile).where(StoredFile.id.in_(ids))))


def _carry_questions(session: Session, keep: Event, other: Event) -> list[int]:
    """Bring over the questions that the kept one lacks; gives their numbers."""
    rows = session.scalars(select(Aspiration).where(Aspiration.event_id.in_((keep.id, other.id)))).all()
    known = {_same(row.text) for row in rows if row.event_id == keep.id}
    carried = [
        row for row in rows if row.event_id == other.id and (_same(row.text) not in known or row.opd_id is not None)
    ]
    for row in carried:
        row.event_id = keep.id
    return [row.id for row in carried]


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _note_others(session: Session, first_id: int, second_id: int) -> None:
    for own, other in ((first_id, second_id), (second_id, first_id)):
        report = session.get(Report, own)
        if report is not None and other not in report.not_twins:
            report.not_twins = [*report.not_twins, other]


def _flag_again(session: Session, report: Report, now: datetime, tz: str) -> None:
    """The flags about the clock stay as they were when it was handed in."""
    fresh = [flag for flag in flags_of(session, report, now, ZoneInfo(tz)) if flag.startswith("twin:")]
    report.flags = [flag for flag in report.flags if not flag.startswith("twin:")] + fresh
    session.flush()
