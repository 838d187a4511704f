"""Pages to import groups from a list: upload, preview, take."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage

from app.base.areas.queries import village_names
from app.base.documents.sheets import XLSX
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import download
from app.base.web.formats import local_day, sentence
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.gatherings.communities import access, export, imports, queries
from app.gatherings.communities.blueprint import bp
from app.gatherings.communities.columns import LABELS
from app.gatherings.communities.imports import NEW, SKIP, Choice
from app.gatherings.communities.matching import COMPARED, details_of, plain_value
from app.gatherings.communities.models import GroupImport
from app.gatherings.communities.tables import LIMITS, MAX_ROWS, Table, read_table, too_large
from app.kernel.errors import Invalid
from app.kernel.roles import Can
from app.kernel.text import T

SHOWN = (*COMPARED, "chair")
STATES = ("maybe", "ask", "wrong", "new", "same")


class UploadForm(Form):
    file = FileField()


@bp.get("/komunitas/impor")
@allow(Can.KEEP_GROUPS)
def import_page() -> ResponseReturnValue:
    access.to_keep(current_actor())
    return _upload_page(UploadForm(formdata=None))


@bp.post("/komunitas/impor")
@allow(Can.KEEP_GROUPS)
def upload_list() -> ResponseReturnValue:
    access.to_keep(current_actor())
    form = UploadForm()
    with form.catching():
        given = request.files.get("file")
        release_database()  # no write lock is held while the file is read
        table = _read(given)
        name = (given.filename if given else None) or ""
        made = imports.start(db.session, current_actor(), table, file_name=name, today=local_day(now()), now=now())
        return redirect(url_for(".import_preview", import_id=made.id), 303)
    return _upload_page(form), 422


def _read(given: FileStorage | None) -> Table:
    if given is None or not given.filename:
        raise Invalid(T("Pilih dulu berkas yang mau diunggah."), field="file")
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    if size > LIMITS.packed:
        raise too_large(given.filename, LIMITS)
    return read_table(given.stream.read(), given.filename)


def _upload_page(form: UploadForm) -> str:
    form.file.label.text = _("Berkas XLSX atau CSV")
    return render_template("communities/import.html", form=form, max_rows=MAX_ROWS)


@bp.get("/komunitas/impor/templat.xlsx")
@allow(Can.KEEP_GROUPS)
def import_template() -> ResponseReturnValue:
    access.to_keep(current_actor())
    villages = [
        (code, name, district)
        for district, items in queries.village_choices(db.session).items()
        for code, name in items
    ]  # fmt: skip
    return download(export.template(villages, sentence), XLSX, "templat-kim.xlsx")


@bp.get("/komunitas/impor/<int:import_id>")
@allow(Can.KEEP_GROUPS)
def import_preview(import_id: int) -> ResponseReturnValue:
    """Show what would happen; after it was taken: what did happen."""
    found = imports.import_of(db.session, current_actor(), import_id)
    if found.applied_at is not None:
        return render_template("communities/import_result.html", found=found, result=found.result or {})
    return _preview_page(found)


@bp.post("/komunitas/impor/<int:import_id>")
@allow(Can.KEEP_GROUPS)
def import_apply(import_id: int) -> ResponseReturnValue:
    found = imports.import_of(db.session, current_actor(), import_id)
    choices = {row["line"]: choice for row in found.rows if (choice := _choice(row))}
    imports.apply(db.session, current_actor(), import_id, choices, today=local_day(now()), now=now())
    flash(_("Daftar disimpan."), "success")
    return redirect(url_for(".import_preview", import_id=import_id), 303)


@bp.post("/komunitas/impor/<int:import_id>/batal")
@allow(Can.KEEP_GROUPS)
def import_drop(import_id: int) -> ResponseReturnValue:
    imports.drop(db.session, current_actor(), import_id)
    flash(_("Unggahan dibatalkan. Tidak ada yang disimpan."), "success")
    return redirect(url_for(".import_page"), 303)


def _choice(row: dict[str, Any]) -> Choice | None:
    """What was chosen for a line; None where nothing was asked."""
    line = row["line"]
    what, village = request.form.get(f"pilih-{line}", ""), request.form.get(f"desa-{line}", "")
    if row["state"] not in {"maybe", "ask"}:
        return None
    return Choice(what or (NEW if row["state"] == "ask" else SKIP), village or None)


def _preview_page(found: GroupImport) -> str:
    wanted = {one for row in found.rows for one in row["candidates"]}
    existing = details_of(db.session, wanted, local_day(now()))
    places = {one.id: one.place for one in queries.known_groups(db.session)} if wanted else {}
    codes = {row["values"].get("village_code") for row in found.rows}
    return render_template(
        "communities/import_preview.html",
        found=found,
        unknown=(found.result or {}).get("unknown", []),
        by_state={state: [row for row in found.rows if row["state"] == state] for state in STATES},
        existing=existing,
        places=places,
        villages=village_names(db.session, {code for code in codes if code}),
        labels=LABELS,
        side_by_side=_side_by_side,
        skip=SKIP,
    )


def _side_by_side(row: dict[str, Any], group: Any) -> list[tuple[str, Any, Any]]:
    """(key, present, in the file) for everything that either of them says; contact data stay out of sight."""
    lines = []
    for key in SHOWN:
        if key in {"phone", "email", "note"}:
            continue
        old = group.chair if key == "chair" else getattr(group.details, key)
        new = plain_value(key, row["values"].get(key))
        if old or new:
            lines.append((key, old, new))
    return lines
