"""Plan an event, alone or as a series, and edit it. What is in its way is shown before anything is saved."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import village_names
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.editing import undoing
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events import queries, service
from app.gatherings.events.access import to_manage
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.planning import series
from app.gatherings.events.planning.clashes import Clash, clashes_of_event, find_clashes
from app.gatherings.events.planning.editing import CLOSED
from app.gatherings.events.planning.editing import edit as save_edit
from app.gatherings.events.planning.forms import EventForm, clashes_known, pad_rows, posted_rows
from app.gatherings.events.planning.series import Occurrence, Repeat
from app.gatherings.events.service import Plan
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T

SPEAKERS, MATERIALS, MORE = 2, 2, 3
ROWS = {"speaker": SPEAKERS, "material": MATERIALS}


class Unsaved(Exception):
    """Not saved yet: the page shows the days of the series, or what is in the way."""

    def __init__(self, days: Sequence[Occurrence] = (), in_the_way: Sequence[Clash] = ()) -> None:
        super().__init__()
        self.days, self.in_the_way = days, in_the_way


@bp.route("/kegiatan/baru", methods=["GET", "POST"])
@allow(Can.PLAN_EVENTS)
def new() -> ResponseReturnValue:
    form = _form(None)
    if request.method == "GET":
        _prefill(form)
        return _page(form, None)
    if _wants_more():
        return _page(form, None)
    if form.is_posted_and_valid():
        with undoing(Unsaved) as unsaved, form.catching():
            planned = _plan(form)
            _tell_planned(planned)
            return redirect(url_for(".show", event_id=planned[0].id))
        return _page(form, None, why=unsaved.error), 422
    return _page(form, None), 422


def _plan(form: EventForm) -> list[Event]:
    actor, values, repeat = current_actor(), form.plan(), form.repeat_rule()
    service.check(db.session, actor, values)
    days = series.occurrences(values, repeat, settings().tz) if repeat else []
    kept = [each for each in days if each.day not in _skipped()] if _seen(form, values, repeat) else days
    in_the_way = find_clashes(
        db.session, actor, values, spans=[(each.starts_at, each.ends_at) for each in kept], leave_out=[]
    )  # fmt: skip
    news = {one.event_id for one in in_the_way} - clashes_known(form)
    if (repeat and not _seen(form, values, repeat)) or news:
        raise Unsaved(days, in_the_way)
    if repeat:
        return series.plan_series(
            db.session, actor, values, repeat, tz=settings().tz, now=now(), skip=_skipped()
        )  # fmt: skip
    return [service.plan(db.session, actor, values, now=now())]


def _signature(values: Plan, repeat: Repeat | None) -> str:
    """What the days of the series hang on: the days were seen while this stays the same."""
    if repeat is None or values.starts_at is None:
        return ""
    return f"{series.rule_of(repeat, local_day(values.starts_at))}@{values.starts_at.isoformat()}"


def _seen(form: EventForm, values: Plan, repeat: Repeat | None) -> bool:
    return repeat is not None and form.previewed.data == _signature(values, repeat)


def _skipped() -> set[date]:
    """The days of the preview that were unticked."""
    shown = set(request.form.getlist("tanggal_tampil"))
    found = set()
    for text in shown - set(request.form.getlist("tanggal")):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            continue  # nobody types these; what is no date is no day of the series
    return found


def _tell_planned(planned: Sequence[Event]) -> None:
    if len(planned) > 1:
        flash(_("%(n)s kegiatan direncanakan. Umumkan satu per satu bila sudah pasti.", n=len(planned)), "success")
    elif planned[0].ends_at <= now():
        flash(_("Rencana tersimpan."), "success")  # its page says what to do with a time that is past
    else:
        flash(_("Rencana tersimpan. Umumkan bila waktu dan tempatnya sudah pasti."), "success")


@bp.route("/kegiatan/<int:event_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_EVENTS)
def edit(event_id: int) -> ResponseReturnValue:
    event = to_manage(db.session, current_actor(), event_id)
    if event.status in CLOSED:
        raise Refused(T("Kegiatan ini sudah dibatalkan, digabung, atau selesai diperiksa, jadi tidak bisa diubah."))
    form = _form(event)
    if event.status == EventStatus.ANNOUNCED:
        form.keep_time_and_place()
    if request.method == "GET":
        form.show(event)
        return _page(form, event)
    if _wants_more():
        return _page(form, event)
    if form.is_posted_and_valid():
        with undoing(Unsaved) as unsaved, form.saving(event):
            changed = _save(form, event)
            flash(
                _("%(n)s kegiatan diubah.", n=len(changed)) if len(changed) > 1 else _("Perubahan tersimpan."),
                "success",
            )
            return redirect(url_for(".show", event_id=event_id))
        return _page(form, event, why=unsaved.error), 422
    return _page(form, event), 422


def _save(form: EventForm, event: Event) -> list[Event]:
    actor, values = current_actor(), form.plan(event)
    service.check(db.session, actor, values)
    later = series.following(db.session, event, own=False) if form.scope.data == "following" else []
    plans = series.plans_for(values, event, later, settings().tz)
    spans = [(each.starts_at, each.ends_at) for each in plans if each.starts_at and each.ends_at]
    known = {one.event_id for one in clashes_of_event(db.session, actor, event)} | clashes_known(form)
    in_the_way = find_clashes(db.session, actor, values, spans=spans, leave_out=[event.id, *(one.id for one in later)])
    if {one.event_id for one in in_the_way} - known:
        raise Unsaved(in_the_way=in_the_way)
    version = form.version.data
    if later:
        return series.edit_following(
            db.session, actor, event.id, values, version=version, tz=settings().tz, now=now()
        )  # fmt: skip
    return [save_edit(db.session, actor, event.id, values, version=version, now=now())]


# --- the page ---


def _form(event: Event | None) -> EventForm:
    form, actor = EventForm(), current_actor()
    form.offer(
        queries.organiser_choices(db.session, actor, event.organisation_id if event else None),
        queries.campaign_choices(db.session, event.campaign_id if event else number_of("program")),
        queries.dimension_choices(db.session),
        queries.people_choices(db.session, actor, event.responsible_id if event else None),
    )
    return form


def _prefill(form: EventForm) -> None:
    """From the address: `desa`, `program`, `kelompok`; a group's own village and its own kind of activity."""
    actor = current_actor()
    organiser = number_of("kelompok")
    offered = {value for value, _label in form.organisation_id.choices}
    form.organisation_id.data = organiser if organiser in offered else actor.organisation_id
    own = db.session.get(Organisation, form.organisation_id.data) if form.organisation_id.data else None
    form.campaign_id.data = number_of("program")
    form.village_code.data = request.args.get("desa") or (own.village_code if own else None)
    form.kind.data = "kim_activity" if own and own.kind in ("kim", "programmer") else "socialisation"


