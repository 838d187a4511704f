"""Pages for coding open texts, one group of equal ones after the other."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.formats import angka
from app.base.web.guard import allow, current_actor
from app.base.web.panels import Panel
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.definition import say
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import queries
from app.evidence.responses.blueprint import bp
from app.evidence.responses.coding import service as verbs
from app.evidence.responses.coding.texts import (
    QuestionTexts,
    TextGroup,
    WrittenPart,
    normalise,
    open_questions,
    texts_of,
    written_parts,
)
from app.evidence.responses.paper.forms import CodeForm
from app.evidence.surveys.access import may_manage, to_manage
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.errors import Stale
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.outreach.campaigns.models import Dimension

A_PAGE = 50


@bp.get("/survei/<int:wave_id>/kode")
@allow(Can.PLAN_SURVEYS)
def coding(wave_id: int) -> ResponseReturnValue:
    """Show the texts of a question that wait for a code, or those that have one.

    `?soal=` the question, `?tampil=sudah` those that are coded, `?q=` words, `?teks=` the group to code now.
    """
    return _page(to_manage(db.session, current_actor(), wave_id), CodeForm(None))


@bp.post("/survei/<int:wave_id>/kode")
@allow(Can.PLAN_SURVEYS)
def code_text(wave_id: int) -> ResponseReturnValue:
    wave, question, group = _posted(wave_id)
    codes = request.form.getlist("kode")
    if not codes and not request.form.get("tanpa"):
        flash(_("Belum ada kode yang dipilih. Pilih kode, atau “Tidak cocok dengan kode mana pun”."), "warning")
        return redirect(_back(wave.id, question, teks=group.mark), 303)
    done = verbs.code_texts(
        db.session, current_actor(), wave.id, question.key, group.form, codes, before=group.codes, now=now()
    )
    flash(_("%(n)s jawaban diberi kode.", n=done))
    return redirect(_back(wave.id, question), 303)


@bp.post("/survei/<int:wave_id>/kode/hapus-isi")
@allow(Can.PLAN_SURVEYS)
def erase_text(wave_id: int) -> ResponseReturnValue:
    wave, question, group = _posted(wave_id)
    done = verbs.erase_text(db.session, current_actor(), wave.id, question.key, group.form, now=now())
    flash(_("Isi %(n)s jawaban dihapus.", n=done))
    return redirect(_back(wave.id, question), 303)


@bp.post("/survei/<int:wave_id>/kode/baru")
@allow(Can.PLAN_SURVEYS)
def add_code(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    form = CodeForm()
    form.dimension.choices = _dimensions()
    if form.is_posted_and_valid():
        with form.catching():
            question = _question(wave)
            verbs.add_code(
                db.session, current_actor(), wave.id, question.key, form.text.data or "",
                dimension=form.dimension.data or None, now=now(),
            )  # fmt: skip
            flash(_("Kode baru ditambahkan."))
            return redirect(_back(wave.id, question, teks=request.form.get("teks") or None), 303)
    wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, form), 422


def _posted(wave_id: int) -> tuple[Wave, WrittenPart, TextGroup]:
    wave = to_manage(db.session, current_actor(), wave_id)
    question = _question(wave)
    group = texts_of(db.session, wave, question.key, current_actor()).by_mark(request.form.get("teks", ""))
    if group is None:
        raise Stale(T("Jawaban ini baru saja dikerjakan orang lain. Tidak ada yang berubah."))
    return wave, question, group


def _question(wave: Wave) -> WrittenPart:
    """Where the words stand that are asked for, the first place where none is."""
    questions = written_parts(definition_of(db.session, wave.instrument_version_id))
    wanted = request.values.get("soal", "")
    found = next((question for question in questions if question.key == wanted), None)
    if found is None and (wanted or not questions):
        abort(404)
    return found or questions[0]


def _back(wave_id: int, question: WrittenPart, **more: Any) -> str:
    kept = {name: request.form.get(name) or None for name in ("tampil", "q")}
    return url_for(".coding", wave_id=wave_id, soal=question.key, **{**kept, **more}) + "#teks"


def _dimensions() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position)).tuples()
    return [("", _("Tidak ada")), *((key, name) for key, name in rows)]


def _page(wave: Wave, form: CodeForm) -> str:
    questions = written_parts(definition_of(db.session, wave.instrument_version_id))
    form.dimension.choices = _dimensions()
    if not questions:
        return render_template("responses/coding.html", wave=wave, question=None, questions=[])
    question = _question(wave)
    texts = texts_of(db.session, wave, question.key, current_actor())
    coded = request.values.get("tampil") == "sudah"
    words = normalise(request.values.get("q", ""))
    listed = [group for group in texts.groups if (group.codes is not None) == coded and words in group.form]
    page = min(number_of("hal") or 1, max(1, -(-len(listed) // A_PAGE)))
    return render_template(
        "responses/coding.html", wave=wave, form=form, question=question, questions=questions, texts=texts,
        coded=coded, listed=listed[(page - 1) * A_PAGE : page * A_PAGE], found=len(listed), page=page,
        pages=max(1, -(-len(listed) // A_PAGE)), current=_current(texts, listed), say=say,
        may_add=may_plan_for(current_actor(), wave.instrument_version.instrument.organisation_id),
        names={code.key: say(code.text) for code in question.codes},
    )  # fmt: skip


def _current(texts: QuestionTexts, listed: list[TextGroup]) -> TextGroup | None:
    return texts.by_mark(request.values.get("teks", "")) or (
        listed[0] if listed and request.values.get("tampil") != "sudah" else None
    )


def coding_panel(session: Session, actor: Actor, wave: Wave) -> Panel | None:
    if wave.status in {WaveStatus.DRAFT, WaveStatus.CANCELLED} or not may_manage(actor, wave):
        return None
    definition = definition_of(session, wave.instrument_version_id)
    if not open_questions(definition):
        return None
    waiting = queries.uncoded_count(session, wave, definition)
    state = ("wait", _("%(n)s tulisan menunggu kode", n=angka(waiting)))
    return Panel(
        title=_("Jawaban tulisan"), empty="", url=url_for("responses.coding", wave_id=wave.id),
        url_label=_("Beri kode"), state=state if waiting else ("ok", _("Tidak ada yang menunggu kode")),
    )  # fmt: skip
