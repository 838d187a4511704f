"""The list of events, and the same list as a file."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from app.base.areas.queries import district_choices, village_names
from app.base.documents.list_file import list_file
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.listing import Table
from app.base.web.wiring import now, settings
from app.gatherings.events import queries
from app.gatherings.events.access import may_plan
from app.gatherings.events.blueprint import bp
from app.gatherings.events.index import EVENTS
from app.gatherings.events.states import KINDS, LABELS
from app.kernel.roles import Can

MOST_ROWS = 20_000  # of a file


@bp.get("/kegiatan")
@allow(Can.READ_EVENTS)
def index() -> ResponseReturnValue:
    actor, view = current_actor(), EVENTS.view(db.session, _query)
    code = view.filters.village_code
    return render_template(
        "events/index.html",
        view=view,
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
    return list_file(_table(), "kegiatan.csv")


@bp.get("/kegiatan/unduh.xlsx")
@allow(Can.READ_EVENTS)
def export_xlsx() -> ResponseReturnValue:
    return list_file(_table(), "kegiatan.xlsx", _("Kegiatan"))


def _table() -> Table:
    return EVENTS.table(EVENTS.rows(db.session, _query, most=MOST_ROWS))


def _query(wanted: queries.EventFilters) -> Select[Any]:
    return queries.events(current_actor(), wanted, now=now())
