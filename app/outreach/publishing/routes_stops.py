"""Why nothing is sent at present, and letting it go on: an older copy of the database, a clock that cannot be right."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import angka
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.outreach.publishing import restored, safety
from app.outreach.publishing.blueprint import bp


@bp.get("/tayang/berhenti")
@allow(Can.READ_DELIVERIES)
def stops() -> ResponseReturnValue:
    return _page()


@bp.post("/tayang/berhenti/lanjutkan")
@allow(Can.RELEASE_SENDING)
def release_stop() -> ResponseReturnValue:
    form = Form()
    if form.is_posted_and_valid():
        with form.catching():
            worker, reason = request.form.get("worker", ""), request.form.get("reason", "")
            restored.release(db.session, current_actor(), worker=worker, reason=reason, now=now())
            flash(_("Dilanjutkan. Pengirim berjalan lagi dalam beberapa detik."), "success")
            return redirect(url_for(".stops"))
    return _page(refused=form), 409


@bp.post("/tayang/berhenti/kirim")
@allow(Can.RELEASE_SENDING)
def send_not_found() -> ResponseReturnValue:
    sent = restored.send_not_found(db.session, current_actor(), now=now())
    flash(_("%(n)s penayangan dikirim setelah pengirim berjalan.", n=angka(sent)), "success")
    return redirect(url_for(".stops"))


def _page(refused: Form | None = None) -> str:
    return render_template(
        "publishing/stops.html",
        stops=safety.stops(db.session, now=now()),
        counts=restored.counts(db.session, now=now()),
        questions=restored.questions(db.session),
        may=(may := current_actor().can(Can.RELEASE_SENDING)),
        releasers=[] if may else [one.name for one in restored.releasers(db.session)[:3]],
        refused=refused,
        R=safety.Reason,
    )
