"""Check a returned report against what the office asked for when it returned it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Event
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.states import MISSING
from app.kernel.errors import Invalid
from app.kernel.text import T


def items_in_record(report: Report, event: Event, named: int) -> dict[str, bool]:
    """Return item of the SPJ list → whether the record itself has it. `named`: names on the attendance list."""
    return {"daftar_hadir": named > 0, "notulen": bool(report.told), "dokumentasi": bool(event.photos)}


def content_of(session: Session, report: Report) -> Any:
    """Return all that a person can write in a report, to be compared before and after a save."""
    event = report.event
    asked = session.execute(select(Aspiration.text, Aspiration.answer).where(Aspiration.event_id == event.id))
    return (
        report.told,
        report.notes,
        sorted(key for key, there in report.spj.items() if there),
        [(row.what, row.owner, row.due_on) for row in report.agreements],
        sorted((row.sex, row.age_band, row.people) for row in event.headcounts),
        sorted((row.name, row.handed_out) for row in event.materials if row.handed_out is not None),
        sorted(row.tag for row in event.tags),
        sorted((text, answer or "") for text, answer in asked),
    )


def is_untouched(session: Session, report: Report) -> bool:
    """Decide whether nothing was saved and nothing added to it since it was returned."""
    event, since = report.event, report.returned_at
    later = select(func.count()).select_from(Attendance).where(Attendance.event_id == event.id, Attendance.at > since)
    return (
        since is not None
        and event.updated_at <= since
        and not any(photo.added_at > since for photo in event.photos)
        and not session.scalar(later)
    )


def missing_parts(session: Session, report: Report) -> list[str]:
    """Return the parts that were asked for and that the record still has nothing of. A photo has to be a new one."""
    event, since = report.event, report.returned_at
    has: Mapping[str, Callable[[], Any]] = {
        "headcount": lambda: event.people is not None,
        "photos": lambda: any(since is None or photo.added_at > since for photo in event.photos),
        "minutes": lambda: report.told or report.agreements,
        "attendance": lambda: session.scalar(select(Attendance.id).where(Attendance.event_id == event.id).limit(1)),
        "spj": lambda: any(report.spj.values()),
    }
    return [key for key in report.missing if key in has and not has[key]()]


def check_requested(session: Session, report: Report, *, changed: bool) -> None:
    """Raise Invalid (certain) where a returned report comes back without what was asked for, or as it was."""
    left = missing_parts(session, report)
    if left:
        raise Invalid(
            T(
                "Yang diminta kantor belum ada (%(what)s). Lengkapi dulu, atau centang ini untuk tetap menyerahkan.",
                what="; ".join(str(MISSING[key]) for key in left),
            ),
            field="certain",
        )
    if not changed:
        raise Invalid(
            T(
                "Belum ada yang berubah sejak laporan ini dikembalikan. Lengkapi dulu, atau centang ini untuk tetap "
                "menyerahkan."
            ),
            field="certain",
        )
