"""The sessions of a batch: their list, the plan of all of them, and a single one. Each is an event: moving, cancelling,
attendance and its sheet are on the event's own pages."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import village_names
from app.base.web.db import db
from app.base.web.formats import local_day, zone
from app.base.web.forms import INPUT_FORMATS
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.gatherings.events import queries as events
from app.gatherings.events.planning.clashes import Clash
from app.gatherings.events.planning.forms import clashes_known
from app.kernel.errors import Invalid, Refused
from app.kernel.numbers import read_ints
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.programmes.models import Module
from app.learning.programmes.queries import active_modules
from app.learning.training.access import get, may_manage, to_manage
from app.learning.training.batches import service as batches
from app.learning.training.batches.announcing import is_public
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch, BatchStatus
from app.learning.training.participants import figures
from app.learning.training.sessions import service as sessions
from app.learning.training.sessions.forms import RhythmForm, SessionForm, previewed_rows, ticked_rows
from app.learning.training.sessions.meetings import GONE, ahead, meetings
from app.learning.training.sessions.service import Proposal, SessionPlan

EIGHT = time(8, 0)


@bp.get("/pelatihan/<int:batch_id>/pertemuan", endpoint="sessions")
@allow(Can.READ_TRAINING)
def session_list(batch_id: int) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    batch = get(db.session, actor, batch_id)
    held = meetings(db.session, batch, whole=True)
    manages = may_manage(actor, batch)
    going = [one for one in held if one.event.status not in GONE]
    waiting = ahead([one.event for one in going], moment)
    return render_template(
        "training/sessions.html",
        batch=batch,
        sessions=held,
        came=figures.attendance_by_event(db.session, [one.event_id for one in held]),
        may_manage=manages,
        may_add=manages and batch.status not in batches.CLOSED,
        left=sessions.modules_left(db.session, batch) if manages else [],
        found=_clashes_by_event(batch) if manages else {},
        next_id=waiting[0].id if waiting else None,
        now=moment,
        public=is_public(batch) and batch.status != BatchStatus.DRAFT and bool(going),
    )


def _clashes_by_event(batch: Batch) -> dict[int, list[Clash]]:
    """Event → what is in the way of that session."""
    waiting = ahead([one.event for one in meetings(db.session, batch)], now())
    found = sessions.clashes_of_batch(db.session, current_actor(), batch, now=now())
    by = {
        event.id: [one for one in found if _overlaps(one, event.starts_at, event.ends_at)] for event in waiting
    }  # fmt: skip
    return {number: rows for number, rows in by.items() if rows}


def _overlaps(one: Clash, starts_at: datetime, ends_at: datetime) -> bool:
    return one.starts_at < ends_at and (one.ends_at > starts_at or one.starts_at >= starts_at)


@bp.route("/pelatihan/<int:batch_id>/pertemuan/susun", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def propose_sessions(batch_id: int) -> ResponseReturnValue:
    """Propose a day for each module that has none, looked at and changed before anything is saved."""
    batch, form = _plannable(batch_id), RhythmForm()
    if request.method == "GET":
        form.first.data, form.at.data = max(batch.starts_on, local_day(now())), EIGHT
        return _plan_page(form, batch, None)
    rows: list[Proposal] | None = None
    if form.is_posted_and_valid():
        with form.catching():
            rows = None if request.form.get("hitung") else previewed_rows()
            if rows is None:
                rows = sessions.propose(db.session, batch, form.rhythm)
            elif request.form.get("simpan") and not _unseen(form, batch, rows):
                plans = [_session_plan(one) for place, one in enumerate(rows) if place in ticked_rows()]
                added = sessions.add_sessions(db.session, current_actor(), batch_id, plans, now=now())
                flash(_("%(n)s pertemuan tersimpan.", n=len(added)), "success")
                return redirect(url_for(".sessions", batch_id=batch_id))
        batch = _plannable(batch_id)
    return _plan_page(form, batch, rows), 422 if form.errors else 200


def _session_plan(one: Proposal) -> SessionPlan:
    return SessionPlan(one.module_id, one.title, one.starts_at, one.ends_at)


def _plannable(batch_id: int) -> Batch:
    batch = to_manage(db.session, current_actor(), batch_id)
    if batch.status in batches.CLOSED:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan, jadi pertemuannya tidak bisa ditambah."))
    return batch


def _spans(rows: Sequence[Proposal]) -> list[tuple[datetime, datetime]]:
    shown = (
        ticked_rows() if request.form.getlist("baris_mulai") and not request.form.get("hitung") else range(len(rows))
    )
    return [(one.starts_at, one.ends_at) for place, one in enumerate(rows) if place in shown]


def _found(batch: Batch, rows: Sequence[Proposal]) -> list[Clash]:
    return sessions.clashes_ahead(db.session, current_actor(), batch, _spans(rows))


def _unseen(form: RhythmForm, batch: Batch, rows: Sequence[Proposal]) -> bool:
    """Whether something is in the way that did not stand on the page from which it was saved."""
    seen = read_ints(form.clashes_seen.data)
    return bool({one.event_id for one in _found(batch, rows)} - seen)


def _plan_page(form: RhythmForm, batch: Batch, rows: list[Proposal] | None) -> str:
    found = _found(batch, rows) if rows else []
    form.clashes_seen.raw_data = None
    form.clashes_seen.data = ",".join(str(one.event_id) for one in found)
    first_time = request.method == "POST" and (request.form.get("hitung") or not request.form.getlist("baris_mulai"))
    return render_template(
        "training/propose.html",
        form=form,
        batch=batch,
        rows=rows,
        ticked=set(range(len(rows or ()))) if first_time else ticked_rows(),
        found=found,
        overlaps=_overlaps,
        typed=lambda moment: moment.astimezone(zone()).strftime(INPUT_FORMATS[0]),
        left=sessions.modules_left(db.session, batch),
    )


@bp.route("/pelatihan/<int:batch_id>/pertemuan/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new_session(batch_id: int) -> ResponseReturnValue:
    """Add one session more: a repetition, an opening, a module that is taught twice."""
    batch, form = _plannable(batch_id), SessionForm()
    modules = active_modules(db.session, batch.programme_id)
    form.offer(modules)
    if request.method == "GET":
        form.show(batch, _first_left(batch), _first_moment(batch))
        return _session_page(form, batch, [])
    found: list[Clash] = []
    if form.is_posted_and_valid():
        with form.catching():
            values = form.plan
            found = _in_the_way(form, batch, values)
            if not found:
                sessions.add_session(db.session, current_actor(), batch_id, values, now=now())
                flash(_("Pertemuan tersimpan."), "success")
                return redirect(url_for(".sessions", batch_id=batch_id))
        batch = _plannable(batch_id)
    return _session_page(form, batch, found), 422


def _in_the_way(form: SessionForm, batch: Batch, values: SessionPlan) -> list[Clash]:
    if values.starts_at is None or values.ends_at is None or values.ends_at < values.starts_at:
        raise Invalid(T("Pertemuan selesai sebelum dimulai. Perbaiki jam selesainya."), field="ends_at")
    found = sessions.clashes_ahead(
        db.session, current_actor(), batch, [(values.starts_at, values.ends_at)], place=values.place,
        village_code=values.village_code,
    )  # fmt: skip
    return found if {one.event_id for one in found} - clashes_known(form) else []


def _first_left(batch: Batch) -> Module | None:
    return next(iter(sessions.modules_left(db.session, batch)), None)


def _first_moment(batch: Batch) -> datetime:
    """After the last session at its hour, else on the first day in the morning."""
    held = [one.event for one in meetings(db.session, batch) if one.event.status not in GONE]
    today = local_day(now())
    if held:
        last = held[-1].starts_at.astimezone(zone())
        return datetime.combine(max(last.date(), today), last.time(), zone())
    return datetime.combine(max(batch.starts_on, today), EIGHT, zone())


def _session_page(form: SessionForm, batch: Batch, found: list[Clash]) -> str:
    form.clashes_seen.raw_data = None
    form.clashes_seen.data = ",".join(str(one.event_id) for one in found)
    code = form.village_code.data
    more: dict[str, Any] = {"districts": events.villages_by_district(db.session)}
    return render_template(
        "training/session_form.html",
        form=form,
        batch=batch,
        in_the_way=found,
        village_name=village_names(db.session, [code]).get(code or ""),
        **more,
    )
