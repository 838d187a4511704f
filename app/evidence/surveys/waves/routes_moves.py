"""Pages for opening a survey, closing it, opening it again and calling it off."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments.versions import definition_of
from app.evidence.surveys import listing
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.models import WaveStatus
from app.evidence.surveys.waves import service as waves
from app.evidence.surveys.waves.forms import ReasonForm, ReopenForm
from app.evidence.surveys.waves.pages import about_places, lacks_bps_number, unfinished
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T


@bp.route("/survei/<int:wave_id>/buka", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def open_survey(wave_id: int) -> ResponseReturnValue:
    """Ask, then open the survey: from then on the questions do not change."""
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status != WaveStatus.DRAFT:
        raise Refused(T("Survei ini sudah pernah dibuka atau dibatalkan."))
    form = Form()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            waves.open_wave(db.session, current_actor(), wave_id, now=now())
            flash(_("Survei dibuka. Pertanyaannya sekarang tidak bisa diubah lagi."), "success")
            return redirect(url_for(".show", wave_id=wave_id))
        wave = to_manage(db.session, current_actor(), wave_id)
    answer = render_template(
        "surveys/wave_open.html", form=form, wave=wave, around=listing.related_names(db.session, wave),
        missing=waves.missing(db.session, wave, local_day(now())), wants_number=lacks_bps_number(wave),
        about_places=about_places(wave), unfinished=unfinished(definition_of(db.session, wave.instrument_version_id)),
    )  # fmt: skip
    return answer, 200 if request.method == "GET" else 409


@bp.post("/survei/<int:wave_id>/tutup")
@allow(Can.PLAN_SURVEYS)
def close_survey(wave_id: int) -> ResponseReturnValue:
    waves.close_wave(db.session, current_actor(), wave_id, now=now())
    flash(_("Survei ditutup. Jawaban dari HP tanpa sinyal masih diterima selama 14 hari."), "success")
    return redirect(url_for(".show", wave_id=wave_id))


@bp.route("/survei/<int:wave_id>/buka-lagi", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def reopen_survey(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status != WaveStatus.CLOSED:
        raise Refused(T("Hanya survei yang sudah ditutup yang bisa dibuka lagi."))
    form = ReopenForm(ends_on=max(wave.ends_on, local_day(now())))
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            waves.reopen_wave(
                db.session, current_actor(), wave_id, reason=form.reason.data, ends_on=form.ends_on.data, now=now()
            )
            flash(_("Survei dibuka lagi."), "success")
            return redirect(url_for(".show", wave_id=wave_id))
        wave = to_manage(db.session, current_actor(), wave_id)
    answer = render_template("surveys/wave_reason.html", form=form, wave=wave, calls_off=False)
    return answer, 200 if request.method == "GET" else 422


@bp.route("/survei/<int:wave_id>/batalkan", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def cancel_survey(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status != WaveStatus.DRAFT:
        raise Refused(T("Survei yang sudah dibuka tidak bisa dibatalkan. Tutup saja."))
    form = ReasonForm()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.catching():
            waves.cancel_wave(db.session, current_actor(), wave_id, reason=form.reason.data, now=now())
            flash(_("Survei dinyatakan tidak diadakan."), "success")
            return redirect(url_for(".show", wave_id=wave_id))
        wave = to_manage(db.session, current_actor(), wave_id)
    answer = render_template("surveys/wave_reason.html", form=form, wave=wave, calls_off=True)
    return answer, 200 if request.method == "GET" else 422
