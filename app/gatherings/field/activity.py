"""A gathering written down on a phone: its content is read, stored as an event with its report, and changed."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.gatherings.events.access import to_manage
from app.gatherings.events.headcount import MOST
from app.gatherings.events.models import AgeBand, Event, EventKind, EventStatus, Sex, Tag
from app.gatherings.events.service import Plan, check, facts
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.shape import STRANGE, Content, Reader, Record, check_texts
from app.gatherings.reports.models import Report
from app.gatherings.reports.service import (
    Activity,
    Device,
    ReportContent,
    begin_report,
    flags_of,
    log_activity,
    submit,
    write,
)
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.printing.models import PrintPiece

KNOWN = frozenset(
    {
        "title", "event_kind", "event_id", "date", "start", "end", "village_code", "place", "counts", "total",
        "materials", "questions", "tags", "campaign_id", "told",
    }
)  # fmt: skip
LONGEST_NIGHT = timedelta(hours=12)
MOST_ROWS = 30
MOST_COPIES = 1_000_000
FINISHED = (EventStatus.VERIFIED, EventStatus.MERGED, EventStatus.CANCELLED)
"""What the office has closed is not changed from a phone any more."""


def read(values: object) -> Content:
    """Read the content of an activity and return it with every key. Raises Invalid."""
    reader = Reader(values, KNOWN)
    event_id = reader.number("event_id", T("Kegiatan yang direncanakan"))
    new = event_id is None
    kind = reader.text("event_kind", T("Jenis kegiatan"), 20) or str(EventKind.KIM_ACTIVITY)
    if kind not in set(EventKind):
        raise Invalid(T("Pilih jenis kegiatan dari daftar."), field="event_kind")
    content: Content = {
        "event_id": event_id,
        "title": reader.text("title", T("Nama kegiatan"), 200, required=new),
        "event_kind": kind,
        "date": reader.day("date", T("Tanggal"), required=new),
        "start": reader.hour("start", T("Jam mulai"), required=new),
        "end": reader.hour("end", T("Jam selesai"), required=False),
        "village_code": reader.text("village_code", T("Desa atau kelurahan"), 13) or None,
        "place": reader.text("place", T("Tempat"), 200),
        "counts": _counts(reader.given("counts")),
        "total": reader.number("total", T("Jumlah peserta"), MOST, least=0),
        "materials": reader.rows("materials", MOST_ROWS, _material),
        "questions": reader.rows("questions", MOST_ROWS, _question),
        "tags": sorted(set(check_texts(reader.rows("tags", len(Tag), lambda tag: tag)))),
        "campaign_id": reader.number("campaign_id", T("Program")),
        "told": reader.text("told", T("Yang disampaikan"), 10_000, lines=True),
    }
    _check(content)
    return content


def _check(content: Content) -> None:
    if content["end"] and content["start"] and content["end"] < content["start"] and not _is_late(content):
        raise Invalid(T("Jam selesai lebih awal daripada jam mulai. Perbaiki salah satunya."), field="end")
    if any(tag not in set(Tag) for tag in content["tags"]):
        raise Invalid(T("Pilih tanda ADINDA dari daftar."), field="tags")
    if content["total"] is not None and content["total"] < sum(content["counts"].values()):
        raise Invalid(
            T("Jumlah seluruhnya lebih kecil daripada jumlah per kelompok. Kosongkan salah satunya."), field="total"
        )


def _is_late(content: Content) -> bool:
    """Whether an end that reads earlier than the start is meant after midnight; form.js has the same limit."""
    start, end = (datetime.combine(date.min, time.fromisoformat(content[name])) for name in ("start", "end"))
    return end + timedelta(days=1) - start < LONGEST_NIGHT


def _counts(value: Any) -> dict[str, int]:
    """{"f.adult": 12}; zeros are left out."""
    if value is None:
        return {}
    known = frozenset(f"{sex}.{band}" for sex in Sex for band in AgeBand)
    reader = Reader(value, known)
    counts = {key: reader.number(key, T("Jumlah peserta"), MOST, least=0) for key in sorted(value)}
    return {key: people for key, people in counts.items() if people}


def _material(value: Any) -> Content:
    reader = Reader(value, frozenset({"name", "copies", "piece_id"}))
    return {
        "name": reader.text("name", T("Nama bahan"), 200, required=True),
        "copies": reader.number("copies", T("Jumlah bahan"), MOST_COPIES, least=0),
        "piece_id": reader.number("piece_id", T("Cetakan")),
    }


def _question(value: Any) -> Content:
    reader = Reader(value, frozenset({"asked", "answer"}))
    return {
        "asked": reader.text("asked", T("Pertanyaan"), 2000, required=True, lines=True),
        "answer": reader.text("answer", T("Jawaban"), 2000, lines=True),
    }


def store(session: Session, actor: Actor, record: Record, arrival: Arrival, receipt: str) -> Report:
    """Store the event and its report, handed in. Raises Invalid, Forbidden, NotFound, Refused."""
    content = record.content
    if content["event_id"] is not None:
        return _report_planned(session, actor, record, arrival, receipt)
    activity = _activity(session, record, arrival.tz)
    return log_activity(
        session, actor, activity, now=arrival.now, tz=arrival.tz, source=_source(actor, record, arrival),
        receipt=receipt, device=Device(record.saved_at, arrival.skew), on_behalf=_on_behalf(actor, record),
    )  # fmt: skip


def _report_planned(session: Session, actor: Actor, record: Record, arrival: Arrival, receipt: str) -> Report:
    event = to_manage(session, actor, record.content["event_id"], lock=True)
    if event.organisation_id != record.organisation_id:
        raise Refused(T("Kegiatan yang direncanakan ini milik kelompok lain. Pilih kegiatannya lagi."))
    report = session.get(Report, event.id)
    if report is not None and report.submitted_at is not None:
        raise Refused(
            T(
                "Kegiatan ini sudah dilaporkan (kode %(code)s). Bila ini kegiatan lain, buka catatan ini, pilih "
                "“Kegiatan lain”, lalu simpan.",
                code=report.receipt,
            )
        )
    report = begin_report(
        session, actor, event, now=arrival.now, source=_source(actor, record, arrival), receipt=receipt,
        device=Device(record.saved_at, arrival.skew), on_behalf=_on_behalf(actor, record),
    )  # fmt: skip
    write(session, actor, report, _written(session, record.content), now=arrival.now)
    submit(session, actor, report, now=arrival.now, tz=arrival.tz)
    return report


def change(session: Session, actor: Actor, record: Record, event_id: int, before: Content, arrival: Arrival) -> Report:
    """Bring an event that came from a phone to another content. `before`: what was sent of it until now.

    Raises Refused once the office has closed it, and where the record would go over to another event: what was planned
    and announced is not rewritten by its report.
    """
    event = to_manage(session, actor, event_id, lock=True)
    if event.status in FINISHED:
        raise Refused(closing_reason(event))
    report = session.get_one(Report, event.id)
    if record.content["event_id"] != before["event_id"]:
        raise Refused(T("Catatan yang sudah terkirim tidak bisa dipindah ke kegiatan lain. Buat catatan baru."))
    if record.content["event_id"] is None:
        _change_event(session, actor, event, record, arrival)
    write(session, actor, report, _written(session, record.content), now=arrival.now)
    if event.status == EventStatus.REPORTED:
        report.flags = flags_of(session, report, arrival.now, ZoneInfo(arrival.tz))
        session.flush()
    else:
        submit(session, actor, report, now=arrival.now, tz=arrival.tz)
    return report


def _change_event(session: Session, actor: Actor, event: Event, record: Record, arrival: Arrival) -> None:
    activity = _activity(session, record, arrival.tz)
    plan = Plan(
        kind=activity.kind, title=activity.title, organisation_id=event.organisation_id, starts_at=activity.starts_at,
        ends_at=activity.ends_at, village_code=activity.village_code, place=activity.place,
        campaign_id=activity.campaign_id,
    )  # fmt: skip
    check(session, actor, plan)
    before = facts(event)
    for name in ("kind", "title", "starts_at", "ends_at", "place", "campaign_id"):
        setattr(event, name, getattr(plan, name))
    event.village_code = plan.village_code or None
    audit.record(session, actor, "record.changed", event, now=arrival.now, before=before, after=facts(event))


def closing_reason(event: Event) -> T:
    """Return why nothing more is taken from the phone for this event."""
    if event.status == EventStatus.VERIFIED:
        return T(
            "Laporannya sudah diperiksa kantor, jadi tidak bisa diubah dari HP. Bila ada yang salah, minta kantor "
            "mengembalikannya."
        )
    return T("Kegiatannya sudah digabung atau dibatalkan oleh kantor, jadi tidak bisa diubah dari HP.")


def refusal(session: Session, event_id: int | None) -> T | None:
    event = session.get(Event, event_id) if event_id else None
    return closing_reason(event) if event is not None and event.status in FINISHED else None


def summary(session: Session, content: Content) -> Content:
    """Return what a person tells two versions apart by."""
    village = session.get(Village, content["village_code"]) if content.get("village_code") else None
    counted = sum(content["counts"].values())
    return {
        "title": content["title"],
        "date": content["date"],
        "start": content["start"],
        "place": ", ".join(part for part in (content["place"], village.name if village else "") if part),
        "people": max(counted, content["total"] or 0),
        "questions": len(content["questions"]),
        "materials": len(content["materials"]),
    }


def _activity(session: Session, record: Record, tz: str) -> Activity:
    content, zone = record.content, ZoneInfo(tz)
    starts_at = _moment(content["date"], content["start"], zone)
    ends_at = _moment(content["date"], content["end"], zone) if content["end"] else starts_at
    return Activity(
        title=content["title"],
        kind=content["event_kind"],
        organisation_id=record.organisation_id,
        village_code=content["village_code"] or "",
        starts_at=starts_at,
        ends_at=ends_at if ends_at >= starts_at else ends_at + timedelta(days=1),
        place=content["place"],
        campaign_id=content["campaign_id"],
        written=_written(session, content),
    )


def _moment(day: str, hour: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), zone)


def _written(session: Session, content: Content) -> ReportContent:
    counts = {(key.split(".")[0], key.split(".")[1]): people for key, people in content["counts"].items()}
    left = (content["total"] or 0) - sum(counts.values())
    if left > 0:
        unknown = (str(Sex.UNKNOWN), str(AgeBand.UNKNOWN))
        counts[unknown] = counts.get(unknown, 0) + left
    pieces = {row["piece_id"] for row in content["materials"]} - {None}
    known = set(session.scalars(select(PrintPiece.id).where(PrintPiece.id.in_(pieces)))) if pieces else set()
    if pieces - known:
        raise Invalid(STRANGE, field="materials")
    return ReportContent(
        counts=counts,
        told=content["told"],
        questions=[(row["asked"], row["answer"]) for row in content["questions"]],
        materials=[(row["name"], row["copies"], row["piece_id"]) for row in content["materials"]],
        tags=content["tags"],
    )


def _on_behalf(actor: Actor, record: Record) -> bool:
    return record.organisation_id not in actor.organisation_ids


def _source(actor: Actor, record: Record, arrival: Arrival) -> str:
    return "office" if _on_behalf(actor, record) else arrival.source
