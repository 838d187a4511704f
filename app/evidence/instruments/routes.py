"""Pages: the list of instruments and one instrument, its versions, what they ask, where trend lines break."""

from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import XLSX
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments import routes_edit, routes_more, service
from app.evidence.instruments.access import audiences_made_by, audiences_of, may_plan_for
from app.evidence.instruments.blueprint import bp
from app.evidence.instruments.checks import check
from app.evidence.instruments.default_texts import with_default_texts
from app.evidence.instruments.definition import read
from app.evidence.instruments.forms import AboutForm, ImportForm
from app.evidence.instruments.models import Instrument
from app.evidence.instruments.naming import in_words
from app.evidence.instruments.pages import (
    breaks_of,
    chosen_version,
    places_of,
    progress,
    version_of,
)
from app.evidence.instruments.panels import uses
from app.evidence.instruments.places import place_names
from app.evidence.instruments.queries import dimension_names
from app.evidence.instruments.queries import instruments as instruments_query
from app.evidence.instruments.states import AUDIENCES
from app.evidence.instruments.xlsform import reading as form_reading
from app.evidence.instruments.xlsform import writing
from app.kernel.paging import paginate
from app.kernel.roles import Can

__all__ = ["bp", "routes_edit", "routes_more"]

EMPTY: dict[str, Any] = {"sections": [{"key": "bagian_1", "title": "Bagian 1", "questions": []}]}


def _may_make() -> bool:
    actor = current_actor()
    return actor.organisation_id is not None and may_plan_for(actor, actor.organisation_id, tests=True)


@bp.get("/survei/instrumen", endpoint="index")
@allow(Can.READ_QUESTIONS)
def list_instruments() -> ResponseReturnValue:
    among = audiences_of(current_actor())
    filters = {
        "q": request.args.get("q", ""),
        "audience": request.args.get("siapa", "") if request.args.get("siapa") in among else "",
        "archived": request.args.get("arsip") == "1",
    }
    query = instruments_query(**filters, among=among)  # type: ignore[arg-type]
    page = paginate(db.session, query, number_of("hal") or 1, rows=True)
    return render_template(
        "instruments/index.html", page=page, filters=filters, may_make=_may_make(),
        audiences=[(str(key), sentence(words)) for key, words in AUDIENCES.items() if key in among],
    )  # fmt: skip


@bp.get("/survei/instrumen/<int:instrument_id>", endpoint="show")
@allow(Can.READ_QUESTIONS)
def show_instrument(instrument_id: int) -> ResponseReturnValue:
    actor = current_actor()
    instrument = service.instrument_of(db.session, actor, instrument_id)
    version = chosen_version(instrument, number_of("versi"))
    definition = read(version.definition)
    return render_template(
        "instruments/show.html", instrument=instrument, version=version, definition=definition,
        uses=uses(db.session, actor, instrument_id), breaks=breaks_of(instrument, version),
        may_manage=service.may_manage(actor, instrument), numbers=places_of(definition),
        dimensions=dimension_names(db.session),
        findings=in_words(version.definition, check(version.definition)) if version.frozen_at is None else (),
        translated={code: progress(definition, code) for code in definition.languages if code != "id"},
    )  # fmt: skip


@bp.get("/survei/instrumen/baru")
@allow(Can.MAKE_QUESTIONS)
def new_instrument() -> ResponseReturnValue:
    return render_template("instruments/about.html", form=_about(_for_whom(AboutForm)), instrument=None)


@bp.post("/survei/instrumen/baru")
@allow(Can.MAKE_QUESTIONS)
def create_instrument() -> ResponseReturnValue:
    form = _about(AboutForm())
    if form.is_posted_and_valid():
        with form.catching():
            made = _create(form, {"title": form.title.data, **EMPTY})
            flash(_("Daftar pertanyaan dibuat. Sekarang isi pertanyaannya."), "success")
            return redirect(url_for(".edit_version", version_id=made.versions[0].id), 303)
    return render_template("instruments/about.html", form=form, instrument=None), 422


Asking = TypeVar("Asking", bound=AboutForm)


def _for_whom(form: type[Asking]) -> Asking:
    """An empty form for those of `?siapa=`, where that says one of them."""
    wanted = request.args.get("siapa", "")
    return form(formdata=None, audience=wanted) if wanted in audiences_made_by(current_actor()) else form(formdata=None)


def _about(form: Asking) -> Asking:
    """The form with those for whom this person may make questions."""
    form.offer(audiences_made_by(current_actor()))
    return form


def _create(form: AboutForm, definition: dict[str, Any]) -> Instrument:
    title = form.title.data or str(definition["title"]["id"])
    service.refuse_known_title(db.session, title)
    return service.create(
        db.session, current_actor(), key=service.free_key(db.session, title), title=title[:200],
        audience=form.audience.data, definition=with_default_texts(definition, form.audience.data), now=now(),
    )  # fmt: skip


@bp.get("/survei/instrumen/impor")
@allow(Can.MAKE_QUESTIONS)
def import_instrument() -> ResponseReturnValue:
    return render_template("instruments/import.html", form=_about(_for_whom(ImportForm)), reading=None)


