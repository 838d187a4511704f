"""Before a risky act: ask for the second factor, or for setting one up where it is compulsory and the time is over."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.base.access import factor_policy, factors, proof, trusted_devices
from app.base.access.carried_form import carry_form
from app.base.access.factors import UserFactors
from app.base.access.forms import SecondForm
from app.base.access.pages import private
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.guard import SAFE_METHODS, Risk, own_path
from app.base.web.wiring import now


def step_up(risk: Risk) -> ResponseReturnValue | None:
    """Return the page that asks, or None where the person may go on."""
    if proof.shown_within(proof.DAY if risk.remembered else proof.FRESH):
        return None
    user: User = current_user._get_current_object()
    user_factors = factors.read_factors(db.session, user.id, now=now())
    if user_factors.any:
        if risk.remembered and trusted_devices.is_own(user, now()):
            return None
        return step_page(user, _form(), user_factors, 401)
    if risk.opening:  # the first factor: whoever finds an open browser must not set up theirs
        fresh = proof.signed_in_within(proof.FRESH) or not user.password
        return None if fresh else step_page(user, _form(), user_factors, 401)
    return must_page(_form(), 401) if _time_is_over(user, user_factors) else None


def _time_is_over(user: User, user_factors: UserFactors) -> bool:
    policy = factor_policy.read_policy(db.session)
    ends = policy.ends_at(user_factors.wanted_since)
    return factor_policy.needs_factor(user, policy) and ends is not None and ends <= now()


def _form() -> SecondForm:
    """Carries along what was posted, or the page that was asked for."""
    form = SecondForm(formdata=None)
    if request.method in SAFE_METHODS:
        form.next.data = own_path(request.full_path.rstrip("?")) or ""
    else:
        form.parked.data = carry_form(now(), also_empty=True) or ""
    return form


def step_page(user: User, form: SecondForm, user_factors: UserFactors, status: int) -> ResponseReturnValue:
    page = render_template(
        "access/step_up.html",
        form=form,
        user_factors=user_factors,
        shared=proof.shared_here(),
        passkey=proof.ask_passkey(f"step:{user.id}", user),
    )
    return private(page, status)


def must_page(form: SecondForm, status: int) -> ResponseReturnValue:
    return private(render_template("access/must_set_up.html", form=form, party=proof.party()), status)
