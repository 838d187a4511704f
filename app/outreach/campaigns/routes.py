import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from app.base.documents.list_file import list_file
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, public
from app.base.web.head import only_head
from app.base.web.wiring import now
from app.kernel.errors import Invalid
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns import (
    decisions,
    details,
    goal_results,
    queries,
    routes_decisions,
    routes_results,
    routes_services,
    rules,
    service,
)
from app.outreach.campaigns.blueprint import bp
from app.outreach.campaigns.forms import CampaignForm, GoalForm, KeyMessagesForm, SpendingForm
from app.outreach.campaigns.index import CAMPAIGNS
from app.outreach.campaigns.links import count_visit, find_link, target_with_utm
from app.outreach.campaigns.models import Campaign, CampaignStatus, Goal
from app.outreach.campaigns.panels import PANELS

__all__ = ["bp", "routes_decisions", "routes_results", "routes_services"]

BADGES = {
    CampaignStatus.PLANNED: "wait",
    CampaignStatus.ACTIVE: "ok",
    CampaignStatus.ENDED: "muted",
    CampaignStatus.CANCELLED: "bad",
}
ROBOTS = re.compile(r"(?<!cu)bot|crawl|spider|preview|facebookexternalhit|whatsapp|slurp|curl|wget|python")
"""Programs that fetch a link without a person: they are led on, and not counted. (Cubot makes phones.)"""


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "status_label": lambda status: sentence(rules.STATUS_LABELS[status]),
        "status_badge": BADGES.__getitem__,
        "result_state": goal_results.state,
        "result_label": lambda goal: sentence(goal_results.STATE_LABELS[goal_results.state(goal)]),
        "audience_label": lambda audience: sentence(rules.AUDIENCE_LABELS[audience]),
    }


# --- the list ---


def _campaigns(wanted: queries.CampaignFilters) -> Select[Any]:
    return queries.list_query(current_actor(), wanted)


@bp.get("/program")
@allow(Can.READ_CAMPAIGNS)
def index() -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "campaigns/index.html",
        view=CAMPAIGNS.view(db.session, _campaigns),
        owners=queries.listed_owners(db.session, actor),
        dimensions=queries.all_dimensions(db.session),
        statuses=[(str(status), sentence(label)) for status, label in rules.STATUS_LABELS.items()],
        may_plan=rules.may_plan(actor),
    )


@bp.get("/program/unduh.csv")
@allow(Can.READ_CAMPAIGNS)
def export() -> ResponseReturnValue:
    """Send the filtered list for a spreadsheet."""
    return list_file(CAMPAIGNS.table(CAMPAIGNS.rows(db.session, _campaigns)), "program-sosialisasi.csv")


# --- planning ---


def _campaign_form() -> CampaignForm:
    form = CampaignForm()
    form.offer(
        queries.owner_choices(db.session, current_actor()),
        queries.all_dimensions(db.session),
        queries.all_services(db.session),
    )
    return form


def _campaign_page(form: CampaignForm, campaign: Campaign | None, status: int = 200) -> ResponseReturnValue:
    chosen = {"districts": set(form.district_codes.data or ()), "villages": set(form.village_codes.data or ())}
    page = render_template(
        "campaigns/form.html",
        form=form,
        campaign=campaign,
        districts=queries.districts_with_villages(db.session),
        chosen=chosen,
    )
    return page, status


