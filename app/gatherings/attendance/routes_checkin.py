"""Pages that the camera of a phone opens: a person's ticket, and the code at the door. The public sees no name."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.documents.qr import qr_image
from app.base.documents.render import renderer
from app.base.web.db import db
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor, public, signed_in
from app.base.web.limits import address_key, hit_all, too_often
from app.base.web.menu import may_open
from app.base.web.wiring import now, settings
from app.gatherings.attendance import service
from app.gatherings.attendance.blueprint import bp
from app.gatherings.attendance.desk import event_at_desk
from app.gatherings.attendance.door import SELF, write_down
from app.gatherings.attendance.forms import DoorForm, DoorGuestForm
from app.gatherings.attendance.presence import attendance_refusal
from app.gatherings.attendance.sheet import poster_data
from app.gatherings.events import access
from app.gatherings.events.models import Attendance, Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.pages import tokens
from app.kernel.errors import NotFound
from app.kernel.limits import Hit
from app.kernel.roles import Can
from app.kernel.text import T

A_ROOM, A_WHILE = 240, timedelta(minutes=10)
"""Steps at a door from one address within a time: a full hall behind one Wi-Fi is let in, a script is not."""


def full_address(path: str) -> str:
    """Return the whole address of a path, as it stands in a code on paper."""
    return f"{settings().public_url.rstrip('/')}{path}"


def private_page(template: str, **values: Any) -> Response:
    """Render a page that no cache and no search engine keeps."""
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def pdf(document: bytes, name: str) -> Response:
    return download(document, PDF, f"{name}.pdf", inline=True)


# --- tickets ---


@bp.get("/hadir/<token>")
@public
def scan(token: str) -> ResponseReturnValue:
    """Show a scanned ticket: who keeps the event's list confirms here, everybody else sees that this is a ticket."""
    actor, desk = current_actor(), event_at_desk(db.session, session, now())
    try:
        event, registration = _ticket(token)
    except NotFound as error:
        return _unknown_ticket(error, desk), 404
    may_manage = access.may_manage(actor, event)
    if desk is not None and desk.id != event.id and access.may_manage(actor, desk):
        return private_page(
            "attendance/scan_other.html", event=event, desk=desk, may_switch=may_manage, here=request.path
        )
    if not may_manage:
        return private_page("attendance/ticket.html", event=event, registration=registration, signed_in=signed_in(),
                       code=qr_image(full_address(request.path)), here=request.path)  # fmt: skip
    row = db.session.scalar(
        select(Attendance).where(Attendance.event_id == event.id, Attendance.registration_id == registration.id)
    )
    return private_page(
        "attendance/scan.html",
        event=event,
        registration=registration,
        row=row,
        refusal=None if row else _refusal(event, registration),
        here=request.path,
    )


def _unknown_ticket(error: NotFound, desk: Event | None) -> Response:
    """Whoever keeps a list goes back to it, other staff to their events, everybody else to the public calendar."""
    actor = current_actor()
    if desk is not None and access.may_manage(actor, desk):
        back = url_for(".index", event_id=desk.id), T("Buka daftar hadir")
    elif signed_in() and may_open("events.index"):
        back = url_for("events.index"), T("Pilih kegiatan dan buka daftar hadirnya")
    else:
        back = url_for("events.agenda"), T("Buka agenda kegiatan")
    return private_page("attendance/unknown.html", why=error.sentence, signed_in=signed_in(), back=back)


def _ticket(token: str) -> tuple[Event, Registration]:
    event_id, registration_id = tokens().read_ticket(token)
    registration = db.session.get(Registration, registration_id)
    event = db.session.get(Event, event_id)
    if event is None or registration is None or registration.event_id != event.id:
        raise NotFound(T("Tiket ini tidak ada lagi. Cari nama orangnya pada daftar, atau catat sebagai tamu."))
    return event, registration


def _refusal(event: Event, registration: Registration) -> T | None:
    refusal = attendance_refusal(event, now())
    if refusal is None and registration.status == RegistrationStatus.CANCELLED:
        return T("Pendaftaran ini sudah dibatalkan. Bila orangnya tetap datang, catat sebagai yang datang langsung.")
    return refusal


# --- the code at the door ---


