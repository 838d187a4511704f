"""Reports of periods and of campaigns: what there is, the report on the screen, and its files."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.base.areas.queries import regency
from app.base.documents.render import renderer
from app.base.documents.sheets import XLSX
from app.base.people.office import office_of
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.periods import period_words
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.periods import Period, choices
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign
from app.oversight.insights import chain
from app.oversight.recaps import (
    evaluations,
    pages_acts,
    pages_campaign,
    pages_evaluation,
    pages_files,
    pages_period,
    proposals,
)
from app.oversight.recaps.blueprint import bp
from app.oversight.recaps.sections import Recap


@bp.get("/laporan-berkala")
@allow(Can.READ_OFFICE)
def index() -> ResponseReturnValue:
    today = local_day(now())
    offered = choices(today, years=5)
    chosen = Period.read(request.args.get("periode"))
    kinds = {
        "bulan": [one for one in offered if one.first.month == one.last.month],
        "triwulan": [one for one in offered if _is_quarter(one)],
        "tahun": [one for one in offered if one == Period.year(one.first.year)],
    }
    return render_template("recaps/index.html", kinds=kinds, today=today, chosen=chosen, words=_words())


def _is_quarter(period: Period) -> bool:
    return period != Period.year(period.first.year) and period.first.month != period.last.month


@bp.get("/laporan-berkala/masa/<period>")
@allow(Can.READ_OFFICE)
def period(period: str) -> ResponseReturnValue:
    found = _of_period(period)
    return render_template("recaps/period.html", recap=found, name=period, words=_words())


@bp.get("/laporan-berkala/masa/<period>/laporan.pdf", endpoint="period_pdf")
@allow(Can.READ_OFFICE)
def period_pdf(period: str) -> ResponseReturnValue:
    return _as_pdf(_of_period(period), f"Laporan {period}.pdf")


@bp.get("/laporan-berkala/masa/<period>/laporan.xlsx", endpoint="period_xlsx")
@allow(Can.READ_OFFICE)
def period_xlsx(period: str) -> ResponseReturnValue:
    return _as_xlsx(_of_period(period), f"Laporan {period}.xlsx")


@bp.get("/laporan-berkala/program")
@allow(Can.READ_OFFICE)
def campaigns() -> ResponseReturnValue:
    words = " ".join(request.args.get("q", "").split())
    query = select(Campaign).where(rules.visible(current_actor()))
    if words:
        query = query.where(Campaign.name.icontains(words, autoescape=True))
    page = paginate(db.session, query.order_by(Campaign.starts_on.desc(), Campaign.id.desc()), number_of("hal") or 1)
    return render_template("recaps/campaigns.html", page=page, labels=rules.STATUS_LABELS)


@bp.get("/laporan-berkala/program/<int:campaign_id>/laporan.pdf", endpoint="campaign_pdf")
@allow(Can.READ_OFFICE)
def campaign_pdf(campaign_id: int) -> ResponseReturnValue:
    recap = _of_campaign(campaign_id)
    return _as_pdf(recap, f"{recap.title}.pdf")


@bp.get("/laporan-berkala/program/<int:campaign_id>/laporan.xlsx", endpoint="campaign_xlsx")
@allow(Can.READ_OFFICE)
def campaign_xlsx(campaign_id: int) -> ResponseReturnValue:
    recap = _of_campaign(campaign_id)
    return _as_xlsx(recap, f"{recap.title}.xlsx")


@bp.get("/laporan-berkala/evaluasi/<int:year>/lembar.pdf", endpoint="evaluation_pdf")
@allow(Can.READ_OFFICE)
def evaluation_pdf(year: int) -> ResponseReturnValue:
    return _as_pdf(_of_evaluation(year), f"Evaluasi smart city {year}.pdf")


@bp.get("/laporan-berkala/evaluasi/<int:year>/lembar.xlsx", endpoint="evaluation_xlsx")
@allow(Can.READ_OFFICE)
def evaluation_xlsx(year: int) -> ResponseReturnValue:
    return _as_xlsx(_of_evaluation(year), f"Evaluasi smart city {year}.xlsx")


# --- made of ---


def _of_period(name: str) -> Recap:
    found = Period.read(name)
    if found is None or found.first > local_day(now()):
        raise NotFound(T("Masa laporan ini tidak ada, atau belum mulai. Pilih dari daftar."))
    of = settings()
    asked = pages_period.ReportScope(db.session, current_actor(), found, now(), zone(), of.regency_code, of.practice)
    return pages_period.period_recap(asked, pages_acts.PARTS)


def _of_campaign(campaign_id: int) -> Recap:
    actor, moment = current_actor(), now()
    campaign = rules.find(db.session, actor, campaign_id)
    found = chain.chain(db.session, actor, campaign, today=local_day(moment), now=moment, zone=zone())
    return pages_campaign.campaign_recap(found, made=moment.astimezone(zone()), practice=settings().practice)


def _of_evaluation(year: int) -> Recap:
    found = evaluations.evaluation_of(db.session, year)
    return pages_evaluation.evaluation_recap(
        found, evaluations.dimensions(db.session), proposals.impact_survey(db.session, current_actor(), year),
        site=settings().public_url, made=now().astimezone(zone()), practice=settings().practice,
    )  # fmt: skip


def _as_pdf(recap: Recap, name: str) -> ResponseReturnValue:
    of = settings()
    place = regency(db.session, of.regency_code)
    office = office_of(db.session, place.name if place else "")
    release_database()  # nothing is open while pages are laid out
    return download(
        pages_files.pdf(renderer(of.logo_path), recap, office, tz_label=of.tz_label), PDF, _marked(recap, name)
    )


def _as_xlsx(recap: Recap, name: str) -> ResponseReturnValue:
    return download(pages_files.xlsx(recap), XLSX, _marked(recap, name))


def _marked(recap: Recap, name: str) -> str:
    return f"Simulasi {name}" if recap.simulated or recap.practice else name


def _words() -> dict[str, Any]:
    return {"period": period_words, "days": pages_period.days_words, "shown": pages_files.cell_text, "name": str}