def _wants_more() -> str:
    """The rows that somebody wants more of; only without a script, which adds them by itself."""
    wanted = request.form.get("tambah", "")
    return wanted if wanted in ROWS else ""


def _rows(name: str, event: Event | None) -> list[tuple[str, str]]:
    if request.method == "POST":
        held = posted_rows(name)
    elif event is None:
        held = []
    elif name == "speaker":
        held = [(row.name, row.title) for row in event.speakers]
    else:
        held = [(row.name, "" if row.planned is None else str(row.planned)) for row in event.materials]
    filled = len([row for row in held if any(cell.strip() for cell in row)])
    return pad_rows(held, filled + MORE if _wants_more() == name else ROWS[name])


def _page(form: EventForm, event: Event | None, *, why: Unsaved | None = None) -> str:
    known = why or Unsaved()
    values = form.plan(event) if why else None
    form.clashes_seen.raw_data = None
    form.clashes_seen.data = ",".join(str(one.event_id) for one in known.in_the_way)
    if why is not None and values is not None:
        form.previewed.raw_data = None
        form.previewed.data = _signature(values, form.repeat_rule())
    code = event.village_code if event and "village_code" not in form else form.village_code.data
    more: dict[str, Any] = {"around": queries.names_of_event(db.session, event)} if event else {}
    return render_template(
        "events/form.html",
        form=form,
        event=event,
        days=known.days,
        skipped=_skipped() if known.days else set(),
        in_the_way=known.in_the_way,
        speakers=_rows("speaker", event),
        materials=_rows("material", event),
        districts=queries.villages_by_district(db.session) if "village_code" in form else [],
        village_name=village_names(db.session, [code]).get(code or ""),
        later=len(series.following(db.session, event, own=False)) if event else 0,
        more=_wants_more(),
        **more,
    )
