"""The pages around signing in: asking for it, carrying on with what was typed, and the first password."""

import math
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.utils import redirect

from app.base.access import sessions
from app.base.access.carried_form import CarriedForm, carry_form, read_carried
from app.base.access.ended_words import ended_words
from app.base.access.forms import SignInForm
from app.base.access.proof import ask_passkey
from app.base.people.identity import email_of, phone_of, shown_phone
from app.base.web.guard import SAFE_METHODS, signed_in
from app.base.web.wiring import now, settings

ONE_AND_A_HALF_MINUTES = 90
BEFORE_NEW_PASSWORD = frozenset({"access.new_password", "access.sign_out", "access.sign_in"})


def private(page: str, status: int) -> ResponseReturnValue:
    """Return an answer that no cache keeps; inside an htmx request it takes the whole page."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    if "HX-Request" in request.headers:
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def sign_in_page(
    form: SignInForm, status: int = 200, *, told: str | None = None, wait: timedelta = timedelta()
) -> ResponseReturnValue:
    """Return the sign-in page. `told`: a calm sentence above the form, about why it is shown. `wait`: until the next
    attempt is looked at."""
    kept = read_carried(form.parked.data, now())
    seconds = math.ceil(wait.total_seconds())
    page = render_template(
        "access/sign_in.html", form=form, told=told, kept=kept, seconds=seconds, wait_words=wait_sentence(wait),
        ask=office_link(), passkey=ask_passkey("sign-in"),
    )  # fmt: skip
    return private(page, status)


def not_signed_in(form: SignInForm, wait: timedelta) -> ResponseReturnValue:
    """Return the sign-in page after a failure: the same for a wrong name, a wrong password and a closed account."""
    form.form_errors = [] if wait else [_("Nama atau kata sandi tidak cocok. Periksa, lalu coba lagi.")]
    return sign_in_page(form, 422, wait=wait)


def wait_sentence(wait: timedelta) -> str:
    """Say how long to wait, in whole words for who has no script; "" where nobody waits."""
    return f"{_('Nama atau kata sandi tidak cocok.')} {how_long(wait)}" if wait > timedelta() else ""


def how_long(wait: timedelta) -> str:
    """Return how long to wait before the next try, in a sentence."""
    seconds = math.ceil(wait.total_seconds())
    if seconds < ONE_AND_A_HALF_MINUTES:
        return _("Tunggu %(n)s detik, lalu coba lagi.", n=seconds)
    return _("Tunggu %(n)s menit, lalu coba lagi.", n=math.ceil(seconds / 60))


@dataclass(frozen=True)
class OfficeLink:
    """Whom to ask: what is shown, and the address that opens WhatsApp or a mail, "" for what is neither."""

    shown: str
    href: str
    by_whatsapp: bool = False


def office_link() -> OfficeLink | None:
    """Return the office's own contact (GAUNG_OFFICE_CONTACT). Phones of admins are theirs, and shown to nobody here."""
    contact = settings().office_contact.strip()
    phone, email = phone_of(contact) if contact else None, email_of(contact)
    if phone:
        text = quote(_("Selamat siang, saya tidak bisa masuk ke %(title)s. Mohon dibantu.", title=settings().app_title))
        return OfficeLink(shown_phone(phone), f"https://wa.me/{phone.lstrip('+')}?text={text}", by_whatsapp=True)
    if email:
        return OfficeLink(email, f"mailto:{email}")
    return OfficeLink(contact, "") if contact else None


def resume_page(kept: CarriedForm, status: int = 200, *, shown: bool = False) -> ResponseReturnValue:
    """Show everything typed, ready to be sent again by a button; never by itself. `shown`: after the second factor
    was."""
    return private(render_template("access/resume.html", kept=kept, shown=shown), status)


def interrupted() -> ResponseReturnValue:
    """Ask to sign in where the session ended while a form was open, and keep the form."""
    form = SignInForm(formdata=None)
    form.parked.data = carry_form(now()) or ""
    why = ended_words(sessions.ended_session())
    if form.parked.data:
        told = (why or _("Sesi Anda sudah berakhir.")) + " "
        told += _("Isian Anda masih ada dan bisa dilanjutkan setelah masuk.")
    else:
        told = why or _("Sesi Anda sudah berakhir. Silakan masuk lagi.")
    return sign_in_page(form, 401, told=told)


def csrf_failed(_error: CSRFError) -> ResponseReturnValue:
    """Answer where a page was open longer than its session. Nothing was written; nothing typed is lost."""
    if request.endpoint in {"access.sign_in", "access.sign_in_elsewhere"}:
        return sign_in_page(SignInForm(), 400, told=_("Halaman ini terlalu lama terbuka. Silakan masuk sekali lagi."))
    if not signed_in():
        return interrupted()
    kept = read_carried(carry_form(now()), now())
    if kept is None:
        return private(render_template("access/expired.html"), 400)
    return resume_page(kept, 400)


def detour() -> ResponseReturnValue | None:
    """Lead from the first sign-in with a password from a slip to a password of one's own; None for everybody else."""
    if not current_user.must_change_password or request.endpoint in BEFORE_NEW_PASSWORD:
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("access.new_password", next=request.full_path.rstrip("?")))
    return redirect(url_for("access.new_password"), 303)
