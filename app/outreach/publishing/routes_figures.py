"""What platforms and short links say about what was sent: on the page of a campaign, and on a page of its own."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.areas.queries import village_names
from app.base.documents.sheets import XLSX, as_xlsx
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import angka, local, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.query import number_of
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import KINDS
from app.outreach.posts.models import Post
from app.outreach.publishing import figures
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.models import MeasureState

UNKNOWN = _l("tidak tersedia")
SHOWN_OF_PLATFORM = ("views", "reach", "reactions")


def figure_names(rows: Sequence[figures.AgeFigures]) -> list[tuple[str, str]]:
    """Return the counts that any of these rows has, with their words; all of them while there is none."""
    given = [name for name in figures.LABELS if any(row.count(name) is not None for row in rows)]
    return [(name, sentence(figures.LABELS[name])) for name in given or figures.LABELS]


def figure_age(hours: int) -> str:
    return sentence(figures.AGES[hours])


def figure_reason(state: str) -> str:
    return sentence(figures.MISSING_REASONS[MeasureState(state)])


def figure_kind(kind: str) -> str:
    return sentence(KINDS[kind].name)


def campaign_figures(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of the newest figures by platform, each by itself; None where nothing was sent yet."""
    if not may_open("publishing.figures_of_campaign"):
        return None
    found = [one for one in figures.of_campaign(session, campaign.id) if one.measured]
    if not found:
        return None
    url = url_for("publishing.figures_of_campaign", campaign_id=campaign.id)
    return Panel(
        title=_l("Angka sesudah terbit"),
        empty=None,
        url=url,
        url_label=_l("Lihat per unggahan dan per desa"),
        lines=[PanelLine(title=figure_kind(one.kind), url=url, detail=_said(one)) for one in found],
        notes=[_("Angka dua saluran tidak dijumlahkan: orang yang sama bisa melihat keduanya.")],
    )


def post_figures(session: Session, _actor: Actor, post: Post) -> Panel | None:
    """Return the panel of a post's newest figures and how often its links were opened; None before it was sent."""
    if not may_open("publishing.index"):
        return None
    found, visits = figures.of_post(session, post.id), figures.visits_of_post(session, post.id)
    measured = [one for one in found if one.measured]
    if not measured and visits is None:
        return None
    url = url_for("publishing.index", materi=post.id)
    told = [PanelLine(title=figure_kind(one.kind), url=url, detail=_said(one)) for one in measured]
    opened = [] if visits is None else [_("Tautan dan kode QR-nya dibuka %(n)s kali.", n=angka(visits))]
    apart = [_("Angka dua saluran tidak dijumlahkan: orang yang sama bisa melihat keduanya.")] if told[1:] else []
    return Panel(
        title=_l("Angka sesudah terbit"),
        empty=_l("Saluran belum memberi angka."),
        url=url,
        url_label=_l("Lihat per saluran"),
        lines=told,
        notes=[*opened, *apart],
    )


def _said(one: figures.ByPlatform) -> str:
    """“Ditampilkan 1.240, akun terjangkau 900, suka dan reaksi 31 (3 dari 4 unggahan)”."""
    told = []
    for name in SHOWN_OF_PLATFORM:
        count = one.counts[name].total
        told.append(f"{sentence(figures.LABELS[name])}: {angka(count) if count is not None else UNKNOWN}")
    made_of = _("%(n)s dari %(all)s unggahan", n=angka(one.measured), all=angka(one.sent))
    return f"{', '.join(told)} ({made_of})"


@bp.get("/program/<int:campaign_id>/tayangan")
@allow(Can.READ_OFFICE)
def figures_of_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find(db.session, current_actor(), campaign_id)
    query = figures.deliveries_of_campaign(campaign.id)
    page = paginate(db.session, query, number_of("hal") or 1, 25, rows=True)
    visits = figures.visits_of_campaign(db.session, campaign.id)
    return render_template(
        "publishing/figures.html",
        campaign=campaign,
        platforms=figures.of_campaign(db.session, campaign.id),
        labels=[(name, sentence(label)) for name, label in figures.LABELS.items()],
        page=page,
        opened=figures.visits_of(db.session, [(row.Delivery.post_id, row.Delivery.outlet_id) for row in page.items]),
        visits=visits,
        villages=village_names(db.session, [one.village for one in visits]),
    )


@bp.get("/program/<int:campaign_id>/tayangan.xlsx")
@allow(Can.READ_OFFICE)
def figures_file(campaign_id: int) -> ResponseReturnValue:
    """Send every post at every outlet; a cell that the platform did not fill stays empty."""
    campaign = rules.find(db.session, current_actor(), campaign_id)
    rows = db.session.execute(figures.deliveries_of_campaign(campaign.id)).all()
    pairs = [(row.Delivery.post_id, row.Delivery.outlet_id) for row in rows]
    opened = figures.visits_of(db.session, pairs)
    titles = [_("Materi"), _("Saluran"), _("Jenis"), _("Terbit"), _("Angka pada umur")]
    titles += [*(sentence(label) for label in figures.LABELS.values()), _("Tautan dibuka")]
    lines = [_line(row, opened[pair]) for row, pair in zip(rows, pairs, strict=True)]
    return download(as_xlsx(_("Angka sesudah terbit"), titles, lines), XLSX, f"Angka {campaign.name}.xlsx")


def _line(row: Any, opened: int | None) -> list[Any]:
    newest = row.Measurement
    counts = [getattr(newest, name) if newest else None for name in figures.LABELS]
    age = figure_age(newest.age) if newest else sentence(_("tidak tersedia"))
    outlet, sent_at = row.Outlet, row.Delivery.sent_at
    title = row.title if row.Delivery.removed_at is None else _("%(title)s (dihapus)", title=row.title)
    return [title, outlet.name, figure_kind(outlet.kind), local(sent_at) if sent_at else None, age, *counts, opened]
