"""The steps after somebody has shown who they are: the second factor, the session, and where they were going."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.base.access import factor_policy, factors, known, proof, sessions, trail
from app.base.access.carried_form import unpark
from app.base.access.forms import NewPasswordForm, SecondForm
from app.base.access.local_pages import turned_away
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
    parked: str | None = None,
) -> ResponseReturnValue:
    """Go on after the first factor: every way to sign in ends here.

    `how`: "password", "passkey" (which is two factors in one), "provider". `shown`: the provider asked for a second
    one. `target`: the page that was asked for. `shared`: a computer of several, where nothing is remembered. `parked`:
    what was typed when the session ended. Asks for the second factor on a device that does not know the person.
    """
    shown = shown or how == "passkey"
    away = turned_away(user, target, parked) if how != "provider" else None
    if away is not None:
        return away
    held = factors.held(db.session, user.id, now=now())
    if not shown and held.any and not known.known_here(user, now()):
        half = HalfIn(user.id, user.fs_uniquifier, how, remember, shared, target, now().timestamp())
        return _ask_second(user, half, parked)
    return enter(user, how=how, shown=shown, remember=remember, shared=shared, target=target, parked=parked)


def _ask_second(user: User, half: HalfIn, parked: str | None) -> ResponseReturnValue:
    """What was parked cannot travel in an address: then the page is shown at once."""
    sessions.forget_before()
    session[HALF] = asdict(half)
    if not unpark(parked, now()):
        return redirect(url_for("access.second_step"), 303)
    form = SecondForm(formdata=None)
    form.parked.data = parked
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
        held=factors.held(db.session, user.id, now=now()),
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
    parked: str | None = None,
) -> ResponseReturnValue:
    """Begin the session. `shown`: the second factor was, too. `own_device`: remember it for 30 days."""
    trail.signed_in(user, how, second=shown, shared=shared)
    sessions.start(db.session, user, remember=remember, shared=shared, how=how, now=now())
    proof.note_signed_in()
    if shown:
        proof.note_shown(own=own_device)
    _note_due(user)
    if user.must_change_password:
        return ask_new_password(own_path(target), parked)
    return onwards(target, parked)


def _note_due(user: User) -> None:
    """Begin the time of somebody who must set up a factor, and keep in the session until when it runs."""
    policy = factor_policy.read_policy(db.session)
    must = factor_policy.needs_factor(user, policy)
    proof.note_due(None)
    if must and not factors.held(db.session, user.id, now=now()).any:
        ends = policy.ends_at(factors.want(db.session, user.id, now=now()))
        proof.note_due(ends)


def home() -> str:
    return link("desk.home") or "/"


def onwards(target: str | None, parked: str | None, *, shown: bool = False) -> ResponseReturnValue:
    kept = unpark(parked, now())
    if kept is not None:
        return resume_page(kept, shown=shown)
    return redirect(own_path(target) or home(), 303)


def ask_new_password(target: str | None, parked: str | None) -> ResponseReturnValue:
    """Go to the first password. What was parked cannot travel in an address: the page is shown at once."""
    if not unpark(parked, now()):
        return redirect(url_for("access.new_password", next=target), 303)
    form = NewPasswordForm(formdata=None)
    form.parked.data = parked
    return render_template("access/new_password.html", form=form)
