"""The editor of a draft: sections and questions. Moving works with buttons alone, and what is removed can come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.media.service import file_of
from app.base.web.db import db
from app.base.web.editing import telling, undoing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments import editing, service
from app.evidence.instruments.blueprint import bp
from app.evidence.instruments.checks import PERSONAL, RESERVED, check
from app.evidence.instruments.definition import Definition, Question, read, say
from app.evidence.instruments.forms import QuestionForm, SectionForm, TextsForm
from app.evidence.instruments.lines import OPTION_MARKS, ROW_MARKS
from app.evidence.instruments.models import InstrumentVersion, SurveyAudience
from app.evidence.instruments.naming import in_words
from app.evidence.instruments.pages import breaks_of, picture_of, places_of, progress, version_of
from app.evidence.instruments.personal import WRITTEN, asks_for
from app.evidence.instruments.picks import condition_of, groups_for_condition, picks_of, posted_picks
from app.evidence.instruments.queries import dimension_names
from app.evidence.instruments.states import KIND_WORDS
from app.evidence.instruments.texts import set_texts
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.roles import Can
from app.kernel.text import T

MEDIA_FIELD = "picture"


def draft(version_id: int) -> tuple[InstrumentVersion, Definition]:
    """Return a version that this person may change. Raises NotFound, Forbidden, Refused for a frozen one."""
    version = service.draft_to_change(db.session, current_actor(), version_id)
    return version, read(version.definition)


def typed_fields() -> Mapping[str, Sequence[str]]:
    return request.form.to_dict(flat=False)


def editor(version_id: int, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for(".edit_version", version_id=version_id, _anchor=anchor or None), 303)


@bp.get("/survei/instrumen/versi/<int:version_id>")
@allow(Can.MAKE_QUESTIONS)
def edit_version(version_id: int) -> ResponseReturnValue:
    version = version_of(db.session, version_id, current_actor())
    service.to_manage(db.session, current_actor(), version.instrument_id)
    if version.frozen_at is not None:
        flash(sentence(service.FROZEN), "info")
        return redirect(url_for(".show", instrument_id=version.instrument_id, versi=version.number))
    definition = read(version.definition)
    return render_template(
        "instruments/edit.html", version=version, instrument=version.instrument, definition=definition,
        numbers=places_of(definition), kinds=KIND_WORDS,
        findings=in_words(version.definition, check(version.definition)),
        removed=editing.removed_last(db.session, version), breaks=breaks_of(version.instrument, version),
        translated={code: progress(definition, code) for code in definition.languages if code != "id"},
        dimensions=dimension_names(db.session),
    )  # fmt: skip


# --- texts and sections ---


@bp.get("/survei/instrumen/versi/<int:version_id>/teks")
@allow(Can.MAKE_QUESTIONS)
def edit_texts(version_id: int) -> ResponseReturnValue:
    version, definition = draft(version_id)
    names = ("title", "intro", "consent", "thanks")
    form = TextsForm(
        formdata=None,
        seen=version.version,
        note=version.note,
        **{name: say(getattr(definition, name)) for name in names},
    )
    return render_template("instruments/texts.html", form=form, version=version)


@bp.post("/survei/instrumen/versi/<int:version_id>/teks")
@allow(Can.MAKE_QUESTIONS)
def save_texts(version_id: int) -> ResponseReturnValue:
    form = TextsForm()
    if form.is_posted_and_valid():
        with form.catching():
            texts = {name: form[name].data or "" for name in ("title", "intro", "consent", "thanks")}
            version = set_texts(db.session, current_actor(), version_id, texts, seen=form.seen_number, now=now())
            service.save(
                db.session, current_actor(), version_id, version.definition, seen=version.version, note=form.note.data,
                now=now(),
            )  # fmt: skip
            flash(_("Teks disimpan."), "success")
            return editor(version_id)
    version, _definition = draft(version_id)
    form.seen.data = version.version
    return render_template("instruments/texts.html", form=form, version=version), 422


@bp.get("/survei/instrumen/versi/<int:version_id>/bagian")
@allow(Can.MAKE_QUESTIONS)
def edit_section(version_id: int) -> ResponseReturnValue:
    version, definition = draft(version_id)
    key = request.args.get("kunci", "")
    title = ""
    if key:
        title = say(definition.sections[editing.find_section(version.definition, key)].title)
    form = SectionForm(formdata=None, seen=version.version, key=key, title=title)
    return render_template("instruments/section.html", form=form, version=version)


@bp.post("/survei/instrumen/versi/<int:version_id>/bagian")
@allow(Can.MAKE_QUESTIONS)
def save_section(version_id: int) -> ResponseReturnValue:
    form = SectionForm()
    if form.is_posted_and_valid():
        with form.catching():
            editing.put_section(
                db.session, current_actor(), version_id, form.key.data or "", form.title.data, seen=form.seen_number,
                now=now(),
            )  # fmt: skip
            flash(_("Bagian disimpan."), "success")
            return editor(version_id)
    version, _definition = draft(version_id)
    form.seen.data = version.version
    return render_template("instruments/section.html", form=form, version=version), 422


# --- questions ---


@bp.get("/survei/instrumen/versi/<int:version_id>/pertanyaan")
@allow(Can.MAKE_QUESTIONS)
def edit_question(version_id: int) -> ResponseReturnValue:
    """Show the form of a question; for a new one its kind is chosen first.

    `?kunci=` of a question, or `?jenis=` and `?bagian=` of a new one.
    """
    version, definition = draft(version_id)
    dimensions = dimension_names(db.session)
    key, kind = request.args.get("kunci", ""), request.args.get("jenis", "")
    if not key and kind not in KIND_WORDS:
        return render_template(
            "instruments/kind.html", version=version, section=request.args.get("bagian", ""), kinds=KIND_WORDS
        )
    if key:
        section, _place = editing.find_question(version.definition, key)
        question: Question | None = definition.by_key[key]
        form = QuestionForm.of(
            definition.by_key[key], section["key"], version.version, dimensions, is_test=_is_test(version)
        )
        kind = definition.by_key[key].kind
    else:
        question = None
        last = definition.sections[-1].key if definition.sections else ""
        form = QuestionForm(
            formdata=None, seen=version.version, kind=kind, section=request.args.get("bagian") or last,
            silent=kind == "text", required=kind != "text", points="1",
        )  # fmt: skip
    return _question_page(form, version, definition, kind, question)


@bp.post("/survei/instrumen/versi/<int:version_id>/pertanyaan")
@allow(Can.MAKE_QUESTIONS)
def save_question(version_id: int) -> ResponseReturnValue:
    form = QuestionForm()
    version, definition = draft(version_id)
    question = definition.by_key.get(form.key.data or "")
    kind = form.kind.data or "" if form.kind.data in KIND_WORDS else "one"
    form.offer(_sections(definition), question.kind if question else kind)
    if form.is_posted_and_valid():
        with form.catching():
            saved = _typed(form, definition, question)
            editing.put_question(
                db.session, current_actor(), version_id, saved, section=form.section.data, seen=form.seen_number,
                now=now(),
            )  # fmt: skip
            flash(_("Pertanyaan disimpan."), "success")
            _warn(saved)
            return editor(version_id, f"p-{saved['key']}")
    version, fresh = draft(version_id)
    theirs = fresh.by_key.get(form.key.data or "") if form.seen_number != version.version else None
    form.seen.data = version.version
    return _question_page(form, version, fresh, kind, question, theirs=theirs), 422


def _warn(saved: Mapping[str, Any]) -> None:
    what = asks_for(saved)
    if what is not None:
        flash(sentence(T(PERSONAL, what=what)), "warning")


def _typed(form: QuestionForm, definition: Definition, question: Question | None) -> dict[str, Any]:
    """What the form says, with its condition and picture. Raises Invalid, NotFound for a picture of somebody else."""
    taken = {*definition.by_key, *RESERVED}
    key = question.key if question else editing.free_key(form.text.data or "", taken, "pertanyaan")
    raw = form.raw(key, dimension_names(db.session))
    if question is not None and form.keep_when.data:
        raw["when"] = question.when
    else:
        raw["when"] = condition_of(
            typed_fields(), "w", groups_for_condition(definition, question.key if question else None)
        )
    picture = number_of(MEDIA_FIELD, request.form)
    if picture is not None and (question is None or picture != question.picture):
        file_of(db.session, current_actor(), picture)
    raw["picture"] = picture
    return raw


def _is_test(version: InstrumentVersion) -> bool:
    return version.instrument.audience == SurveyAudience.TRAINEES


def _sections(definition: Definition) -> list[tuple[str, str]]:
    return [(section.key, say(section.title) or _("Tanpa judul")) for section in definition.sections]


def _question_page(
    form: QuestionForm,
    version: InstrumentVersion,
    definition: Definition,
    kind: str,
    question: Question | None,
    *,
    theirs: Question | None = None,
) -> str:
    form.offer(_sections(definition), kind)
    groups = groups_for_condition(definition, question.key if question else None)
    sent = request.method == "POST"
    stored = picks_of(question.when if question else None, groups)
    picture = number_of(MEDIA_FIELD, request.form) if sent else question.picture if question else None
    return render_template(
        "instruments/question.html", form=form, version=version, definition=definition, kind=kind,
        question=question, groups=groups, picks=posted_picks(typed_fields(), "w", groups) if sent else stored,
        complex=stored.complex, picture=picture_of(db.session, current_actor(), picture), theirs=theirs,
        option_marks=list(OPTION_MARKS), row_marks=list(ROW_MARKS), dimensions=dimension_names(db.session),
        written=kind in WRITTEN, is_test=_is_test(version),
    )  # fmt: skip


# --- moving, removing, putting back ---


def act(version_id: int, verb: Any, done: str, anchor: str = "", **values: Any) -> ResponseReturnValue:
    """Do something that is only a button; an error is told on the editor, where the button stood."""
    service.draft_to_change(db.session, current_actor(), version_id)
    with undoing(Stale) as overtaken, telling(Invalid, Refused):
        verb(db.session, current_actor(), version_id, seen=number_of("seen", request.form) or 0, now=now(), **values)
        if done:
            flash(done, "success")
    if overtaken.error is not None:
        flash(_("Rekan Anda baru saja mengubah daftar ini, jadi tidak ada yang diubah. Periksa, lalu ulangi."), "error")
        return editor(version_id)
    return editor(version_id, anchor)


def _key() -> str:
    return request.form.get("kunci", "")


@bp.post("/survei/instrumen/versi/<int:version_id>/pertanyaan/geser")
@allow(Can.MAKE_QUESTIONS)
def move_question(version_id: int) -> ResponseReturnValue:
    down = request.form.get("ke") == "bawah"
    return act(version_id, editing.move_question, "", f"p-{_key()}", key=_key(), down=down)


@bp.post("/survei/instrumen/versi/<int:version_id>/pertanyaan/hapus")
@allow(Can.MAKE_QUESTIONS)
def remove_question(version_id: int) -> ResponseReturnValue:
    return act(version_id, editing.remove_question, "", key=_key())


@bp.post("/survei/instrumen/versi/<int:version_id>/bagian/geser")
@allow(Can.MAKE_QUESTIONS)
def move_section(version_id: int) -> ResponseReturnValue:
    down = request.form.get("ke") == "bawah"
    return act(version_id, editing.move_section, "", f"b-{_key()}", key=_key(), down=down)


@bp.post("/survei/instrumen/versi/<int:version_id>/bagian/hapus")
@allow(Can.MAKE_QUESTIONS)
def remove_section(version_id: int) -> ResponseReturnValue:
    return act(version_id, editing.remove_section, "", key=_key())


@bp.post("/survei/instrumen/versi/<int:version_id>/urungkan")
@allow(Can.MAKE_QUESTIONS)
def put_back(version_id: int) -> ResponseReturnValue:
    return act(version_id, editing.put_back, _("Yang dihapus sudah dikembalikan."))
