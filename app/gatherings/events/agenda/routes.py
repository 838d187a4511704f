"""The public calendar and the public page of an event: no session, so that every cache on the way may keep them.

Whoever wants to register goes to a page of its own, which holds the form.
"""

from typing import Any, cast

from babel.dates import format_date
from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app.base.areas.queries import district_choices
from app.base.web.assets import asset, logo_url, manifest
from app.base.web.db import db
from app.base.web.formats import local, local_day, locale, sentence, zone
from app.base.web.guard import public
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.agenda import public as calendar
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import EventKind, EventStatus
from app.gatherings.events.pages import public_address, whatsapp_link
from app.gatherings.events.panels import Door, doors
from app.gatherings.events.registration.details import NOTICE
from app.gatherings.events.registration.service import Registrable, closed_because
from app.gatherings.events.states import KINDS
from app.kernel.errors import NotFound
from app.kernel.paging import Page
from app.kernel.site import site_of
from app.kernel.text import T

FRESH = 60  # seconds that a cache may show these pages without asking


@bp.get("/agenda", endpoint="agenda")
@public
def agenda() -> ResponseReturnValue:
    moment, here = now(), zone()
    chosen = request.args.get("bulan", "")
    month = calendar.month_of(chosen, local_day(moment), here)
    words = request.args.get("q", "").strip()
    today = calendar.start_of_day(moment, here)
    filters = calendar.AgendaFilters(
        begins=today if words or not chosen else month.begins,
        ends=None if words else month.ends,
        q=words,
        kind=_kind(),
        district_code=request.args.get("kecamatan", ""),
    )
    page = calendar.list_events(db.session, filters, number_of("hal") or 1)
    html = render_template(
        "events/agenda.html",
        page=page,
        days=_by_day(page.items),
        month=month,
        from_today=not chosen and not words,
        filters=filters,
        kinds=[(str(kind), sentence(label)) for kind, label in KINDS.items()],
        districts=district_choices(db.session, settings().regency_code),
        next_month=_next_month(page, filters, month),
        state_of=lambda row: state_of(row, moment),
        doors=doors(db.session, page.items),
        month_name=_month_name,
    )
    return cached_briefly(make_response(html))


@bp.get("/agenda/<code>", endpoint="public")
@public
def event_page(code: str) -> ResponseReturnValue:
    row, moment = public_event(code), now()
    state, door = state_of(row, moment), doors(db.session, [row]).get(row.id)
    led = calendar.digest_of(sentence(door.words), door.url) if door else ""
    mark = calendar.page_etag(row, state + led, manifest.mark())
    if request.if_none_match.contains_weak(mark):
        answer = Response(status=304)
    else:
        answer = make_response(_event_html(row, state, door))
    answer.set_etag(mark, weak=True)
    return cached_briefly(answer)


@bp.get("/agenda/privasi", endpoint="privacy")
@public
def privacy() -> ResponseReturnValue:
    return cached_briefly(make_response(render_template("events/privacy.html", version=NOTICE)))


def public_event(code: str) -> Row[Any]:
    row = calendar.find_event(db.session, code)
    if row is None:
        raise NotFound(
            T("Kegiatan ini tidak ada di agenda. Mungkin alamatnya terpotong; buka agenda untuk mencarinya.")
        )
    return row


def state_of(row: Row[Any], moment: Any) -> str:
    """Return what somebody can do about the event: cancelled, over, walk_in, closed, full, queue or open."""
    if row.status == EventStatus.CANCELLED:
        return "cancelled"
    if row.status != EventStatus.ANNOUNCED or row.ends_at <= moment:
        return "over"
    if not row.registration:
        return "walk_in"
    if closed_because(cast(Registrable, row), moment) is not None:
        return "closed"
    if row.capacity is None or row.taken < row.capacity:
        return "open"
    return "queue" if row.waiting_list else "full"


