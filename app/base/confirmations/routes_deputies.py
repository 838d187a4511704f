"""A signer's own page: who stands in for me."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.confirmations import deputies
from app.base.confirmations.blueprint import bp
from app.base.confirmations.forms import DeputyForm
from app.base.people import delegations as plt
from app.base.people import queries
from app.base.people.models import User
from app.base.people.roles import POSITIONS
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.wiring import now
from app.kernel.roles import Can, Position


@bp.route("/penggantian-saya", methods=["GET", "POST"])
@allow(Can.APPOINT_DEPUTY)
@risky(remembered=True)
def own_deputies() -> ResponseReturnValue:
    actor, today = current_actor(), local_day(now())
    posted = request.method == "POST"
    form = DeputyForm() if posted else DeputyForm(formdata=None, kind="plh", starts_on=today)
    _choices(form)
    if form.is_posted_and_valid():
        with form.catching():
            term = plt.Term(
                kind=form.kind.data,
                from_user_id=actor.id,
                to_user_id=form.to_user_id.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                decree=form.decree.data or "",
            )
            made = deputies.appoint(db.session, actor, term, today=today, now=now())
            flash(
                _("%(name)s menggantikan Anda. Semua yang bersangkutan diberi tahu.", name=made.to_user.name), "success"
            )
            return redirect(url_for(".own_deputies"), 303)
    return _page(form), 422 if form.is_submitted() else 200


@bp.post("/penggantian-saya/<int:delegation_id>/akhiri")
@allow(Can.APPOINT_DEPUTY)
def end_deputy(delegation_id: int) -> ResponseReturnValue:
    ended = deputies.end(db.session, current_actor(), delegation_id, now=now())
    flash(_("%(name)s tidak lagi menggantikan Anda mulai sekarang.", name=ended.to_user.name), "success")
    return redirect(url_for(".own_deputies"), 303)


def _choices(form: DeputyForm) -> None:
    me = current_actor().id
    people = [
        (user.id, f"{user.name} ({user.organisation.name})") for user in queries.approvers(db.session) if user.id != me
    ]
    form.to_user_id.choices = [("", _("Pilih orangnya")), *people]
    form.kind.choices = [(kind.value, sentence(label)) for kind, label in plt.KINDS.items()]


def _page(form: DeputyForm) -> str:
    today = local_day(now())
    me = db.session.get_one(User, current_actor().id)
    return render_template(
        "confirmations/own_deputies.html",
        form=form,
        position=sentence(POSITIONS[Position(me.position)]) if me.position else None,
        items=deputies.list_deputies(db.session, current_actor()),
        state_of=lambda item: queries.delegation_state(item, today),
    )
