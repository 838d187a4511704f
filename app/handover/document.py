"""The berita acara of a serah terima, and the sheet for a sealed envelope, as PDF."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.documents.render import Renderer
from app.base.people.office import office_of
from app.handover.models import Handover
from app.kernel.site import LOCALE


def _office(session: Session) -> dict[str, str]:
    return office_of(session, session.scalar(select(Regency.name)) or "")


def _day(moment: datetime, tz: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(tz)).date(), "EEEE, d MMMM y", LOCALE)


def gather(session: Session, made: Handover, *, tz: str, now: datetime) -> dict[str, Any]:
    """Return plain values for the template of the berita acara."""
    return {
        "office": _office(session),
        "number": made.number or "",
        "day": _day(made.done_at or now, tz),
        "leaver": {"name": made.from_name, "title": made.from_title},
        "successor": {"name": made.to_name, "title": made.to_title},
        "witness": made.done_by_name or "",
        "parts": [{"title": one["title"], "items": one["items"]} for one in made.moved],
        "closed": bool(made.closed_account),
    }


def gather_envelope(
    session: Session, *, name: str, username: str, codes: Sequence[str], address: str, tz: str, now: datetime
) -> dict[str, Any]:
    return {
        "office": _office(session),
        "name": name,
        "username": username,
        "codes": list(codes),
        "address": address,
        "day": _day(now, tz),
    }


def render(renderer: Renderer, template: str, data: dict[str, Any]) -> bytes:
    """Render a PDF. `template`: handover or sealed_envelope."""
    return renderer.pdf(template, data)
