from flask.typing import ResponseReturnValue

from app.base.documents.render import renderer
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings, wired
from app.gatherings.attendance.presence import may_see_names
from app.gatherings.events import access
from app.gatherings.events.models import EventStatus
from app.gatherings.reports import document, invitation
from app.gatherings.reports.blueprint import bp
from app.gatherings.reports.models import Report
from app.gatherings.reports.pages_report import WITH_SPJ
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T


@bp.get("/kegiatan/<int:event_id>/laporan.pdf")
@allow(Can.READ_EVENTS)
def pdf(event_id: int) -> ResponseReturnValue:
    """Download the laporan kegiatan as it stands; until it is verified, it says so."""
    event = access.get(db.session, current_actor(), event_id)
    report = db.session.get(Report, event.id)
    if report is None:
        raise Refused(T("Kegiatan ini belum dilaporkan, jadi laporannya belum bisa diunduh."))
    own = settings()
    gathered = document.gather(
        db.session,
        event,
        report,
        tz=own.tz,
        tz_label=own.tz_label,
        with_spj=event.kind in WITH_SPJ,
        with_names=may_see_names(current_actor(), event),
    )
    release_database()  # nothing waits for the layout
    data = document.render(wired().storage, renderer(own.logo_path), gathered)
    return download(data, PDF, f"laporan-kegiatan-{event_id}.pdf", inline=True, cache="private, no-cache")


@bp.get("/kegiatan/<int:event_id>/undangan.pdf", endpoint="invitation")
@allow(Can.READ_EVENTS)
def invitation_pdf(event_id: int) -> ResponseReturnValue:
    """Download the undangan as the event's record has it: to be sent before, and filed with the report afterwards."""
    event, own = access.get(db.session, current_actor(), event_id), settings()
    if event.status in (EventStatus.CANCELLED, EventStatus.MERGED):
        raise Refused(T("Kegiatan ini dibatalkan atau digabung, jadi undangannya tidak dibuat."))
    data = invitation.gather(db.session, event, tz=own.tz, tz_label=own.tz_label, now=now())
    release_database()  # nothing waits for the layout
    letter = invitation.render(renderer(own.logo_path), data)
    return download(letter, PDF, f"undangan-{event_id}.pdf", inline=True, cache="private, no-cache")
