"""The modules of a programme, and its rubric."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.programmes import modules, queries
from app.learning.programmes.blueprint import bp
from app.learning.programmes.forms import ModuleForm
from app.learning.programmes.forms_rows import rows_of_module, wants_more
from app.learning.programmes.models import Module, Programme
from app.learning.programmes.service import to_change


@bp.route("/pelatihan/program/<int:programme_id>/modul/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new_module(programme_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme = to_change(db.session, actor, programme_id)
    form = ModuleForm() if posted else ModuleForm(formdata=None, version=programme.version)
    if posted and not wants_more() and form.is_posted_and_valid():
        with form.saving(programme):
            made = modules.add_module(
                db.session, actor, programme_id, form.values, seen=form.version.data, now=now()
            )  # fmt: skip
            flash(_("Modul “%(title)s” ditambahkan.", title=made.title), "success")
            return redirect(url_for(".show", programme_id=programme_id, _anchor=f"modul-{made.id}"), 303)
    return _page(form, programme_id, None), 422 if posted and not wants_more() else 200


@bp.route("/pelatihan/modul/<int:module_id>", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def edit_module(module_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme, module = modules.of_programme(db.session, actor, module_id)
    programme_id = programme.id
    form = ModuleForm() if posted else ModuleForm(formdata=None, version=programme.version)
    if not posted:
        form.show(module)
    elif not wants_more() and form.is_posted_and_valid():
        with form.saving(programme):
            modules.edit_module(db.session, actor, module_id, form.values, seen=form.version.data, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", programme_id=programme_id, _anchor=f"modul-{module_id}"), 303)
    return _page(form, programme_id, module), 422 if posted and not wants_more() else 200


@bp.post("/pelatihan/modul/<int:module_id>/urutan")
@allow(Can.PLAN_TRAINING)
def move_module(module_id: int) -> ResponseReturnValue:
    module = modules.move_module(
        db.session, current_actor(), module_id, up=request.form.get("ke") == "atas", now=now()
    )  # fmt: skip
    return redirect(url_for(".show", programme_id=module.programme_id, _anchor=f"modul-{module_id}"), 303)


@bp.post("/pelatihan/modul/<int:module_id>/hapus")
@allow(Can.PLAN_TRAINING)
def remove_module(module_id: int) -> ResponseReturnValue:
    programme, module = modules.of_programme(db.session, current_actor(), module_id)
    title = module.title
    if modules.remove_module(db.session, current_actor(), module_id, now=now()):
        flash(
            _("Modul “%(title)s” sudah dipakai sebuah angkatan, jadi diarsipkan dan tidak dihapus.", title=title),
            "warning",
        )
    return redirect(url_for(".show", programme_id=programme.id, _anchor="modul"), 303)


@bp.post("/pelatihan/modul/<int:module_id>/pakai")
@allow(Can.PLAN_TRAINING)
def restore_module(module_id: int) -> ResponseReturnValue:
    module = modules.restore_module(db.session, current_actor(), module_id, now=now())
    flash(_("Modul “%(title)s” dipakai lagi.", title=module.title), "success")
    return redirect(url_for(".show", programme_id=module.programme_id, _anchor=f"modul-{module_id}"), 303)


@bp.post("/pelatihan/program/<int:programme_id>/modul/kembalikan")
@allow(Can.PLAN_TRAINING)
def put_back_module(programme_id: int) -> ResponseReturnValue:
    module = modules.put_back(db.session, current_actor(), programme_id, now=now())
    flash(_("Modul “%(title)s” dikembalikan.", title=module.title), "success")
    return redirect(url_for(".show", programme_id=programme_id, _anchor=f"modul-{module.id}"), 303)


def _page(form: ModuleForm, programme_id: int, module: Module | None) -> str:
    programme: Programme = db.session.get_one(Programme, programme_id)
    groups = queries.skill_groups(db.session)
    listed = {skill.id for group in groups for skill in group.skills}
    kept = [one.skill for one in module.skills if one.skill_id not in listed] if module else []
    return render_template(
        "programmes/module.html",
        form=form,
        programme=programme,
        module=module,
        skill_groups=groups,
        kept_skills=kept,
        rows=rows_of_module(module),
    )