@bp.post("/survei/instrumen/impor", endpoint="take_instrument")
@allow(Can.MAKE_QUESTIONS)
def take_instrument() -> ResponseReturnValue:
    """Import an XLSForm; nothing is kept unless everything can be."""
    form, reading = _about(ImportForm()), None
    if form.is_posted_and_valid():
        release_database()  # no write lock is held while the file is read
        with form.catching():
            upload = form.file.data
            data = upload.stream.read(3_000_001)
            reading = form_reading.read_form(data, upload.filename or "formulir.xlsx", personal=form.personal.data)
            if reading.definition is not None:
                made = _create(form, _without_pictures(reading.definition))
                for remark in reading.remarks[:8]:
                    flash(_("Baris %(n)s: %(what)s", n=remark.row or "–", what=sentence(remark.sentence)), "info")
                flash(_("Formulir diimpor sebagai konsep. Periksa dahulu sebelum dipakai."), "success")
                return redirect(url_for(".edit_version", version_id=made.versions[0].id), 303)
    return render_template("instruments/import.html", form=form, reading=reading), 422


def _without_pictures(definition: dict[str, Any]) -> dict[str, Any]:
    """A number of a file in somebody's spreadsheet opens no file here."""
    for section in definition["sections"]:
        for question in section["questions"]:
            question.pop("picture", None)
    return definition


@bp.get("/survei/instrumen/<int:instrument_id>/ubah")
@allow(Can.MAKE_QUESTIONS)
def about_instrument(instrument_id: int) -> ResponseReturnValue:
    instrument = service.to_manage(db.session, current_actor(), instrument_id)
    form = _about(AboutForm(formdata=None, title=instrument.title, audience=instrument.audience))
    return render_template("instruments/about.html", form=form, instrument=instrument)


@bp.post("/survei/instrumen/<int:instrument_id>/ubah")
@allow(Can.MAKE_QUESTIONS)
def rename_instrument(instrument_id: int) -> ResponseReturnValue:
    instrument = service.to_manage(db.session, current_actor(), instrument_id)
    form = _about(AboutForm())
    if form.is_posted_and_valid():
        with form.catching():
            service.edit(
                db.session,
                current_actor(),
                instrument_id,
                title=form.title.data,
                audience=form.audience.data,
                now=now(),
            )
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", instrument_id=instrument_id), 303)
    return render_template("instruments/about.html", form=form, instrument=instrument), 422


@bp.post("/survei/instrumen/<int:instrument_id>/arsipkan")
@allow(Can.MAKE_QUESTIONS)
def archive_instrument(instrument_id: int) -> ResponseReturnValue:
    service.archive(db.session, current_actor(), instrument_id, now=now())
    flash(_("Daftar pertanyaan diarsipkan. Survei yang memakainya tetap berjalan."), "success")
    return redirect(url_for(".show", instrument_id=instrument_id), 303)


@bp.post("/survei/instrumen/<int:instrument_id>/pulihkan")
@allow(Can.MAKE_QUESTIONS)
def restore_instrument(instrument_id: int) -> ResponseReturnValue:
    service.restore(db.session, current_actor(), instrument_id, now=now())
    flash(_("Daftar pertanyaan bisa dipilih lagi."), "success")
    return redirect(url_for(".show", instrument_id=instrument_id), 303)


@bp.post("/survei/instrumen/<int:instrument_id>/versi-baru")
@allow(Can.MAKE_QUESTIONS)
def add_version(instrument_id: int) -> ResponseReturnValue:
    version = service.new_version(db.session, current_actor(), instrument_id, now=now())
    flash(_("Versi %(n)s dibuat sebagai salinan. Versi lama tidak berubah.", n=version.number), "success")
    return redirect(url_for(".edit_version", version_id=version.id), 303)


@bp.post("/survei/instrumen/versi/<int:version_id>/buang")
@allow(Can.MAKE_QUESTIONS)
def discard_version(version_id: int) -> ResponseReturnValue:
    instrument = service.discard(
        db.session, current_actor(), version_id, seen=number_of("seen", request.form) or 0, now=now()
    )
    flash(_("Konsep dibuang. Versi sebelumnya tetap ada."), "success")
    return redirect(url_for(".show", instrument_id=instrument.id), 303)


@bp.get("/survei/instrumen/versi/<int:version_id>/pratinjau")
@allow(Can.READ_QUESTIONS)
def preview_version(version_id: int) -> ResponseReturnValue:
    version = version_of(db.session, version_id, current_actor())
    definition = read(version.definition)
    language = request.args.get("bahasa", "id")
    return render_template(
        "instruments/preview.html", version=version, instrument=version.instrument, definition=definition,
        language=language if language in definition.languages else "id", numbers=places_of(definition),
    )  # fmt: skip


@bp.get("/survei/instrumen/versi/<int:version_id>/xlsform")
@allow(Can.READ_QUESTIONS)
def export_version(version_id: int) -> ResponseReturnValue:
    """Send the version as an XLSForm, with every place that may be answered for."""
    version = version_of(db.session, version_id, current_actor())
    instrument = version.instrument
    places = place_names(db.session, instrument.audience)
    form_id = instrument.key.replace("-", "_")
    data = writing.write(read(version.definition), form_id=form_id, version=str(version.number), places=places)
    return download(data, XLSX, f"{instrument.key}-versi-{version.number}.xlsx")
