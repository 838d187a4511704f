"""Merge the same gathering logged twice, part it again, or say that they are two."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events import access
from app.gatherings.reports import merging as service
from app.gatherings.reports.blueprint import bp
from app.kernel.errors import Invalid
from app.kernel.roles import Can
from app.kernel.text import T


def _other(event_id: int) -> int:
    access.to_manage(db.session, current_actor(), event_id)
    other = number_of("other", request.form)
    if other is None:
        raise Invalid(T("Pilih catatan yang lain."), field="other")
    return other


@bp.post("/kegiatan/<int:event_id>/laporan/gabung")
@allow(Can.PLAN_EVENTS)
def merge(event_id: int) -> ResponseReturnValue:
    """Merge the `other` of the form into this event, which is kept."""
    other = _other(event_id)
    service.merge(db.session, current_actor(), event_id, other, now=now(), tz=settings().tz)
    flash(_("Kedua catatan digabung dan dihitung sekali."), "success")
    return redirect(url_for(".show", event_id=event_id))


@bp.post("/kegiatan/<int:event_id>/laporan/pisah")
@allow(Can.PLAN_EVENTS)
def unmerge(event_id: int) -> ResponseReturnValue:
    service.unmerge(db.session, current_actor(), event_id, now=now(), tz=settings().tz)
    flash(_("Catatan dipisahkan lagi. Foto dan pertanyaannya kembali bersamanya."), "success")
    return redirect(url_for(".show", event_id=event_id))


@bp.post("/kegiatan/<int:event_id>/laporan/bukan-kembar")
@allow(Can.PLAN_EVENTS)
def dismiss(event_id: int) -> ResponseReturnValue:
    other = _other(event_id)
    service.dismiss(db.session, current_actor(), event_id, other, now=now(), tz=settings().tz)
    flash(_("Dicatat sebagai dua kegiatan."), "success")
    return redirect(url_for(".show", event_id=event_id))
