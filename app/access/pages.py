"""The pages around signing in: asking for it, carrying on with what was typed, and the first password."""

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.utils import redirect

from app.access.forms import SignInForm
from app.access.parked import Parked, park, unpark
from app.web.guard import SAFE_METHODS, signed_in
from app.web.wiring import now

BEFORE_NEW_PASSWORD = frozenset({"access.new_password", "access.sign_out", "access.sign_in"})


def _private(page: str, status: int) -> ResponseReturnValue:
    """An answer that no cache keeps; inside an htmx request it takes the whole page."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    if "HX-Request" in request.headers:
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def sign_in_page(form: SignInForm, status: int = 200, *, told: str | None = None) -> ResponseReturnValue:
    """`told`: a calm sentence above the form, about why it is shown."""
    kept = unpark(form.parked.data, now())
    return _private(render_template("access/sign_in.html", form=form, told=told, kept=kept), status)


def resume_page(kept: Parked, status: int = 200) -> ResponseReturnValue:
    """Everything typed, ready to be sent again by a button; never by itself."""
    return _private(render_template("access/resume.html", kept=kept), status)


def interrupted() -> ResponseReturnValue:
    """The session ended while a form was open: ask to sign in, and keep the form."""
    form = SignInForm(formdata=None)
    form.parked.data = park(now()) or ""
    if form.parked.data:
        told = _("Sesi Anda sudah berakhir. Isian Anda masih ada dan bisa dilanjutkan setelah masuk.")
    else:
        told = _("Sesi Anda sudah berakhir. Silakan masuk lagi.")
    return sign_in_page(form, 401, told=told)


def csrf_failed(_error: CSRFError) -> ResponseReturnValue:
    """The page was open longer than its session. Nothing was written; nothing typed is lost."""
    if request.endpoint == "access.sign_in":
        return sign_in_page(SignInForm(), 400, told=_("Halaman ini terlalu lama terbuka. Silakan masuk sekali lagi."))
    if not signed_in():
        return interrupted()
    kept = unpark(park(now()), now())
    if kept is None:
        return _private(render_template("access/expired.html"), 400)
    return resume_page(kept, 400)


def detour() -> ResponseReturnValue | None:
    """The first sign-in with a password from a slip leads to a password of one's own."""
    if not current_user.must_change_password or request.endpoint in BEFORE_NEW_PASSWORD:
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("access.new_password", next=request.full_path.rstrip("?")))
    return redirect(url_for("access.new_password"), 303)
