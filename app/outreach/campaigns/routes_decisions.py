"""Pages of the decisions of a campaign, under the blueprint of campaigns."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.menu import exists
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.outreach.campaigns import decisions, queries, rules
from app.outreach.campaigns.blueprint import bp
from app.outreach.campaigns.forms_decisions import DecisionForm, OutcomeForm
from app.outreach.campaigns.models import Campaign, Decision

CHAIN = "rantai"


@bp.route("/program/<int:campaign_id>/keputusan/baru", methods=["GET", "POST"])
@allow(Can.RECORD_DECISIONS)
def new_decision(campaign_id: int) -> ResponseReturnValue:
    actor, posted, today = current_actor(), request.method == "POST", local_day(now())
    decisions.campaign_to_decide(db.session, actor, campaign_id)
    form = DecisionForm() if posted else DecisionForm(formdata=None, decided_on=today)
    _offer(form, campaign_id)
    if posted and form.is_posted_and_valid():
        with form.catching():
            decisions.decide(db.session, actor, campaign_id, form.values, today=today, now=now())
            flash(_("Keputusan tercatat."), "success")
            return redirect(_back(campaign_id), 303)
    return _page(form, campaign_id, None), 422 if posted else 200


@bp.route("/program/<int:campaign_id>/keputusan/<int:decision_id>", methods=["GET", "POST"])
@allow(Can.RECORD_DECISIONS)
def edit_decision(campaign_id: int, decision_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    decision = decisions.find_to_edit(db.session, actor, campaign_id, decision_id)
    form = DecisionForm() if posted else DecisionForm(formdata=None)
    _offer(form, campaign_id, decision)
    if not posted:
        form.show(decision)
    elif form.is_posted_and_valid():
        with form.saving(decision):
            seen, today = form.version.data, local_day(now())
            decisions.edit(
                db.session, actor, campaign_id, decision_id, form.values, seen=seen, today=today, now=now()
            )  # fmt: skip
            flash(_("Perubahan disimpan."), "success")
            return redirect(_back(campaign_id), 303)
    return _page(form, campaign_id, decision), 422 if posted else 200


@bp.route("/program/<int:campaign_id>/keputusan/<int:decision_id>/selesai", methods=["GET", "POST"])
@allow(Can.CLOSE_DECISIONS)
def finish_decision(campaign_id: int, decision_id: int) -> ResponseReturnValue:
    actor, posted, today = current_actor(), request.method == "POST", local_day(now())
    decision = decisions.find_to_close(db.session, actor, campaign_id, decision_id)
    form = OutcomeForm() if posted else OutcomeForm(formdata=None, done_on=today, version=decision.version)
    if posted and form.is_posted_and_valid():
        with form.saving(decision):
            decisions.finish(
                db.session, actor, campaign_id, decision_id, outcome=form.outcome.data, done_on=form.done_on.data,
                seen=form.version.data, today=today, now=now(),
            )  # fmt: skip
            flash(_("Keputusan ditandai selesai, dengan hasilnya."), "success")
            return redirect(_back(campaign_id), 303)
    page = render_template(
        "campaigns/decision_done.html",
        form=form,
        campaign=db.session.get_one(Campaign, campaign_id),
        decision=decision,
        back=_back(campaign_id),
    )
    return page, 422 if posted else 200


@bp.post("/program/<int:campaign_id>/keputusan/<int:decision_id>/buka")
@allow(Can.CLOSE_DECISIONS)
def reopen_decision(campaign_id: int, decision_id: int) -> ResponseReturnValue:
    decisions.reopen(db.session, current_actor(), campaign_id, decision_id, now=now())
    flash(_("Keputusan dibuka lagi. Periksa batas waktunya."), "success")
    return redirect(_back(campaign_id), 303)


@bp.post("/program/<int:campaign_id>/keputusan/<int:decision_id>/hentikan")
@allow(Can.RECORD_DECISIONS)
def drop_decision(campaign_id: int, decision_id: int) -> ResponseReturnValue:
    decisions.drop(db.session, current_actor(), campaign_id, decision_id, now=now())
    flash(_("Keputusan tidak dilanjutkan. Anda bisa membukanya lagi dari daftar."), "success")
    return redirect(_back(campaign_id), 303)


def _offer(form: DecisionForm, campaign_id: int, decision: Decision | None = None) -> None:
    campaign = rules.find(db.session, current_actor(), campaign_id)
    people = queries.responsible_choices(db.session, campaign)
    kept = decision.owner_id if decision else None
    if kept is not None and kept not in {number for number, _name in people}:
        people += list(queries.names_of(db.session, [kept]).items())  # who left or moved still answers for it
    form.offer(people)


def _page(form: DecisionForm, campaign_id: int, decision: Decision | None) -> str:
    return render_template(
        "campaigns/decision.html",
        form=form,
        campaign=rules.find(db.session, current_actor(), campaign_id),
        decision=decision,
        back=_back(campaign_id),
    )


def _back(campaign_id: int) -> str:
    """The page that this one was opened from: the campaign, or its chain (`?dari=rantai`). Who answers for a decision
    of a campaign of others finds it in the list of what is late."""
    if not rules.sees(db.session, current_actor(), campaign_id):
        return url_for("control.index") if exists("control.index") else "/"
    if request.args.get("dari") == CHAIN and exists("insights.chain"):
        return url_for("insights.chain", campaign_id=campaign_id, _anchor="learning")
    return url_for("campaigns.show", campaign_id=campaign_id, _anchor="keputusan")
