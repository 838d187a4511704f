"""Pages of answers that are held because they came in a burst: look at them, accept, discard, undo."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import angka
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.responses.blueprint import bp
from app.evidence.responses.bursts import holding
from app.evidence.responses.bursts.detection import bursts
from app.evidence.surveys.access import to_manage
from app.kernel.roles import Can


@bp.get("/survei/<int:wave_id>/jawaban/ditahan", endpoint="held")
@allow(Can.PLAN_SURVEYS)
def held(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    return render_template("responses/held.html", wave=wave, bursts=bursts(db.session, wave))


@bp.post("/survei/<int:wave_id>/jawaban/ditahan/<burst_id>", endpoint="decide_burst")
@allow(Can.PLAN_SURVEYS)
def decide_burst(wave_id: int, burst_id: str) -> ResponseReturnValue:
    decide = {"accept": holding.accept, "discard": holding.discard, "undo": holding.undo}
    wanted = request.form.get("decision", "")
    if wanted not in decide:
        abort(400)
    n = angka(decide[wanted](db.session, current_actor(), wave_id, burst_id, now=now()))
    told = {
        "accept": _("%(n)s jawaban diterima dan mulai dihitung.", n=n),
        "discard": _("%(n)s jawaban dibuang dari hitungan. Isinya tetap tersimpan dan bisa dikembalikan.", n=n),
        "undo": _("%(n)s jawaban ditahan lagi.", n=n),
    }
    flash(told[wanted], "success")
    return redirect(url_for(".held", wave_id=wave_id), 303)
