"""The list of batches; planning one, changing it, and holding it again."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import district_choices, village_names
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events import queries as events
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Can, Role
from app.kernel.text import T
from app.learning.programmes.models import Programme
from app.learning.programmes.queries import active_programmes
from app.learning.training.access import get, may_plan_for, to_manage
from app.learning.training.batches import listing
from app.learning.training.batches import service as batches
from app.learning.training.batches.copies import copy_batch
from app.learning.training.batches.forms import BatchForm, CopyForm, group_choices, shown_rows, wants_more
from app.learning.training.batches.index import BATCHES
from app.learning.training.batches.plans import Plan, TrainerPlan
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch
from app.learning.training.sessions.places import session_place, sessions_at_place
from app.learning.training.sessions.service import clashes_of_batch
from app.learning.training.sessions.speakers import accounts_of
from app.learning.training.states import LABELS

FORTNIGHT, MONTH = timedelta(days=14), timedelta(days=28)


@bp.get("/pelatihan")
@allow(Can.READ_TRAINING)
def index() -> ResponseReturnValue:
    actor = current_actor()
    known = listing.choices(db.session, actor)
    return render_template(
        "training/index.html",
        view=BATCHES.view(db.session, lambda wanted: listing.batches(actor, wanted)),
        choices=known,
        year_choices=[(year, str(year)) for year in known.years],
        statuses=[(str(status), sentence(label)) for status, label in LABELS.items()],
        today=local_day(now()),
        may_plan=_may_plan(),
    )


def _may_plan() -> bool:
    actor = current_actor()
    return actor.can(Can.PLAN_TRAINING) and (actor.of_office or bool(actor.organisation_ids))


@bp.route("/pelatihan/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new() -> ResponseReturnValue:
    """Plan a batch, whose programme is chosen first: rule, trainers and the questions follow it."""
    if not _may_plan():
        raise Refused(T("Akun Anda belum terhubung dengan organisasi, jadi belum bisa membuat angkatan."))
    number = number_of("program") or number_of("programme_id", request.form)
    programme = db.session.get(Programme, number) if number else None
    if programme is None or programme.archived_at is not None:
        return _choose_programme()
    form = _form(None, programme)
    if request.method == "GET":
        values = _prefilled(programme)
        form.show(values)
        return _page(form, None, programme, values)
    if wants_more():
        return _page(form, None, programme)
    if form.is_posted_and_valid():
        with form.catching():
            batch = batches.plan(db.session, current_actor(), form.plan(), now=now())
            flash(_("Angkatan tersimpan. Sekarang susun pertemuannya."), "success")
            return redirect(url_for(".propose_sessions", batch_id=batch.id))
    return _page(form, None, programme), 422


def _choose_programme() -> ResponseReturnValue:
    found = active_programmes(db.session)
    if len(found) == 1 and request.method == "GET":
        return redirect(url_for(".new", program=found[0].id, sosialisasi=number_of("sosialisasi")))
    return render_template("training/choose_programme.html", programmes=found, campaign_id=number_of("sosialisasi"))


def _prefilled(programme: Programme) -> Plan:
    """The programme's rule and trainers, a name that counts on, and a fortnight from next month on."""
    actor, first = current_actor(), local_day(now()) + MONTH
    offered = [number for number, _name in listing.organiser_choices(db.session, actor)]
    holder = programme.organisation_id if programme.organisation_id in offered else actor.organisation_id
    count = listing.batches_of_programme(db.session, programme.id)
    return Plan(
        programme_id=programme.id, name=_("%(title)s, angkatan %(n)s", title=programme.title[:180], n=count + 1),
        organisation_id=holder if may_plan_for(actor, holder or 0) else None, starts_on=first,
        ends_on=first + FORTNIGHT, campaign_id=number_of("sosialisasi"),
        admission="nomination" if actor.has(Role.OPD_CONTACT) else "open", min_attendance=programme.min_attendance,
        min_score=programme.min_score, score_from=programme.score_from, work_share=programme.work_share,
        trainers=[TrainerPlan(one.name, one.title, one.user_id) for one in programme.trainers],
    )  # fmt: skip


