"""Pages for answering by a public link: consent, then one question a screen; stored once, at the end.

With a script the whole form comes with the first page and is handed in by one request. Without one every screen is a
request that stores nothing, the answers so far travel along (steps.py), and the last one hands them in
(routes_handing.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup

from app.base.access.pages import csrf_failed
from app.base.web.db import db, writes_nothing
from app.base.web.formats import sentence
from app.base.web.guard import public
from app.base.web.wiring import now, settings
from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import service
from app.evidence.responses.blueprint import bp
from app.evidence.responses.order import options_of, rows_of
from app.evidence.responses.public import links, pages, steps
from app.evidence.surveys.models import Wave
from app.evidence.surveys.queries import wave_of_code
from app.kernel.errors import Refused
from app.kernel.text import T

LARGEST = 256 * 1024
"""Bytes of one person's answers: every open text at its longest, and all that travels with them."""
PUBLIC = frozenset({"responses.step", "responses.send"})


@bp.url_value_preprocessor
def _bound(endpoint: str | None, _values: Any) -> None:
    """Before anything reads the body: whoever sends more is told so."""
    if endpoint in PUBLIC:
        request.max_content_length = LARGEST
        request.max_form_memory_size = LARGEST


@bp.get("/s/<code>", endpoint="survey")
@public
def survey(code: str) -> ResponseReturnValue:
    return _start_page(code)


@bp.get("/s/<code>/<place>", endpoint="survey_place")
@public
def survey_place(code: str, place: str) -> ResponseReturnValue:
    """Show the first page of the link of one village or OPD: where is known."""
    return _start_page(code, place)


@bp.get("/s/<code>/tidak", endpoint="decline")
@public
def decline(code: str) -> ResponseReturnValue:
    return pages.message(
        _("Terima kasih, tidak apa-apa"),
        _("Tidak ada yang disimpan. Bila berubah pikiran, tautan ini masih bisa dibuka selama survei berjalan."),
        back=url_for("responses.survey", code=code),
    )


@bp.get("/s/<code>/terima-kasih", endpoint="thanks")
@public
def thanks(code: str) -> ResponseReturnValue:
    wave = wave_of_code(db.session, code)
    if wave is None:
        return pages.closed_page(wave) or ""
    receipt = links.receipt_of(settings().secret_key, wave, request.args.get("kode", ""))
    if receipt is None:
        return pages.message(
            _("Belum ada jawaban yang diterima"),
            _("Halaman ini muncul sesudah jawaban dikirim. Buka surveinya, lalu tekan “Kirim jawaban” di akhir."),
            404, wave=wave, back=url_for("responses.survey", code=code), back_label=_("Buka survei"),
        )  # fmt: skip
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    language = pages.language_of(definition, request.args.get("b"))
    page = render_template(
        "responses/public_thanks.html", receipt=receipt, **pages.page_context(wave, definition, language)
    )
    return pages.unlisted(make_response(page))


def _start_page(code: str, place: str = "") -> Response:
    wave = wave_of_code(db.session, code)
    closed = pages.closed_page(wave)
    if closed is not None or wave is None:
        return closed or make_response("")
    fixed = pages.place_of(wave, place) if place else None
    if place and fixed is None:
        return _unknown_place(wave)
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    language = pages.language_of(definition, request.args.get("b"))
    page = render_template(
        "responses/public_start.html",
        fixed=fixed,
        key=request.args.get("k", ""),
        places="" if fixed else _places(wave, ""),
        uuid=service.new_uuid(),
        questions=pages.render_questions(wave, definition, language),
        **pages.page_context(wave, definition, language),
        **pages.consent_context(definition, language),
    )
    return pages.with_mark(pages.unlisted(make_response(page)), wave)


def _unknown_place(wave: Wave) -> Response:
    return pages.message(
        _("Tempat pada tautan ini tidak dikenal"),
        _("Mungkin tautannya terpotong. Anda tetap bisa mengisi: pilih sendiri tempatnya di halaman survei."),
        404,
        wave=wave,
        back=url_for("responses.survey", code=wave.code),
        back_label=_("Isi survei"),
    )


# --- one screen after the other, without a script ---


@bp.post("/s/<code>/isi", endpoint="step")
@public
@writes_nothing
def step(code: str) -> ResponseReturnValue:
    """Show the next screen, the one before, or this one again with what is wrong."""
    wave = wave_of_code(db.session, code)
    closed = pages.closed_page(wave)
    if wave is not None and closed is not None and "isian" in request.form:
        return refused_page(wave, Refused(service.CLOSED)), 409
    if closed is not None or wave is None:
        return closed or ""
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    if "isian" not in request.form:
        return pages.with_mark(screen(wave, definition, steps.after(definition, _begun(wave, definition))), wave)
    state = steps.read(request.form["isian"], wave.code, settings().secret_key)
    if request.form.get("arah") == "ulang":
        return screen(wave, definition, state)
    back = steps.before(definition, state) if request.form.get("arah") == "kembali" else None
    state, given, problem = _taken(wave, definition, state)
    if back is not None:
        return screen(wave, definition, replace(state, at=back))
    if problem is not None:
        return screen(wave, definition, state, given, problem), 422
    if state.about.get("age_band") == pages.YOUNG:
        return too_young(wave, replace(state, about={**state.about, "age_band": ""}))
    return screen(wave, definition, steps.after(definition, state))


