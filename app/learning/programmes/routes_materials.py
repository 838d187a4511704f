"""Files and links of a module."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.media import service as media
from app.base.media.check import Checked
from app.base.media.pages import picture, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, wired
from app.kernel.roles import Can
from app.learning.programmes import materials, modules
from app.learning.programmes.blueprint import bp
from app.learning.programmes.forms import MaterialForm
from app.learning.programmes.models import Module, ModuleMaterial, Programme


@bp.route("/pelatihan/modul/<int:module_id>/bahan/baru", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def new_material(module_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme, _module = modules.of_programme(db.session, actor, module_id)
    programme_id, owner = programme.id, programme.organisation_id
    form = MaterialForm() if posted else MaterialForm(formdata=None, version=programme.version)
    if posted and form.is_posted_and_valid():
        with form.saving(programme):
            checked = _uploaded()
            file = (
                media.keep(db.session, wired().storage, actor, checked, organisation_id=owner, now=now())
                if checked
                else None
            )
            made = materials.add_material(
                db.session, actor, module_id, form.values, file=file, seen=form.version.data, now=now()
            )
            flash(_("Bahan “%(title)s” ditambahkan.", title=made.title), "success")
            return redirect(url_for(".show", programme_id=programme_id, _anchor=f"modul-{module_id}"), 303)
    return _page(form, module_id, None), 422 if posted else 200


@bp.route("/pelatihan/bahan/<int:material_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def edit_material(material_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    programme, module, material = materials.find_to_change(db.session, actor, material_id)
    programme_id, module_id = programme.id, module.id
    form = MaterialForm() if posted else MaterialForm(formdata=None, version=programme.version)
    del form.file
    if material.file_id is not None:
        del form.url
    if not posted:
        form.title.data, form.for_trainers.data = material.title, material.for_trainers
        if "url" in form:
            form.url.data = material.url
    elif form.is_posted_and_valid():
        with form.saving(programme):
            materials.edit_material(db.session, actor, material_id, form.values, seen=form.version.data, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", programme_id=programme_id, _anchor=f"modul-{module_id}"), 303)
    return _page(form, module_id, material), 422 if posted else 200


@bp.post("/pelatihan/bahan/<int:material_id>/hapus")
@allow(Can.PLAN_TRAINING)
def remove_material(material_id: int) -> ResponseReturnValue:
    module = materials.remove_material(db.session, current_actor(), material_id, now=now())
    flash(_("Bahan dihapus dari modul ini."), "success")
    return redirect(url_for(".show", programme_id=module.programme_id, _anchor=f"modul-{module.id}"), 303)


@bp.get("/pelatihan/bahan/<int:material_id>")
@allow(Can.READ_TRAINING)
def material(material_id: int) -> ResponseReturnValue:
    return picture(materials.file_of_material(db.session, current_actor(), material_id))


def _uploaded() -> Checked | None:
    """The file of the form, read and checked while no transaction is open; None where there is none."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None
    release_database()
    return materials.check_material(read_upload(given), given.filename)


def _page(form: MaterialForm, module_id: int, held: ModuleMaterial | None) -> str:
    module = db.session.get_one(Module, module_id)
    return render_template(
        "programmes/material.html",
        form=form,
        module=module,
        material=held,
        programme=db.session.get_one(Programme, module.programme_id),
    )
