"""The laporan kegiatan as a document: the data of its template, read from the records and nothing else.

`gather` reads the database; `render` draws without it, so that no transaction waits for the layout.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.documents.render import Renderer
from app.base.media.check import flattened
from app.base.media.models import StoredFile
from app.base.people.models import Organisation, User
from app.base.people.office import office_of
from app.gatherings.events.models import AgeBand, Attendance, Event, EventPhoto, EventStatus, Sex
from app.gatherings.events.states import AGE_BANDS, KINDS, LABELS, SEXES, TAGS
from app.gatherings.reports.invitation import day_of, hours_of, invited, letterhead_of, place_of
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.requested import items_in_record
from app.gatherings.reports.states import ASPIRATIONS, SPJ
from app.kernel.site import LOCALE
from app.outreach.campaigns.models import Campaign

TEMPLATE = "activity_report"
PHOTO_SIDE = 900  # pixels: 8 cm at 280 pixels an inch
BANDS = (AgeBand.CHILD, AgeBand.YOUTH, AgeBand.ADULT, AgeBand.ELDER, AgeBand.UNKNOWN)
ROLES = {"speaker": "Narasumber", "committee": "Panitia"}


class Storage(Protocol):
    """What this needs of media.storage.Storage."""

    def read(self, file: Any) -> bytes: ...
    def derived(self, file: Any, key: str) -> bytes | None: ...
    def keep_derived(self, file: Any, key: str, data: bytes) -> None: ...


@dataclass(frozen=True)
class Document:
    """Plain values for the template, and the pictures in their order."""

    data: dict[str, Any]
    photos: Sequence[StoredFile]


def gather(
    session: Session, event: Event, report: Report, *, tz: str, tz_label: str, with_spj: bool, with_names: bool
) -> Document:
    """Read everything that is printed. A fixed number of queries. `with_names`: of those who came, for a reader who
    may see their list."""
    zone = ZoneInfo(tz)
    group = session.get_one(Organisation, event.organisation_id)
    regency = session.scalar(select(Regency.name)) or ""
    campaign = session.get(Campaign, event.campaign_id) if event.campaign_id else None
    photos = session.execute(
        select(EventPhoto, StoredFile)
        .join(StoredFile, StoredFile.id == EventPhoto.file_id)
        .where(EventPhoto.event_id == event.id)
        .order_by(EventPhoto.id)
    ).all()
    attendance = attendance_of(session, event)
    known = items_in_record(report, event, len(attendance))
    data = {
        "office": letterhead_of(session, group, regency),
        "campaign": event.title,  # what the foot of each page says
        "title": event.title,
        "kind": str(KINDS.get(event.kind, event.kind)),
        "verified": event.status == EventStatus.VERIFIED,
        "status": str(LABELS.get(event.status, event.status)),
        "facts": _facts(session, event, report, group, campaign, zone, tz_label),
        "description": event.description,
        "agenda": [line for line in event.agenda.splitlines() if line.strip()],
        "speakers": [[row.name, row.title] for row in event.speakers],
        "people": event.people,
        "headcount": _headcount(event),
        "named": len(attendance),
        "attendance": attendance if with_names else [],
        "invitation": invited(session, event, zone, tz_label),
        "told": report.told,
        "agreements": [
            [row.what, row.owner or "–", day_of(row.due_on) if row.due_on else "–"] for row in report.agreements
        ],
        "questions": _questions(session, event),
        "materials": [[row.name, _number(row.planned), _number(row.handed_out)] for row in event.materials],
        "notes": report.notes,
        "captions": [photo.caption for photo, _file in photos],
        "spj": [[str(label), bool(report.spj.get(key) or known.get(key))] for key, label in SPJ.items()]
        if with_spj
        else [],
        "signatures": _signatures(session, event, report, group, regency),
        "place_and_day": ", ".join(
            part
            for part in (
                place_of(session, event)[0],
                day_of((report.submitted_at or report.recorded_at).astimezone(zone)),
            )
            if part
        ),
        "receipt": report.receipt,
    }
    for _photo, file in photos:
        session.expunge(file)  # the pictures are read when the transaction has ended
    return Document(data, [file for _photo, file in photos])


def render(storage: Storage, renderer: Renderer, document: Document) -> bytes:
    """Return the PDF. A picture that is lost leaves an empty frame with its caption."""
    images, frames = {}, []
    for number, file in enumerate(document.photos):
        picture = _picture(storage, file)
        if picture is not None:
            images[f"photo-{number}"] = picture
        frames.append({"name": f"photo-{number}" if picture else "", "caption": document.data["captions"][number]})
    return renderer.pdf(TEMPLATE, {**document.data, "photos": frames}, images=images)


def _picture(storage: Storage, file: StoredFile) -> bytes | None:
    """A JPEG no larger than it is printed, kept for the next time."""
    key = f"report-{PHOTO_SIDE}"
    made = storage.derived(file, key)
    if made is not None:
        return made
    try:
        with Image.open(io.BytesIO(storage.read(file))) as picture:
            picture.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))  # a large JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
            out = io.BytesIO()
            flattened(upright).save(out, "JPEG", quality=80)
    except (OSError, ValueError):
        return None
    storage.keep_derived(file, key, out.getvalue())
    return out.getvalue()


def _facts(
    session: Session,
    event: Event,
    report: Report,
    group: Organisation,
    campaign: Campaign | None,
    zone: ZoneInfo,
    tz_label: str,
) -> list[tuple[str, str]]:
    village, where = place_of(session, event)
    rows = [
        ("Jenis kegiatan", str(KINDS.get(event.kind, event.kind))),
        ("Program", campaign.name if campaign else ""),
        ("Hari, tanggal", day_of(event.starts_at.astimezone(zone), "EEEE, d MMMM y")),
        ("Waktu", hours_of(event, zone, tz_label)),
        ("Tempat", ", ".join(part for part in (event.place, village, where) if part)),
        ("Penyelenggara", group.name),
        ("Narasumber", "; ".join(row.name for row in event.speakers)),
        ("Peserta", f"{_number(event.people)} orang" if event.people is not None else "tidak dihitung"),
        ("ADINDA", ", ".join(str(label) for tag, label in TAGS.items() if tag in {row.tag for row in event.tags})),
        ("Kode terima", report.receipt),
    ]
    return [row for row in rows if row[1]]


def _headcount(event: Event) -> dict[str, Any]:
    """A row a sex that was counted: its words, people of each band, sum; empty where only a total is known."""
    counted = {(row.sex, row.age_band): row.people for row in event.headcounts}
    if sum(counted.values()) != event.people:
        return {}  # more came by name than were counted
    if not any(sex != Sex.UNKNOWN or band != AgeBand.UNKNOWN for sex, band in counted):
        return {}
    rows, bands = [], [band for band in BANDS if any(known == band for _sex, known in counted)]
    for sex in Sex:
        line = [counted.get((sex, band), 0) for band in bands]
        if any(line):
            rows.append([str(SEXES[sex]), *(_number(people) for people in line), _number(sum(line))])
    sums = [sum(people for (_sex, band), people in counted.items() if band == each) for each in bands]
    return {
        "bands": [str(AGE_BANDS[band]) for band in bands],
        "rows": rows,
        "sums": [*(_number(one) for one in sums), _number(sum(sums))],
    }


def attendance_of(session: Session, event: Event) -> list[tuple[str, str]]:
    """Return names and what they came as: no phone, no signature, no other personal data."""
    rows = session.scalars(
        select(Attendance).where(Attendance.event_id == event.id).order_by(Attendance.at, Attendance.id)
    )
    return [
        (
            "(nama sudah dihapus)" if row.erased_at else row.name,
            ", ".join(part for part in (ROLES.get(row.role, ""), row.organisation) if part),
        )
        for row in rows
    ]


def _questions(session: Session, event: Event) -> list[dict[str, str]]:
    rows = session.scalars(
        select(Aspiration).where(Aspiration.event_id == event.id).order_by(Aspiration.created_at, Aspiration.id)
    ).all()
    ids = {row.opd_id for row in rows if row.opd_id}
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    opds: dict[int, str] = {row.id: row.name for row in found} if ids else {}
    made = []
    for row in rows:
        status = str(ASPIRATIONS[AspirationStatus(row.status)])
        if row.opd_id:
            status += f": {opds.get(row.opd_id, '')}"
        if row.status == AspirationStatus.ROUTED and row.due_on:
            status += f", paling lambat {day_of(row.due_on)}"
        made.append({"text": row.text, "answer": row.answer or "", "status": status})
    return made


def _signatures(
    session: Session, event: Event, report: Report, group: Organisation, regency: str
) -> list[dict[str, str]]:
    """Penyelenggara on the left, who takes note on the right: the verifier where it was verified."""
    writer = session.get(User, event.responsible_id or report.recorded_by_id or 0)
    own = writer is not None and writer.organisation_id == group.id
    seen = session.get(User, report.verified_by_id) if report.verified_by_id else None
    return [
        {"role": "Penyelenggara", "title": group.name, "name": writer.name if writer and own else ""},
        {
            "role": "Mengetahui",
            "title": (seen.title or seen.organisation.name) if seen else office_of(session, regency)["name"],
            "name": seen.name if seen else "",
        },
    ]


def _number(value: int | None) -> str:
    return "–" if value is None else format_decimal(value, "#,##0", LOCALE)
