"""Keamanan masuk: the roles of whom the office asks a second factor, and the people who have not set one up yet."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.access import factor_list, factor_policy
from app.base.access.blueprint import bp
from app.base.access.forms import PolicyForm
from app.base.people.roles import EXPLANATIONS, LABELS
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.roles import Can, Role


@bp.route("/keamanan-masuk", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
def policy() -> ResponseReturnValue:
    if request.method == "GET":
        chosen = sorted(role.value for role in factor_policy.required_roles(db.session))
        return _page(PolicyForm(formdata=None, required=chosen, days=factor_policy.grace_days(db.session)), 200)
    form = _with_choices(PolicyForm())
    if form.is_posted_and_valid():
        with form.catching():
            required = frozenset(Role(name) for name in form.required.data)
            factor_policy.change_policy(db.session, current_actor(), required, days=form.days.data, now=now())
            flash(_("Aturan masuk disimpan. Berlaku saat orang masuk berikutnya."), "success")
            return redirect(url_for(".policy"), 303)
    return _page(form, 422)


def _with_choices(form: PolicyForm) -> PolicyForm:
    form.required.choices = [
        (role.value, f"{sentence(LABELS[role])} – {sentence(EXPLANATIONS[role])}") for role in factor_policy.CHOICES
    ]
    return form


def _page(form: PolicyForm, status: int) -> ResponseReturnValue:
    people = factor_list.people(
        db.session, q=request.args.get("q", ""), state=request.args.get("keadaan", ""), number=number_of("hal") or 1
    )
    page = render_template(
        "access/policy.html",
        form=_with_choices(form),
        people=people,
        practice=settings().practice,
        never=[sentence(LABELS[role]) for role in Role if role in factor_policy.NEVER],
        now=now(),
    )
    return page, status
