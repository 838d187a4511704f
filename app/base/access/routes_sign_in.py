"""Signing in and out, and the first password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.base.access import sessions, trail, trusted_devices
from app.base.access.blueprint import bp
from app.base.access.ended_words import ended_words
from app.base.access.entering import after_first, home, onwards
from app.base.access.forms import NewPasswordForm, SignInForm
from app.base.access.pages import not_signed_in, sign_in_page
from app.base.access.password_tries import try_password
from app.base.people import service
from app.base.people.models import User
from app.base.people.passwords import suggest_password
from app.base.web.db import db
from app.base.web.guard import allow, current_actor, own_path, public, signed_in
from app.base.web.wiring import now
from app.kernel.roles import Can


@bp.route("/masuk", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        if signed_in():
            return redirect(own_path(request.args.get("next")) or home())
        form = SignInForm(formdata=None)
        form.next.data = own_path(request.args.get("next")) or ""
        return sign_in_page(form, told=ended_words(sessions.ended_session()))
    form = SignInForm()
    if not form.is_posted_and_valid():
        return sign_in_page(form, 422)
    tried = try_password(form.identity.data, form.password.data)
    user = tried.user
    if user is None:
        return not_signed_in(form, tried.wait)
    return after_first(
        user, how="password", remember=form.remember.data, shared=form.shared.data, target=form.next.data,
        carried=form.parked.data,
    )  # fmt: skip


@bp.post("/keluar")
@allow(Can.ENTER)
def sign_out() -> ResponseReturnValue:
    trail.note_sign_out(own_account())
    trusted_devices.forget_unless_own(now())
    sessions.leave(db.session, now=now())
    return redirect(url_for(".sign_in"), 303)


@bp.route("/akun/kata-sandi-baru", methods=["GET", "POST"])
@allow(Can.ENTER)
def new_password() -> ResponseReturnValue:
    """Ask for a password of one's own, once, after the first sign-in with a password from a slip."""
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
            sessions.renew(db.session, user, now=now())
            flash(_("Kata sandi baru Anda sudah berlaku."), "success")
            return onwards(form.next.data, form.parked.data)
    return render_template("access/new_password.html", form=form), 422


def wants_suggestion() -> bool:
    """Tell whether "Buatkan kata sandi" was pressed instead of sending the form."""
    return "suggest" in request.form


def new_password_suggested(form: NewPasswordForm) -> ResponseReturnValue:
    page = render_template(
        "access/new_password.html", form=form, suggestion=suggest_password(db.session, own_account())
    )
    return page, {"Cache-Control": "no-store"}


def own_account() -> User:
    user: User = current_user._get_current_object()
    return user
