"""Showing the second factor: after the password, before a risky act, or a passkey in place of both."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import factors, proof, trail
from app.base.access.blueprint import bp
from app.base.access.entering import after_first, enter, half_in, onwards, second_page
from app.base.access.forms import SecondForm, SignInForm
from app.base.access.pages import sign_in_page
from app.base.access.password_tries import try_password
from app.base.access.routes_sign_in import own_account
from app.base.access.step_up import must_page, step_page
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.guard import allow, own_path, public
from app.base.web.wiring import now
from app.kernel.roles import Can


@bp.post("/masuk/sidik-jari")
@public
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in by a key of the phone, which names the person and proves them, without a name or a password."""
    form, answered = SignInForm(), SecondForm()
    key = proof.passkey_of(answered, "sign-in") if answered.is_posted_and_valid() else None
    user = db.session.get(User, key.user_id) if key else None
    if user is None or not user.active:
        form = SignInForm(formdata=None)
        form.next.data, form.parked.data = answered.next.data, answered.parked.data
        form.form_errors = answered.form_errors or [
            _("Sidik jari atau PIN belum terbaca. Tekan tombolnya sekali lagi.")
        ]
        return sign_in_page(form, 422)
    return after_first(
        user,
        how="passkey",
        remember=form.remember.data,
        shared=form.shared.data,
        target=answered.next.data,
        carried=answered.parked.data,
    )


@bp.route("/masuk/langkah-kedua", methods=["GET", "POST"])
@public
def second_step() -> ResponseReturnValue:
    found = half_in()
    if found is None:
        form = SignInForm(formdata=None)
        form.parked.data = request.form.get("parked", "")
        return sign_in_page(form, 200 if request.method == "GET" else 401, told=_("Silakan masuk sekali lagi."))
    user, half = found
    form = SecondForm()
    if request.method == "GET":
        return second_page(user, SecondForm(formdata=None), shared=half.shared)
    how = proof.check_factor(user, form, f"second:{user.id}") if form.is_posted_and_valid() else None
    if how is None:
        trail.note_failure(user, "second_factor")
        return second_page(user, form, 422, shared=half.shared)
    return enter(
        user,
        how=f"{half.how}+{how}",
        shown=True,
        remember=half.remember,
        shared=half.shared,
        own_device=form.remember.data and how in {"phone", "passkey"},
        target=half.target,
        carried=form.parked.data,
    )


@bp.route("/akun/langkah-kedua/tunjukkan", methods=["GET", "POST"])
@allow(Can.ENTER)
def show_factor() -> ResponseReturnValue:
    """Ask for the second factor before a risky act; then go on with it."""
    user = own_account()
    if request.method == "GET":
        return redirect(url_for(".factors"), 303)
    form, user_factors = SecondForm(), factors.read_factors(db.session, user.id, now=now())
    if form.is_posted_and_valid() and _shown(user, form):
        return onwards(own_path(form.next.data) or url_for(".factors"), form.parked.data, shown=True)
    if user_factors.any or form.password.data:
        return step_page(user, form, user_factors, 422)
    return must_page(form, 422)


def _shown(user: User, form: SecondForm) -> bool:
    """The password proves who sits here where there is no factor yet; it stands for no factor."""
    if form.password.data and not factors.read_factors(db.session, user.id, now=now()).any:
        if try_password(user.username, form.password.data).user is None:
            form.password.errors = [_("Kata sandi sekarang tidak cocok.")]
            return False
        proof.note_signed_in()
        return True
    how = proof.check_factor(user, form, f"step:{user.id}")
    if how is None:
        return False
    proof.note_shown(own=form.remember.data and how in {"phone", "passkey"})
    return True
