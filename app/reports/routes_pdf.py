from flask.typing import ResponseReturnValue

from app.documents.render import renderer
from app.events import access
from app.kernel.errors import Refused
from app.kernel.text import T
from app.reports import document
from app.reports.blueprint import VIEWING, bp
from app.reports.models import Report
from app.reports.pages_report import WITH_SPJ
from app.web.db import db
from app.web.files import PDF, download
from app.web.guard import allow, current_actor
from app.web.wiring import settings, wired


@bp.get("/kegiatan/<int:event_id>/laporan.pdf")
@allow(*VIEWING)
def pdf(event_id: int) -> ResponseReturnValue:
    """The laporan kegiatan as it stands; until it is verified, it says so."""
    event = access.get(db.session, current_actor(), event_id)
    report = db.session.get(Report, event.id)
    if report is None:
        raise Refused(T("Kegiatan ini belum dilaporkan, jadi laporannya belum bisa diunduh."))
    own = settings()
    gathered = document.gather(
        db.session, event, report, tz=own.tz, tz_label=own.tz_label, with_spj=event.kind in WITH_SPJ
    )
    db.session.rollback()  # nothing waits for the layout
    data = document.render(wired().storage, renderer(own.logo_path), gathered)
    return download(data, PDF, f"laporan-kegiatan-{event_id}.pdf", inline=True, cache="private, no-cache")
