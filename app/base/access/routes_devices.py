"""HP dan komputer saya: the places where one is signed in, and ending it there. Admins end it for others."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import abort

from app.base.access import sessions
from app.base.access.blueprint import bp
from app.base.access.devices import is_phone
from app.base.access.routes_sign_in import own_account
from app.base.access.signed_in_list import active_sign_ins, end_all_of, end_one, end_others
from app.base.people import service
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.errors import Forbidden, GaungError, NotFound
from app.kernel.numbers import read_int
from app.kernel.roles import Can


@bp.get("/akun/perangkat")
@allow(Can.ENTER)
def own_devices() -> ResponseReturnValue:
    rows, here = active_sign_ins(db.session, own_account(), now=now()), sessions.current()
    rows = sorted(rows, key=lambda row: here is None or row.id != here.id)  # this one first
    return render_template("access/devices.html", rows=rows, here=here, is_phone=is_phone, ways=_ways())


@bp.post("/akun/perangkat/keluarkan")
@allow(Can.ENTER)
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
@allow(Can.ENTER)
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


@bp.post("/pengguna/<int:user_id>/keluarkan")
@allow(Can.ADMINISTER)
def end_all_devices(user_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere: for a phone that was lost, or who cannot be reached. The account stays as it is."""
    found = service.find_user(db.session, current_actor(), user_id)
    with telling(GaungError, Forbidden, NotFound):
        number = end_all_of(db.session, current_actor(), found, now=now())
        flash(
            _(
                "Akun %(name)s sudah dikeluarkan dari semua perangkat (%(n)s). Ia diberi tahu.",
                name=found.name,
                n=number,
            )
            if number
            else _("%(name)s sedang tidak masuk di perangkat mana pun.", name=found.name),
            "success" if number else "info",
        )
    return redirect(url_for("people.user", user_id=user_id), 303)


def places_of(user: User) -> list[str]:
    """Return the browsers where somebody is signed in, for an admin: without the use and the address of each."""
    return [row.label for row in active_sign_ins(db.session, user, now=now())]


def _ways() -> dict[str, str]:
    first = {"password": _("Masuk dengan kata sandi"), "provider": _("Masuk lewat akun pemerintah")}
    second = {
        "phone": _("kode 6 angka dari HP"),
        "passkey": _("sidik jari atau PIN perangkat"),
        "backup": _("Kode cadangan"),
        "office": _("Kode cadangan dari kantor"),
    }
    both = {f"{one}+{other}": f"{a} + {b}" for one, a in first.items() for other, b in second.items()}
    return {**first, **both, "passkey": _("Masuk dengan sidik jari atau PIN HP")}
