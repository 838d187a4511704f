"""The undangan of an event, made from its record; and what all documents of an event say of when and where it is."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Regency, Village
from app.base.documents.render import Renderer
from app.base.people.models import Organisation, User
from app.base.people.office import office_of
from app.gatherings.events.models import Event, EventKind
from app.gatherings.events.states import KINDS
from app.kernel.site import LOCALE

TEMPLATE = "invitation"
FOR_EVERYBODY = (EventKind.KIM_ACTIVITY, EventKind.SOCIALISATION, EventKind.OTHER)
"""To these the people of the village are asked; to the others those who take part."""


def gather(session: Session, event: Event, *, tz: str, tz_label: str, now: datetime) -> dict[str, Any]:
    """Return the data of the letter. It bears the day of the announcement; before that, today's."""
    zone = ZoneInfo(tz)
    group = session.get_one(Organisation, event.organisation_id)
    writer = session.get(User, event.responsible_id) if event.responsible_id else None
    own = writer if writer is not None and writer.organisation_id == group.id else None
    written = day_of((event.announced_at or now).astimezone(zone))
    return {
        "office": letterhead_of(session, group, session.scalar(select(Regency.name)) or ""),
        "campaign": f"Undangan: {event.title}",  # the foot of the page
        **dict(zip(("to", "facts"), _split(invited(session, event, zone, tz_label)), strict=True)),
        "title": event.title,
        "description": event.description,
        "agenda": [line for line in event.agenda.splitlines() if line.strip()],
        "speakers": [[row.name, row.title] for row in event.speakers],
        "contact": event.contact,
        "place_and_day": ", ".join(part for part in (place_of(session, event)[0], written) if part),
        "signer_title": (own.title if own else None) or group.name,
        "signer_name": own.name if own else "",
    }


def render(renderer: Renderer, data: dict[str, Any]) -> bytes:
    return renderer.pdf(TEMPLATE, data)


def invited(session: Session, event: Event, zone: ZoneInfo, tz_label: str) -> list[tuple[str, str]]:
    """Return (what, words): whom it asks, the day, the hours, the place, and what for."""
    village, district = place_of(session, event)
    if village and event.kind in FOR_EVERYBODY:
        people = f"Warga {village}, {district}"
    else:
        people = f"Bapak/Ibu/Saudara peserta {KINDS.get(event.kind, event.kind)}"
    return [
        ("Kepada", people),
        ("Hari, tanggal", day_of(event.starts_at.astimezone(zone), "EEEE, d MMMM y")),
        ("Waktu", hours_of(event, zone, tz_label)),
        ("Tempat", ", ".join(part for part in (event.place, village, district) if part)),
        ("Acara", event.title),
    ]


def _split(rows: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    return rows[0][1], rows[1:]


def letterhead_of(session: Session, group: Organisation, regency: str) -> dict[str, str]:
    """Return the letterhead: the office's own for the office and its OPDs; a group stands under its own name."""
    if group.is_office:
        return office_of(session, regency)
    return {
        "name": group.name,
        "regency": regency if group.kind not in {"opd", "bidang"} else f"Pemerintah {regency}",
        "address": group.address or "",
        "phone": group.phone or "",
        "email": group.email or "",
    }


def place_of(session: Session, event: Event) -> tuple[str, str]:
    """Return (village, district) in words; empty where the event had no village."""
    row = session.execute(
        select(Village.name, Village.kind, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code == event.village_code)
    ).first()
    if row is None:
        return "", ""
    return f"{'Kelurahan' if row[1] == 'kelurahan' else 'Desa'} {row[0]}", f"Kecamatan {row[2]}"


def hours_of(event: Event, zone: ZoneInfo, tz_label: str) -> str:
    """Return the hours of an event like `08.00–10.00 WITA`."""
    begins, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    pattern = "HH.mm" if begins.date() == ends.date() else "d MMM HH.mm"
    return (
        f"{format_datetime(begins, 'HH.mm', locale=LOCALE)}–{format_datetime(ends, pattern, locale=LOCALE)} {tz_label}"
    )


def day_of(day: date | datetime, pattern: str = "d MMMM y") -> str:
    """Return a day like `24 November 2026`."""
    return format_date(day, pattern, LOCALE)
