"""Filling in a paper with the own link, without an account: one question a screen with a script, one page without."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from app.base.access.pages import csrf_failed
from app.base.web.db import db
from app.base.web.editing import undoing
from app.base.web.formats import sentence
from app.base.web.guard import public
from app.base.web.limits import limited
from app.base.web.wiring import now
from app.evidence.instruments.definition import Definition, say
from app.evidence.responses.order import options_of, rows_of
from app.evidence.responses.paper.skips import numbers, only_if
from app.evidence.responses.public.pages import alts_of, pictures_of, unlisted
from app.evidence.responses.public.steps import typed
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.learning.assessments.blueprint import bp
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers import taking
from app.learning.assessments.papers.items import answers_in_words
from app.learning.assessments.papers.pages_answering import minutes_of, privacy_note
from app.learning.assessments.papers.questions import questions_of_paper
from app.learning.assessments.papers.service import (
    KINDS,
    MISSING,
    TESTS,
    PaperState,
    is_key_public,
    paper_of,
    papers_of,
    state_of,
)
from app.learning.assessments.papers.taking import InvalidAnswers, QuestionsChanged
from app.learning.assessments.scores import percent
from app.learning.training.models import Batch, Enrolment, Trainee
from app.learning.training.participants.tokens import trainee_of

LARGEST = 256 * 1024
"""Bytes of one person's answers."""
LONGEST = timedelta(days=2)
"""Somebody who says they began longer ago has a clock that is wrong."""
UNREADABLE = T("Jawaban ini tidak bisa dibaca. Muat ulang halaman, lalu isi lagi.")
ADDRESS = "/peserta/<token>/isi/<int:enrolment_id>/<any(pre, post, feedback, after_3, after_12):paper_kind>"


@bp.url_value_preprocessor
def _bound(endpoint: str | None, _values: Any) -> None:
    """Before anything reads the body: whoever sends more is told so."""
    if endpoint == "assessments.hand":
        request.max_content_length = request.max_form_memory_size = LARGEST


@bp.get(ADDRESS, endpoint="answer")
@public
def answer(token: str, enrolment_id: int, paper_kind: str) -> ResponseReturnValue:
    """Show the questions; or that they were answered already, and after the end what was right."""
    trainee, enrolment, batch, paper = _asked(token, enrolment_id, paper_kind)
    if paper is None:
        return _message(token, batch, paper_kind, taking.NOT_YET)
    if taking.has_given(db.session, paper, enrolment.id):
        return _done(token, batch, enrolment, paper)
    refusal = taking.refusal(db.session, paper, enrolment, now())
    if refusal is not None:
        return _message(token, batch, paper_kind, refusal)
    return _form(token, trainee, batch, enrolment, paper)


@bp.post(ADDRESS, endpoint="hand")
@public
@limited("handed_in", 60, timedelta(minutes=10))
def hand(token: str, enrolment_id: int, paper_kind: str) -> ResponseReturnValue:
    """Hand it in. Answers JSON where the page's script asked, else a page."""
    trainee, enrolment, batch, paper = _asked(token, enrolment_id, paper_kind)
    if paper is None:
        return _refused(token, batch, paper_kind, taking.NOT_YET)
    given: Mapping[str, Any] = {}
    with undoing(Refused, Invalid if wants_json() else InvalidAnswers) as undone:
        given, started_at, seen = _given(questions_of_paper(db.session, paper))
        taken = taking.take(db.session, paper, enrolment, given, started_at=started_at, seen=seen, now=now())
        if wants_json():
            return unlisted(jsonify(receipt="ok", known=not taken.is_new))
        again = {} if taken.is_new else {"sudah": 1}
        return unlisted(make_response(redirect(_url(token, enrolment_id, paper_kind, **again), 303)))
    error = undone.refusal
    if isinstance(error, QuestionsChanged):
        return _changed(token, enrolment_id, paper_kind, error)
    if isinstance(error, InvalidAnswers):
        problems = {one.field: sentence(one.sentence) for one in error.problems}
        if wants_json():
            return unlisted(jsonify(problems=[{"field": key, "sentence": said} for key, said in problems.items()])), 422
        return _form(token, trainee, batch, enrolment, _sure(paper), given, problems, status=422)
    if isinstance(error, Refused):
        return _refused(token, batch, paper_kind, error.sentence)
    return unlisted(jsonify(sentence=sentence(error.sentence))), 422


def _asked(token: str, enrolment_id: int, kind: str) -> tuple[Trainee, Enrolment, Batch, Paper | None]:
    """Raises NotFound for a link that is not the one of this participant."""
    trainee = trainee_of(db.session, token)
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.trainee_id != trainee.id:
        raise NotFound(MISSING)
    return trainee, enrolment, enrolment.batch, paper_of(db.session, enrolment.batch_id, kind)


def _sure(paper: Paper | None) -> Paper:
    if paper is None:
        raise NotFound(MISSING)
    return paper


