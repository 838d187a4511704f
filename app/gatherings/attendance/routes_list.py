"""Pages of the list at the door: who registered, who is in, who came besides, and how many where no names are taken."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.errors import is_fragment
from app.base.web.formats import local_time, sentence
from app.base.web.guard import allow, current_actor, own_path
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.gatherings.attendance import service
from app.gatherings.attendance.blueprint import bp
from app.gatherings.attendance.desk import event_at_desk, leave_desk, take_desk
from app.gatherings.attendance.forms import COUNTED, HeadcountForm, WalkInForm
from app.gatherings.attendance.presence import attendance_refusal, check_sees_names, may_see_names
from app.gatherings.attendance.queries import STATES, AttendanceSummary, people_at_the_door, speakers_here, summary
from app.gatherings.events import access
from app.gatherings.events.models import AgeBand, Event
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.states import AGE_BANDS
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T

A_PAGE = 50
SCANNED = "qr"
READ_ONLY = T("Anda bisa membaca daftar ini, tetapi tidak mengubahnya.")


def attendance_section(event: Event) -> dict[str, Any]:
    """Return what the event's page shows of attendance: `summary` (queries.AttendanceSummary), `rows` of the headcount
    [(label, people by sex)] where it tells people apart, `refusal` or None, `may_see`: the names."""
    counted = summary(db.session, event.id)
    return {
        "summary": counted,
        "rows": headcount_rows(counted) if counted.has_detail else [],
        "refusal": attendance_refusal(event, now()),
        "may_see": may_see_names(current_actor(), event),
    }


def headcount_rows(counted: AttendanceSummary) -> list[tuple[str, list[int]]]:
    """Return (age band in words, people by sex: women, men, unknown) for the bands that were counted."""
    rows = []
    for band in AgeBand:
        people = [counted.headcount.get((sex, band.value), 0) for sex in ("f", "m", "u")]
        if any(people):
            rows.append((sentence(AGE_BANDS[band]), people))
    return rows


def managed_event(event_id: int) -> Event:
    return access.to_manage(db.session, current_actor(), event_id)


@bp.get("/kegiatan/<int:event_id>/hadir", endpoint="index")
@allow(Can.READ_ATTENDANCE)
def attendance_list(event_id: int) -> ResponseReturnValue:
    """Show the list to those who keep it; whoever verifies the report in the office reads it only."""
    event = access.get(db.session, current_actor(), event_id)
    check_sees_names(current_actor(), event)
    return _page(event)


def _page(event: Event, walk: WalkInForm | None = None, heads: HeadcountForm | None = None) -> str:
    counted, may_manage = summary(db.session, event.id), access.may_manage(current_actor(), event)
    q, state = request.args.get("q", "")[:200], request.args.get("keadaan", "")
    people = people_at_the_door(event.id, q=q, state=state if state in STATES else "")
    page = paginate(db.session, people, number_of("hal") or 1, A_PAGE, rows=True)
    here = {name_key(row.name): row for row in speakers_here(db.session, event)} if event.speakers else {}
    return render_template(
        "attendance/index.html",
        event=event,
        page=page,
        state=state,
        filtered=bool(q or state),
        summary=counted,
        walk=walk or WalkInForm(None),
        heads=heads or HeadcountForm.of(counted.headcount),
        speakers=[(one, here.get(one.name_key)) for one in event.speakers],
        refusal=attendance_refusal(event, now()) if may_manage else READ_ONLY,
        may_manage=may_manage,
        at_desk=event_at_desk(db.session, session, now()),
        sexes=[sex.value for sex in COUNTED],
        bands=[band.value for band in AgeBand],
        here_url=request.full_path.rstrip("?") if request.method == "GET" else request.path,
    )


def _back(event: Event, mark: str = "") -> ResponseReturnValue:
    """To where the button stood, at the person's line."""
    target = own_path(request.form.get("next")) or url_for(".index", event_id=event.id)
    return redirect(f"{target.partition('#')[0]}{mark}", 303)


# --- whose list is open ---


