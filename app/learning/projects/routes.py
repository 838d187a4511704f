"""What the programmer community builds: list, page of one, changes. The people in it: routes_people.py."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from app.base.documents.list_file import list_file
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.listing import Table
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.projects import access, queries, routes_people, service
from app.learning.projects.blueprint import bp
from app.learning.projects.forms import ProjectForm
from app.learning.projects.index import PROJECTS
from app.learning.projects.models import Project, ProjectStatus
from app.learning.projects.queries import ProjectFilters
from app.learning.projects.states import LABELS
from app.learning.training.models import Batch

__all__ = ["bp", "routes_people"]


@bp.get("/pelatihan/proyek")
@allow(Can.READ_PROJECTS)
def index() -> ResponseReturnValue:
    actor = current_actor()
    opds, communities = queries.filter_choices(db.session, actor)
    return render_template(
        "projects/index.html",
        view=PROJECTS.view(db.session, _projects),
        status_choices=[("", _("Semua")), *((str(key), sentence(label)) for key, label in LABELS.items())],
        opd_choices=[("", _("Semua OPD")), *opds],
        group_choices=[("", _("Semua komunitas")), *communities],
        keeps=actor.can(Can.PLAN_TRAINING) or _of_community(),
    )


@bp.get("/pelatihan/proyek/unduh.csv")
@allow(Can.READ_PROJECTS)
def export_csv() -> ResponseReturnValue:
    return list_file(_table(), "proyek.csv")


@bp.get("/pelatihan/proyek/unduh.xlsx")
@allow(Can.READ_PROJECTS)
def export_xlsx() -> ResponseReturnValue:
    return list_file(_table(), "proyek.xlsx", "Proyek")


def _table() -> Table:
    return PROJECTS.table(PROJECTS.rows(db.session, _projects))


def _projects(wanted: ProjectFilters) -> Select[Any]:
    return queries.projects(current_actor(), wanted)


@bp.get("/pelatihan/proyek/<int:project_id>")
@allow(Can.READ_PROJECTS)
def show(project_id: int) -> ResponseReturnValue:
    actor = current_actor()
    project = access.get(db.session, actor, project_id)
    sees = access.sees_people(actor, project)
    return render_template(
        "projects/show.html",
        project=project,
        names=queries.organisation_names(db.session, (project.organisation_id, project.group_id)),
        batch=db.session.get(Batch, project.batch_id) if project.batch_id else None,
        people=queries.members(db.session, project_id) if sees else [],
        count=len(project.members),
        sees_people=sees,
        keeps=access.may_keep(actor, project),
        simulated=queries.is_practice(db.session, project_id),
    )


@bp.route("/pelatihan/proyek/baru", methods=["GET", "POST"])
@allow(Can.KEEP_PROJECTS)
def new() -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    today = local_day(now())
    form = ProjectForm() if posted else ProjectForm(formdata=None, **_defaults())
    _offer(form, None)
    if posted and form.is_posted_and_valid():
        with form.catching():
            made = service.record(db.session, actor, form.values, today=today, now=now())
            flash(_("Proyek “%(name)s” dicatat. Lanjutkan dengan orangnya.", name=made.name), "success")
            return redirect(url_for(".show", project_id=made.id), 303)
    return render_template("projects/form.html", form=form, project=None), 422 if posted else 200


@bp.route("/pelatihan/proyek/<int:project_id>/ubah", methods=["GET", "POST"])
@allow(Can.KEEP_PROJECTS)
def edit(project_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    project = access.to_keep(db.session, actor, project_id)
    form = ProjectForm() if posted else ProjectForm(formdata=None)
    _offer(form, project)
    if not posted:
        form.show(project)
    elif form.is_posted_and_valid():
        with form.saving(project):
            today = local_day(now())
            service.edit(db.session, actor, project_id, form.values, seen=form.version.data, today=today, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", project_id=project_id), 303)
    return render_template("projects/form.html", form=form, project=project), 422 if posted else 200


@bp.post("/pelatihan/proyek/<int:project_id>/arsip")
@allow(Can.KEEP_PROJECTS)
def archive(project_id: int) -> ResponseReturnValue:
    if request.form.get("pakai") == "1":
        project = service.take_out(db.session, current_actor(), project_id, now=now())
        flash(_("Proyek “%(name)s” ada di daftar lagi.", name=project.name), "success")
    else:
        project = service.put_away(db.session, current_actor(), project_id, now=now())
        flash(_("Proyek “%(name)s” diarsipkan.", name=project.name), "success")
    return redirect(url_for(".show", project_id=project_id), 303)


def _of_community() -> bool:
    """Whether this person belongs to a programmer community: a KIM has no projects to record."""
    own = current_actor().organisation_id
    return own is not None and queries.is_community(db.session, own)


def _defaults() -> dict[str, Any]:
    """A community records its own, an OPD for itself; what a participant told of it may come with the address."""
    actor, mine = current_actor(), _of_community()
    opds = [] if mine or actor.of_office else [number for number, _name in queries.opd_choices(db.session)]
    return {
        "status": ProjectStatus.IDEA.value,
        "status_on": local_day(now()),
        "group_id": number_of("komunitas") or (actor.organisation_id if mine else None),
        "organisation_id": next((number for number in opds if number in actor.organisation_ids), None),
        "name": request.args.get("nama", "")[:200],
        "summary": request.args.get("tentang", "")[:1000],
        "address": request.args.get("alamat", "")[:500],
        "batch_id": number_of("angkatan"),
    }


def _offer(form: ProjectForm, project: Project | None) -> None:
    form.offer(
        queries.opd_choices(db.session, project.organisation_id if project else None),
        queries.community_choices(db.session, project.group_id if project else None),
        queries.batch_choices(db.session, current_actor(), project.batch_id if project else None),
    )