def cached_briefly(answer: Response) -> Response:
    """Let shared caches keep what a visitor without cookies got; places on it are at most a minute old."""
    scope = "private" if request.cookies else "public"
    answer.headers["Cache-Control"] = f"{scope}, max-age={FRESH}"
    return answer


def place_of(row: Row[Any]) -> str:
    return ", ".join(part for part in (row.place, row.village, row.district) if part)


def _event_html(row: Row[Any], state: str, door: Door | None) -> str:
    address, named = public_address(row.code), calendar.speakers(db.session, row.id)
    return render_template(
        "events/public.html",
        event=row,
        state=state,
        door=door,
        speakers=named,
        when=site_of(db.session).when(row.starts_at, row.ends_at),
        where=place_of(row),
        address=address,
        summary=_summary(row),
        picture=_picture(),
        share=whatsapp_link(row.title, row.starts_at, address),
        linked_data=linked_data(row, address, [one.name for one in named]),
    )


def _picture() -> str:
    """For previews of the link: the office's logo where messengers can show its kind, else the application's icon."""
    drawn = settings().logo_path.lower().endswith((".png", ".jpg", ".jpeg"))
    return settings().public_url.rstrip("/") + (logo_url() if drawn else asset("icon-512.png"))


def _summary(row: Row[Any]) -> str:
    """For previews of the link in messengers."""
    text = " ".join(row.description.split())
    cut = text if len(text) <= 160 else text[:159].rstrip() + "…"
    return ". ".join(part for part in (local(row.starts_at), place_of(row), cut) if part)


def linked_data(row: Row[Any], address: str, speakers: list[str]) -> dict[str, Any]:
    """Return the event as schema.org/Event, as search engines read it."""
    moved = row.moved_from is not None and row.status != EventStatus.CANCELLED
    area = ", ".join(part for part in (row.village, row.district) if part)
    status = "EventCancelled" if row.status == EventStatus.CANCELLED else "EventScheduled"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": row.title,
        "startDate": row.starts_at.astimezone(zone()).isoformat(timespec="minutes"),
        "endDate": row.ends_at.astimezone(zone()).isoformat(timespec="minutes"),
        "eventStatus": f"https://schema.org/{'EventRescheduled' if moved else status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": row.place or row.village,
            "address": {
                "@type": "PostalAddress",
                **({"addressLocality": area} if area else {}),
                "addressCountry": "ID",
            },
        },
        "organizer": {"@type": "Organization", "name": row.organiser},
        "isAccessibleForFree": True,
        "url": address,
    }
    if moved:
        data["previousStartDate"] = row.moved_from.astimezone(zone()).isoformat(timespec="minutes")
    if row.description:
        data["description"] = row.description[:500]
    if row.capacity is not None:
        data["maximumAttendeeCapacity"] = row.capacity
        data["remainingAttendeeCapacity"] = max(0, row.capacity - row.taken)
    if speakers:
        data["performer"] = [{"@type": "Person", "name": name} for name in speakers]
    return data


def _month_name(month: calendar.Month, pattern: str = "MMMM y") -> str:
    return format_date(month.first, pattern, locale())


def _kind() -> str:
    kind = request.args.get("jenis", "")
    return kind if kind in set(EventKind) else ""


def _by_day(rows: Any) -> list[tuple[Any, list[Any]]]:
    """(day, events) in order; the rows are ordered already."""
    days: list[tuple[Any, list[Any]]] = []
    for row in rows:
        day = local_day(row.starts_at)
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(row)
    return days


def _next_month(page: Page[Row[Any]], filters: calendar.AgendaFilters, month: calendar.Month) -> calendar.Month | None:
    """Where the next event stands, when this month shows none and nothing else was asked for."""
    if page.total or filters.q or filters.kind or filters.district_code:
        return None
    start = calendar.next_start(db.session, month.ends)
    return calendar.month_of(f"{start.astimezone(zone()):%Y-%m}", month.first, zone()) if start else None
