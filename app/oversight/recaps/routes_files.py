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
from app.oversight.recaps import evaluations
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
    from app.oversight.recaps.pages_acts import PARTS  # its figures need numpy; docs/decisions/014
    from app.oversight.recaps.pages_period import Asked, period_recap

    found = Period.read(name)
    if found is None or found.first > local_day(now()):
        raise NotFound(T("Masa laporan ini tidak ada, atau belum mulai. Pilih dari daftar."))
    of = settings()
    return period_recap(
        Asked(db.session, current_actor(), found, now(), zone(), of.regency_code, of.practice), PARTS
    )  # fmt: skip


def _of_campaign(campaign_id: int) -> Recap:
    from app.oversight.insights.chain import chain
    from app.oversight.recaps.pages_campaign import campaign_recap

    actor, moment = current_actor(), now()
    campaign = rules.find(db.session, actor, campaign_id)
    found = chain(db.session, actor, campaign, today=local_day(moment), now=moment, zone=zone())
    return campaign_recap(found, made=moment.astimezone(zone()), practice=settings().practice)


def _of_evaluation(year: int) -> Recap:
    from app.oversight.recaps.pages_evaluation import evaluation_recap
    from app.oversight.recaps.proposals import impact_survey

    found = evaluations.evaluation_of(db.session, year)
    return evaluation_recap(
        found, evaluations.dimensions(db.session), impact_survey(db.session, current_actor(), year),
        site=settings().public_url, made=now().astimezone(zone()), practice=settings().practice,
    )  # fmt: skip


def _as_pdf(recap: Recap, name: str) -> ResponseReturnValue:
    from app.oversight.recaps.pages_files import pdf

    of = settings()
    place = regency(db.session, of.regency_code)
    office = office_of(db.session, place.name if place else "")
    db.session.rollback()  # nothing is open while pages are laid out
    return download(pdf(renderer(of.logo_path), recap, office, tz_label=of.tz_label), PDF, _marked(recap, name))


def _as_xlsx(recap: Recap, name: str) -> ResponseReturnValue:
    from app.oversight.recaps.pages_files import xlsx

    return download(xlsx(recap), XLSX, _marked(recap, name))


def _marked(recap: Recap, name: str) -> str:
    return f"Simulasi {name}" if recap.simulated or recap.practice else name


def _words() -> dict[str, Any]:
    from app.oversight.recaps.pages_files import shown
    from app.oversight.recaps.pages_period import days_words

    return {"period": period_words, "days": days_words, "shown": shown, "name": str}
