"""The list of events, and the same list as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import district_choices, village_names
from app.base.documents import sheets
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events import queries
from app.gatherings.events.access import may_plan
from app.gatherings.events.blueprint import bp
from app.gatherings.events.models import EventStatus
from app.gatherings.events.states import KINDS, LABELS, TAGS
from app.kernel.paging import paginate
from app.kernel.roles import Can

PERIODS = {"mendatang": "upcoming", "lewat": "past"}
MOST_ROWS = 20_000  # of a file


def filters() -> queries.Filters:
    given = request.args
    return queries.Filters(
        q=given.get("q", ""),
        status=given.get("status", "") if given.get("status") in set(EventStatus) else "",
        kind=given.get("jenis", "") if given.get("jenis") in KINDS else "",
        campaign_id=number_of("program"),
        district_code=given.get("kecamatan", ""),
        village_code=given.get("desa", ""),
        organisation_id=number_of("kelompok"),
        period=PERIODS.get(given.get("waktu", ""), ""),
    )


@bp.get("/kegiatan")
@allow(Can.READ_EVENTS)
def index() -> ResponseReturnValue:
    actor, wanted = current_actor(), filters()
    page = paginate(db.session, queries.events(actor, wanted, now=now()), number_of("hal") or 1, rows=True)
    code = wanted.village_code
    return render_template(
        "events/index.html",
        page=page,
        filters=wanted,
        now=now(),
        statuses=[(str(status), sentence(label)) for status, label in LABELS.items()],
        kinds=[(str(kind), sentence(label)) for kind, label in KINDS.items()],
        campaigns=queries.listed_campaigns(db.session, actor),
        organisers=queries.organisers(db.session, actor),
        districts=district_choices(db.session, settings().regency_code),
        village=village_names(db.session, [code]).get(code) if code else None,
        may_plan=may_plan(actor),
    )


@bp.get("/kegiatan/unduh.csv")
@allow(Can.READ_EVENTS)
def export_csv() -> ResponseReturnValue:
    return download(sheets.as_csv(_titles(), _lines()), sheets.CSV, "kegiatan.csv")


@bp.get("/kegiatan/unduh.xlsx")
@allow(Can.READ_EVENTS)
def export_xlsx() -> ResponseReturnValue:
    return download(sheets.as_xlsx(_("Kegiatan"), _titles(), _lines()), sheets.XLSX, "kegiatan.xlsx")


def _titles() -> list[str]:
    return [
        _("Kegiatan"), _("Jenis"), _("Keadaan"), _("Mulai"), _("Selesai"), _("Desa/kelurahan"), _("Kecamatan"),
        _("Tempat"), _("Penyelenggara"), _("Program"), _("ADINDA"), _("Tempat tersedia"), _("Terdaftar"), _("Hadir"),
        _("Anggaran (Rp)"),
    ]  # fmt: skip


def _lines() -> Iterator[list[sheets.Cell]]:
    """The filtered list without anybody's name or number: contact, speakers and registrations stay out."""
    rows = db.session.execute(queries.events(current_actor(), filters(), now=now()).limit(MOST_ROWS))
    for row in rows.all():
        event: Any = row.Event
        yield [
            event.title, sentence(KINDS.get(event.kind)), sentence(LABELS[event.status]), _time(event.starts_at),
            _time(event.ends_at), row.village, row.district, event.place, row.organisation, row.campaign,
            ", ".join(sentence(TAGS.get(tag.tag)) for tag in event.tags), event.capacity, row.registered,
            event.people, event.budget,
        ]  # fmt: skip


def _time(moment: datetime) -> str:
    """As spreadsheets sort it, on the regency's clock."""
    return moment.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