@bp.route("/program/baru", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def new() -> ResponseReturnValue:
    form = _campaign_form()
    if request.method == "GET":
        form.organisation_id.data = current_actor().organisation_id
        return _campaign_page(form, None)
    if form.is_posted_and_valid():
        with form.catching():
            campaign = service.plan(db.session, current_actor(), form.plan, now=now())
            flash(_("Program “%(name)s” tersimpan. Berikutnya: catat sasarannya.", name=campaign.name), "success")
            return redirect(url_for(".show", campaign_id=campaign.id))
    return _campaign_page(form, None, 422)


@bp.route("/program/<int:campaign_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def edit(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find_to_edit(db.session, current_actor(), campaign_id, None)
    form = _campaign_form()
    if request.method == "GET":
        form.show(campaign)
        return _campaign_page(form, campaign)
    if form.is_posted_and_valid():
        with form.saving(campaign):
            service.edit(db.session, current_actor(), campaign_id, form.plan, version=form.version.data, now=now())
            return _saved(campaign_id, _("Perubahan tersimpan."))
    return _campaign_page(form, campaign, 422)


def _saved(campaign_id: int, told: str, anchor: str | None = None) -> ResponseReturnValue:
    flash(told, "success")
    return redirect(url_for(".show", campaign_id=campaign_id, _anchor=anchor))


@bp.get("/program/<int:campaign_id>")
@allow(Can.READ_CAMPAIGNS)
def show(campaign_id: int) -> ResponseReturnValue:
    actor = current_actor()
    campaign = rules.find(db.session, actor, campaign_id)
    may_edit = rules.may_edit(actor, campaign)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        owner=db.session.get_one(Organisation, campaign.organisation_id),
        money=queries.money(db.session, campaign),
        people=queries.names_of(db.session, [goal.responsible_id for goal in campaign.goals if goal.responsible_id]),
        visits=queries.visit_count(db.session, campaign.id),
        panels=PANELS.of(db.session, actor, campaign),
        decisions=decisions.board(db.session, actor, campaign, today=local_day(now())),
        may_move=may_edit,
        may_edit=may_edit and campaign.status != CampaignStatus.CANCELLED,
        moves=[str(status) for status in rules.ALLOWED[CampaignStatus(campaign.status)]],
    )


@bp.post("/program/<int:campaign_id>/status")
@allow(Can.PLAN_CAMPAIGNS)
def move_status(campaign_id: int) -> ResponseReturnValue:
    wanted = request.form.get("status", "")
    if wanted not in set(CampaignStatus):
        raise Invalid(T("Status ini tidak dikenal. Muat ulang halaman program."))
    campaign = service.move_status(db.session, current_actor(), campaign_id, CampaignStatus(wanted), now=now())
    flash(_("Status program sekarang: %(status)s.", status=sentence(rules.STATUS_LABELS[campaign.status])), "success")
    return redirect(url_for(".show", campaign_id=campaign_id))


# --- goals, key messages, spending ---


def _goal_page(form: GoalForm, campaign: Campaign, goal: Goal | None, status: int = 200) -> ResponseReturnValue:
    return render_template("campaigns/goal.html", form=form, campaign=campaign, goal=goal), status


@bp.route("/program/<int:campaign_id>/sasaran/baru", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def new_goal(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find_to_edit(db.session, current_actor(), campaign_id, None)
    form = GoalForm()
    form.offer(queries.responsible_choices(db.session, campaign))
    if request.method == "GET":
        return _goal_page(form, campaign, None)
    if form.is_posted_and_valid():
        with form.catching():
            # nothing is overwritten by adding, so the version that was seen does not matter
            details.add_goal(db.session, current_actor(), campaign_id, form.values, now=now())
            return _saved(campaign_id, _("Sasaran tersimpan."), "sasaran")
    return _goal_page(form, campaign, None, 422)


@bp.route("/program/<int:campaign_id>/sasaran/<int:goal_id>", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def edit_goal(campaign_id: int, goal_id: int) -> ResponseReturnValue:
    campaign = rules.find_to_edit(db.session, current_actor(), campaign_id, None)
    goal = details.find_goal(campaign, goal_id)
    form = GoalForm()
    form.offer(queries.responsible_choices(db.session, campaign))
    if request.method == "GET":
        form.show(goal)
        form.version.data = campaign.version
        return _goal_page(form, campaign, goal)
    if form.is_posted_and_valid():
        with form.saving(campaign):
            version = form.version.data
            details.edit_goal(
                db.session, current_actor(), campaign_id, goal_id, form.values, version=version, now=now()
            )  # fmt: skip
            return _saved(campaign_id, _("Sasaran tersimpan."), "sasaran")
    return _goal_page(form, campaign, goal, 422)


@bp.post("/program/<int:campaign_id>/sasaran/<int:goal_id>/hapus")
@allow(Can.PLAN_CAMPAIGNS)
def remove_goal(campaign_id: int, goal_id: int) -> ResponseReturnValue:
    details.remove_goal(db.session, current_actor(), campaign_id, goal_id, now=now())
    flash(_("Sasaran dihapus."), "success")
    return redirect(url_for(".show", campaign_id=campaign_id, _anchor="sasaran"))


@bp.route("/program/<int:campaign_id>/pesan-kunci", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def key_messages(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find_to_edit(db.session, current_actor(), campaign_id, None)
    form = KeyMessagesForm()
    if request.method == "GET":
        for text in [message.text for message in campaign.key_messages] + [""] * 3:
            if len(form.texts) < details.MAX_MESSAGES:
                form.texts.append_entry(text)
        form.version.data = campaign.version
        return render_template("campaigns/key_messages.html", form=form, campaign=campaign)
    if form.is_posted_and_valid():
        with form.saving(campaign):
            texts = [text or "" for text in form.texts.data]
            version = form.version.data
            details.set_key_messages(db.session, current_actor(), campaign_id, texts, version=version, now=now())
            return _saved(campaign_id, _("Pesan kunci tersimpan."), "pesan-kunci")
    return render_template("campaigns/key_messages.html", form=form, campaign=campaign), 422


@bp.route("/program/<int:campaign_id>/belanja/baru", methods=["GET", "POST"])
@allow(Can.PLAN_CAMPAIGNS)
def new_spending(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find_to_edit(db.session, current_actor(), campaign_id, None)
    form = SpendingForm()
    if request.method == "GET":
        form.spent_on.data = local_day(now())
        return render_template("campaigns/spending.html", form=form, campaign=campaign)
    if form.is_posted_and_valid():
        with form.catching():
            details.spend(
                db.session,
                current_actor(),
                campaign_id,
                spent_on=form.spent_on.data,
                amount=form.amount.data or 0,
                hours=form.hours.data or 0,
                note=form.note.data,
                now=now(),
            )
            flash(_("Belanja tercatat."), "success")
            return redirect(url_for(".show", campaign_id=campaign_id, _anchor="anggaran"))
    return render_template("campaigns/spending.html", form=form, campaign=campaign), 422


@bp.post("/program/<int:campaign_id>/belanja/<int:spending_id>/hapus")
@allow(Can.PLAN_CAMPAIGNS)
def remove_spending(campaign_id: int, spending_id: int) -> ResponseReturnValue:
    details.remove_spending(db.session, current_actor(), campaign_id, spending_id, now=now())
    flash(_("Catatan belanja dihapus."), "success")
    return redirect(url_for(".show", campaign_id=campaign_id, _anchor="anggaran"))


# --- short links ---


@bp.get("/t/<code>")
@public
def follow(code: str) -> ResponseReturnValue:
    """Lead on to the link's address; a visit is counted without cookies, in a transaction of its own."""
    link = find_link(db.session, code)
    if link is None:
        return render_template("campaigns/unknown_link.html"), 404
    campaign = db.session.get(Campaign, link.campaign_id) if link.campaign_id else None
    target = target_with_utm(link, queries.slug(campaign.name, campaign.kit_key) if campaign else "")
    known, engine = link.code, db.engine
    release_database()  # gives the connection back before another is asked for
    if _is_a_visit():
        count_visit(engine, known, local_day(now()))
    answer = redirect(target, 302)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _is_a_visit() -> bool:
    """False for HEAD, for browsers that fetch ahead, and for programs that look at links."""
    if only_head():
        return False
    ahead = " ".join(request.headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")).lower()
    if "prefetch" in ahead or "preview" in ahead or "prerender" in ahead:
        return False
    agent = request.headers.get("User-Agent", "").lower()
    return bool(agent) and not ROBOTS.search(agent)
