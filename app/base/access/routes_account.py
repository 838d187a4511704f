"""One's own account: contact, password."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import sessions
from app.base.access.blueprint import bp
from app.base.access.forms import ChangePasswordForm, ContactForm
from app.base.access.links import links_of
from app.base.access.pages import how_long
from app.base.access.password_tries import try_password
from app.base.access.providers import providers
from app.base.access.routes_sign_in import own_account, wants_suggestion
from app.base.people import service
from app.base.people.identity import shown_phone
from app.base.people.passwords import suggest_password
from app.base.people.roles import LABELS, POSITIONS
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can, Position, Role


@bp.get("/akun")
@allow(Can.ENTER)
def account() -> ResponseReturnValue:
    return _account_page()


@bp.post("/akun/kata-sandi")
@allow(Can.ENTER)
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if wants_suggestion():
        page, status = _account_page(suggestion=suggest_password(db.session, own_account()))
        return page, status, {"Cache-Control": "no-store"}
    if form.is_posted_and_valid() and _knows_password(form):
        with form.catching():
            user = own_account()
            service.set_password(db.session, current_actor(), user, form.new_password.data, now=now())
            sessions.renew(db.session, user, now=now())
            flash(_("Kata sandi diganti. Perangkat lain yang masih masuk sudah dikeluarkan."), "success")
            return redirect(url_for(".account"), 303)
    return _account_page(password_form=form)


@bp.post("/akun/kontak")
@allow(Can.ENTER)
def change_contact() -> ResponseReturnValue:
    form = ContactForm()
    if form.is_posted_and_valid() and _knows_password(form):
        with form.catching():
            service.change_contact(
                db.session, current_actor(), own_account(), phone=form.phone.data, email=form.email.data, now=now()
            )
            flash(_("Nomor telepon dan surel disimpan."), "success")
            return redirect(url_for(".account"), 303)
    return _account_page(contact_form=form)


def _knows_password(form: ChangePasswordForm | ContactForm) -> bool:
    """Ask for the password once more. Wrong ones count as failed sign-ins."""
    tried = try_password(own_account().username, form.old_password.data)
    if tried.user is not None:
        return True
    sentences = [_("Kata sandi sekarang tidak cocok."), *([how_long(tried.wait)] if tried.wait else [])]
    form.old_password.errors = [" ".join(sentences)]
    return False


def _account_page(
    *,
    password_form: ChangePasswordForm | None = None,
    contact_form: ContactForm | None = None,
    suggestion: str | None = None,
) -> tuple[str, int]:
    user, actor = own_account(), current_actor()
    failed = password_form is not None or contact_form is not None
    if contact_form is None:
        contact_form = ContactForm(formdata=None, phone=shown_phone(user.phone), email=user.email)
    page = render_template(
        "access/account.html",
        user=user,
        roles=[sentence(LABELS[role]) for role in Role if role in actor.roles],
        positions=[sentence(POSITIONS[position]) for position in Position if position in actor.positions],
        password_form=password_form or ChangePasswordForm(formdata=None),
        contact_form=contact_form,
        suggestion=suggestion,
        links=links_of(db.session, user.id) if providers() else [],
    )
    return page, 422 if failed else 200
