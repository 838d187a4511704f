"""Programmes: list, page of one, made, changed, copied, put away. Modules, materials, rubric, skills: routes_*.py."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.audit import AuditEntry
from app.kernel.ordered import in_use
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.learning.programmes import (
    copying,
    materials,
    modules,
    queries,
    routes_materials,
    routes_modules,
    routes_rubric,
    routes_skills,
    service,
)
from app.learning.programmes.access import may_manage
from app.learning.programmes.blueprint import bp
from app.learning.programmes.forms import ProgrammeForm
from app.learning.programmes.forms_rows import rows_of_programme, wants_more
from app.learning.programmes.models import Programme
from app.learning.programmes.panels import PANELS

__all__ = ["bp", "routes_materials", "routes_modules", "routes_rubric", "routes_skills"]

ARCHIVED = "arsip"
UNDO_FOR = timedelta(days=1)


@bp.get("/pelatihan/program")
@allow(Can.READ_TRAINING)
def index() -> ResponseReturnValue:
    q, archived = request.args.get("q", "")[:200], request.args.get("keadaan") == ARCHIVED
    organisation_id, skill_id = number_of("penyelenggara"), number_of("keterampilan")
    found = queries.programmes(q=q, organisation_id=organisation_id, skill_id=skill_id, archived=archived)
    skills = [(one.id, one.name) for one in queries.skills(db.session)]
    return render_template(
        "programmes/index.html",
        page=paginate(db.session, found, number_of("hal") or 1, rows=True),
        narrowed=bool(q.strip() or organisation_id or skill_id),
        archived=archived,
        organiser_choices=[("", _("Semua")), *queries.organisers_of_programmes(db.session)],
        organisation_id=organisation_id,
        skill_choices=[("", _("Semua")), *skills],
        skill_id=skill_id,
        may_plan=current_actor().can(Can.PLAN_TRAINING),
    )


@bp.get("/pelatihan/program/<int:programme_id>")
@allow(Can.READ_TRAINING)
def show(programme_id: int) -> ResponseReturnValue:
    actor = current_actor()
    programme = service.get(db.session, programme_id)
    listed = queries.all_modules(db.session, programme_id)
    criteria = programme.criteria
    tests = {programme.test_instrument_id, programme.post_instrument_id}
    manages = may_manage(actor, programme)
    return render_template(
        "programmes/show.html",
        programme=programme,
        organisation=queries.organisation_name(db.session, programme.organisation_id),
        modules=in_use(listed),
        old_modules=[one for one in listed if one.archived_at is not None],
        shown={one.id: materials.seen_by(actor, one.materials) for one in listed},
        files=queries.files_of(db.session, [material for one in listed for material in one.materials]),
        skills={one.id: one for one in queries.skills(db.session)},
        levels=queries.levels_led_to(db.session, programme_id),
        criteria=in_use(criteria),
        old_criteria=[one for one in criteria if one.archived_at is not None],
        tests=queries.instrument_titles(db.session, tests),
        removed=_just_removed(programme) if manages else None,
        panels=PANELS.of(db.session, actor, programme),
        manages=manages,
        may_plan=actor.can(Can.PLAN_TRAINING),
    )


@bp.route("/pelatihan/program/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new() -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    form = ProgrammeForm() if posted else ProgrammeForm(formdata=None, **_defaults())
    _offer(form, None)
    if posted and not wants_more() and form.is_posted_and_valid():
        with form.catching():
            made = service.create(db.session, actor, form.values, now=now())
            flash(_("Program “%(title)s” dibuat. Lanjutkan dengan modulnya.", title=made.title), "success")
            return redirect(url_for(".show", programme_id=made.id), 303)
    return _form_page(form, None), 422 if posted and not wants_more() else 200


@bp.route("/pelatihan/program/<int:programme_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def edit(programme_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme = service.to_change(db.session, actor, programme_id)
    form = ProgrammeForm() if posted else ProgrammeForm(formdata=None)
    _offer(form, programme)
    if not posted:
        form.show(programme)
    elif not wants_more() and form.is_posted_and_valid():
        with form.saving(programme):
            service.edit(db.session, actor, programme_id, form.values, seen=form.version.data, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", programme_id=programme_id), 303)
    return _form_page(form, programme), 422 if posted and not wants_more() else 200


@bp.post("/pelatihan/program/<int:programme_id>/arsip")
@allow(Can.PLAN_TRAINING)
def archive(programme_id: int) -> ResponseReturnValue:
    if request.form.get("pakai") == "1":
        programme = service.take_out(db.session, current_actor(), programme_id, now=now())
        flash(_("Program “%(title)s” dipakai lagi.", title=programme.title), "success")
    else:
        programme = service.put_away(db.session, current_actor(), programme_id, now=now())
        flash(_("Program “%(title)s” diarsipkan. Angkatannya tetap ada.", title=programme.title), "success")
    return redirect(url_for(".show", programme_id=programme_id), 303)


@bp.post("/pelatihan/program/<int:programme_id>/salin")
@allow(Can.PLAN_TRAINING)
def duplicate(programme_id: int) -> ResponseReturnValue:
    made = copying.duplicate(db.session, current_actor(), programme_id, now=now())
    flash(_("Salinan dibuat. Beri nama yang baru, lalu ubah modulnya."), "success")
    return redirect(url_for(".edit", programme_id=made.id), 303)


def _just_removed(programme: Programme) -> AuditEntry | None:
    """The module that was deleted last, while somebody may still miss it."""
    entry = modules.last_removal(db.session, programme)
    return entry if entry is not None and now() - entry.at <= UNDO_FOR else None


def _defaults() -> dict[str, Any]:
    return {
        "organisation_id": current_actor().organisation_id,
        "min_attendance": 75,
        "min_score": 60,
        "work_share": 50,
        "score_from": "test",
    }


def _offer(form: ProgrammeForm, programme: Programme | None) -> None:
    actor = current_actor()
    mine = None if actor.of_office else actor.organisation_ids
    kept = (programme.test_instrument_id, programme.post_instrument_id) if programme else ()
    form.offer(queries.organiser_choices(db.session, mine), queries.instrument_choices(db.session, mine, kept))


def _form_page(form: ProgrammeForm, programme: Programme | None) -> str:
    held = programme.prerequisites if programme else []
    offered = {one for one in queries.active_programmes(db.session) if one is not programme}
    offered |= {one.requires for one in held if one.requires}
    trainers = [one.user_id for one in programme.trainers] if programme else []
    return render_template(
        "programmes/form.html",
        form=form,
        programme=programme,
        rows=rows_of_programme(programme),
        programme_choices=[(one.id, one.title) for one in sorted(offered, key=lambda one: one.title.lower())],
        skill_groups=queries.skill_groups(db.session),
        kept_skills=[one.skill for one in held if one.skill and one.skill.archived_at],
        people=queries.trainer_choices(db.session, trainers),
    )
