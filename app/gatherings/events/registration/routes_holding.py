"""The organiser decides on registrations that came in a burst."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import angka
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.gatherings.events.blueprint import bp
from app.gatherings.events.registration import holding
from app.kernel.roles import Can


@bp.post("/kegiatan/<int:event_id>/pendaftaran/periksa", endpoint="registrations_decide")
@allow(Can.PLAN_EVENTS)
def decide(event_id: int) -> ResponseReturnValue:
    """Accept or discard all registrations on hold at once."""
    match request.form.get("decision"):
        case "accept":
            n = holding.accept_on_hold(db.session, current_actor(), event_id, None, now=now())
            flash(
                _("%(n)s pendaftaran diterima. Yang tidak mendapat tempat masuk daftar tunggu.", n=angka(n)), "success"
            )
        case "discard":
            n = holding.discard_on_hold(db.session, current_actor(), event_id, now=now())
            flash(_("%(n)s pendaftaran dibatalkan, tanpa surel kepada siapa pun.", n=angka(n)), "success")
        case _:
            abort(400)
    return redirect(url_for("events.registrations", event_id=event_id), 303)


@bp.post("/kegiatan/<int:event_id>/pendaftaran/<int:registration_id>/terima", endpoint="registration_accept")
@allow(Can.PLAN_EVENTS)
def accept_one(event_id: int, registration_id: int) -> ResponseReturnValue:
    holding.accept_on_hold(db.session, current_actor(), event_id, registration_id, now=now())
    flash(_("Pendaftaran ini diterima."), "success")
    return redirect(url_for("events.registrations", event_id=event_id), 303)
