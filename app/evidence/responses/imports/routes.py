"""Pages for answers from a file: upload it, watch it being checked, take it or leave it."""

import secrets
from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.documents.sheets import XLSX, Sheet, workbook
from app.base.documents.tables import too_large
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now, settings
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.blueprint import bp
from app.evidence.responses.codebook import TITLES, codebook
from app.evidence.responses.columns import AGE_BAND, ENDED, PLACE, SEX, STARTED, UUID, columns
from app.evidence.responses.imports import service as imports
from app.evidence.responses.imports.service import BUSY, LIMITS
from app.evidence.responses.models import ResponseImport
from app.evidence.surveys.access import may_manage, to_manage
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WaveStatus
from app.kernel.errors import Invalid
from app.kernel.roles import Actor, Can
from app.kernel.text import T

ABOUT = (UUID, PLACE, SEX, AGE_BAND, STARTED, ENDED)
RUNNING = ("uploaded", "queued", *BUSY)


class AnswersFileForm(Form):
    file = FileField()


def files_panel(session: Session, actor: Actor, wave: Wave) -> Panel | None:
    """Return the panel with the last files of a survey that takes any."""
    if Mode.IMPORT not in wave.modes or not may_manage(actor, wave) or wave.status == WaveStatus.DRAFT:
        return None
    query = select(ResponseImport, func.count().over()).where(ResponseImport.wave_id == wave.id)
    found = session.execute(query.order_by(ResponseImport.id.desc()).limit(3)).all()
    states, is_open = _states(), wave.status == WaveStatus.OPEN
    return Panel(
        title=_("Jawaban dari berkas"),
        empty=_("Belum ada berkas yang dimasukkan."),
        url=url_for("responses.import_page", wave_id=wave.id) if found else None,
        total=found[0][1] if found else 0,
        lines=[
            PanelLine(one.file_name, url_for("responses.import_show", upload_id=one.id), at=one.created_at,
                 badge=states[one.status])
            for one, _all in found
        ],
        new_url=url_for("responses.import_page", wave_id=wave.id) if is_open else None,
        new_label=_("Masukkan berkas"),
        new_icon="upload",
    )  # fmt: skip


@bp.get("/survei/<int:wave_id>/impor")
@allow(Can.PLAN_SURVEYS)
def import_page(wave_id: int) -> ResponseReturnValue:
    return _page(to_manage(db.session, current_actor(), wave_id), AnswersFileForm(formdata=None))


@bp.post("/survei/<int:wave_id>/impor")
@allow(Can.PLAN_SURVEYS)
def import_upload(wave_id: int) -> ResponseReturnValue:
    actor = current_actor()
    wave = to_manage(db.session, actor, wave_id)
    form = AnswersFileForm()
    with form.catching():
        imports.check_takes(wave)
        release_database()  # no write lock is held while the file comes in
        path, name = _keep(request.files.get("file"))
        made = imports.start(db.session, actor, wave_id, file_name=name, path=path, now=now())
        return redirect(url_for(".import_show", upload_id=made.id), 303)
    return _page(to_manage(db.session, actor, wave_id), form), 422


def _keep(given: FileStorage | None) -> tuple[Path, str]:
    """(where the file lies now, its name). Raises Invalid."""
    if given is None or not given.filename:
        raise Invalid(T("Pilih dulu berkas yang mau diunggah."), field="file")
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    if size > LIMITS.packed:
        raise too_large(given.filename, LIMITS)
    if size == 0:
        raise Invalid(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=given.filename), field="file")
    folder = settings().var_dir / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}.upload"
    given.save(path)
    return path, given.filename


def _page(wave: Wave, form: AnswersFileForm) -> str:
    form.file.label.text = _("Berkas CSV atau XLSX")
    before = db.session.scalars(
        select(ResponseImport).where(ResponseImport.wave_id == wave.id).order_by(ResponseImport.id.desc()).limit(20)
    ).all()
    return render_template(
        "responses/import.html", wave=wave, form=form, before=before, most=LIMITS.packed // 10**6, states=_states()
    )