@bp.post("/kegiatan/<int:event_id>/hadir/mulai")
@allow(Can.PLAN_EVENTS)
def start_desk(event_id: int) -> ResponseReturnValue:
    """Keep this event's list from now on: a scanned ticket of another event is warned about."""
    event = managed_event(event_id)
    take_desk(session, event)
    flash(_("Mulai mencatat hadir. Arahkan kamera HP ke kode QR pada tiket peserta."))
    return _back(event)


@bp.post("/kegiatan/<int:event_id>/hadir/selesai")
@allow(Can.PLAN_EVENTS)
def end_desk(event_id: int) -> ResponseReturnValue:
    event = managed_event(event_id)
    leave_desk(session)
    flash(_("Selesai mencatat hadir untuk kegiatan ini."))
    return _back(event)


# --- ticks ---


@bp.post("/kegiatan/<int:event_id>/hadir/catat/<int:registration_id>")
@allow(Can.PLAN_EVENTS)
def tick(event_id: int, registration_id: int) -> ResponseReturnValue:
    """Check somebody in from the list, or from a scanned ticket (`cara=qr`)."""
    method = SCANNED if request.form.get("cara") == SCANNED else "list"
    done = service.check_in(db.session, current_actor(), event_id, registration_id, method=method, now=now())
    if is_fragment():
        return _line(event_id, registration_id)
    if done.new:
        flash(_("%(name)s dicatat hadir.", name=done.attendance.name))
    else:
        when = local_time(done.attendance.at)
        flash(_("%(name)s sudah dicatat hadir sejak %(when)s.", name=done.attendance.name, when=when), "info")
    return _back(managed_event(event_id), f"#orang-r{registration_id}")


@bp.post("/kegiatan/<int:event_id>/hadir/narasumber/<int:speaker_id>")
@allow(Can.PLAN_EVENTS)
def tick_speaker(event_id: int, speaker_id: int) -> ResponseReturnValue:
    row = service.tick_speaker(db.session, current_actor(), event_id, speaker_id, now=now())
    flash(_("%(name)s dicatat hadir.", name=row.name))
    return _back(managed_event(event_id), "#narasumber")


@bp.post("/kegiatan/<int:event_id>/hadir/hapus/<int:attendance_id>")
@allow(Can.PLAN_EVENTS)
def untick(event_id: int, attendance_id: int) -> ResponseReturnValue:
    service.untick(db.session, current_actor(), event_id, attendance_id, now=now())
    flash(_("Catatan hadir dibatalkan."))
    return _back(managed_event(event_id), "#daftar")


def _line(event_id: int, registration_id: int) -> str:
    """The one line that changed, and the counts above the list."""
    event = managed_event(event_id)
    person = db.session.execute(people_at_the_door(event.id, registration_id=registration_id)).first()
    return render_template(
        "attendance/_answer.html",
        event=event,
        person=person,
        summary=summary(db.session, event.id),
        here_url=own_path(request.form.get("next")) or url_for(".index", event_id=event.id),
        refusal=None,
        may_manage=True,
    )


# --- who came besides, and how many ---


@bp.post("/kegiatan/<int:event_id>/hadir/langsung")
@allow(Can.PLAN_EVENTS)
def walk_in(event_id: int) -> ResponseReturnValue:
    event, form = managed_event(event_id), WalkInForm()
    if form.is_posted_and_valid():
        with form.catching():
            row = service.walk_in(
                db.session, current_actor(), event.id, form.guest(form.role.data), certain=form.certain.data, now=now()
            )  # fmt: skip
            flash(_("%(name)s dicatat hadir.", name=row.name))
            return redirect(url_for(".index", event_id=event.id, _anchor="langsung"), 303)
    return _page(managed_event(event_id), walk=form), 422


@bp.post("/kegiatan/<int:event_id>/hadir/jumlah")
@allow(Can.PLAN_EVENTS)
def count_heads(event_id: int) -> ResponseReturnValue:
    event, form = managed_event(event_id), HeadcountForm()
    if form.is_posted_and_valid():
        with form.catching():
            people = service.count_heads(db.session, current_actor(), event.id, form.counts(), now=now())
            flash(_("Jumlah peserta disimpan: %(n)s orang.", n=people))
            return redirect(url_for(".index", event_id=event.id), 303)
    return _page(managed_event(event_id), heads=form), 422
