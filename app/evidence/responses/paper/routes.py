"""Pages for numbered paper forms as PDF."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.render import renderer
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.formats import duration, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings, wired
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.blueprint import bp
from app.evidence.responses.paper import sheets as paper
from app.evidence.responses.paper.forms import PLACE_LABEL, PrintForm, ReprintForm
from app.evidence.responses.paper.sheets import LANGUAGES
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.errors import GaungError
from app.kernel.roles import Can


@bp.get("/survei/<int:wave_id>/kertas", endpoint="paper")
@allow(Can.PLAN_SURVEYS)
def paper_forms(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, PrintForm(None), ReprintForm(None))


@bp.post("/survei/<int:wave_id>/kertas")
@allow(Can.PLAN_SURVEYS)
def print_forms(wave_id: int) -> ResponseReturnValue:
    """Reserve numbers, then fetch the file: a GET writes nothing."""
    wave = to_manage(db.session, current_actor(), wave_id)
    form = PrintForm()
    _choices(form, wave)
    if form.is_posted_and_valid():
        with form.catching():
            run = paper.reserve(
                db.session, current_actor(), wave.id, form.copies.data or 0, place=form.place.data or "",
                language=form.language.data, now=now(),
            )  # fmt: skip
            flash(
                _("Formulir %(first)s sampai %(last)s sudah siap. Unduh, lalu cetak.", first=run.first, last=run.last)
            )
            return redirect(url_for(".paper", wave_id=wave.id, baru=run.id), 303)
    wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, form, ReprintForm(None)), 422


@bp.post("/survei/<int:wave_id>/kertas/lagi")
@allow(Can.PLAN_SURVEYS)
def reprint_forms(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    form = ReprintForm()
    if form.is_posted_and_valid():
        with form.catching():
            first, last = form.first.data or 0, form.last.data or 0
            paper.reprint(db.session, current_actor(), wave.id, first, last, now=now())
            return redirect(_address(wave_id, first, last), 303)
    wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, PrintForm(None), form), 422


@bp.get("/survei/<int:wave_id>/kertas.pdf")
@allow(Can.PLAN_SURVEYS)
def paper_file(wave_id: int) -> ResponseReturnValue:
    """Send forms as PDF.

    `?dari=&sampai=`: those forms as they were printed; without them a specimen.
    """
    wave = to_manage(db.session, current_actor(), wave_id)
    first, last = number_of("dari"), number_of("sampai")
    wanted = [paper.PaperForm(None, "", request.args.get("bahasa", "id"))]
    if first and last:
        paper.check_range(wave, first, last)
        wanted = paper.forms(db.session, wave, first, last)
    kept = duration(settings().answer_days)
    texts = paper.texts_of(db.session, wave, {form.language for form in wanted}, kept=kept)
    pictures = paper.pictures_of(db.session, wired().storage, wave)
    name = f"{wave.name} formulir {f'{first}-{last}' if first else 'contoh'}.pdf"
    release_database()  # nothing is held while it is drawn
    document = paper.render(renderer(settings().logo_path), texts, wanted, duplex="bolak" in request.args,
                            pictures=pictures)  # fmt: skip
    return download(document, PDF, name)


def _address(wave_id: int, first: int, last: int) -> str:
    duplex: dict[str, Any] = {"bolak": 1} if "bolak" in request.form else {}
    return url_for(".paper_file", wave_id=wave_id, dari=first, sampai=last, **duplex)


def _choices(form: PrintForm, wave: Wave) -> None:
    names = place_names(db.session, wave.audience)
    planned = [place.place for place in wave.places if place.place in names]
    form.place.label.text = _("Untuk %(place)s", place=str(PLACE_LABEL[wave.audience]).lower())
    form.place.choices = [("", _("Ditulis pewawancara")), *((place, names[place]) for place in planned or names)]
    languages = definition_of(db.session, wave.instrument_version_id).languages
    form.language.choices = [(language, LANGUAGES.get(language, language)) for language in languages]


def _page(wave: Wave, form: PrintForm, again: ReprintForm) -> str:
    _choices(form, wave)
    refusal = None
    try:
        paper.check_printable(wave)
    except GaungError as error:
        refusal = sentence(error.sentence)
    runs = paper.runs(db.session, wave)
    names = place_names(db.session, wave.audience)
    new = next((run for run in runs if run.id == number_of("baru")), None)
    return render_template(
        "responses/paper.html", wave=wave, form=form, again=again, runs=runs, names=names, new=new, refusal=refusal,
        languages=LANGUAGES, draft=wave.status == WaveStatus.DRAFT,
    )  # fmt: skip
