"""Jangkauan Desa: which villages were reached, and those where nobody was for long."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.areas.queries import district_choices
from app.campaigns.models import Campaign
from app.kernel.paging import Page
from app.reports import contacts as service
from app.reports.blueprint import bp
from app.reports.contacts import VillageRow
from app.reports.routes_aspirations import table_file
from app.web.db import db
from app.web.formats import angka, local_day, sentence, zone
from app.web.guard import STAFF, allow
from app.web.query import number_of
from app.web.wiring import now, settings

SIZE = 50
MOST_DAYS = 3650
DAYS = (30, 60, 90, 180, 365)


def _days() -> int:
    return min(number_of("hari") or settings().no_contact_days, MOST_DAYS)


def _rows() -> list[VillageRow]:
    return service.village_rows(
        db.session, settings().regency_code, zone(), now=now(), campaign_id=number_of("program")
    )


def _chosen(rows: list[VillageRow], days: int) -> list[VillageRow]:
    """As the filters say; by default those without a contact in so many days."""
    state, district = request.args.get("keadaan", ""), request.args.get("kecamatan", "")
    words = " ".join(request.args.get("q", "").lower().split())
    wanted: dict[str, Callable[[VillageRow], bool]] = {
        "": lambda row: row.without_for(days),
        "belum": lambda row: row.last is None,
        "blankspot": lambda row: row.is_blank and row.without_for(days),
        "terjangkau": lambda row: not row.without_for(days),
        "semua": lambda row: True,
    }
    keep = wanted.get(state) or wanted[""]
    return [
        row
        for row in rows
        if keep(row)
        and (not district or row.district_code == district)
        and (not words or words in f"{row.name} {row.district}".lower() or row.code.startswith(words))
    ]


@bp.get("/jangkauan")
@allow(*STAFF)
def reach() -> ResponseReturnValue:
    days, rows = _days(), _rows()
    chosen = _chosen(rows, days)
    campaigns = db.session.execute(
        select(Campaign.id, Campaign.name).order_by(Campaign.starts_on.desc(), Campaign.name)
    )
    district = request.args.get("kecamatan", "")
    counted = [row for row in rows if not district or row.district_code == district]
    return render_template(
        "reports/reach.html",
        page=_page_of(chosen),
        summary=service.summary(counted, days),
        days=days,
        day_options=[(one, _("%(n)s hari", n=one)) for one in sorted({*DAYS, settings().no_contact_days, days})],
        districts=district_choices(db.session, settings().regency_code),
        campaigns=[(row.id, row.name) for row in campaigns],
        campaign_id=number_of("program"),
        network_words=_network,
        ago=_ago,
    )


def _page_of(rows: list[VillageRow]) -> Page[VillageRow]:
    number = min(number_of("hal") or 1, max(1, -(-len(rows) // SIZE)))
    return Page(items=rows[(number - 1) * SIZE : number * SIZE], total=len(rows), number=number, size=SIZE)


@bp.get("/jangkauan/berkas")
@allow(*STAFF)
def reach_file() -> ResponseReturnValue:
    """The list as it is filtered, CSV or XLSX."""
    titles = [
        _("Kode"), _("Desa/kelurahan"), _("Kecamatan"), _("Jaringan"), _("Kontak terakhir"), _("Berupa"),
        _("Hari tanpa kontak"), _("Direncanakan"),
    ]  # fmt: skip
    return table_file("jangkauan-desa", titles, [_line(row) for row in _chosen(_rows(), _days())])


def _network(row: VillageRow) -> str:
    """What is known of its network, where it is or was a blank spot."""
    if not row.network:
        return ""
    words = sentence(service.NETWORK[row.network])
    return f"{words} {row.network_on.year}" if row.network == "once" and row.network_on else words


def _ago(days: int) -> str:
    return _("%(n)s hari lalu", n=angka(days)) if days else _("hari ini")


def _line(row: VillageRow) -> tuple[Any, ...]:
    return (
        row.code,
        row.name,
        row.district,
        _network(row),
        row.last.on if row.last else _("belum pernah"),
        ", ".join(sentence(source.label) for source in row.last.sources) if row.last else "",
        row.days,
        local_day(row.planned) if row.planned else None,
    )
