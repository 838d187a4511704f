"""The pages of proposals: what waits for a second person, and what became of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.confirmations import queries, service, telling
from app.base.confirmations.blueprint import bp
from app.base.confirmations.forms import RefuseForm
from app.base.confirmations.kinds import KINDS
from app.base.confirmations.models import Proposal, ProposalStatus
from app.base.confirmations.people import may_confirm, others_confirm
from app.base.web.db import db
from app.base.web.editing import telling as telling_why
from app.base.web.editing import undoing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.menu import may_open
from app.base.web.query import number_of
from app.base.web.wiring import now, settings, wired
from app.kernel.confirmed import Twofold
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound, Refused, Stale
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can


def to_confirm(session: Session, actor: Actor) -> int:
    """Count the proposals that wait for this person."""
    return len(queries.to_confirm(session, actor))


@bp.get("/persetujuan-kedua")
@allow(Can.CONFIRM)
def index() -> ResponseReturnValue:
    only_open = request.args.get("keadaan") == "menunggu"
    query = queries.visible(current_actor(), only_open=only_open)
    page = paginate(db.session, query, number_of("hal") or 1)
    return render_template("confirmations/index.html", page=page, only_open=only_open, kinds=KINDS)


@bp.get("/persetujuan-kedua/<int:proposal_id>")
@allow(Can.ENTER)
def show(proposal_id: int) -> ResponseReturnValue:
    proposal = service.proposal_of(db.session, current_actor(), proposal_id)
    return _page(proposal, RefuseForm(formdata=None))


@bp.post("/persetujuan-kedua/<int:proposal_id>/setujui")
@allow(Can.CONFIRM)
@risky(remembered=True)
def confirm(proposal_id: int) -> ResponseReturnValue:
    actor = current_actor()
    proposal = service.proposal_of(db.session, actor, proposal_id)
    with undoing(Stale) as undone:
        service.confirm(db.session, actor, proposal, vault=wired().vault, now=now())
        flash(sentence(telling.outcome(proposal)), "success")
    if undone.error is not None:
        proposal = service.proposal_of(db.session, actor, proposal_id)
        service.mark_stale(db.session, proposal, undone.error.sentence, now=now())
        flash(sentence(telling.outcome(proposal)), "warning")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.post("/persetujuan-kedua/<int:proposal_id>/tolak")
@allow(Can.ENTER)
def refuse(proposal_id: int) -> ResponseReturnValue:
    form = RefuseForm()
    proposal = service.proposal_of(db.session, current_actor(), proposal_id)
    if form.is_posted_and_valid():
        with form.catching():
            service.refuse(db.session, current_actor(), proposal, why=form.why.data, now=now())
            flash(_("Ditolak. Tidak ada yang berubah, dan pengusulnya diberi tahu."), "success")
            return redirect(url_for(".show", proposal_id=proposal_id), 303)
    return _page(service.proposal_of(db.session, current_actor(), proposal_id), form), 422


@bp.post("/persetujuan-kedua/<int:proposal_id>/tarik")
@allow(Can.ENTER)
def withdraw(proposal_id: int) -> ResponseReturnValue:
    proposal = service.proposal_of(db.session, current_actor(), proposal_id)
    with telling_why(GaungError, Forbidden, NotFound, look="warning"):
        service.withdraw(db.session, current_actor(), proposal, now=now())
        flash(_("Usulan ditarik. Tidak ada yang berubah."), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.post("/pengguna/<int:user_id>/langkah-kedua")
@allow(Can.ADMINISTER)
@risky()
def ask_new_factor(user_id: int) -> ResponseReturnValue:
    """Ask that somebody's second factor is taken away, whose phone and codes are lost."""
    reason = request.form.get("reason", "").strip()
    if not reason:  # the page says it at the field
        return redirect(url_for("people.user", user_id=user_id, kurang="langkah", _anchor="alasan-langkah"), 303)
    asked = service.Ask(Twofold.NEW_FACTOR, user_id, {}, reason)
    with telling_why(Invalid, Refused):
        proposal = service.ask(db.session, current_actor(), asked, vault=wired().vault, now=now())
        flash(_("Diusulkan. Langkah keduanya diatur ulang setelah orang kedua setuju."), "success")
        return redirect(url_for(".show", proposal_id=proposal.id), 303)
    return redirect(url_for("people.user", user_id=user_id), 303)


def _page(proposal: Proposal, form: RefuseForm) -> str:
    actor, kind = current_actor(), KINDS[proposal.kind]
    waits = proposal.status == ProposalStatus.WAITING
    endpoint, parameter = kind.page
    address: dict[str, Any] = {parameter: proposal.subject_id}
    return render_template(
        "confirmations/show.html",
        proposal=proposal,
        kind=kind,
        form=form,
        outcome=sentence(telling.outcome(proposal)),
        may_confirm=waits and may_confirm(kind, proposal, actor),
        mine=proposal.asked_by_id == actor.id,
        alone=waits and not others_confirm(db.session, kind, proposal),
        record=url_for(endpoint, **address) if may_open(endpoint) else None,
        practice=settings().practice,
    )
