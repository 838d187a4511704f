"""The minutes of an event, and its report at a glance. The other pages of the room are in its routes_*.py."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.gatherings.events import access
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import (
    pages,
    routes_aspirations,
    routes_merging,
    routes_pdf,
    routes_reach,
    routes_verification,
    service,
)
from app.gatherings.reports.blueprint import bp, flag_words
from app.gatherings.reports.forms import ReportForm, ReportRows, posted_rows, report_form, stored_rows, typed_content
from app.gatherings.reports.models import Report
from app.gatherings.reports.pages_report import WITH_SPJ, report_page
from app.gatherings.reports.requested import check_requested, content_of, is_untouched, items_in_record
from app.gatherings.reports.service import check_open, is_taken_up, seen_mark
from app.kernel.errors import Refused, Stale
from app.kernel.roles import Can
from app.kernel.text import T

__all__ = [
    "bp", "routes_aspirations", "routes_merging", "routes_pdf", "routes_reach", "routes_verification",
]  # fmt: skip

ADD = "add-"
SOFT_FLAGS = ("running", "no_minutes")
"""Of what a verifier is warned, what the writer can still mend is said at once."""


@bp.get("/kegiatan/<int:event_id>/laporan")
@allow(Can.READ_EVENTS)
def show(event_id: int) -> ResponseReturnValue:
    return report_page(access.get(db.session, current_actor(), event_id))


@bp.get("/kegiatan/<int:event_id>/laporan/ubah")
@allow(Can.PLAN_EVENTS)
def edit(event_id: int) -> ResponseReturnValue:
    event = _writable(event_id)
    report = db.session.get(Report, event.id)
    form = report_form(event, report)
    form.seen.data = seen_mark(event, report)
    questions = pages.questions_of(db.session, event)
    return _form_page(event, report, form, stored_rows(event, report, questions))


@bp.post("/kegiatan/<int:event_id>/laporan/ubah")
@allow(Can.PLAN_EVENTS)
def save(event_id: int) -> ResponseReturnValue:
    """Save the report, hand it in, or only give one more row: nothing is saved by that."""
    event, form, rows = _writable(event_id), ReportForm(), posted_rows()
    do = request.form.get("do", "draft")
    if do.startswith(ADD):
        return _form_page(event, db.session.get(Report, event_id), form, rows, do.removeprefix(ADD))
    stale = False
    if form.is_posted_and_valid():
        with form.catching() as undone:
            if _save(event, form, rows, hand_in=do == "submit"):
                return redirect(url_for(".show", event_id=event_id))
        stale = isinstance(undone.error, Stale)
    event = _writable(event_id)
    report = db.session.get(Report, event_id)
    if stale:
        form.seen.data = seen_mark(event, report)  # a second save lays this text over what was saved meanwhile
    return _form_page(event, report, form, rows, stale=stale), 422


def _writable(event_id: int) -> Event:
    """The event, if this person may write its report now."""
    event = access.to_manage(db.session, current_actor(), event_id)
    check_open(event)
    if event.starts_at > now() and db.session.get(Report, event.id) is None:
        raise Refused(T("Kegiatan ini belum dimulai. Laporannya dibuat sesudah berlangsung."))
    return event


def _save(event: Event, form: ReportForm, rows: ReportRows, *, hand_in: bool) -> bool:
    actor, at = current_actor(), now()
    pieces = {title.lower(): number for title, number in pages.pieces_of(db.session, event).items()}
    words = typed_content(form, rows, pieces, with_spj=event.kind in WITH_SPJ)
    if words is None:
        return False
    report = service.to_write(db.session, actor, event.id, now=at, seen=form.seen.data or None)
    returned, again = event.status == EventStatus.RETURNED, event.status == EventStatus.REPORTED
    before, untouched = content_of(db.session, report), returned and is_untouched(db.session, report)
    service.write(db.session, actor, report, words, now=at)
    if not hand_in:
        flash(_("Tersimpan. Serahkan laporannya bila sudah lengkap."), "success")
        return True
    service.check_enough(report)
    if returned and not form.certain.data:
        check_requested(db.session, report, changed=not untouched or content_of(db.session, report) != before)
    service.submit(db.session, actor, report, now=at, tz=settings().tz)
    if again:
        flash(_("Perubahan disimpan."), "success")
    else:
        flash(_("Laporan diserahkan. Kode terima: %(code)s.", code=report.receipt), "success")
    for flag in report.flags:
        if flag in SOFT_FLAGS:
            flash(flag_words(flag), "warning")
    return True


def _form_page(
    event: Event, report: Report | None, form: ReportForm, rows: ReportRows, more: str = "", *, stale: bool = False
) -> str:
    around = pages.context_of(db.session, event, report)
    return render_template(
        "reports/edit.html",
        event=event,
        report=report,
        form=form,
        rows=rows.padded(more),
        wrong=rows.wrong,
        more=more,
        stale=stale,
        around=around,
        taken_up=[row for row in around.questions if is_taken_up(row)],
        pieces=pages.pieces_of(db.session, event),
        in_record=items_in_record(report, event, around.attendance) if report else {},
        with_spj=event.kind in WITH_SPJ,
        today=local_day(now()),
    )
