"""Pages of the list of reports, and of the office's decision on each: verified, or back with what is missing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.editing import undoing
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.gatherings.events import access
from app.gatherings.events.states import KINDS, LABELS, TAGS
from app.gatherings.reports import queries
from app.gatherings.reports import verification as service
from app.gatherings.reports.blueprint import bp
from app.gatherings.reports.forms import ReturnForm
from app.gatherings.reports.pages_report import report_page
from app.gatherings.reports.routes_aspirations import MOST_ROWS_IN_FILE, table_file
from app.gatherings.reports.verification import is_verifier
from app.kernel.errors import Stale
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can

TABS = (
    ("menunggu", _l("Menunggu diperiksa")),
    ("dikembalikan", _l("Dikembalikan")),
    ("belum", _l("Belum dilaporkan")),
    ("diperiksa", _l("Sudah diperiksa")),
    ("semua", _l("Semua")),
)


def to_do(session: Session, actor: Actor) -> int:
    """Count the reports that wait for the verifier; for everybody else those that they have to write."""
    if is_verifier(actor):
        query = queries.waiting_reports(actor)
    elif access.may_plan(actor):
        query = queries.reports_to_write(actor, now())
    else:
        return 0
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


@bp.get("/laporan-kegiatan")
@allow(Can.READ_EVENTS)
def index() -> ResponseReturnValue:
    actor = current_actor()
    numbers = queries.count_states(db.session, actor, now())
    first = "menunggu" if is_verifier(actor) else "semua"
    state = request.args.get("keadaan", first)
    state = state if state in dict(TABS) else first
    query = queries.reports(actor, state="" if state == "semua" else state, q=request.args.get("q", ""), now=now())
    return render_template(
        "reports/index.html",
        page=paginate(db.session, query, number_of("hal") or 1, rows=True),
        state=state,
        tabs=[(key, label, numbers.get(key)) for key, label in TABS],
        verifier=is_verifier(actor),
        first=service.next_waiting(db.session, actor),
        own=not actor.of_office,
    )


@bp.get("/laporan-kegiatan/berkas")
@allow(Can.READ_EVENTS)
def index_file() -> ResponseReturnValue:
    """Download the list as it is filtered, for the office's own tables: no names of participants."""
    state = request.args.get("keadaan", "")
    query = queries.reports(
        current_actor(), state="" if state == "semua" else state, q=request.args.get("q", ""), now=now()
    )
    titles = [
        _("Nomor"), _("Kegiatan"), _("Jenis"), _("Penyelenggara"), _("Desa/kelurahan"), _("Kecamatan"), _("Tanggal"),
        _("Peserta"), _("Keadaan"), _("Kode terima"), _("ADINDA"),
    ]  # fmt: skip
    found = db.session.execute(query.limit(MOST_ROWS_IN_FILE))
    rows = [
        (
            event.id, event.title, sentence(KINDS[event.kind]), organisation, village, district,
            local_day(event.starts_at), event.people, sentence(LABELS[event.status]),
            report.receipt if report else None, ", ".join(sentence(TAGS[row.tag]) for row in event.tags),
        )
        for event, report, organisation, village, district in found
    ]  # fmt: skip
    return table_file("laporan-kegiatan", titles, rows)


@bp.post("/kegiatan/<int:event_id>/laporan/periksa")
@allow(Can.VERIFY_REPORTS)
def verify(event_id: int) -> ResponseReturnValue:
    actor, seen = current_actor(), request.form.get("seen")
    with undoing(Stale):
        report = service.verify(db.session, actor, event_id, now=now(), seen=seen)
        return _go_on(_("Laporan “%(title)s” ditandai sudah diperiksa.", title=report.event.title))
    flash(_("Laporan ini berubah sejak Anda membukanya. Belum ditandai; periksa sekali lagi."), "error")
    return redirect(url_for(".show", event_id=event_id))


@bp.post("/kegiatan/<int:event_id>/laporan/kembalikan")
@allow(Can.VERIFY_REPORTS)
def send_back(event_id: int) -> ResponseReturnValue:
    actor, form = current_actor(), ReturnForm()
    event = access.get(db.session, actor, event_id)
    error = None
    if form.is_posted_and_valid():
        with form.catching() as undone:
            service.send_back(
                db.session, actor, event_id, missing=form.missing.data or (), note=form.note.data or "",
                seen=form.seen.data or None, now=now(),
            )  # fmt: skip
            return _go_on(_("Laporan “%(title)s” dikembalikan. Penulisnya diberi tahu.", title=event.title))
        error = undone.error
    return report_page(event, return_form=form, returning=True), error.status if error else 422


def _go_on(done: str) -> ResponseReturnValue:
    """Back to the list. The next report is opened there on purpose: under the finger that pressed this button, the
    same button of a report that nobody read would come to stand."""
    if service.next_waiting(db.session, current_actor()) is None:
        done = f"{done} {_('Tidak ada lagi yang menunggu Anda.')}"
    flash(done, "success")
    return redirect(url_for(".index", keadaan="menunggu"))
