"""The clauses of an agreement, and how far they are."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.oversight.commitments import access, queries
from app.oversight.commitments import clauses as service
from app.oversight.commitments.blueprint import bp
from app.oversight.commitments.forms import ClauseForm, ReportForm
from app.oversight.commitments.models import Clause


@bp.route("/komitmen/<int:commitment_id>/butir/baru", methods=["GET", "POST"])
@allow(Can.KEEP_COMMITMENTS)
def new_clause(commitment_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    held = access.commitment_to_keep(db.session, actor, commitment_id)
    form = ClauseForm() if posted else ClauseForm(formdata=None)
    _offer(form, None)
    if posted and form.is_posted_and_valid():
        with form.catching():
            clause = service.add(db.session, actor, commitment_id, form.values, now=now())
            flash(_("Butir ditambahkan."), "success")
            return redirect(_at(clause), 303)
    return render_template("commitments/clause.html", form=form, held=held, clause=None), 422 if posted else 200


@bp.route("/komitmen/butir/<int:clause_id>/ubah", methods=["GET", "POST"])
@allow(Can.KEEP_COMMITMENTS)
def edit_clause(clause_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    clause = access.clause_to_keep(db.session, actor, clause_id)
    form = ClauseForm() if posted else ClauseForm(formdata=None)
    _offer(form, clause)
    if not posted:
        form.show(clause)
    elif form.is_posted_and_valid():
        with form.saving(clause):
            service.edit(db.session, actor, clause_id, form.values, seen=form.version.data, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(_at(clause), 303)
    page = render_template("commitments/clause.html", form=form, held=clause.commitment, clause=clause)
    return page, 422 if posted else 200


@bp.route("/komitmen/butir/<int:clause_id>/kemajuan", methods=["GET", "POST"])
@allow(Can.READ_COMMITMENTS)
def report(clause_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    clause = access.clause_to_report(db.session, actor, clause_id)
    shown = {"version": clause.version, "status": clause.status, "note": clause.note}
    form = ReportForm() if posted else ReportForm(formdata=None, **shown)
    form.offer()
    if posted and form.is_posted_and_valid():
        with form.saving(clause):
            service.report(
                db.session, actor, clause_id, status=form.status.data, note=form.note.data or "",
                seen=form.version.data, now=now(),
            )  # fmt: skip
            flash(_("Kemajuan butir tercatat."), "success")
            return redirect(_at(clause), 303)
    page = render_template(
        "commitments/report.html",
        form=form,
        clause=clause,
        shown=queries.evidence_of(db.session, [clause_id]).get(clause_id, ()),
    )
    return page, 422 if posted else 200


@bp.post("/komitmen/butir/<int:clause_id>/hapus")
@allow(Can.KEEP_COMMITMENTS)
def remove_clause(clause_id: int) -> ResponseReturnValue:
    clause = service.remove(db.session, current_actor(), clause_id, now=now())
    return redirect(url_for(".show", commitment_id=clause.commitment_id, butir_dihapus=clause_id), 303)


@bp.post("/komitmen/butir/<int:clause_id>/kembalikan")
@allow(Can.KEEP_COMMITMENTS)
def restore_clause(clause_id: int) -> ResponseReturnValue:
    clause = service.restore(db.session, current_actor(), clause_id, now=now())
    flash(_("Butir dikembalikan dengan buktinya."), "success")
    return redirect(_at(clause), 303)


def find_removed(clause_id: int | None, commitment_id: int) -> Clause | None:
    """Return a clause of this agreement whose removal can be undone, or None."""
    found = select(Clause).where(
        Clause.id == clause_id, Clause.commitment_id == commitment_id, Clause.removed_at.is_not(None)
    )
    return db.session.scalar(found) if clause_id else None


def _offer(form: ClauseForm, clause: Clause | None) -> None:
    form.offer(
        queries.owner_choices(db.session, clause.organisation_id if clause else None),
        queries.person_choices(db.session, clause.person_id if clause else None),
    )


def _at(clause: Clause) -> str:
    return url_for("commitments.show", commitment_id=clause.commitment_id, _anchor=f"butir-{clause.id}")
