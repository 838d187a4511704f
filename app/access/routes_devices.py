"""HP dan komputer saya: where one is signed in, and ending it there."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import abort

from app.access import sessions
from app.access.blueprint import bp
from app.access.devices import is_phone
from app.access.routes_sign_in import own_account
from app.access.signed_in_list import end_one, end_others, living
from app.kernel.errors import NotFound
from app.kernel.numbers import read_int
from app.web.db import db
from app.web.guard import ANY_ROLE, allow, current_actor
from app.web.wiring import now


@bp.get("/akun/perangkat")
@allow(*ANY_ROLE)
def own_devices() -> ResponseReturnValue:
    rows, here = living(db.session, own_account(), now=now()), sessions.current()
    rows = sorted(rows, key=lambda row: here is None or row.id != here.id)  # this one first
    return render_template("access/devices.html", rows=rows, here=here, is_phone=is_phone)


@bp.post("/akun/perangkat/keluarkan")
@allow(*ANY_ROLE)
def end_device() -> ResponseReturnValue:
    chosen, here = read_int(request.form.get("perangkat")), sessions.current()
    if here is not None and chosen == here.id:
        sessions.leave(db.session, now=now())
        return redirect(url_for(".sign_in"), 303)
    try:
        row = end_one(db.session, current_actor(), own_account(), chosen, now=now())
    except NotFound:
        flash(_("Perangkat itu tidak ada lagi dalam daftar Anda. Tidak ada yang berubah."), "info")
    else:
        flash(_("Akun Anda sudah dikeluarkan dari %(label)s.", label=row.label), "success")
    return redirect(url_for(".own_devices"), 303)


@bp.post("/akun/perangkat/keluarkan-lainnya")
@allow(*ANY_ROLE)
def end_other_devices() -> ResponseReturnValue:
    here = sessions.current()
    if here is None:
        abort(401)
    number = end_others(db.session, current_actor(), own_account(), here, now=now())
    if number:
        flash(_("Akun Anda sudah dikeluarkan dari %(n)s perangkat lain.", n=number), "success")
    else:
        flash(_("Tidak ada perangkat lain yang masuk."), "info")
    return redirect(url_for(".own_devices"), 303)
