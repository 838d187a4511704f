"""Pages for planning a survey, editing its plan and copying it."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_date, local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import AUDIENCES
from app.evidence.surveys import listing
from app.evidence.surveys.access import get, to_manage
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.models import Mode, SampleMethod, Stage, Wave, WaveStatus
from app.evidence.surveys.samples import sizes
from app.evidence.surveys.states import STAGES
from app.evidence.surveys.waves import copies
from app.evidence.surveys.waves import service as waves
from app.evidence.surveys.waves.forms import CopyForm, WaveForm
from app.evidence.surveys.waves.plans import ICC, Plan
from app.evidence.surveys.waves.proposals import standard_version
from app.kernel.errors import Forbidden, Refused
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Audience, Campaign

TWO_WEEKS = timedelta(days=13)


@bp.route("/survei/baru", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def new() -> ResponseReturnValue:
    form = _form(None)
    if request.method == "GET":
        stage, before = _stage(), _before()
        if before is not None and stage in (Stage.AFTER, Stage.FOLLOWUP):
            return redirect(url_for(".copy_survey", wave_id=before.id, tahap=stage))
        form.show(_prefilled(stage))
        return _page(form, None)
    if request.form.get("hitung"):
        return _page(form, None)
    if form.is_posted_and_valid() and not form.leave_link_out():
        with form.catching():
            wave = waves.plan(db.session, current_actor(), form.plan(), now=now())
            return _planned(wave)
    return _page(form, None), 422


def _planned(wave: Wave) -> ResponseReturnValue:
    """On to where its places are chosen, or to its page."""
    if wave.method == SampleMethod.PPS:
        flash(_("Rencana tersimpan. Sekarang undi desanya."), "success")
        return redirect(url_for(".draw", wave_id=wave.id))
    if wave.method == SampleMethod.LIST:
        flash(_("Rencana tersimpan. Sekarang pilih tempatnya."), "success")
        return redirect(url_for(".places", wave_id=wave.id))
    flash(_("Rencana tersimpan. Buka surveinya bila sudah siap."), "success")
    return redirect(url_for(".show", wave_id=wave.id))


@bp.route("/survei/<int:wave_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def edit_survey(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status not in (WaveStatus.DRAFT, WaveStatus.OPEN):
        raise Refused(T("Survei ini sudah ditutup atau dibatalkan, jadi rencananya tidak bisa diubah."))
    form = _form(wave)
    if wave.status == WaveStatus.OPEN:
        form.only_while_open()
    if request.method == "GET":
        form.show(waves.plan_of(wave), wave.version)
        return _page(form, wave)
    if request.form.get("hitung"):
        return _page(form, wave)
    if form.is_posted_and_valid():
        with form.saving(wave):
            values, seen = form.plan(wave), form.version.data
            waves.edit(db.session, current_actor(), wave_id, values, seen=seen, now=now())
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for(".show", wave_id=wave_id))
    return _page(form, wave), 422


@bp.route("/survei/<int:wave_id>/salin", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def copy_survey(wave_id: int) -> ResponseReturnValue:
    wave = get(db.session, current_actor(), wave_id)
    if not may_plan_for(current_actor(), wave.organisation_id):
        raise Forbidden(T("Survei ini hanya bisa disalin oleh penyelenggaranya atau staf kantor."))
    form = CopyForm()
    if request.method == "GET":
        form.stage.data = _stage() if "tahap" in request.args else Stage.AFTER
        form.starts_on.data = _day_after(wave)
    elif form.is_posted_and_valid():
        with form.catching():
            made = copies.copy_wave(
                db.session, current_actor(), wave_id, stage=form.stage.data, starts_on=form.starts_on.data, now=now()
            )
            flash(_("Salinan dibuat dengan pertanyaan, tempat, dan sasaran yang sama. Periksa, lalu buka."), "success")
            return redirect(url_for(".show", wave_id=made.id))
    answer = render_template("surveys/wave_copy.html", form=form, wave=get(db.session, current_actor(), wave_id))
    return answer, 200 if request.method == "GET" else 422


# --- the page ---


def _stage() -> str:
    given = request.args.get("tahap", "")
    return given if given in set(Stage) else Stage.BASELINE if number_of("program") else Stage.SINGLE


def _before() -> Wave | None:
    """The survey that an after one is compared with: named in the address, or the campaign's survey before."""
    actor, number, campaign = current_actor(), number_of("sebelum"), number_of("program")
    if number:
        return get(db.session, actor, number)
    return listing.proposed_before(db.session, actor, campaign) if campaign else None


def _day_after(wave: Wave) -> date:
    """The day after the campaign's end, or today where that is past."""
    today = local_day(now())
    campaign = db.session.get(Campaign, wave.campaign_id) if wave.campaign_id else None
    return max(today, campaign.ends_on + timedelta(days=1)) if campaign else today


def _prefilled(stage: str) -> Plan:
    actor, today, number = current_actor(), local_day(now()), number_of("program")
    campaign = db.session.get(Campaign, number) if number else None
    first, audience = today, SurveyAudience.RESIDENTS
    own = actor.organisation_id
    if campaign is not None:
        if campaign.audience == Audience.CIVIL_SERVANTS:
            audience = SurveyAudience.CIVIL_SERVANTS
        if stage in (Stage.AFTER, Stage.FOLLOWUP):
            first = max(today, campaign.ends_on + timedelta(days=1))
        own = campaign.organisation_id if may_plan_for(actor, campaign.organisation_id) else own
    name = f"{sentence(STAGES[stage])}: {campaign.name}" if campaign else ""
    return Plan(
        name=name[:200], organisation_id=own, instrument_version_id=standard_version(db.session, audience),
        starts_on=first, ends_on=first + TWO_WEEKS, stage=stage, audience=audience, campaign_id=number,
        modes=[Mode.LINK, Mode.PHONE],
    )  # fmt: skip


def _form(wave: Wave | None) -> WaveForm:
    form, actor = WaveForm(), current_actor()
    kept = wave.campaign_id if wave else None
    befores = listing.before_choices(db.session, actor, wave)
    versions = listing.version_choices(db.session, wave.instrument_version_id if wave else None)
    form.offer(
        listing.campaign_choices(db.session, actor, kept),
        [(one.id, f"{one.name} ({local_date(one.starts_on)})") for one in befores],
        listing.organiser_choices(db.session, actor, wave.organisation_id if wave else None),
        [
            (one.id, _("%(title)s, versi %(n)s, untuk %(who)s", title=one.title, n=one.number,
                       who=sentence(AUDIENCES[one.audience]).lower() if one.audience == "residents" else "ASN"))
            for one in versions
        ],
    )  # fmt: skip
    return form


def _page(form: WaveForm, wave: Wave | None) -> str:
    more: dict[str, Any] = {"needed": None, "asked": bool(request.form.get("hitung"))}
    if more["asked"] and "plan_before" in form:
        more["needed"] = _needed(form)
    return render_template("surveys/wave_form.html", form=form, wave=wave, **more)


def _needed(form: WaveForm) -> Any:
    """How many answers the change that was typed needs; it becomes the target where none was typed."""
    before, points, each = form.plan_before.data, form.plan_points.data, form.plan_each.data or 20
    if before is None or points is None or not 0 <= before <= 100 or points <= 0 or each < 1:
        return None
    found = sizes.answers_needed(before=before, points=points, per_village=each, icc=ICC)
    if found is not None and form.target.data is None:
        form.target.raw_data = None
        form.target.data = found.answers
    return found
