"""Pages of the results of goals, under the blueprint of campaigns."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.menu import exists
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.outreach.campaigns import goal_results, queries, rules
from app.outreach.campaigns.blueprint import bp
from app.outreach.campaigns.details import find_goal
from app.outreach.campaigns.forms_results import ResultForm
from app.outreach.campaigns.models import Campaign, Goal

CHAIN = "rantai"


@bp.route("/program/<int:campaign_id>/sasaran/<int:goal_id>/hasil", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def goal_result(campaign_id: int, goal_id: int) -> ResponseReturnValue:
    """Show and save the result of a goal; `?ambil=KEY` fills it in from a survey of the campaign."""
    actor, posted, today = current_actor(), request.method == "POST", local_day(now())
    campaign = rules.find_to_edit(db.session, actor, campaign_id, None)
    goal = find_goal(campaign, goal_id)
    form = ResultForm() if posted else _filled(campaign, goal)
    if posted and form.is_posted_and_valid():
        with form.saving(campaign):
            goal_results.record_result(
                db.session, actor, campaign_id, goal_id, form.values, version=form.version.data, today=today, now=now()
            )
            flash(_("Hasil sasaran tercatat."), "success")
            return redirect(_back(campaign_id), 303)
    return _page(form, campaign_id, goal_id), 422 if posted else 200


@bp.post("/program/<int:campaign_id>/sasaran/<int:goal_id>/hasil/hapus")
@allow(Can.PLAN_CAMPAIGNS)
def clear_result(campaign_id: int, goal_id: int) -> ResponseReturnValue:
    goal_results.clear_result(db.session, current_actor(), campaign_id, goal_id, now=now())
    flash(_("Hasil sasaran dihapus. Isian lamanya ada di jejak perubahan."), "success")
    return redirect(_back(campaign_id), 303)


def _filled(campaign: Campaign, goal: Goal) -> ResultForm:
    form = ResultForm(formdata=None, version=campaign.version)
    form.show(goal)
    wanted = request.args.get("ambil", "")
    if wanted:
        today = local_day(now())
        offered = goal_results.offers(db.session, current_actor(), campaign, goal, today=today)
        for one in offered:
            if one.key == wanted:
                form.take(one)
    return form


def _page(form: ResultForm, campaign_id: int, goal_id: int) -> str:
    actor, today = current_actor(), local_day(now())
    campaign = rules.find(db.session, actor, campaign_id)
    goal = find_goal(campaign, goal_id)
    names = queries.names_of(db.session, [goal.responsible_id] if goal.responsible_id else [])
    return render_template(
        "campaigns/goal_result.html",
        form=form,
        campaign=campaign,
        goal=goal,
        responsible=names.get(goal.responsible_id or 0) or goal.responsible_text,
        offers=goal_results.offers(db.session, actor, campaign, goal, today=today),
        origin=request.args.get("dari"),
        back=_back(campaign_id),
    )


def _back(campaign_id: int) -> str:
    """The page that this one was opened from: the campaign, or its chain (`?dari=rantai`)."""
    if request.args.get("dari") == CHAIN and exists("insights.chain"):
        return url_for("insights.chain", campaign_id=campaign_id, _anchor="goals")
    return url_for("campaigns.show", campaign_id=campaign_id, _anchor="sasaran")