@bp.get("/survei/<int:wave_id>/impor/templat.xlsx")
@allow(Can.PLAN_SURVEYS)
def import_template(wave_id: int) -> ResponseReturnValue:
    """Send an empty file with the columns, what may stand in them, and the codes of the places."""
    wave = to_manage(db.session, current_actor(), wave_id)
    definition = definition_of(db.session, wave.instrument_version_id)
    places = place_names(db.session, wave.audience)
    if wave.method != SampleMethod.OPEN:
        places = {one.place: places.get(one.place, one.place) for one in wave.places}
    titles = [*ABOUT, *(column.name for column in columns(definition))]
    data = workbook(
        [
            Sheet(_("Jawaban"), titles),
            Sheet(_("Kamus"), [sentence(title) for title in TITLES], codebook(definition, ABOUT)),
            Sheet(_("Tempat"), [PLACE, _("Nama")], list(places.items())),
        ]
    )
    return download(data, XLSX, f"templat-jawaban-{wave.code}.xlsx")


@bp.get("/survei/impor/<int:upload_id>")
@allow(Can.PLAN_SURVEYS)
def import_show(upload_id: int) -> ResponseReturnValue:
    found = imports.import_of(db.session, current_actor(), upload_id)
    return render_template("responses/import_show.html", **_shown(found))


@bp.get("/survei/impor/<int:upload_id>/keadaan")
@allow(Can.PLAN_SURVEYS)
def import_state(upload_id: int) -> ResponseReturnValue:
    """Return the part of the page that says how far it is.

    It is asked for every second while the worker is at it.
    """
    found = imports.import_of(db.session, current_actor(), upload_id)
    return render_template("responses/_import_state.html", **_shown(found))


@bp.post("/survei/impor/<int:upload_id>/masukkan")
@allow(Can.PLAN_SURVEYS)
def import_take(upload_id: int) -> ResponseReturnValue:
    others = request.form.get("others") == "1"
    imports.take(db.session, current_actor(), upload_id, others=others, now=now())
    return redirect(url_for(".import_show", upload_id=upload_id), 303)


@bp.post("/survei/impor/<int:upload_id>/batal")
@allow(Can.PLAN_SURVEYS)
def import_drop(upload_id: int) -> ResponseReturnValue:
    found = imports.drop(db.session, current_actor(), upload_id)
    flash(_("Unggahan dibatalkan. Tidak ada yang dimasukkan."), "success")
    return redirect(url_for(".import_page", wave_id=found.wave_id), 303)


@bp.post("/survei/impor/<int:upload_id>/keluarkan")
@allow(Can.PLAN_SURVEYS)
def import_undo(upload_id: int) -> ResponseReturnValue:
    imports.undo(db.session, current_actor(), upload_id, now=now())
    return redirect(url_for(".import_show", upload_id=upload_id), 303)


def _shown(found: ResponseImport) -> dict[str, object]:
    return {
        "found": found,
        "wave": db.session.get_one(Wave, found.wave_id),
        "running": found.status in RUNNING,
        "states": _states(),
    }


def _states() -> dict[str, tuple[str, str]]:
    """Status → (kind, words) of ui.badge."""
    return {
        "uploaded": ("wait", _("Menunggu diperiksa")),
        "checking": ("wait", _("Sedang diperiksa")),
        "wrong": ("bad", _("Perlu diperbaiki")),
        "checked": ("info", _("Siap dimasukkan")),
        "queued": ("wait", _("Menunggu dimasukkan")),
        "importing": ("wait", _("Sedang dimasukkan")),
        "done": ("ok", _("Sudah dimasukkan")),
        "removing": ("wait", _("Sedang dikeluarkan")),
        "removed": ("muted", _("Sudah dikeluarkan lagi")),
        "dropped": ("muted", _("Dibatalkan")),
    }
