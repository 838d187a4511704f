"""The criteria by which practical work is marked."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.programmes import rubric
from app.learning.programmes.blueprint import bp
from app.learning.programmes.forms import CriterionForm
from app.learning.programmes.models import Criterion, Programme
from app.learning.programmes.service import to_change


@bp.route("/pelatihan/program/<int:programme_id>/kriteria/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new_criterion(programme_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme = to_change(db.session, actor, programme_id)
    form = CriterionForm() if posted else CriterionForm(formdata=None, version=programme.version)
    if posted and form.is_posted_and_valid():
        with form.saving(programme):
            made = rubric.add_criterion(
                db.session, actor, programme_id, form.values, seen=form.version.data, now=now()
            )  # fmt: skip
            flash(_("Kriteria “%(title)s” ditambahkan.", title=made.title), "success")
            return redirect(_back(programme_id), 303)
    return _page(form, programme_id, None), 422 if posted else 200


@bp.route("/pelatihan/kriteria/<int:criterion_id>", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def edit_criterion(criterion_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme, criterion = rubric.of_programme(db.session, actor, criterion_id)
    programme_id = programme.id
    form = CriterionForm() if posted else CriterionForm(formdata=None, version=programme.version)
    if not posted:
        form.show(criterion)
    elif form.is_posted_and_valid():
        with form.saving(programme):
            rubric.edit_criterion(db.session, actor, criterion_id, form.values, seen=form.version.data, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(_back(programme_id), 303)
    return _page(form, programme_id, criterion), 422 if posted else 200


@bp.post("/pelatihan/kriteria/<int:criterion_id>/urutan")
@allow(Can.PLAN_TRAINING)
def move_criterion(criterion_id: int) -> ResponseReturnValue:
    up = request.form.get("ke") == "atas"
    criterion = rubric.move_criterion(db.session, current_actor(), criterion_id, up=up, now=now())
    return redirect(_back(criterion.programme_id), 303)


@bp.post("/pelatihan/kriteria/<int:criterion_id>/hapus")
@allow(Can.PLAN_TRAINING)
def remove_criterion(criterion_id: int) -> ResponseReturnValue:
    programme, criterion = rubric.of_programme(db.session, current_actor(), criterion_id)
    title = criterion.title
    if rubric.remove_criterion(db.session, current_actor(), criterion_id, now=now()):
        said = _("Sudah ada tugas yang dinilai dengan “%(title)s”, jadi kriteria itu diarsipkan dan tidak dihapus.")
        flash(said % {"title": title}, "warning")
    else:
        flash(_("Kriteria “%(title)s” dihapus.", title=title), "success")
    return redirect(_back(programme.id), 303)


@bp.post("/pelatihan/kriteria/<int:criterion_id>/pakai")
@allow(Can.PLAN_TRAINING)
def restore_criterion(criterion_id: int) -> ResponseReturnValue:
    criterion = rubric.restore_criterion(db.session, current_actor(), criterion_id, now=now())
    flash(_("Kriteria “%(title)s” dipakai lagi.", title=criterion.title), "success")
    return redirect(_back(criterion.programme_id), 303)


def _back(programme_id: int) -> str:
    return url_for(".show", programme_id=programme_id, _anchor="rubrik")


def _page(form: CriterionForm, programme_id: int, criterion: Criterion | None) -> str:
    programme = db.session.get_one(Programme, programme_id)
    return render_template("programmes/criterion.html", form=form, programme=programme, criterion=criterion)
