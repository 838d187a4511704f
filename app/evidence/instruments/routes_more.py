"""Pages for the measures and languages of a draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments import editing
from app.evidence.instruments.blueprint import bp
from app.evidence.instruments.definition import Definition, Measure, read, say, texts_in
from app.evidence.instruments.forms import LanguageForm, MeasureForm, VersionForm
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.instruments.pages import language_code, progress
from app.evidence.instruments.picks import (
    condition_of,
    counted_picks,
    groups_for_condition,
    groups_for_measure,
    picks_of,
    picks_of_measure,
    posted_picks,
    shortened,
)
from app.evidence.instruments.queries import dimension_names
from app.evidence.instruments.routes_edit import act, draft, editor, typed_fields
from app.evidence.instruments.texts import add_language as put_language
from app.evidence.instruments.texts import remove_language as take_language_away
from app.evidence.instruments.texts import translate
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import are_digits, read_int
from app.kernel.roles import Can
from app.kernel.text import T

# --- measures ---


@bp.get("/survei/instrumen/versi/<int:version_id>/ukuran")
@allow(Can.MAKE_QUESTIONS)
def edit_measure(version_id: int) -> ResponseReturnValue:
    version, definition = draft(version_id)
    measure = _measure(definition, request.args.get("kunci", ""))
    form = MeasureForm(formdata=None, seen=version.version)
    if measure is not None:
        form = MeasureForm(
            formdata=None, seen=version.version, key=measure.key, label=say(measure.label), kind=measure.kind,
            number=_place(measure), least=measure.least, dimension=measure.dimension or "", decoy=measure.decoy,
            unasked="" if measure.unasked is None else str(int(measure.unasked)),
        )  # fmt: skip
    return _measure_page(form, version, definition, measure)


def _measure(definition: Definition, key: str) -> Measure | None:
    if key and key not in definition.by_measure:
        raise NotFound(editing.MISSING_MEASURE)
    return definition.by_measure.get(key)


def _place(measure: Measure) -> str:
    return f"{measure.question}/{measure.row}" if measure.row else measure.question or ""


@bp.post("/survei/instrumen/versi/<int:version_id>/ukuran")
@allow(Can.MAKE_QUESTIONS)
def save_measure(version_id: int) -> ResponseReturnValue:
    form = MeasureForm()
    version, definition = draft(version_id)
    form.offer(_numbers(definition), dimension_names(db.session))
    measure = definition.by_measure.get(form.key.data or "")
    if form.is_posted_and_valid():
        with form.catching():
            raw = _typed(form, definition, measure)
            editing.put_measure(db.session, current_actor(), version_id, raw, seen=form.seen_number, now=now())
            flash(_("Ukuran disimpan."), "success")
            return editor(version_id, f"u-{raw['key']}")
    version, fresh = draft(version_id)
    form.seen.data = version.version
    return _measure_page(form, version, fresh, measure), 422


def _typed(form: MeasureForm, definition: Definition, measure: Measure | None) -> dict[str, Any]:
    taken = {*definition.by_measure, *(question.key for question in definition.questions if question.kind == "number")}
    key = measure.key if measure else editing.free_key(form.label.data or "", taken, "ukuran")
    among = condition_of(typed_fields(), "a", groups_for_condition(definition))
    raw: dict[str, Any] = {
        "key": key, "label": form.label.data, "dimension": form.dimension.data or None, "decoy": form.decoy.data,
        "among": measure.among if measure and form.keep_when.data else among,
        "unasked": read_int(form.unasked.data),
    }  # fmt: skip
    if form.kind.data == "mean":
        question, _sign, row = (form.number.data or "").partition("/")
        if not question:
            raise Invalid(T("Pilih pertanyaan yang dirata-ratakan."), field="number")
        return {**raw, "kind": "mean", "question": question, "row": row or None}
    parts = counted_picks(typed_fields(), "u", groups_for_measure(definition))
    if not parts:
        raise Invalid(T("Centang jawaban yang dihitung."), field="kind")
    if len(parts) == 1:
        return {**raw, **parts[0]}
    return {**raw, "parts": parts, "least": form.least.data or 1}


def _numbers(definition: Definition) -> list[tuple[str, str]]:
    found = []
    for question in definition.questions:
        text = shortened(say(question.text))
        if question.kind in {"number", "scale"}:
            found.append((question.key, text))
        elif question.kind == "grid" and all(are_digits(key) for key in question.option_keys):
            found += [(f"{question.key}/{row.key}", f"{text} – {say(row.text)}") for row in question.rows]
    return found


def _measure_page(
    form: MeasureForm, version: InstrumentVersion, definition: Definition, measure: Measure | None
) -> str:
    form.offer(_numbers(definition), dimension_names(db.session))
    groups, people = groups_for_measure(definition), groups_for_condition(definition)
    sent = request.method == "POST"
    among = picks_of(measure.among if measure else None, people)
    counts = posted_picks(typed_fields(), "u", groups) if sent else picks_of_measure(measure) if measure else None
    return render_template(
        "instruments/measure.html", form=form, version=version, definition=definition, measure=measure,
        groups=groups, counts=counts, people=people, complex=among.complex,
        among=posted_picks(typed_fields(), "a", people) if sent else among,
    )  # fmt: skip


@bp.post("/survei/instrumen/versi/<int:version_id>/ukuran/hapus")
@allow(Can.MAKE_QUESTIONS)
def remove_measure(version_id: int) -> ResponseReturnValue:
    return act(version_id, editing.remove_measure, "", key=request.form.get("kunci", ""))


# --- languages ---


@bp.get("/survei/instrumen/versi/<int:version_id>/bahasa")
@allow(Can.MAKE_QUESTIONS)
def languages(version_id: int) -> ResponseReturnValue:
    version, definition = draft(version_id)
    return _languages_page(LanguageForm(formdata=None, seen=version.version), version, definition)


def _languages_page(form: LanguageForm, version: InstrumentVersion, definition: Definition) -> str:
    form.offer(definition.languages)
    others = {code: progress(definition, code) for code in definition.languages if code != "id"}
    return render_template("instruments/languages.html", form=form, version=version, others=others)


@bp.post("/survei/instrumen/versi/<int:version_id>/bahasa")
@allow(Can.MAKE_QUESTIONS)
def add_language(version_id: int) -> ResponseReturnValue:
    form = LanguageForm()
    version, definition = draft(version_id)
    form.offer(definition.languages)
    if form.is_posted_and_valid():
        with form.catching():
            other = (form.other.data or "").strip()
            code = language_code(other) if other else form.code.data or ""
            if not code:
                raise Invalid(T("Pilih bahasa, atau tulis namanya."), field="code")
            put_language(db.session, current_actor(), version_id, code, seen=form.seen_number, now=now())
            flash(_("Bahasa ditambahkan. Sekarang terjemahkan teksnya."), "success")
            return redirect(url_for(".translation", version_id=version_id, bahasa=code), 303)
    version, definition = draft(version_id)
    form.seen.data = version.version
    return _languages_page(form, version, definition), 422


@bp.post("/survei/instrumen/versi/<int:version_id>/bahasa/hapus")
@allow(Can.MAKE_QUESTIONS)
def remove_language(version_id: int) -> ResponseReturnValue:
    code = request.form.get("kunci", "")
    return act(version_id, take_language_away, _("Bahasa dan terjemahannya dihapus."), code=code)


@bp.get("/survei/instrumen/versi/<int:version_id>/terjemahan")
@allow(Can.MAKE_QUESTIONS)
def translation(version_id: int) -> ResponseReturnValue:
    version, definition = draft(version_id)
    if _tongue() not in definition.languages:
        return redirect(url_for(".languages", version_id=version_id))
    return _translation_page(VersionForm(formdata=None, seen=version.version), version, {})


def _tongue() -> str:
    code = request.args.get("bahasa", "")
    return "" if code == "id" else code


@bp.post("/survei/instrumen/versi/<int:version_id>/terjemahan")
@allow(Can.MAKE_QUESTIONS)
def save_translation(version_id: int) -> ResponseReturnValue:
    form, code = VersionForm(), _tongue()
    _version, definition = draft(version_id)
    if code not in definition.languages:
        return redirect(url_for(".languages", version_id=version_id))
    typed = {name[2:]: text.replace("\r\n", "\n") for name, text in request.form.items() if name.startswith("t:")}
    if form.is_posted_and_valid():
        with form.catching():
            translate(db.session, current_actor(), version_id, code, typed, seen=form.seen_number, now=now())
            flash(_("Terjemahan disimpan."), "success")
            here = request.args.get("bagian", "")
            return redirect(url_for(".translation", version_id=version_id, bahasa=code, bagian=here or None), 303)
    version, _definition = draft(version_id)
    form.seen.data = version.version
    return _translation_page(form, version, typed), 422


def _translation_page(form: VersionForm, version: InstrumentVersion, typed: dict[str, str]) -> str:
    """The texts of one section, or (without one) those around all: the Indonesian beside the translation."""
    definition = read(version.definition)
    code, here = _tongue(), request.args.get("bagian", "")
    sections = {section.key: section for section in definition.sections}
    if here not in sections:
        here = ""
    own = {question.key for question in sections[here].questions} if here else set()
    shown = []
    for name, texts in texts_in(definition):
        question = name.partition(".")[0]
        inside = question in own if here else name.startswith("=")
        if say(texts) and (inside or (here and name == f"#{here}")):
            shown.append((name, say(texts), typed.get(name, texts.get(code, ""))))
    return render_template(
        "instruments/translation.html", form=form, version=version, definition=definition, code=code, here=here,
        shown=shown, progress=progress(definition, code),
    )  # fmt: skip
