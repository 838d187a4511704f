"""Take what is handed in by a public link: stored once; a refusal is said in the survey's own words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from app.base.web.db import db
from app.base.web.editing import undoing
from app.base.web.formats import sentence
from app.base.web.guard import public
from app.base.web.limits import address_key
from app.base.web.wiring import now, settings
from app.evidence.instruments.logic import Problem
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import service
from app.evidence.responses.blueprint import bp
from app.evidence.responses.bursts import detection as bursts
from app.evidence.responses.public import links, pages, steps
from app.evidence.responses.public.routes import PUBLIC, refused_page, screen, wants_json
from app.evidence.responses.service import InvalidAnswers, RecordedAnswer, Submission
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.evidence.surveys.queries import wave_of_code
from app.kernel.errors import Invalid, Refused
from app.kernel.text import T

OLDEST_START = timedelta(days=60)
PRACTISED = "latihan"
"""Stands where an answer has its number."""


@bp.post("/s/<code>/kirim", endpoint="send")
@public
def send(code: str) -> ResponseReturnValue:
    """Store one person's answers. Answers JSON where a script asked, else a page."""
    wave = wave_of_code(db.session, code)
    if wave is None:
        return _told_or_page(T("Survei ini tidak ditemukan."), 404, pages.closed_page(wave))
    try:
        state, sent = _handed_in(wave)
    except Invalid as unreadable:
        if not wants_json():
            raise
        return _told_or_page(unreadable.sentence, 422, None)
    with undoing(Refused) as refused, undoing(InvalidAnswers) as wrong:
        taken = _practised(wave, sent) if wave.simulated else service.record(db.session, None, wave, sent, now=now())
        if taken.state == "stored":
            bursts.watch(db.session, wave, sent, now=now())
    if wrong.error is not None:
        return _not_taken(wave, state, wrong.error.problems), 422
    if refused.error is not None:
        return refused_page(wave, refused.error), 409
    return _received(wave, sent, taken)


def _told_or_page(told: T, status: int, page: Response | None) -> ResponseReturnValue:
    """For the page's script in its own words, so that it knows that it is us who do not take the answers."""
    if wants_json() or page is None:
        return pages.unlisted(jsonify(sentence=sentence(told))), status
    return page


def _practised(wave: Wave, sent: Submission) -> RecordedAnswer:
    """Check made-up answers, by which somebody tries a survey, and store nothing. Raises InvalidAnswers, Refused."""
    if wave.status != WaveStatus.OPEN:
        raise Refused(service.CLOSED)
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    _answers, problems = service.check(db.session, wave, definition, sent)
    if problems:
        raise InvalidAnswers(problems)
    return RecordedAnswer(PRACTISED, "practice")


@bp.errorhandler(RequestEntityTooLarge)
def _too_much(error: RequestEntityTooLarge) -> ResponseReturnValue:
    if request.endpoint not in PUBLIC or not wants_json():
        return error
    return _told_or_page(T("Jawaban ini terlalu besar untuk dikirim."), 413, None)


def _handed_in(wave: Wave) -> tuple[steps.State | None, Submission]:
    """(the screens' state, where they were answered without a script; the answers). Raises Invalid."""
    form = request.form
    if "isian" in form:
        state = steps.read(form["isian"], wave.code, settings().secret_key)
        given: Mapping[str, Any] = {**vars(state), **state.about, "ended_at": now().isoformat()}
    else:
        state = None
        try:
            given = json.loads(form.get("jawaban", ""))
        except (ValueError, RecursionError) as error:
            raise Invalid(T("Jawaban ini tidak bisa dibaca. Muat ulang halaman, lalu isi lagi.")) from error
        if not isinstance(given, dict) or not isinstance(given.get("answers"), dict):
            raise Invalid(T("Jawaban ini tidak bisa dibaca. Muat ulang halaman, lalu isi lagi."))
    return state, _submission(wave, given)


def _submission(wave: Wave, given: Mapping[str, Any]) -> Submission:
    said = {name: str(given.get(name) or "")[:40].replace("\0", "") for name in ("uuid", "place", "sex", "age_band")}
    started, ended = _time(given.get("started_at")), _time(given.get("ended_at"))
    if started and ended and started > ended:
        started = ended = None  # a clock that was set in between
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    return Submission(
        uuid=said["uuid"], place=said["place"], sex=said["sex"], age_band=said["age_band"], mode=Mode.LINK,
        answers=given["answers"], started_at=started, ended_at=ended,
        language=pages.language_of(definition, str(given.get("language") or "")),
        device_mark=pages.device_mark(wave), link_mark=pages.link_mark(wave, str(given.get("key") or "")),
        origin_mark=address_key(f"survey:{wave.code}"),
    )  # fmt: skip


def _time(text: Any) -> datetime | None:
    """A time of the device's clock; None for one that cannot be."""
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        likely = abs(found - now()) < OLDEST_START
    except (ValueError, TypeError, OverflowError):
        return None
    return found if likely else None


def _received(wave: Wave, sent: Submission, taken: RecordedAnswer) -> ResponseReturnValue:
    if wants_json():
        return pages.unlisted(jsonify(state=taken.state, receipt=taken.receipt))
    address = url_for("responses.thanks", code=wave.code, b=sent.language,
                      kode=links.shown_receipt(settings().secret_key, wave, taken.receipt))  # fmt: skip
    return pages.unlisted(make_response(redirect(address, 303)))


def _not_taken(wave: Wave, state: steps.State | None, problems: Sequence[Problem]) -> Response:
    """Back to the screen of the first thing that is wrong, with everything that was answered."""
    if wants_json():
        said = [{"field": one.field, "sentence": sentence(one.sentence)} for one in problems]
        return pages.unlisted(jsonify(problems=said))
    first = problems[0]
    at = first.field if "~" + first.field not in steps.ABOUT else "~" + first.field
    definition = definition_of(db.session, wave.instrument_version_id, for_asking=True)
    if state is None or at not in steps.path(definition, state):
        return pages.message(_("Jawaban belum bisa diterima"), sentence(first.sentence), wave=wave,
                             back=url_for("responses.survey", code=wave.code))  # fmt: skip
    return screen(wave, definition, replace(state, at=at), None, first.sentence)
