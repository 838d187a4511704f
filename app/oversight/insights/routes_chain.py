"""Rantai Program: one page from a campaign's goals to what was decided, its file, and the figures of services."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.documents.sheets import XLSX, workbook
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.panels import Panel
from app.base.web.wiring import now
from app.kernel.roles import Actor, Can
from app.outreach.campaigns import rules
from app.outreach.campaigns.goal_results import STATE_LABELS
from app.outreach.campaigns.models import Campaign, CampaignStatus, Service
from app.oversight.insights import chain as chains
from app.oversight.insights import chain_impact as impact
from app.oversight.insights.blueprint import bp
from app.oversight.insights.chain_steps import NOW, Chain, month, number
from app.oversight.insights.forms_chain import FigureForm
from app.oversight.insights.models import ImpactFigure
from app.oversight.insights.pages_chain import sheets


def campaign_chain(_session: Session, _actor: Actor, campaign: Campaign) -> Panel:
    """Return the panel on the campaign's own page that leads to its chain; whoever opens the one opens the other."""
    return Panel(
        title=_l("Rantai program"),
        empty=None,
        url=url_for("insights.chain", campaign_id=campaign.id),
        url_label=_l("Buka rantai program"),
        notes=[
            _l("Sasaran, masukan, keluaran, tanggapan, hasil, pemakaian layanan, dan keputusan dalam satu halaman.")
        ],
    )


def _chain(campaign_id: int) -> Chain:
    actor, moment = current_actor(), now()
    campaign = rules.find(db.session, actor, campaign_id)
    return chains.chain(db.session, actor, campaign, today=local_day(moment), now=moment, zone=zone())


@bp.get("/program/<int:campaign_id>/rantai")
@allow(Can.READ_CHAIN)
def chain(campaign_id: int) -> ResponseReturnValue:
    found = _chain(campaign_id)
    return render_template(
        "insights/chain.html",
        found=found,
        campaign=found.campaign,
        decisions=found.decisions,
        cancelled=found.campaign.status == CampaignStatus.CANCELLED,
        month=month,
        number=number,
        now_label=NOW,
        goal_states=STATE_LABELS,
    )


@bp.get("/program/<int:campaign_id>/rantai.xlsx")
@allow(Can.READ_CHAIN)
def chain_file(campaign_id: int) -> ResponseReturnValue:
    found = _chain(campaign_id)
    mark = "Simulasi " if found.simulated else ""
    return download(workbook(sheets(found)), XLSX, f"{mark}Rantai {found.campaign.name}.xlsx")


# --- what the services' own books say ---


@bp.get("/program/<int:campaign_id>/rantai/angka")
@allow(Can.READ_CHAIN)
def figures(campaign_id: int) -> ResponseReturnValue:
    actor = current_actor()
    campaign = rules.find(db.session, actor, campaign_id)
    return render_template(
        "insights/figures.html",
        campaign=campaign,
        rows=impact.figures(db.session, campaign.id),
        may_edit=rules.may_edit(actor, campaign) and campaign.status != CampaignStatus.CANCELLED,
        number=number,
    )


@bp.route("/program/<int:campaign_id>/rantai/angka/baru", methods=["GET", "POST"])
@allow(Can.RECORD_OUTCOMES)
def new_figure(campaign_id: int) -> ResponseReturnValue:
    actor, today, posted = current_actor(), local_day(now()), request.method == "POST"
    campaign = rules.find_to_edit(db.session, actor, campaign_id, None)
    form = FigureForm() if posted else FigureForm(formdata=None, on=today)
    form.offer(campaign.services)
    if posted and form.is_posted_and_valid():
        with form.catching():
            impact.record(db.session, actor, campaign_id, form.values, today=today, now=now())
            flash(_("Angka layanan tercatat."), "success")
            return redirect(_back(campaign_id), 303)
    return _page(form, campaign_id, None), 422 if posted else 200


@bp.route("/program/<int:campaign_id>/rantai/angka/<int:figure_id>", methods=["GET", "POST"])
@allow(Can.RECORD_OUTCOMES)
def edit_figure(campaign_id: int, figure_id: int) -> ResponseReturnValue:
    actor, today, posted = current_actor(), local_day(now()), request.method == "POST"
    campaign = rules.find_to_edit(db.session, actor, campaign_id, None)
    figure = impact.find(db.session, campaign.id, figure_id)
    form = FigureForm() if posted else FigureForm(formdata=None)
    service = db.session.get(Service, figure.service_id) if figure.service_id else None
    form.offer(campaign.services, (service.id, service.name) if service else None)
    if not posted:
        form.show(figure)
    elif form.is_posted_and_valid():
        with form.saving(figure):
            impact.edit(
                db.session, actor, campaign_id, figure_id, form.values, seen=form.version.data, today=today, now=now()
            )
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".figures", campaign_id=campaign_id), 303)
    return _page(form, campaign_id, figure), 422 if posted else 200


@bp.post("/program/<int:campaign_id>/rantai/angka/<int:figure_id>/hapus")
@allow(Can.RECORD_OUTCOMES)
def remove_figure(campaign_id: int, figure_id: int) -> ResponseReturnValue:
    impact.remove(db.session, current_actor(), campaign_id, figure_id, now=now())
    flash(_("Angka layanan dihapus."), "success")
    return redirect(url_for(".figures", campaign_id=campaign_id), 303)


def _page(form: FigureForm, campaign_id: int, figure: ImpactFigure | None) -> str:
    campaign = rules.find(db.session, current_actor(), campaign_id)
    return render_template("insights/figure.html", form=form, campaign=campaign, figure=figure)


def _back(campaign_id: int) -> str:
    return url_for(".chain", campaign_id=campaign_id, _anchor="impact")
