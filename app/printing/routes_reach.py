"""Which villages a programme has reached by proof, and which not yet."""

import csv
import io
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import rules
from app.kernel.paging import paginate
from app.printing import reach as service
from app.printing.blueprint import VIEWING, bp
from app.web.db import db
from app.web.formats import local_date
from app.web.guard import allow, current_actor
from app.web.query import number_of

STATES = {"belum": "missing", "sudah": "reached"}


def _chosen() -> str:
    return request.args.get("keadaan", "")


@bp.get("/cetak/program/<int:campaign_id>/jangkauan")
@allow(*VIEWING)
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
@allow(*VIEWING)
def reach_file(campaign_id: int) -> ResponseReturnValue:
    """The filtered list with the marks that Excel in Indonesian expects (UTF-8 with BOM, semicolons)."""
    campaign = rules.find(db.session, current_actor(), campaign_id)
    rows: Any = db.session.execute(service.villages(campaign.id, state=STATES.get(_chosen(), "")))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_("Kode"), _("Desa/kelurahan"), _("Kecamatan"), _("Terakhir terbukti")])
    for village, district, last in rows:
        proved = local_date(last) if last else _("belum dicatat")
        writer.writerow([village.code, village.name, district.name, proved])
    headers = {"Content-Disposition": f'attachment; filename="jangkauan-program-{campaign.id}.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)
