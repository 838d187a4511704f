"""Signing in and out, and the first password."""

from typing import cast

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import hash_password, logout_user, lookup_identity

from app.access import attempts
from app.access.blueprint import bp
from app.access.entering import after_first, home, onwards, start_session
from app.access.forms import NewPasswordForm, SignInForm
from app.access.pages import sign_in_page
from app.people import service
from app.people.models import User
from app.people.passwords import normalised, suggested
from app.web.db import db
from app.web.guard import ANY_ROLE, allow, current_actor, own_path, public, signed_in
from app.web.wiring import now


def verified(identity: str, password: str) -> User | None:
    """The person if name and password fit and the account is open; the failure counts whatever is answered."""
    user = cast("User | None", lookup_identity(identity))
    may_try = user is not None and attempts.begin_attempt(db.session, user, now=now())
    db.session.commit()  # counted although the answer will be an error, and nobody waits while we hash
    if user is None or not user.password:
        hash_password(normalised(password))  # takes as long as checking one, so that nobody learns who exists
        return None
    right = user.verify_and_update_password(normalised(password))
    if not (may_try and right):
        return None
    attempts.succeed(db.session, user, now=now())
    return user


@bp.route("/masuk", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        if signed_in():
            return redirect(own_path(request.args.get("next")) or home())
        form = SignInForm(formdata=None)
        form.next.data = own_path(request.args.get("next")) or ""
        return sign_in_page(form)
    form = SignInForm()
    if not form.is_posted_and_valid():
        return sign_in_page(form, 422)
    user = verified(form.identity.data, form.password.data)
    if user is None:
        form.form_errors = [
            _(
                "Nama atau kata sandi tidak cocok. Setelah %(n)s kali gagal, akun ditutup sementara paling sedikit "
                "15 menit. Lupa kata sandi? Minta yang baru kepada admin kantor.",
                n=attempts.TRIES,
            )
        ]
        return sign_in_page(form, 422)
    return after_first(
        user, how="password", remember=form.remember.data, target=form.next.data, parked=form.parked.data
    )


@bp.post("/keluar")
@allow(*ANY_ROLE)
def sign_out() -> ResponseReturnValue:
    session.clear()
    logout_user()
    return redirect(url_for(".sign_in"), 303)


@bp.route("/akun/kata-sandi-baru", methods=["GET", "POST"])
@allow(*ANY_ROLE)
def new_password() -> ResponseReturnValue:
    """Asked once, after the first sign-in with a password from a slip."""
    if not current_user.must_change_password:
        return redirect(url_for(".account"))
    form = NewPasswordForm()
    if request.method == "GET":
        form.next.data = own_path(request.args.get("next")) or ""
        return render_template("access/new_password.html", form=form)
    if wants_suggestion():
        return new_password_suggested(form)
    if form.is_posted_and_valid():
        with form.catching():
            user = own_account()
            service.set_password(db.session, current_actor(), user, form.new_password.data, now=now())
            start_session(user, remember=False)
            flash(_("Kata sandi baru Anda sudah berlaku."), "success")
            return onwards(form.next.data, form.parked.data)
    return render_template("access/new_password.html", form=form), 422


def wants_suggestion() -> bool:
    """True where "Buatkan kata sandi" was pressed instead of sending the form."""
    return "suggest" in request.form


def new_password_suggested(form: NewPasswordForm) -> ResponseReturnValue:
    page = render_template("access/new_password.html", form=form, suggestion=suggested(db.session, own_account()))
    return page, {"Cache-Control": "no-store"}


def own_account() -> User:
    user: User = current_user._get_current_object()
    return user
