"""What binds the regency: list, page of one, changes. Clauses and their evidence have modules of their own."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.list_file import list_file
from app.base.media.models import StoredFile
from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.listing import as_table
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.oversight.commitments import access, queries, routes_clauses, routes_evidence, service, states
from app.oversight.commitments.blueprint import bp
from app.oversight.commitments.forms import CommitmentForm
from app.oversight.commitments.index import COMMITMENTS, clause_columns
from app.oversight.commitments.models import Commitment
from app.oversight.commitments.pages_files import KeptFile, Upload

__all__ = ["bp", "routes_clauses", "routes_evidence"]


@bp.get("/komitmen")
@allow(Can.READ_COMMITMENTS)
def index() -> ResponseReturnValue:
    actor, today = current_actor(), local_day(now())
    view = COMMITMENTS.view(db.session, lambda wanted: queries.listed(actor, wanted, today))
    keeps = access.may_keep(actor)
    return render_template(
        "commitments/index.html",
        view=view,
        progress=queries.progress(db.session, today, actor=actor),
        owner_choices=[("", _("Semua OPD")), *queries.used_owners(db.session, actor)],
        state_choices=[("", _("Semua")), *((key, sentence(label)) for key, label in states.FILTERS.items())],
        removed=service.find_removed(db.session, number_of("dihapus")) if keeps else None,
        keeps=keeps,
    )


@bp.get("/komitmen/unduh.xlsx")
@allow(Can.READ_COMMITMENTS)
def export_xlsx() -> ResponseReturnValue:
    today = local_day(now())
    rows = db.session.execute(queries.clauses_to_export(current_actor(), COMMITMENTS.read_filters(), today)).all()
    return list_file(as_table(clause_columns(today), rows), "komitmen.xlsx", _("Komitmen"))


@bp.get("/komitmen/<int:commitment_id>")
@allow(Can.READ_COMMITMENTS)
def show(commitment_id: int) -> ResponseReturnValue:
    actor, today = current_actor(), local_day(now())
    held = access.get(db.session, actor, commitment_id)
    clauses = queries.clauses_of(db.session, actor, commitment_id)
    evidence = queries.evidence_of(db.session, [one.id for one in clauses])
    keeps = access.may_keep(actor)
    return render_template(
        "commitments/show.html",
        held=held,
        clauses=clauses,
        hidden=queries.hidden_count(db.session, commitment_id, len(clauses)),
        evidence=evidence,
        record_names=queries.record_names(db.session, [one for shown in evidence.values() for one in shown]),
        owners=queries.organisation_names(db.session, [one.organisation_id for one in clauses]),
        people=queries.people(db.session, [one for c in clauses for one in (c.person_id, c.reported_by_id)]),
        file=db.session.get(StoredFile, held.file_id) if held.file_id else None,
        reports={one.id for one in clauses if access.may_report(actor, one)},
        removed_clause=routes_clauses.find_removed(number_of("butir_dihapus"), held.id) if keeps else None,
        removed_evidence=routes_evidence.find_removed(number_of("bukti_dihapus"), clauses),
        keeps=keeps,
        days_late={one.id: (today - one.due_on).days for one in clauses if one.due_on and queries.is_late(one, today)},
    )


@bp.route("/komitmen/baru", methods=["GET", "POST"])
@allow(Can.KEEP_COMMITMENTS)
def new() -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    access.check_may_keep(actor)
    form, upload = (CommitmentForm(), Upload()) if posted else (CommitmentForm(formdata=None), None)
    form.offer()
    if upload is not None and _valid(form, upload):
        with form.catching():
            made = service.record(db.session, actor, form.values, file=upload.store(), now=now())
            upload.done()
            flash(_("“%(title)s” dicatat. Lanjutkan dengan butirnya.", title=made.title), "success")
            return redirect(url_for(".show", commitment_id=made.id), 303)
    return _form_page(form, None, upload.kept() if upload else None), 422 if posted else 200


@bp.route("/komitmen/<int:commitment_id>/ubah", methods=["GET", "POST"])
@allow(Can.KEEP_COMMITMENTS)
def edit(commitment_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    form, upload = (CommitmentForm(), Upload()) if posted else (CommitmentForm(formdata=None), None)
    held = access.commitment_to_keep(db.session, actor, commitment_id)
    form.offer()
    if upload is None:
        form.show(held)
    elif _valid(form, upload):
        with form.saving(held):
            file, seen = upload.store(), form.version.data
            service.edit(db.session, actor, commitment_id, form.values, file=file, seen=seen, now=now())
            upload.done()
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", commitment_id=commitment_id), 303)
    return _form_page(form, held, upload.kept() if upload else None), 422 if posted else 200


@bp.post("/komitmen/<int:commitment_id>/hapus")
@allow(Can.KEEP_COMMITMENTS)
def remove(commitment_id: int) -> ResponseReturnValue:
    service.remove(db.session, current_actor(), commitment_id, now=now())
    return redirect(url_for(".index", dihapus=commitment_id), 303)


@bp.post("/komitmen/<int:commitment_id>/kembalikan")
@allow(Can.KEEP_COMMITMENTS)
def restore(commitment_id: int) -> ResponseReturnValue:
    held = service.restore(db.session, current_actor(), commitment_id, now=now())
    flash(_("“%(title)s” dikembalikan dengan butir dan buktinya.", title=held.title), "success")
    return redirect(url_for(".show", commitment_id=commitment_id), 303)


@bp.get("/komitmen/<int:commitment_id>/berkas")
@allow(Can.READ_COMMITMENTS)
def document(commitment_id: int) -> ResponseReturnValue:
    held = access.get(db.session, current_actor(), commitment_id)
    file = db.session.get(StoredFile, held.file_id) if held.file_id else None
    if file is None:
        raise NotFound(T("Salinan dokumennya belum diunggah."))
    return picture(file)


def _valid(form: CommitmentForm, upload: Upload) -> bool:
    valid = form.is_posted_and_valid()
    if upload.wrong is not None:
        form.refuse(upload.wrong)
    return valid and upload.wrong is None


def _form_page(form: CommitmentForm, held: Commitment | None, kept: KeptFile | None) -> str:
    return render_template("commitments/form.html", form=form, held=held, kept=kept)
