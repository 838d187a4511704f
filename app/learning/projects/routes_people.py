"""The people in a project, picked among those who took part in training."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.projects import access, queries, service
from app.learning.projects.blueprint import bp


@bp.get("/pelatihan/proyek/<int:project_id>/orang")
@allow(Can.KEEP_PROJECTS)
def people(project_id: int) -> ResponseReturnValue:
    actor, q = current_actor(), request.args.get("q", "")[:200]
    project = access.to_keep(db.session, actor, project_id)
    held = queries.members(db.session, project_id)
    found = queries.search_people(db.session, actor, q, [person.id for person, _organisation in held])
    return render_template(
        "projects/people.html",
        project=project,
        people=held,
        q=q.strip(),
        found=found[: queries.MOST_FOUND],
        too_many=len(found) > queries.MOST_FOUND,
        too_short=0 < len(q.strip()) < queries.LEAST_LETTERS,
    )


@bp.post("/pelatihan/proyek/<int:project_id>/orang")
@allow(Can.KEEP_PROJECTS)
def add_person(project_id: int) -> ResponseReturnValue:
    access.to_keep(db.session, current_actor(), project_id)
    if not _person():
        flash(_("Pilih dahulu orangnya dari hasil pencarian."), "warning")
        return redirect(url_for(".people", project_id=project_id), 303)
    service.add_member(db.session, current_actor(), project_id, _person(), now=now())
    flash(_("Orang itu ditambahkan ke proyek."), "success")
    return redirect(url_for(".people", project_id=project_id), 303)


@bp.post("/pelatihan/proyek/<int:project_id>/orang/keluarkan")
@allow(Can.KEEP_PROJECTS)
def remove_person(project_id: int) -> ResponseReturnValue:
    service.remove_member(db.session, current_actor(), project_id, _person(), now=now())
    flash(_("Orang itu tidak tercatat lagi pada proyek ini."), "success")
    return redirect(url_for(".people", project_id=project_id), 303)


def _person() -> int:
    return number_of("orang", request.form) or 0
