"""The pages of evidence of a clause: adding, removing, restoring, and its file."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.oversight.commitments import access, records
from app.oversight.commitments import evidence as service
from app.oversight.commitments.blueprint import bp
from app.oversight.commitments.forms import EvidenceForm
from app.oversight.commitments.models import Clause, Evidence, EvidenceKind
from app.oversight.commitments.pages_files import Upload


@bp.route("/komitmen/butir/<int:clause_id>/bukti/baru", methods=["GET", "POST"])
@allow(Can.READ_COMMITMENTS)
def new_evidence(clause_id: int) -> ResponseReturnValue:
    actor, posted, kind = current_actor(), request.method == "POST", _kind()
    form, upload = (EvidenceForm(), Upload()) if posted else (EvidenceForm(formdata=None), None)
    access.clause_to_report(db.session, actor, clause_id)
    if upload is not None and _valid(form, upload):
        with form.catching():
            service.add(
                db.session, actor, clause_id, form.values(kind), today=local_day(now()), zone=zone(), now=now(),
                file=upload.store() if kind == EvidenceKind.FILE else None,
            )  # fmt: skip
            upload.done()
            flash(_("Bukti ditambahkan."), "success")
            return redirect(_at(db.session.get_one(Clause, clause_id)), 303)
    return _page(form, clause_id, kind, upload), 422 if posted else 200


@bp.post("/komitmen/bukti/<int:evidence_id>/hapus")
@allow(Can.READ_COMMITMENTS)
def remove_evidence(evidence_id: int) -> ResponseReturnValue:
    clause = service.remove(db.session, current_actor(), evidence_id, now=now())
    return redirect(_at(clause, bukti_dihapus=evidence_id), 303)


@bp.post("/komitmen/bukti/<int:evidence_id>/kembalikan")
@allow(Can.READ_COMMITMENTS)
def restore_evidence(evidence_id: int) -> ResponseReturnValue:
    clause = service.restore(db.session, current_actor(), evidence_id, now=now())
    flash(_("Bukti dikembalikan."), "success")
    return redirect(_at(clause), 303)


@bp.get("/komitmen/bukti/<int:evidence_id>/berkas")
@allow(Can.READ_COMMITMENTS)
def evidence_file(evidence_id: int) -> ResponseReturnValue:
    return picture(service.file_of(db.session, current_actor(), evidence_id))


def find_removed(evidence_id: int | None, clauses: Collection[Clause]) -> Evidence | None:
    """Return evidence of one of these clauses whose removal this person can undo, or None."""
    mine = [one.id for one in clauses if access.may_report(current_actor(), one)]
    found = select(Evidence).where(
        Evidence.id == evidence_id, Evidence.clause_id.in_(mine), Evidence.removed_at.is_not(None)
    )
    return db.session.scalar(found) if evidence_id else None


def _kind() -> EvidenceKind:
    """What the page offers; a word that means nothing counts as not given."""
    given = request.args.get("jenis", "")
    return EvidenceKind(given) if given in _kinds() else EvidenceKind.FILE


def _kinds() -> list[str]:
    """Those whose records this person may open, a file and an address."""
    return [str(one) for one in EvidenceKind if one not in records.SOURCES or may_open(records.SOURCES[one].endpoint)]


def _valid(form: EvidenceForm, upload: Upload) -> bool:
    valid = form.is_posted_and_valid()
    if upload.wrong is not None:
        form.refuse(upload.wrong)
    return valid and upload.wrong is None


def _page(form: EvidenceForm, clause_id: int, kind: EvidenceKind, upload: Upload | None) -> str:
    q = request.args.get("q", "")[:200]
    of_gaung = kind in records.SOURCES
    found = records.record_choices(db.session, current_actor(), kind, q, zone=zone()) if of_gaung else []
    return render_template(
        "commitments/evidence.html",
        form=form,
        clause=db.session.get_one(Clause, clause_id),
        kind=str(kind),
        kinds=_kinds(),
        of_gaung=of_gaung,
        found=found[: records.MOST],
        too_many=len(found) > records.MOST,
        q=q,
        kept=upload.kept() if upload and kind == EvidenceKind.FILE else None,
    )


def _at(clause: Clause, bukti_dihapus: int | None = None) -> str:
    where = None if bukti_dihapus else f"butir-{clause.id}"
    return url_for("commitments.show", commitment_id=clause.commitment_id, bukti_dihapus=bukti_dihapus, _anchor=where)
