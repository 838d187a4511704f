"""The steps after somebody has shown who they are: the second factor, the session, and where they were going."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.base.access import factor_policy, factors, proof, sessions, trail, trusted_devices
from app.base.access.carried_form import read_carried
from app.base.access.forms import NewPasswordForm, SecondForm
from app.base.access.local_pages import turn_away
from app.base.access.pages import office_link, private, resume_page
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.guard import own_path
from app.base.web.menu import link
from app.base.web.wiring import now

HALF = "half_in"
HALF_LIFE = timedelta(minutes=15)


@dataclass(frozen=True)
class HalfIn:
    """Whose first factor was right, and what was asked for; `mark` goes with the password, `at` is a timestamp."""

    user_id: int
    mark: str
    how: str
    remember: bool
    shared: bool
    target: str | None
    at: float


def after_first(
    user: User,
    *,
    how: str,
    shown: bool = False,
    remember: bool = False,
    shared: bool = False,
    target: str | None = None,
    carried: str | None = None,
) -> ResponseReturnValue:
    """Go on after the first factor: every way to sign in ends here.

    `how`: "password", "passkey" (which is two factors in one), "provider". `shown`: the provider asked for a second
    one. `target`: the page that was asked for. `shared`: a computer of several, where nothing is remembered. `carried`:
    what was typed when the session ended. Asks for the second factor on a device that does not know the person.
    """
    shown = shown or how == "passkey"
    away = turn_away(user, target, carried) if how != "provider" else None
    if away is not None:
        return away
    user_factors = factors.read_factors(db.session, user.id, now=now())
    if not shown and user_factors.any and not trusted_devices.is_known(user, now()):
        half = HalfIn(user.id, user.fs_uniquifier, how, remember, shared, target, now().timestamp())
        return _ask_second(user, half, carried)
    return enter(user, how=how, shown=shown, remember=remember, shared=shared, target=target, carried=carried)


def _ask_second(user: User, half: HalfIn, carried: str | None) -> ResponseReturnValue:
    """A form that is carried along cannot travel in an address: then the page is shown at once."""
    sessions.forget_before()
    session[HALF] = asdict(half)
    if not read_carried(carried, now()):
        return redirect(url_for("access.second_step"), 303)
    form = SecondForm(formdata=None)
    form.parked.data = carried
    return second_page(user, form, shared=half.shared)


def half_in() -> tuple[User, HalfIn] | None:
    """Return who still has to show the second factor in this browser; None after a quarter of an hour or a new
    password."""
    try:
        half = HalfIn(**session.get(HALF) or {})
    except TypeError:
        return None
    user = db.session.get(User, half.user_id)
    over = now().timestamp() - half.at > HALF_LIFE.total_seconds()
    if user is None or not user.active or user.fs_uniquifier != half.mark or over:
        return None
    return user, half


def second_page(user: User, form: SecondForm, status: int = 200, *, shared: bool = False) -> ResponseReturnValue:
    page = render_template(
        "access/second_step.html",
        form=form,
        user_factors=factors.read_factors(db.session, user.id, now=now()),
        shared=shared,
        ask=office_link(),
        passkey=proof.ask_passkey(f"second:{user.id}", user),
    )
    return private(page, status)


def enter(
    user: User,
    *,
    how: str,
    shown: bool,
    remember: bool = False,
    shared: bool = False,
    own_device: bool = False,
    target: str | None = None,
    carried: str | None = None,
) -> ResponseReturnValue:
    """Begin the session. `shown`: the second factor was, too. `own_device`: remember it for 30 days."""
    trail.note_sign_in(user, how, second=shown, shared=shared)
    sessions.start(db.session, user, remember=remember, shared=shared, how=how, now=now())
    proof.note_signed_in()
    if shown:
        proof.note_shown(own=own_device)
    _note_due(user)
    if user.must_change_password:
        return ask_new_password(own_path(target), carried)
    return onwards(target, carried)


def _note_due(user: User) -> None:
    """Begin the time of somebody who must set up a factor, and keep in the session until when it runs."""
    policy = factor_policy.read_policy(db.session)
    must = factor_policy.needs_factor(user, policy)
    proof.note_due(None)
    if must and not factors.read_factors(db.session, user.id, now=now()).any:
        ends = policy.ends_at(factors.want(db.session, user.id, now=now()))
        proof.note_due(ends)


def home() -> str:
    return link("desk.home") or "/"


def onwards(target: str | None, carried: str | None, *, shown: bool = False) -> ResponseReturnValue:
    kept = read_carried(carried, now())
    if kept is not None:
        return resume_page(kept, shown=shown)
    return redirect(own_path(target) or home(), 303)


def ask_new_password(target: str | None, carried: str | None) -> ResponseReturnValue:
    """Go to the first password. A form that is carried along cannot travel in an address: the page is shown at once."""
    if not read_carried(carried, now()):
        return redirect(url_for("access.new_password", next=target), 303)
    form = NewPasswordForm(formdata=None)
    form.parked.data = carried
    return render_template("access/new_password.html", form=form)