def _given(definition: Definition) -> tuple[Mapping[str, Any], datetime | None, int | None]:
    """(answers, when they were begun, the version that stood on the form). Raises Invalid."""
    if "jawaban" not in request.form:
        found: dict[str, Any] = {}
        for question in definition.questions:
            if question.kind != "note":
                found |= typed(question, request.form)
        return found, _time(request.form.get("mulai")), _number(request.form.get("versi"))
    try:
        sheet = json.loads(request.form["jawaban"])
    except (ValueError, RecursionError) as error:
        raise Invalid(UNREADABLE) from error
    if not isinstance(sheet, dict) or not isinstance(sheet.get("answers"), dict):
        raise Invalid(UNREADABLE)
    return sheet["answers"], _time(sheet.get("started_at")), _number(sheet.get("version"))


def _number(given: Any) -> int | None:
    """None where nothing was sent along; 0 for what is no number."""
    if given is None:
        return None
    return read_int(given) or 0


def _time(text: Any) -> datetime | None:
    """A time of the device's clock; None for one that cannot be."""
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        return found if timedelta(0) <= now() - found < LONGEST else None
    except (ValueError, TypeError, OverflowError):
        return None


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _url(token: str, enrolment_id: int, kind: str, **more: Any) -> str:
    return url_for("assessments.answer", token=token, enrolment_id=enrolment_id, paper_kind=kind, **more)


# --- pages ---


def _form(
    token: str, trainee: Trainee, batch: Batch, enrolment: Enrolment, paper: Paper,
    given: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None, *, told: str = "",
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    definition = questions_of_paper(db.session, paper)
    seed = f"{paper.id}-{enrolment.id}"
    page = render_template(
        "assessments/answer.html", token=token, trainee=trainee, batch=batch, enrolment=enrolment, paper=paper,
        definition=definition, label=sentence(KINDS[PaperKind(paper.kind)]), promise=privacy_note(paper), seed=seed,
        given=given or {}, wrong=wrong or {}, told=told,
        changed=sentence(taking.CHANGED), started_at=request.form.get("mulai") or now().isoformat(),
        order={q.key: (options_of(q, seed), rows_of(q, seed)) for q in definition.questions},
        numbers=numbers(definition),
        only_if={q.key: only_if(definition, q.when) for q in definition.questions if q.when},
        pictures=pictures_of(definition), alts=alts_of(definition), say=say, is_test=paper.kind in TESTS,
        minutes=minutes_of(paper, definition),
    )  # fmt: skip
    return unlisted(make_response(page, status))


def _changed(token: str, enrolment_id: int, kind: str, changed: QuestionsChanged) -> ResponseReturnValue:
    """The questions that are asked now, with what was answered to those that are the same."""
    told = sentence(changed.sentence)
    if wants_json():
        return unlisted(jsonify(sentence=told, changed=True, kept=dict(changed.kept))), 409
    trainee, enrolment, batch, paper = _asked(token, enrolment_id, kind)
    refusal = taking.refusal(db.session, _sure(paper), enrolment, now())
    if refusal is not None:
        return _message(token, batch, kind, refusal, 409)
    return _form(token, trainee, batch, enrolment, _sure(paper), changed.kept, told=told, status=409)


def _done(token: str, batch: Batch, enrolment: Enrolment, paper: Paper) -> ResponseReturnValue:
    definition = questions_of_paper(db.session, paper)
    is_feedback = paper.kind == PaperKind.FEEDBACK
    sitting = None if is_feedback else taking.sitting_of(db.session, paper.id, enrolment.id)
    is_told = paper.kind in TESTS and state_of(paper, now()) == PaperState.CLOSED
    is_out = is_key_public(paper, papers_of(db.session, batch.id), batch, now())
    page = render_template(
        "assessments/answered.html", is_out=is_out, token=token, batch=batch, paper=paper, sitting=sitting, say=say,
        definition=definition, label=sentence(KINDS[PaperKind(paper.kind)]), is_told=is_told,
        is_test=paper.kind in TESTS, again=request.args.get("sudah") == "1",
        percent=percent(sitting.score, sitting.most) if is_told and sitting else None,
        shown=answers_in_words(definition, sitting.answers) if is_out and sitting and not sitting.by_hand else [],
    )  # fmt: skip
    return unlisted(make_response(page))


def _message(token: str, batch: Batch, kind: str, told: T, status: int = 200) -> Response:
    page = render_template(
        "assessments/answer_message.html", token=token, batch=batch, label=sentence(KINDS[PaperKind(kind)]),
        told=sentence(told),
    )  # fmt: skip
    return unlisted(make_response(page, status))


def _refused(token: str, batch: Batch, kind: str, told: T) -> ResponseReturnValue:
    if wants_json():
        return unlisted(jsonify(sentence=sentence(told))), 409
    return _message(token, batch, kind, told, 409)


@bp.errorhandler(CSRFError)
def _token_gone(error: CSRFError) -> ResponseReturnValue:
    """The page was open for longer than its session; its script fetches a new token and sends again."""
    if request.endpoint == "assessments.hand" and wants_json():
        return unlisted(jsonify(sentence=sentence(T("Halaman ini terlalu lama terbuka. Tekan sekali lagi.")))), 400
    return csrf_failed(error)


@bp.errorhandler(RequestEntityTooLarge)
def _too_much(error: RequestEntityTooLarge) -> ResponseReturnValue:
    if request.endpoint == "assessments.hand" and wants_json():
        return unlisted(jsonify(sentence=sentence(T("Jawaban ini terlalu besar untuk dikirim.")))), 413
    return error