@bp.route("/pelatihan/<int:batch_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def edit(batch_id: int) -> ResponseReturnValue:
    batch = to_manage(db.session, current_actor(), batch_id)
    if batch.status in batches.CLOSED:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan, jadi tidak bisa diubah."))
    form, values = _form(batch, batch.programme), batches.plan_of(batch)
    if request.method == "GET":
        form.show(values, batch.version)
        return _page(form, batch, batch.programme, values)
    if wants_more():
        return _page(form, batch, batch.programme)
    if form.is_posted_and_valid():
        seen = form.version.data
        with form.saving(batch):
            wanted = form.plan(simulated=batch.simulated)
            batches.edit(
                db.session, current_actor(), batch_id, wanted, version=seen, move_sessions=bool(form.follow_place.data),
                now=now(),
            )  # fmt: skip
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for(".show", batch_id=batch_id))
    return _page(form, batch, batch.programme), 422


@bp.route("/pelatihan/<int:batch_id>/salin", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def duplicate(batch_id: int) -> ResponseReturnValue:
    """Copy a batch to begin on another day."""
    batch = get(db.session, current_actor(), batch_id)
    if not may_plan_for(current_actor(), batch.organisation_id):
        raise NotFound(T("Angkatan ini hanya bisa disalin oleh penyelenggaranya atau staf kantor."))
    form = CopyForm()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            copied = copy_batch(
                db.session, current_actor(), batch_id, name=form.name.data, starts_on=form.starts_on.data, now=now()
            )
            flash(_("Salinan tersimpan. Periksa pertemuannya, lalu buka."), "success")
            return redirect(url_for(".show", batch_id=copied.id))
    elif request.method == "GET":
        form.name.data = _next_name(batch)
        form.starts_on.data = max(batch.starts_on, local_day(now())) + MONTH
    page = render_template("training/copy.html", form=form, batch=get(db.session, current_actor(), batch_id))
    return page, 200 if request.method == "GET" else 422


def _next_name(batch: Batch) -> str:
    count = listing.batches_of_programme(db.session, batch.programme_id)
    return _("%(title)s, angkatan %(n)s", title=batch.programme.title[:180], n=count + 1)


# --- the page of the form ---


def _form(batch: Batch | None, programme: Programme) -> BatchForm:
    form, actor = BatchForm(), current_actor()
    fixed = batch is None or bool(batch.sessions)
    offered = [programme] if fixed else _with(active_programmes(db.session), programme)
    form.offer(
        [(one.id, one.title) for one in offered],
        listing.organiser_choices(db.session, actor, batch.organisation_id if batch else None)
        if batch is None or actor.can(Can.MOVE_BATCHES)
        else listing.organiser_of(db.session, batch),
        events.campaign_choices(db.session, batch.campaign_id if batch else number_of("sosialisasi")),
    )
    return form


def _with(offered: Any, programme: Programme) -> list[Programme]:
    return [*offered] if programme in offered else [programme, *offered]


def _page(form: BatchForm, batch: Batch | None, programme: Programme, values: Plan | None = None) -> str:
    districts = events.villages_by_district(db.session)
    villages = [(code, f"{name} ({one.name})") for one in districts for code, name in one.villages]
    code = form.village_code.data
    trainers = accounts_of(batch.trainers if batch else programme.trainers)
    return render_template(
        "training/form.html",
        form=form,
        batch=batch,
        programme=programme,
        rows=shown_rows(values),
        trainer_choices=listing.trainer_choices(db.session, list(trainers)),
        groups=group_choices(
            listing.opd_choices(db.session), district_choices(db.session, settings().regency_code), villages
        ),
        districts=districts,
        village_name=village_names(db.session, [code]).get(code or ""),
        more=request.form.get("tambah", "") if request.method == "POST" else "",
        found=_clashes(batch) if batch is not None else [],
        held_there=sessions_at_place(db.session, batch, session_place(batch), now=now()) if batch is not None else [],
    )


def _clashes(batch: Batch) -> Any:
    """The trainers' sessions elsewhere at the times of this batch."""
    return clashes_of_batch(db.session, current_actor(), batch, now=now())
