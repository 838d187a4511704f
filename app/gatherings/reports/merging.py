"""Merge two records of the same gathering into one that counts once; and part them again.

The record that goes stays as it was, hidden and marked with the one that is kept. Its photos and questions show there.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.gatherings.events.access import to_manage
from app.gatherings.events.models import Event, EventPhoto, EventStatus
from app.gatherings.events.photos import MOST_PHOTOS
from app.gatherings.events.states import LABELS, MOVES, UPCOMING
from app.gatherings.reports.filling import fill, give_back, is_blank, origin_of, set_origin, take_origin
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.service import begin_report, check_open, flags_of, note_writers, same_day, submit
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import SYSTEM, Actor
from app.kernel.text import T
from app.kernel.transitions import move

PROGRESS = ("noted", "on the spot", AspirationStatus.ROUTED, AspirationStatus.CLOSED, AspirationStatus.ANSWERED)
"""How far a question came: an answer that the writer gave stands before one that an OPD is asked for."""


def merge(session: Session, actor: Actor, keep_id: int, other_id: int, *, now: datetime, tz: str) -> Event:
    """Merge the record `other_id` into `keep_id`, which keeps its own words and counts and gets what it left empty.

    A plan that nobody reported on yet takes the other's report over. A second time changes nothing. Raises NotFound,
    Forbidden, Invalid (other) for two gatherings of other groups or villages, Refused for a record that was verified.
    """
    keep, other = _pair(session, actor, keep_id, other_id)
    if other.status == EventStatus.MERGED and other.merged_into_id == keep.id:
        return keep
    _check_may_merge(session, keep, other, ZoneInfo(tz))
    _check_verified(actor, keep)
    gone = session.get(Report, other.id)
    if gone is None:
        raise Refused(T("Catatan yang dilepas belum dilaporkan. Pertahankan yang satu lagi."))
    kept, words = _bring_words(session, actor, keep, other, gone, now, tz)
    photos, (questions, hidden) = _carry_photos(session, keep, other), _carry_questions(session, keep, other)
    gone.carried = {"at": now.isoformat(), "photos": photos, "questions": questions, "hidden": hidden, **words}
    move(other, MOVES, EventStatus.MERGED, LABELS)
    other.merged_into_id = keep.id
    keep.updated_at = other.updated_at = now
    session.flush()
    _flag_again(session, kept, now, tz)
    audit.record(
        session, actor, "report.merged", other, now=now,
        after={
            "merged_into_id": keep.id, "photos": len(photos), "questions": len(questions), "filled": words["filled"],
        },
    )  # fmt: skip
    return keep


def _bring_words(
    session: Session, actor: Actor, keep: Event, other: Event, gone: Report, now: datetime, tz: str
) -> tuple[Report, dict[str, Any]]:
    """Fill what the kept one left empty, or give it the whole report; gives its report, and what undoes it.

    What the office has verified is left as it was read.
    """
    kept, took_over, before = session.get(Report, keep.id), False, dict[str, Any]()
    if keep.status == EventStatus.VERIFIED and kept is not None:
        return kept, {"filled": [], "took_over": False}
    if kept is None or kept.submitted_at is None:
        took_over, before = True, {"status": str(keep.status), "origin": origin_of(kept) if kept else None}
        kept = begin_report(session, actor, keep, now=now)
        take_origin(kept, gone)
    filled = fill(session, keep, kept, other, gone)
    if filled:
        note_writers(kept, {gone.recorded_by_id, *(row.user_id for row in gone.writers)})
    if took_over:
        submit(session, actor, kept, now=now, tz=tz)
    return kept, {"filled": filled, "took_over": took_over, **before}


def unmerge(session: Session, actor: Actor, other_id: int, *, now: datetime, tz: str) -> Event:
    """Part a merged record again: what it brought goes back with it, and it waits for verification.

    Raises NotFound, Forbidden, Refused.
    """
    keep, other = _joined(session, actor, other_id)
    report, kept = session.get_one(Report, other.id), session.get(Report, keep.id)
    _check_may_part(session, actor, keep, other, report)
    _return_photos(keep, report)
    _return_questions(session, keep, other, report)
    if kept is not None:
        give_back(session, keep, kept, other, report)
        if report.carried.get("took_over"):
            kept = _undo_take_over(session, keep, kept, report)
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


def _joined(session: Session, actor: Actor, other_id: int) -> tuple[Event, Event]:
    """The kept record and the one that went into it, both locked."""
    keep_id = to_manage(session, actor, other_id).merged_into_id
    if keep_id is not None:
        keep, other = _pair(session, actor, keep_id, other_id)
        if other.status == EventStatus.MERGED and other.merged_into_id == keep.id:
            return keep, other
    raise Refused(T("Catatan ini tidak sedang digabung."))


def _check_may_part(session: Session, actor: Actor, keep: Event, other: Event, report: Report) -> None:
    if keep.status == EventStatus.MERGED:
        raise Refused(T("Catatan yang menampungnya sedang digabung juga. Pisahkan catatan itu dahulu."))
    _check_verified(actor, keep)
    if keep.status == EventStatus.VERIFIED and report.carried.get("filled"):
        raise Refused(T("Laporan yang sudah diperiksa memuat isi catatan ini. Buka lagi laporannya, baru pisahkan."))
    if report.carried.get("took_over") and [one for one in merged_into(session, keep) if one.id != other.id]:
        raise Refused(T("Pisahkan dahulu catatan lain yang digabung ke kegiatan ini."))


def _check_verified(actor: Actor, keep: Event) -> None:
    if keep.status == EventStatus.VERIFIED and not (actor == SYSTEM or actor.of_office):
        raise Forbidden(T("Laporan yang sudah diperiksa hanya digabung atau dipisahkan oleh staf kantor."))


def _return_photos(keep: Event, report: Report) -> None:
    for photo in list(keep.photos):
        if photo.file_id in report.carried.get("photos", ()):
            keep.photos.remove(photo)


def _return_questions(session: Session, keep: Event, other: Event, report: Report) -> None:
    """Only what still stands where it was brought: a number may belong to another question by now."""
    carried, hidden = report.carried.get("questions", ()), report.carried.get("hidden", ())
    brought_at = datetime.fromisoformat(report.carried["at"]) if "at" in report.carried else None
    rows = session.scalars(
        select(Aspiration).where(
            or_(
                Aspiration.id.in_(carried) & (Aspiration.event_id == keep.id),
                Aspiration.id.in_(hidden) & (Aspiration.event_id == other.id),
            )
        )
    ).all()
    for row in rows:
        if brought_at is None or row.created_at <= brought_at:
            row.event_id = other.id if row.event_id == keep.id else keep.id


def _undo_take_over(session: Session, keep: Event, kept: Report, report: Report) -> Report | None:
    """The plan is again what it was; what somebody wrote in its report since stays as a draft."""
    origin = report.carried.get("origin")
    if origin is None and is_blank(session, keep, kept):
        session.delete(kept)
        keep.status = report.carried.get("status", EventStatus.HELD)  # no move of its own: the merge is undone
        session.flush()
        return None
    if origin is not None:
        set_origin(kept, origin)
    keep.status, kept.submitted_at = EventStatus.HELD, None
    return kept


def dismiss(session: Session, actor: Actor, event_id: int, other_id: int, *, now: datetime, tz: str) -> Event:
    """Note that they are two gatherings: neither is offered with the other any more."""
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
    """Return the records that were merged into this one."""
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


def _carry_questions(session: Session, keep: Event, other: Event) -> tuple[list[int], list[int]]:
    """Bring over the questions that the kept one lacks; gives their numbers.

    Of the same question in both, the one that is further along stays with the kept record; the second list names those
    of the kept one that are hidden for it. One that two OPDs were asked stays twice.
    """
    rows = session.scalars(
        select(Aspiration).where(Aspiration.event_id.in_((keep.id, other.id))).order_by(Aspiration.id)
    ).all()
    known = {_same(row.text): row for row in rows if row.event_id == keep.id}
    carried, hidden = list[Aspiration](), list[Aspiration]()
    for row in rows:
        if row.event_id != other.id:
            continue
        twin = known.setdefault(_same(row.text), row)
        if twin is row or _are_two(row, twin):
            carried.append(row)
        elif _progress(row) > _progress(twin) and twin.event_id == keep.id:
            carried.append(row)
            hidden.append(twin)
            known[_same(row.text)] = row
    for row in carried:
        row.event_id = keep.id
    for row in hidden:
        row.event_id = other.id
    return [row.id for row in carried], [row.id for row in hidden]


def _are_two(first: Aspiration, second: Aspiration) -> bool:
    return first.opd_id is not None and second.opd_id is not None and first.opd_id != second.opd_id


def _progress(row: Aspiration) -> tuple[int, bool]:
    if row.status == AspirationStatus.ANSWERED and not row.official:
        return 1, row.told_back_at is not None
    return PROGRESS.index(row.status), row.told_back_at is not None


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