@bp.get("/kegiatan/<int:event_id>/qr-pintu")
@allow(Can.PLAN_EVENTS)
def door_code(event_id: int) -> ResponseReturnValue:
    event = access.to_manage(db.session, current_actor(), event_id)
    address = _door_address(event)
    return render_template(
        "attendance/door_code.html",
        event=event,
        code=qr_image(address),
        address=address,
        closed=door_closed(event, now()),
    )


@bp.get("/kegiatan/<int:event_id>/qr-pintu.pdf")
@allow(Can.PLAN_EVENTS)
def door_pdf(event_id: int) -> ResponseReturnValue:
    event = access.to_manage(db.session, current_actor(), event_id)
    data = poster_data(db.session, event, _door_address(event))
    return pdf(renderer(settings().logo_path).pdf("door_qr", data), f"QR pintu {event.title}")


def _door_address(event: Event) -> str:
    return full_address(url_for(".door", token=tokens().door(event)))


def door_closed(event: Event, moment: datetime) -> T | None:
    """Return why nobody checks in by the code at the door, None while it is open: on the days of the event, in the
    regency's zone."""
    if event.status == EventStatus.CANCELLED:
        return T("Kegiatan ini dibatalkan.")
    zone = ZoneInfo(settings().tz)
    today = moment.astimezone(zone).date()
    if today < event.starts_at.astimezone(zone).date():
        return T("Kode ini baru bisa dipakai pada hari kegiatan.")
    if today > event.ends_at.astimezone(zone).date():
        return T("Kegiatan ini sudah selesai, jadi kode ini tidak berlaku lagi.")
    return attendance_refusal(event, moment)


@bp.get("/hadir/pintu/<token>")
@public
def door(token: str) -> ResponseReturnValue:
    guest = DoorGuestForm(None) if "tamu" in request.args else None
    return _door_page(_at_door(token), DoorForm(None), guest=guest)


@bp.post("/hadir/pintu/<token>")
@public
def enter_door(token: str) -> ResponseReturnValue:
    """Take a step of the door's page: find by contact, confirm, or write oneself down as a guest."""
    event = _at_door(token)
    if door_closed(event, now()) is not None:
        return _door_page(event, DoorForm(None)), 409
    counted = hit_all([Hit("door", f"{event.id}:{address_key('door')}", A_ROOM, A_WHILE)])[0]
    if counted.over:
        return too_often(counted.wait)
    if request.form.get("langkah") == "tamu":
        return _enter_as_guest(event)
    form = DoorForm()
    if form.is_posted_and_valid():
        with form.catching():
            registration = service.registration_of(db.session, event.id, form.contact.data or "")
            if registration is None:
                return _door_page(event, form, guest=DoorGuestForm(None))
            if request.form.get("langkah") != "hadir":
                waiting = registration.status == RegistrationStatus.WAITING
                return _door_page(event, form, name=form.contact.data or "", waiting=waiting)
            done = service.check_in(db.session, None, event.id, registration.id, method=SELF, now=now())
            return redirect(url_for(".entered", token=token, lagi=None if done.new else 1), 303)
    return _door_page(event, form), 422


@bp.get("/hadir/pintu/<token>/tercatat")
@public
def entered(token: str) -> ResponseReturnValue:
    """Say thanks and nothing else: whoever opens it learns of nobody."""
    event = _at_door(token)
    return private_page("attendance/entered.html", event=event, again="lagi" in request.args)


def _enter_as_guest(event: Event) -> ResponseReturnValue:
    form = DoorGuestForm()
    if form.is_posted_and_valid():
        with form.catching():
            form.check_consent()
            write_down(db.session, event.id, form.guest(), now=now())
            return redirect(url_for(".entered", token=tokens().door(event)), 303)
    return _door_page(_at_door(tokens().door(event)), DoorForm(None), guest=form), 422


def _at_door(token: str) -> Event:
    event = db.session.get(Event, tokens().read_door(token))
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada lagi."))
    return event


def _door_page(
    event: Event, form: DoorForm, *, name: str = "", waiting: bool = False, guest: DoorGuestForm | None = None
) -> Response:
    return private_page(
        "attendance/door.html",
        event=event,
        form=form,
        name=name,
        waiting=waiting,
        guest=guest,
        closed=door_closed(event, now()),
        here=request.path,
    )
