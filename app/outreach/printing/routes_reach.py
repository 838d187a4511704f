"""Which villages a programme has reached by proof, and which not yet."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import CSV, as_csv
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_date
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.outreach.campaigns import rules
from app.outreach.printing import reach as service
from app.outreach.printing.blueprint import bp

STATES = {"belum": "missing", "sudah": "reached"}


def _chosen() -> str:
    return request.args.get("keadaan", "")


@bp.get("/cetak/program/<int:campaign_id>/jangkauan")
@allow(Can.READ_PRINT)
def reach(campaign_id: int) -> ResponseReturnValue:
    campaign = rules.find(db.session, current_actor(), campaign_id)
    rows = service.villages(campaign.id, state=STATES.get(_chosen(), ""))
    return render_template(
        "printing/reach.html",
        campaign=campaign,
        reach=service.reach_of(db.session, campaign.id),
        page=paginate(db.session, rows, number_of("hal") or 1, size=50, rows=True),
        state=_chosen(),
        states=[("belum", _("Belum terjangkau")), ("sudah", _("Terjangkau"))],
    )


@bp.get("/cetak/program/<int:campaign_id>/jangkauan.csv")
@allow(Can.READ_PRINT)
def reach_file(campaign_id: int) -> ResponseReturnValue:
    """Send the filtered list."""
    campaign = rules.find(db.session, current_actor(), campaign_id)
    rows: Any = db.session.execute(service.villages(campaign.id, state=STATES.get(_chosen(), "")))
    titles = [_("Kode"), _("Desa/kelurahan"), _("Kecamatan"), _("Terakhir terbukti")]
    lines = [
        [village.code, village.name, district.name, local_date(last) if last else _("belum dicatat")]
        for village, district, last in rows
    ]
    return download(as_csv(titles, lines), CSV, f"jangkauan-program-{campaign.id}.csv")
