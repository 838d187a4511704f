"""Pages of Jangkauan Desa: which villages were reached, and those where nobody was for long."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.areas.models import Village
from app.base.areas.queries import district_choices
from app.base.web.db import db
from app.base.web.formats import angka, local_day, sentence, zone
from app.base.web.guard import allow
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.reports import contacts as service
from app.gatherings.reports.blueprint import bp
from app.gatherings.reports.contacts import VillageRow
from app.gatherings.reports.routes_aspirations import table_file
from app.kernel.paging import Page
from app.kernel.roles import Can
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.reach import aimed_at

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
        "blankspot-semua": lambda row: row.is_blank,
        "terjangkau": lambda row: not row.without_for(days),
        "semua": lambda row: True,
    }
    keep = wanted.get(state) or wanted[""]
    aimed = _aimed()
    return [
        row
        for row in rows
        if keep(row)
        and (aimed is None or row.code in aimed)
        and (not district or row.district_code == district)
        and (not words or words in f"{row.name} {row.district}".lower() or row.code.startswith(words))
    ]


def _aimed() -> set[str] | None:
    """The villages that the chosen campaign aims at, where the list is narrowed to them."""
    campaign_id = number_of("program")
    if campaign_id is None or request.args.get("wilayah") != "program":
        return None
    return set(db.session.scalars(select(Village.code).where(aimed_at(campaign_id))))


def _told(days: int, campaign: str) -> str:
    """What the list shows, in the words of its filters."""
    ever = days >= MOST_DAYS
    late = _("Desa tanpa kontak selama %(n)s hari", n=angka(days))
    recent = _("Desa yang pernah terjangkau") if ever else _("Desa yang terjangkau dalam %(n)s hari terakhir",
                                                             n=angka(days))  # fmt: skip
    told = {
        "belum": _("Desa yang belum pernah terjangkau"),
        "blankspot": _("Desa tanpa jaringan atau baru sebagian, tanpa kontak selama %(n)s hari", n=angka(days)),
        "blankspot-semua": _("Desa tanpa jaringan atau baru sebagian, terjangkau atau belum"),
        "terjangkau": recent,
        "semua": _("Semua desa dan kontak terakhirnya"),
    }.get(request.args.get("keadaan", ""), late)
    if not campaign:
        return told
    if request.args.get("wilayah") == "program":
        return _("%(what)s. Hanya kontak dan wilayah program %(name)s", what=told, name=campaign)
    return _("%(what)s. Hanya kontak program %(name)s", what=told, name=campaign)


@bp.get("/jangkauan")
@allow(Can.READ_OFFICE)
def reach() -> ResponseReturnValue:
    days, rows = _days(), _rows()
    chosen = _chosen(rows, days)
    campaigns = db.session.execute(
        select(Campaign.id, Campaign.name).order_by(Campaign.starts_on.desc(), Campaign.name)
    ).all()
    district, campaign_id = request.args.get("kecamatan", ""), number_of("program")
    aimed = _aimed()
    inside = [row for row in rows if aimed is None or row.code in aimed]
    counted = [row for row in inside if not district or row.district_code == district]
    named = {row.id: row.name for row in campaigns}
    return render_template(
        "reports/reach.html",
        page=_page_of(chosen),
        summary=service.summary(counted, days),
        days=days,
        told=_told(days, named.get(campaign_id or 0, "")),
        ever=days >= MOST_DAYS,
        day_options=[
            (one, _("%(n)s hari", n=angka(one)) if one < MOST_DAYS else _("sejak awal"))
            for one in sorted({*DAYS, settings().no_contact_days, days})
        ],
        districts=district_choices(db.session, settings().regency_code),
        campaigns=list(named.items()),
        campaign_id=campaign_id,
        network_words=_network,
        ago=_ago,
    )


def _page_of(rows: list[VillageRow]) -> Page[VillageRow]:
    number = min(number_of("hal") or 1, max(1, -(-len(rows) // SIZE)))
    return Page(items=rows[(number - 1) * SIZE : number * SIZE], total=len(rows), number=number, size=SIZE)


@bp.get("/jangkauan/berkas")
@allow(Can.READ_OFFICE)
def reach_file() -> ResponseReturnValue:
    """Download the list as it is filtered, CSV or XLSX."""
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
