"""The page of a batch, and what becomes of it: opened, closed, cancelled, finished."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.trail.sentences import action_label, field_label
from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.gatherings.events.pages import whatsapp_link
from app.gatherings.events.states import TOOK_PLACE
from app.kernel.audit import AuditEntry
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.programmes.access import may_manage as may_manage_programme
from app.learning.training.access import get, may_manage, may_plan_for, may_see_people, to_manage
from app.learning.training.batches import finishing, listing
from app.learning.training.batches import service as batches
from app.learning.training.batches.forms import ReasonForm
from app.learning.training.batches.openings import MissingPart, Page, list_missing
from app.learning.training.batches.steps import next_step
from app.learning.training.blueprint import bp
from app.learning.training.models import Admission, Batch, BatchStatus
from app.learning.training.panels import PANELS
from app.learning.training.participants import figures
from app.learning.training.sessions.meetings import GONE, ahead, meetings
from app.learning.training.sessions.service import clashes_of_batch

SHOWN = 6
PAGES = {
    Page.BATCH: ("training.edit", "batch_id"),
    Page.SESSIONS: ("training.sessions", "batch_id"),
    Page.EVENT: ("events.edit", "event_id"),
    Page.TIME: ("events.show", "event_id"),
    Page.PROGRAMME: ("programmes.edit", "programme_id"),
    Page.ARCHIVED: ("programmes.show", "programme_id"),
    Page.MODULE: ("programmes.edit_module", "module_id"),
}
"""Where something is completed: endpoint and the name of its number."""


@bp.get("/pelatihan/<int:batch_id>")
@allow(Can.READ_TRAINING)
def show(batch_id: int) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    batch = get(db.session, actor, batch_id)
    manages = may_manage(actor, batch)
    held = [one for one in meetings(db.session, batch) if one.event.status not in GONE]
    events = [one.event for one in held]
    lacking = list_missing(db.session, batch, moment) if batch.status == BatchStatus.DRAFT else []
    numbers = figures.numbers(db.session, batch, now=moment)
    upcoming = ahead(events, moment)
    return render_template(
        "training/show.html",
        batch=batch,
        around=listing.related_names(db.session, batch),
        numbers=numbers,
        may_manage=manages,
        sees_people=may_see_people(actor, batch),
        may_copy=may_plan_for(actor, batch.organisation_id) and actor.can(Can.PLAN_TRAINING),
        missing=[(lack.sentence, _completed_at(batch, lack)) for lack in lacking],
        step=next_step(batch, events, lacking, applied=numbers.applied, now=moment, tz=settings().tz),
        sessions=held,
        next_sessions=[one for one in held if one.event in upcoming][:SHOWN],
        over=bool(events) and not upcoming,
        clashes=bool(manages and upcoming and clashes_of_batch(db.session, actor, batch, now=moment)),
        taught=any(one.status in TOOK_PLACE or one.ends_at <= moment for one in events),
        address=_address(batch),
        share=whatsapp_of(batch),
        quota_names=listing.quota_names(db.session, batch),
        panels=PANELS.of(db.session, actor, batch),
        history=[
            (entry, sentence(action_label(entry)), _changed(entry)) for entry in listing.history(db.session, batch)
        ],
    )


def _completed_at(batch: Batch, lack: MissingPart) -> str:
    """The page on which something that is missing is completed. Who does not keep the programme only reads there what
    is to be completed."""
    endpoint, name = PAGES[lack.page]
    if lack.page in (Page.PROGRAMME, Page.MODULE) and not may_manage_programme(current_actor(), batch.programme):
        return url_for("programmes.show", programme_id=batch.programme_id)
    record: dict[str, Any] = {name: lack.number}
    return url_for(endpoint, _anchor=lack.field or None, **record)


def _address(batch: Batch) -> str | None:
    """The whole address of the page where one asks for a place."""
    hidden = (batch.simulated and not settings().practice) or batch.admission == Admission.NOMINATION
    if hidden or batch.status in (BatchStatus.DRAFT, BatchStatus.CANCELLED):
        return None
    return f"{settings().public_url.rstrip('/')}/ikut/{batch.code}"


def whatsapp_of(batch: Batch) -> str | None:
    address = _address(batch)
    first = next((one.event.starts_at for one in batch.sessions if one.event.status not in GONE), None)
    return whatsapp_link(batch.name, first, address) if address and first else None


def _changed(entry: AuditEntry) -> str:
    """What an edit changed, in words."""
    if entry.action != "batch.edited" or not entry.before:
        return ""
    return ", ".join(sentence(field_label(name)) for name in entry.before)


def _pressed(verb: Callable[..., Any], batch_id: int, told: str) -> ResponseReturnValue:
    """One press of a button on the page of the batch; what stands against it is said there."""
    with telling(Refused):
        verb(db.session, current_actor(), batch_id, now=now())
        flash(told, "success")
    return redirect(url_for(".show", batch_id=batch_id))


@bp.post("/pelatihan/<int:batch_id>/buka")
@allow(Can.PLAN_TRAINING)
def open_batch(batch_id: int) -> ResponseReturnValue:
    return _pressed(batches.open_batch, batch_id, _("Angkatan dibuka. Pertemuannya sudah diumumkan."))


@bp.post("/pelatihan/<int:batch_id>/tutup-pendaftaran")
@allow(Can.PLAN_TRAINING)
def close_registration(batch_id: int) -> ResponseReturnValue:
    return _pressed(batches.close_registration, batch_id, _("Pendaftaran ditutup."))


@bp.post("/pelatihan/<int:batch_id>/buka-pendaftaran")
@allow(Can.PLAN_TRAINING)
def reopen(batch_id: int) -> ResponseReturnValue:
    return _pressed(batches.reopen, batch_id, _("Pendaftaran dibuka lagi."))


@bp.post("/pelatihan/<int:batch_id>/selesai")
@allow(Can.PLAN_TRAINING)
def finish(batch_id: int) -> ResponseReturnValue:
    return _pressed(finishing.finish, batch_id, _("Angkatan selesai. Hasil setiap peserta sudah ditetapkan."))


@bp.post("/pelatihan/<int:batch_id>/lanjutkan")
@allow(Can.PLAN_TRAINING)
def take_up_again(batch_id: int) -> ResponseReturnValue:
    return _pressed(finishing.reopen_finished, batch_id, _("Angkatan berjalan lagi."))


@bp.route("/pelatihan/<int:batch_id>/batalkan", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def cancel(batch_id: int) -> ResponseReturnValue:
    batch = to_manage(db.session, current_actor(), batch_id)
    if batch.status in batches.CLOSED:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan."))
    form = ReasonForm()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            batches.cancel_batch(db.session, current_actor(), batch_id, reason=form.reason.data, now=now())
            flash(_("Angkatan dibatalkan. Peserta yang punya surel dikabari satu kali."), "success")
            return redirect(url_for(".show", batch_id=batch_id))
        batch = to_manage(db.session, current_actor(), batch_id)
    page = render_template(
        "training/cancel.html",
        form=form,
        batch=batch,
        numbers=figures.numbers(db.session, batch, now=now()),
        ahead=len(ahead([one.event for one in meetings(db.session, batch)], now())),
    )
    return page, 200 if request.method == "GET" else 422
