"""Pages that change a planned event: announce, move, cancel, mark as held, copy."""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import village_names
from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.gatherings.events import queries, service
from app.gatherings.events.access import to_manage
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event
from app.gatherings.events.planning import changes, series
from app.gatherings.events.planning.clashes import (
    Clash,
    clashes_of_event,
    find_clashes,
    merge_clashes,
    seated_elsewhere,
)
from app.gatherings.events.planning.forms import CancelForm, MoveForm, clashes_known
from app.gatherings.events.planning.plans import plan_of
from app.gatherings.events.registration.waiting_list import count_places
from app.gatherings.events.states import UPCOMING
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T


def _back(event: Event) -> ResponseReturnValue:
    return redirect(url_for(".show", event_id=event.id))


def _pressed(verb: Callable[..., Event], event_id: int, told: str) -> ResponseReturnValue:
    """One press of a button on the event's page; what stands against it is said there."""
    with telling(Refused):
        verb(db.session, current_actor(), event_id, now=now())
        flash(told, "success")
    return redirect(url_for(".show", event_id=event_id))


@bp.post("/kegiatan/<int:event_id>/umumkan")
@allow(Can.PLAN_EVENTS)
def announce(event_id: int) -> ResponseReturnValue:
    return _pressed(service.announce, event_id, _("Diumumkan. Halaman publiknya sudah bisa dibagikan."))


@bp.post("/kegiatan/<int:event_id>/terlaksana")
@allow(Can.PLAN_EVENTS)
def hold(event_id: int) -> ResponseReturnValue:
    return _pressed(
        service.mark_held, event_id, _("Ditandai terlaksana. Berikutnya: buat laporannya selagi masih ingat.")
    )


@bp.post("/kegiatan/<int:event_id>/belum-terlaksana")
@allow(Can.PLAN_EVENTS)
def undo_hold(event_id: int) -> ResponseReturnValue:
    return _pressed(changes.undo_held, event_id, _("Tanda terlaksana dicabut."))


@bp.post("/kegiatan/<int:event_id>/salin")
@allow(Can.PLAN_EVENTS)
def copy(event_id: int) -> ResponseReturnValue:
    event = changes.copy_event(db.session, current_actor(), event_id, now=now())
    flash(_("Salinan tersimpan sebagai rencana. Periksa tanggalnya, lalu simpan."), "success")
    return redirect(url_for(".edit", event_id=event.id))


@bp.route("/kegiatan/<int:event_id>/pindah", methods=["GET", "POST"])
@allow(Can.PLAN_EVENTS)
def move(event_id: int) -> ResponseReturnValue:
    event, form = _upcoming(event_id), MoveForm()
    if request.method == "GET":
        for name in ("starts_at", "ends_at", "village_code", "place"):
            form[name].data = getattr(event, name)
        return _move_page(form, event)
    in_the_way: list[Clash] = []
    if form.is_posted_and_valid():
        in_the_way = _in_the_way(form, event)
        if not in_the_way:
            with form.catching():
                changes.move_event(
                    db.session, current_actor(), event_id, starts_at=form.starts_at.data, ends_at=form.ends_at.data,
                    reason=form.reason.data, village_code=form.village_code.data or "", place=form.place.data or "",
                    now=now(),
                )  # fmt: skip
                flash(_("Kegiatan dipindahkan.") + " " + _told(event), "success")
                return _back(event)
    return _move_page(form, _upcoming(event_id), in_the_way), 422


def _upcoming(event_id: int) -> Event:
    event = to_manage(db.session, current_actor(), event_id)
    if event.status not in UPCOMING:
        raise Refused(T("Kegiatan ini sudah berlangsung atau dibatalkan. Salin menjadi rencana baru bila diulang."))
    return event


def _in_the_way(form: MoveForm, event: Event) -> list[Clash]:
    """Clashes that the move would make and that nobody has seen yet; none where nothing is new."""
    actor = current_actor()
    values = replace(
        plan_of(event),
        starts_at=form.starts_at.data,
        ends_at=form.ends_at.data,
        village_code=form.village_code.data,
        place=form.place.data or "",
    )
    starts_at, ends_at = form.starts_at.data, form.ends_at.data
    wanted = [(starts_at, ends_at)] if starts_at is not None and ends_at is not None else []
    found = merge_clashes(
        find_clashes(db.session, actor, values, leave_out=[event.id]),
        seated_elsewhere(db.session, actor, event, wanted),
    )
    there = [
        *clashes_of_event(db.session, actor, event),
        *seated_elsewhere(db.session, actor, event, [(event.starts_at, event.ends_at)]),
    ]
    known = {one.event_id for one in there} | clashes_known(form)
    return found if {one.event_id for one in found} - known else []


def _move_page(form: MoveForm, event: Event, in_the_way: list[Clash] | None = None) -> str:
    form.clashes_seen.raw_data = None
    form.clashes_seen.data = ",".join(str(one.event_id) for one in in_the_way or ())
    code = form.village_code.data
    return render_template(
        "events/move.html",
        form=form,
        event=event,
        in_the_way=in_the_way or (),
        districts=queries.villages_by_district(db.session),
        village_name=village_names(db.session, [code]).get(code or ""),
        places=count_places(db.session, event),
    )


@bp.route("/kegiatan/<int:event_id>/batal", methods=["GET", "POST"])
@allow(Can.PLAN_EVENTS)
def cancel(event_id: int) -> ResponseReturnValue:
    event, form = _upcoming(event_id), CancelForm()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            if form.scope.data == "following":
                cancelled = series.cancel_following(
                    db.session, current_actor(), event_id, reason=form.reason.data, now=now()
                )
                flash(_("%(n)s kegiatan dibatalkan.", n=len(cancelled)) + " " + _told(event), "success")
            else:
                changes.cancel_event(db.session, current_actor(), event_id, reason=form.reason.data, now=now())
                flash(_("Kegiatan dibatalkan.") + " " + _told(event), "success")
            return _back(event)
    page = render_template(
        "events/cancel.html",
        form=form,
        event=event,
        later=len(series.following(db.session, event, own=False)),
        places=count_places(db.session, event),
    )
    return page, 422 if request.method == "POST" else 200


def _told(event: Event) -> str:
    """What people who registered hear of it."""
    taken, waiting, _left = count_places(db.session, event)
    if not taken + waiting:
        return _("Belum ada yang mendaftar, jadi tidak ada yang perlu diberi tahu.")
    return _("Yang mendaftar dengan surel diberi tahu; lihat daftar pendaftaran untuk yang perlu dikabari langsung.")
