"""Pages of single answers for the office: what is marked, what is excluded, which of two versions stands."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import exclusion, queries, review
from app.evidence.responses.blueprint import bp
from app.evidence.responses.bursts.detection import held_count
from app.evidence.responses.forms import ExclusionForm
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.queries import AnswerFilters
from app.evidence.responses.service import receipt_of
from app.evidence.responses.trail_labels import TrailSubject
from app.evidence.responses.wording import FLAGS, differing, word_answers, word_respondent
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, Wave
from app.kernel import audit
from app.kernel.db import unit_of_work
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T


@bp.get("/survei/<int:wave_id>/jawaban", endpoint="answers")
@allow(Can.PLAN_SURVEYS)
def answers(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    given = {name: request.args.get(name, "")[:40] for name in ("cara", "tempat", "tanda", "keadaan", "q", "rentetan")}
    wanted = AnswerFilters(given["cara"], given["tempat"], given["tanda"], given["keadaan"], given["q"].strip(),
                    given["rentetan"])  # fmt: skip
    return render_template(
        "responses/answers.html",
        wave=wave,
        page=queries.answers_page(db.session, wave, wanted, number_of("hal") or 1),
        conflicts=queries.waiting_conflicts(db.session, wave),
        suspected=queries.suspected_repeat_count(db.session, wave),
        held=held_count(db.session, wave),
        places=place_names(db.session, wave.audience),
        wanted=wanted,
        flag_words=_flag_words(),
    )


@bp.get("/survei/<int:wave_id>/jawaban/<answer_id>", endpoint="answer")
@allow(Can.PLAN_SURVEYS)
def answer(wave_id: int, answer_id: str) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    page = _answer_page(wave, answer_id, ExclusionForm())
    _note_opened(wave, answer_id)
    return page


def _note_opened(wave: Wave, uuid: str) -> None:
    """Who looks at what one person answered stands in the trail. Closes the session: the page is drawn before."""
    actor, subject = current_actor(), TrailSubject.of(wave, receipt_of(uuid))
    release_database()
    with unit_of_work(db.sessionmaker) as session:
        audit.record(session, actor, "response.opened", subject, now=now())


@bp.post("/survei/<int:wave_id>/jawaban/<answer_id>/kesampingkan", endpoint="set_aside")
@allow(Can.PLAN_SURVEYS)
def set_aside(wave_id: int, answer_id: str) -> ResponseReturnValue:
    form = ExclusionForm()
    if form.is_posted_and_valid():
        with form.catching():
            exclusion.exclude(db.session, current_actor(), wave_id, answer_id, form.reason.data or "", now=now())
            flash(_("Jawaban ini dikesampingkan dan tidak dihitung lagi."), "success")
            return redirect(url_for(".answer", wave_id=wave_id, answer_id=answer_id), 303)
    return _answer_page(to_manage(db.session, current_actor(), wave_id), answer_id, form), 422


@bp.post("/survei/<int:wave_id>/jawaban/<answer_id>/hitung-lagi", endpoint="take_back")
@allow(Can.PLAN_SURVEYS)
def take_back(wave_id: int, answer_id: str) -> ResponseReturnValue:
    exclusion.include(db.session, current_actor(), wave_id, answer_id, now=now())
    flash(_("Jawaban ini dihitung lagi."), "success")
    return redirect(url_for(".answer", wave_id=wave_id, answer_id=answer_id), 303)


@bp.get("/survei/<int:wave_id>/jawaban/ulangan", endpoint="repeats")
@allow(Can.PLAN_SURVEYS)
def repeats(wave_id: int) -> ResponseReturnValue:
    form = ExclusionForm(reason=_("Diduga ulangan dari peramban atau tautan yang sama"))
    return _repeats_page(to_manage(db.session, current_actor(), wave_id), form)


@bp.post("/survei/<int:wave_id>/jawaban/ulangan", endpoint="set_repeats_aside")
@allow(Can.PLAN_SURVEYS)
def set_repeats_aside(wave_id: int) -> ResponseReturnValue:
    form = ExclusionForm()
    if form.is_posted_and_valid():
        with form.catching():
            done = exclusion.exclude_repeats(db.session, current_actor(), wave_id, form.reason.data or "", now=now())
            flash(_("%(n)s jawaban dikesampingkan dan tidak dihitung lagi.", n=done), "success")
            return redirect(url_for(".answers", wave_id=wave_id), 303)
    return _repeats_page(to_manage(db.session, current_actor(), wave_id), form), 422


def _repeats_page(wave: Wave, form: ExclusionForm) -> str:
    count = queries.suspected_repeat_count(db.session, wave)
    return render_template("responses/repeats.html", wave=wave, form=form, count=count)


def _answer_page(wave: Wave, uuid: str, form: ExclusionForm) -> str:
    row = db.session.scalar(
        select(Response).where(Response.uuid == uuid, Response.wave_id == wave.id, Response.pending.is_(False))
    )
    if row is None:
        raise NotFound(T("Jawaban ini tidak ada, atau sudah dihapus karena masa simpannya lewat."))
    about = {"place": row.place, "sex": row.sex, "age_band": row.age_band}
    minutes = None
    if row.started_at and row.ended_at:
        minutes = max(0, int((row.ended_at - row.started_at).total_seconds() // 60))
    return render_template(
        "responses/answer.html",
        wave=wave,
        row=row,
        paper=row.mode == Mode.PAPER,
        minutes=minutes,
        form=form,
        about=word_respondent(about, place_names(db.session, wave.audience)),
        answers=word_answers(definition_of(db.session, wave.instrument_version_id), row.answers),
        flag_words=_flag_words(),
        receipt=receipt_of(row.uuid),
    )


# --- two versions ---


@bp.get("/survei/<int:wave_id>/jawaban/beda", endpoint="conflicts")
@allow(Can.PLAN_SURVEYS)
def conflicts(wave_id: int) -> ResponseReturnValue:
    """Show the first conflict that waits, both versions side by side; the next follows by itself."""
    wave = to_manage(db.session, current_actor(), wave_id)
    waiting = queries.conflicts(db.session, wave)
    total = queries.waiting_conflicts(db.session, wave)
    if not waiting:
        return render_template("responses/conflict.html", wave=wave, conflict=None, total=0)
    page = _conflict_page(wave, waiting[0], total)
    _note_opened(wave, waiting[0].uuid)
    return page


@bp.post("/survei/<int:wave_id>/jawaban/beda/<int:conflict_id>", endpoint="settle_conflict")
@allow(Can.PLAN_SURVEYS)
def settle_conflict(wave_id: int, conflict_id: int) -> ResponseReturnValue:
    take = request.form.get("pakai") == "baru"
    review.settle(db.session, current_actor(), wave_id, conflict_id, take=take, now=now())
    flash(_("Jawaban yang baru dipakai.") if take else _("Jawaban yang pertama tetap dipakai."), "success")
    return redirect(url_for(".conflicts", wave_id=wave_id), 303)


@bp.post("/survei/<int:wave_id>/jawaban/beda/semua", endpoint="keep_first")
@allow(Can.PLAN_SURVEYS)
def keep_first(wave_id: int) -> ResponseReturnValue:
    done = review.keep_first(db.session, current_actor(), wave_id, now=now())
    flash(_("%(n)s jawaban diputuskan: yang pertama tetap dipakai.", n=done), "success")
    return redirect(url_for(".conflicts", wave_id=wave_id), 303)


def _conflict_page(wave: Wave, conflict: ResponseConflict, total: int) -> str:
    row = db.session.scalars(select(Response).where(Response.uuid == conflict.uuid, Response.wave_id == wave.id)).one()
    definition = definition_of(db.session, wave.instrument_version_id)
    places = place_names(db.session, wave.audience)
    first: dict[str, Any] = {"place": row.place, "sex": row.sex, "age_band": row.age_band, "answers": row.answers}
    different = set(differing(first, conflict.payload))
    versions = [
        [*word_respondent(one, places), *word_answers(definition, one["answers"])] for one in (first, conflict.payload)
    ]
    return render_template(
        "responses/conflict.html",
        wave=wave,
        conflict=conflict,
        row=row,
        total=total,
        receipt=receipt_of(row.uuid),
        pairs=[(old, new, old.name in different) for old, new in zip(*versions, strict=True)],
        different=len(different),
    )


def _flag_words() -> dict[str, str]:
    return {flag: sentence(words) for flag, words in FLAGS.items()}
