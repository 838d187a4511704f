"""Pages of the attendance sheet: printed, keyed afterwards, and the list as a spreadsheet."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.render import renderer
from app.base.documents.sheets import XLSX
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import download
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import writes_down_itself
from app.base.web.wiring import now, settings
from app.gatherings.attendance import service
from app.gatherings.attendance.blueprint import bp
from app.gatherings.attendance.export import attendance_xlsx
from app.gatherings.attendance.forms import KeySheetForm
from app.gatherings.attendance.presence import attendance_refusal
from app.gatherings.attendance.queries import people_at_the_door
from app.gatherings.attendance.routes_checkin import pdf
from app.gatherings.attendance.service import DoubleLine, DoubleLines
from app.gatherings.attendance.sheet import LISTS, sheet_data
from app.gatherings.attendance.sheet_lines import BadLines, LineProblem, read_lines, read_text
from app.gatherings.events import access
from app.gatherings.events.models import Event
from app.kernel import audit
from app.kernel.roles import Can

ROWS = 10  # empty rows of the table
PASTED = 1000  # lines of the text are numbered from here on, so that they are told apart from the rows
MOST_ROWS = 200


# --- print ---


@bp.get("/kegiatan/<int:event_id>/daftar-hadir.pdf")
@allow(Can.PLAN_EVENTS)
def sheet_pdf(event_id: int) -> ResponseReturnValue:
    """Download the attendance sheet to print, for `?untuk=peserta|narasumber|panitia`."""
    event = access.to_manage(db.session, current_actor(), event_id)
    wanted = request.args.get("untuk", "")
    listing = wanted if wanted in LISTS else "peserta"
    data = sheet_data(db.session, event, listing)
    return pdf(renderer(settings().logo_path).pdf("attendance_sheet", data), f"{LISTS[listing]} {event.title}")


# --- key ---


@bp.get("/kegiatan/<int:event_id>/hadir/lembar")
@allow(Can.PLAN_EVENTS)
def key_sheet(event_id: int) -> ResponseReturnValue:
    return _page(access.to_manage(db.session, current_actor(), event_id), KeySheetForm(None))


@bp.post("/kegiatan/<int:event_id>/hadir/lembar")
@allow(Can.PLAN_EVENTS)
def save_sheet(event_id: int) -> ResponseReturnValue:
    event, form = access.to_manage(db.session, current_actor(), event_id), KeySheetForm()
    problems: Sequence[LineProblem] = ()
    doubles: Sequence[DoubleLine] = ()
    if form.is_posted_and_valid():
        with form.catching():
            try:
                lines = read_lines([*_rows(), *_pasted(form.text.data or "")])
                done = service.key_sheet(
                    db.session, current_actor(), event.id, lines, role=form.role.data,
                    doubles=request.form.get("ganda", ""), now=now(),
                )  # fmt: skip
            except BadLines as error:
                problems = error.problems
                raise
            except DoubleLines as error:
                doubles = error.doubles
                raise
            if done.known:
                flash(
                    _("%(n)s orang dicatat hadir. %(known)s yang sama dicatat sekali.", n=done.added, known=done.known)
                )
            else:
                flash(_("%(n)s orang dicatat hadir.", n=done.added))
            return redirect(url_for(".key_sheet", event_id=event.id), 303)
    event = access.to_manage(db.session, current_actor(), event_id)
    return _page(event, form, problems, doubles), 422


def _typed() -> list[tuple[str, str, str]]:
    """The rows of the table as they were posted."""
    columns = (request.form.getlist(name)[:MOST_ROWS] for name in ("nama", "asal", "jk"))
    return list(zip(*columns, strict=False))


def _rows() -> list[tuple[int, Sequence[str]]]:
    return [(number, row) for number, row in enumerate(_typed(), 1) if any(part.strip() for part in row)]


def _pasted(text: str) -> list[tuple[int, Sequence[str]]]:
    return [(PASTED + number, parts) for number, parts in read_text(text)]


def _page(
    event: Event, form: KeySheetForm, problems: Sequence[LineProblem] = (), doubles: Sequence[DoubleLine] = ()
) -> str:
    rows = _typed() if request.method == "POST" else []
    return render_template(
        "attendance/key_sheet.html",
        event=event,
        form=form,
        rows=rows + [("", "", "")] * (ROWS - len(rows)),
        problems=problems,
        wrong={one.number: one.column for one in problems} | {double.line.number: "name" for double in doubles},
        doubles=doubles,
        pasted=PASTED,
        refusal=attendance_refusal(event, now()),
    )


# --- export ---


@bp.get("/kegiatan/<int:event_id>/hadir.xlsx")
@allow(Can.PLAN_EVENTS)
def attendance_file(event_id: int) -> ResponseReturnValue:
    """Download the list without names."""
    return _workbook(access.to_manage(db.session, current_actor(), event_id), personal=False)


@bp.post("/kegiatan/<int:event_id>/hadir.xlsx")
@allow(Can.PLAN_EVENTS)
@risky()
@writes_down_itself()
def attendance_full_file(event_id: int) -> ResponseReturnValue:
    """Download the list with names; who took it is noted."""
    event, actor = access.to_manage(db.session, current_actor(), event_id), current_actor()
    answer = _workbook(event, personal=True)
    audit.record(db.session, actor, "event.attendance_exported", event, now=now())
    return answer


def _workbook(event: Event, *, personal: bool) -> Response:
    title, people = event.title, db.session.execute(people_at_the_door(event.id)).all()
    release_database()  # no write lock is held while the file is made
    data = attendance_xlsx(title, people, tz=settings().tz, personal=personal)
    return download(data, XLSX, f"Daftar hadir {title}.xlsx")
