"""What follows when somebody has shown who they are: the session, the first password, and where they were going."""

from flask import g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user

from app.access.forms import NewPasswordForm
from app.access.local_pages import turned_away
from app.access.pages import resume_page
from app.access.parked import unpark
from app.people.models import User
from app.web.guard import forget_actor, own_path
from app.web.menu import link
from app.web.wiring import now


def after_first(
    user: User, *, how: str, remember: bool = False, target: str | None = None, parked: str | None = None
) -> ResponseReturnValue:
    """Go on after the first factor: every way to sign in ends here.

    `how`: "password", "passkey", "provider". `target`: the page that was asked for. `parked`: what was typed when the
    session ended.
    """
    away = turned_away(user, target, parked) if how != "provider" else None
    if away is not None:
        return away
    start_session(user, remember=remember)
    if user.must_change_password:
        return ask_new_password(own_path(target), parked)
    return onwards(target, parked)


def start_session(user: User, *, remember: bool) -> None:
    session.clear()  # a session from before signing in gives nothing to the one after
    g.pop("csrf_token", None)  # Flask-WTF keeps the old session's token for this request
    login_user(user, remember=remember)
    session.permanent = True
    forget_actor()


def home() -> str:
    return link("desk.home") or "/"


def onwards(target: str | None, parked: str | None) -> ResponseReturnValue:
    kept = unpark(parked, now())
    if kept is not None:
        return resume_page(kept)
    return redirect(own_path(target) or home(), 303)


def ask_new_password(target: str | None, parked: str | None) -> ResponseReturnValue:
    """Go to the first password. What was parked cannot travel in an address: the page is shown at once."""
    if not unpark(parked, now()):
        return redirect(url_for("access.new_password", next=target), 303)
    form = NewPasswordForm(formdata=None)
    form.parked.data = parked
    return render_template("access/new_password.html", form=form)
