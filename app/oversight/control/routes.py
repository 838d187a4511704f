"""What is late or at risk: the list, its counts by bidang, and both as a file."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import XLSX, Sheet, SheetRow, workbook
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import angka, local_day, sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.roles import Can
from app.oversight.control import queries
from app.oversight.control.blueprint import bp
from app.oversight.control.escalation import LEVELS
from app.oversight.control.items import KINDS, NOBODY, Item, UnitTally, may_do
from app.oversight.control.lines import Moment
from app.oversight.control.queries import NO_UNIT, LateFilters

__all__ = ["bp"]

MOST_ROWS_IN_FILE = 5000
LATE, AT_RISK = "terlambat", "hampir"
MINE, UNNAMED = "saya", "belum"
NEWEST = "baru"
SHOWN_UNITS = 6


def _filters() -> LateFilters:
    args = request.args
    kind, state, who = args.get("jenis", ""), args.get("keadaan", ""), args.get("siapa", "")
    unit = NO_UNIT if args.get("bidang") == str(NO_UNIT) else number_of("bidang")
    return LateFilters(
        kind=kind if kind in KINDS else "",
        unit_id=unit,
        mine=who == MINE,
        nobody=who == UNNAMED,
        late={LATE: True, AT_RISK: False}.get(state),
        q=args.get("q", ""),
        newest=args.get("urut") == NEWEST,
        with_bidang=args.get("beserta") == "bidang",
    )


def _moment() -> Moment:
    return queries.moment_of(db.session, today=local_day(now()), now=now(), zone=zone())


@bp.get("/perlu-dikejar")
@allow(Can.READ_LATE)
def index() -> ResponseReturnValue:
    actor, filters, moment = current_actor(), _filters(), _moment()
    units = queries.tally_filtered(db.session, actor, moment)
    page = queries.listed(db.session, actor, moment, filters, number=number_of("hal") or 1)
    return render_template(
        "control/index.html",
        page=page,
        units=units,
        shown_units=SHOWN_UNITS,
        total=sum(one.total for one in units),
        at_risk=sum(one.at_risk for one in units),
        oldest=max((one.oldest_days or 0 for one in units), default=0),
        unit_name=unit_name,
        kinds=KINDS,
        levels=LEVELS,
        filters=filters,
        choices=_choices(units),
        opens={key: may_open(kind.endpoint) for key, kind in KINDS.items()},
        may_do=partial(may_do, actor),
        rises=(settings().escalate_head_days, settings().escalate_agency_days),
        age=age,
    )


def _choices(units: Sequence[UnitTally]) -> Mapping[str, list[tuple[Any, str]]]:
    named = sorted((unit_name(one), NO_UNIT if one.organisation_id is None else one.organisation_id) for one in units)
    return {
        "jenis": [("", _("Semua jenis")), *((key, sentence(kind.label)) for key, kind in KINDS.items())],
        "bidang": [("", _("Semua bidang dan OPD")), *((number, name) for name, number in named)],
        "siapa": [("", _("Siapa saja")), (MINE, _("Saya")), (UNNAMED, _("Belum ada orangnya"))],
        "keadaan": [("", _("Terlambat dan hampir")), (LATE, _("Terlambat")), (AT_RISK, _("Hampir terlambat"))],
        "urut": [("", _("Paling lama dulu")), (NEWEST, _("Paling baru dulu"))],
    }


def unit_name(unit: UnitTally) -> str:
    return unit.name or sentence(NOBODY)


def age(item: Item) -> str:
    """Write how late an item is, or how near."""
    if item.late:
        return _("Terlambat %(n)s hari kerja", n=angka(item.days)) if item.days else _("Terlambat sejak hari ini")
    return _("%(n)s hari kerja lagi", n=angka(-item.days)) if item.days < 0 else _("Hari ini batasnya")


@bp.get("/perlu-dikejar/berkas")
@allow(Can.READ_LATE)
def file() -> ResponseReturnValue:
    """Send the filtered list and the counts by bidang, as XLSX."""
    actor, filters, moment = current_actor(), _filters(), _moment()
    found = queries.listed(db.session, actor, moment, filters, size=MOST_ROWS_IN_FILE)
    titles = [
        _("Keadaan"), _("Hari kerja"), _("Jenis"), _("Judul"), _("Keterangan"), _("Yang perlu dilakukan"),
        _("Penanggung jawab"), _("Organisasi"), _("Batas waktu"), _("Sudah disampaikan ke"),
    ]  # fmt: skip
    top = ""
    if found.total > len(found.items):
        top = _("%(n)s teratas dari %(of)s", n=angka(len(found.items)), of=angka(found.total))
    units = queries.tally_filtered(db.session, actor, moment)
    sheets = [
        Sheet(_("Perlu dikejar"), titles, [_row(item) for item in found.items], top),
        Sheet(_("Menurut bidang"), *_by_unit(units)),
    ]
    return download(workbook(sheets), XLSX, "perlu-dikejar.xlsx")


def _row(item: Item) -> SheetRow:
    kind = KINDS[item.kind]
    return [
        _("Terlambat") if item.late else _("Hampir terlambat"), item.days, sentence(kind.label), item.title,
        item.detail, sentence(kind.todo), item.owner or item.organisation or sentence(NOBODY), item.organisation,
        item.due, sentence(LEVELS[item.level]) if item.level else "",
    ]  # fmt: skip


def _by_unit(units: Sequence[UnitTally]) -> tuple[list[str], list[SheetRow]]:
    used = [key for key in KINDS if any(key in one.by_kind for one in units)]
    titles = [
        _("Bidang atau OPD"), _("Terlambat"), _("Hampir terlambat"), _("Paling lama (hari kerja)"),
        *(sentence(KINDS[key].label) for key in used),
    ]  # fmt: skip
    return titles, [
        [unit_name(one), one.total, one.at_risk, one.oldest_days, *(one.by_kind.get(key, 0) for key in used)]
        for one in units
    ]
