"""The page of one report, which several routes show: opened, and again where a decision could not be taken."""

from typing import Any

from flask import render_template

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import current_actor
from app.base.web.wiring import now
from app.gatherings.events import access
from app.gatherings.events.models import Event, EventKind, EventStatus
from app.gatherings.reports import merging, pages
from app.gatherings.reports.forms import ReturnForm
from app.gatherings.reports.models import Report
from app.gatherings.reports.requested import items_in_record
from app.gatherings.reports.service import seen_mark
from app.gatherings.reports.verification import may_verify

WITH_SPJ = frozenset(EventKind) - {EventKind.KIM_ACTIVITY}
"""What the office or an OPD pays for has papers to account for."""


def report_page(event: Event, **more: Any) -> str:
    """Render the page of a report, with what this person does next. `more`: a form that was refused, and what is
    open."""
    actor, report = current_actor(), db.session.get(Report, event.id)
    judge = report is not None and may_verify(actor, report)
    around = pages.context_of(db.session, event, report)
    values: dict[str, Any] = {
        "event": event,
        "report": report,
        "around": around,
        "in_record": items_in_record(report, event, around.attendance) if report else {},
        "twins": pages.twins_of(db.session, actor, event, report) if report else [],
        "merged": merging.merged_into(db.session, event),
        "kept": db.session.get(Event, event.merged_into_id) if event.merged_into_id else None,
        "may_write": access.may_manage(actor, event),
        "of_office": actor.of_office,  # alone changes what belongs to a verified record
        "can_verify": judge and event.status == EventStatus.REPORTED,
        "can_reopen": judge and event.status == EventStatus.VERIFIED,
        "seen": seen_mark(event, report),
        "return_form": ReturnForm(formdata=None),
        "returning": False,
        "today": local_day(now()),
        "over": event.ends_at <= now(),
        "with_spj": event.kind in WITH_SPJ,
    }
    return render_template("reports/show.html", **values | more)
