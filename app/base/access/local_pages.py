"""Turning away who must come from elsewhere, and telling of the two who need not."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import local_only
from app.base.access.forms import SignInForm
from app.base.access.pages import sign_in_page
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.wiring import now, settings


def turn_away(user: User, target: str | None, carried: str | None) -> ResponseReturnValue | None:
    """Return the sign-in page with the reason for somebody who may not sign in here; None for everybody else."""
    if local_only.breaks_glass(user, settings()):
        local_only.tell_glass_broken(db.session, user, now=now())
    if not local_only.must_come_from_elsewhere(user, settings()):
        return None
    form = SignInForm(formdata=None, identity=user.username)
    form.next.data, form.parked.data = target or "", carried or ""
    form.form_errors = [
        _(
            "Pegawai kantor masuk lewat tombol akun pemerintah di bawah, bukan dengan kata sandi di sini. Kalau akun "
            "pemerintah sedang tidak bisa dibuka, hubungi admin darurat: %(names)s.",
            names=_(" atau ").join(local_only.break_glass_names(db.session, settings())),
        )
    ]
    return sign_in_page(form, 403)