def too_young(wave: Wave, state: steps.State) -> Response:
    """Show that the survey is for adults, with a way back for who pressed the wrong line."""
    return pages.message(
        _("Terima kasih sudah mau membantu"),
        _("Survei ini untuk orang berumur 17 tahun ke atas, jadi cukup sampai di sini. Tidak ada yang disimpan."),
        wave=wave,
        isian=steps.sign(state, settings().secret_key),
    )


def _begun(wave: Wave, definition: Definition) -> steps.State:
    form = request.form
    place = form.get("place", "")
    fixed = bool(place) and pages.place_of(wave, place) is not None
    return steps.State(
        uuid=service.new_uuid(), wave=wave.code, place_fixed=fixed, about={"place": place} if fixed else {},
        language=pages.language_of(definition, form.get("b")), started_at=now().isoformat(),
        key=form.get("k", "")[:200],
    )  # fmt: skip


def _taken(wave: Wave, definition: Definition, state: steps.State) -> tuple[steps.State, Mapping[str, Any], T | None]:
    """What the posted screen says, put into the state."""
    if state.at in steps.ABOUT:
        name = state.at.removeprefix("~")
        value = request.form.get(name, "")
        return replace(state, about={**state.about, name: value}), {name: value}, _about_problem(wave, name, value)
    question = definition.by_key.get(state.at)
    if question is None or question.kind == "note":
        return state, {}, None
    return steps.answered(state, question, request.form)


def _about_problem(wave: Wave, name: str, value: str) -> T | None:
    if name == "place":
        sentences = service.NO_PLACE if value else service.PLACE_MISSING
        return None if value and pages.place_of(wave, value) else sentences[wave.audience]
    if name == "sex":
        return None if value in SEXES else T("Pilih jenis kelamin.")
    return None if value in AGE_BANDS or value == pages.YOUNG else T("Pilih kelompok umur.")


def screen(
    wave: Wave,
    definition: Definition,
    state: steps.State,
    given: Mapping[str, Any] | None = None,
    problem: T | None = None,
) -> Response:
    screens, said = steps.path(definition, state), given or {**state.about, **state.answers}
    question = definition.by_key.get(state.at)
    page = render_template(
        "responses/public_step.html",
        state=state,
        at=screens.index(state.at) + 1 if state.at in screens else len(screens),
        all=len(screens),
        is_end=state.at == steps.END,
        may_go_back=steps.before(definition, state) is not None,
        isian=steps.sign(state, settings().secret_key),
        question=question,
        options=options_of(question, state.uuid) if question else (),
        rows=rows_of(question, state.uuid) if question else (),
        pictures=pages.pictures_of(definition) if question and question.picture else {},
        alts=pages.alts_of(definition) if question and question.picture else {},
        places=_places(wave, said.get("place", "")) if state.at == "~place" else "",
        given=said,
        problem=sentence(problem) if problem else "",
        **pages.page_context(wave, definition, state.language),
    )
    return pages.unlisted(make_response(page))


def _places(wave: Wave, chosen: str) -> Markup:
    return pages.render_place_options(pages.places_to_pick(wave), chosen)


@bp.errorhandler(CSRFError)
def _token_gone(error: CSRFError) -> ResponseReturnValue:
    """The page was open for longer than its session: nobody here can sign in, and nothing that was answered is lost."""
    wave = wave_of_code(db.session, (request.view_args or {}).get("code", "")) if request.endpoint in PUBLIC else None
    if wave is None:
        return csrf_failed(error)
    told = T("Halaman ini terlalu lama terbuka. Tekan sekali lagi.")
    if "isian" not in request.form:
        return pages.unlisted(jsonify(sentence=sentence(told))), 400
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    state = steps.read(request.form["isian"], wave.code, settings().secret_key)
    question = definition.by_key.get(state.at)
    given = steps.typed(question, request.form) if question else request.form
    return screen(wave, definition, state, given, told), 400


def refused_page(wave: Wave, refused: Refused) -> Response:
    text = " ".join((
        sentence(refused.sentence),
        _("Jawaban Anda tidak disimpan. Mohon maaf, dan terima kasih sudah meluangkan waktu."),
    ))  # fmt: skip
    if wants_json():
        return pages.unlisted(jsonify(sentence=text))
    return pages.message(_("Jawaban tidak bisa diterima lagi"), text, wave=wave)


def wants_json() -> bool:
    """Decide whether the page's script asks, which reads no page."""
    return request.accept_mimetypes.best == "application/json"
