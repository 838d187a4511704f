"""The national evaluation sheet of a year: its weights, its rows, and what each row says of a part."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.media.pages import picture
from app.base.media.service import readable_file
from app.base.web.db import db
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.errors import Refused, Stale
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.rules import visible
from app.oversight.recaps import evaluations, evidence, proposals
from app.oversight.recaps.blueprint import bp
from app.oversight.recaps.forms import CellForm, EvidenceForm, RowForm, picked_file, weights_form
from app.oversight.recaps.models import EvaluationRow

MOST_CAMPAIGNS = 500


@bp.get("/laporan-berkala/evaluasi")
@allow(Can.READ_OFFICE)
def evaluation() -> ResponseReturnValue:
    actor, this_year = current_actor(), local_day(now()).year
    found = evaluations.evaluation_of(db.session, number_of("tahun") or this_year)
    listed = evaluations.years(db.session, this_year)
    ids = [row.campaign_id for row in found.rows if row.campaign_id]
    names = dict(db.session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(ids))).tuples().all())
    return render_template(
        "recaps/evaluation.html", found=found, year_choices=[(one, str(one)) for one in listed],
        dimensions=evaluations.dimensions(db.session), campaigns=names, cell_of=evaluations.cell_of,
        survey=proposals.impact_survey(db.session, actor, found.year), known=evaluations.known_weights(found),
        may_write=evaluations.may_write(actor), may_weigh=evaluations.may_weigh(actor),
    )  # fmt: skip


@bp.route("/laporan-berkala/evaluasi/<int:year>/bobot", methods=["GET", "POST"], endpoint="evaluation_weights")
@allow(Can.WEIGH_EVALUATIONS)
def weights(year: int) -> ResponseReturnValue:
    evaluations.check_may_weigh(current_actor())
    found = evaluations.evaluation_of(db.session, year)
    version = evaluations.version_of(found)
    make, posted = weights_form(found), request.method == "POST"
    standing = {f"w_{part['key']}": part["weight"] for part in found.parts}
    form = make() if posted else make(formdata=None, version=version, source=found.source, **standing)
    if posted and form.is_posted_and_valid():
        with form.catching() as undone:
            evaluations.set_weights(
                db.session, current_actor(), year, form.values, seen=form.version.data, now=now()
            )  # fmt: skip
            flash(_("Bobot tahun %(year)s disimpan.", year=year), "success")
            return redirect(url_for(".evaluation", tahun=year), 303)
        if isinstance(undone.error, Stale):  # `found` may be one that nobody had stored yet
            found = evaluations.evaluation_of(db.session, year)
            form.follow(found)
    return render_template("recaps/weights.html", form=form, found=found), 422 if posted else 200


@bp.route("/laporan-berkala/evaluasi/<int:year>/baris/baru", methods=["GET", "POST"], endpoint="row_new")
@allow(Can.WRITE_EVALUATIONS)
def new_row(year: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    evaluations.check_may_write(actor)
    evaluations.evaluation_of(db.session, year)
    form = (RowForm() if posted else RowForm(formdata=None, dimension_key=request.args.get("dimensi"))).offer(
        *_offers()
    )
    if posted and form.is_posted_and_valid():
        with form.catching():
            row = evaluations.add_row(
                db.session, actor, year, dimension_key=form.dimension_key.data, title=form.title.data or "",
                campaign_id=form.campaign_id.data, now=now(),
            )  # fmt: skip
            flash(_("Baris ditambahkan. Isi bagiannya satu per satu."), "success")
            return redirect(url_for(".cell", row_id=row.id, part=row.evaluation.parts[0]["key"]), 303)
    return render_template("recaps/row.html", form=form, year=year, row=None), 422 if posted else 200


@bp.route("/laporan-berkala/evaluasi/baris/<int:row_id>", methods=["GET", "POST"], endpoint="row_edit")
@allow(Can.WRITE_EVALUATIONS)
def edit_row(row_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    row = evaluations.row_to_write(db.session, actor, row_id)
    names = ("dimension_key", "title", "campaign_id", "version")
    form = RowForm() if posted else RowForm(formdata=None, **{name: getattr(row, name) for name in names})
    form.offer(*_offers(row.campaign_id))
    if posted and form.is_posted_and_valid():
        with form.saving(row):
            evaluations.edit_row(
                db.session, actor, row_id, dimension_key=form.dimension_key.data, title=form.title.data or "",
                campaign_id=form.campaign_id.data, seen=form.version.data, now=now(),
            )  # fmt: skip
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".evaluation", tahun=row.year), 303)
    return render_template("recaps/row.html", form=form, year=row.year, row=row), 422 if posted else 200


@bp.post("/laporan-berkala/evaluasi/baris/<int:row_id>/hapus", endpoint="row_remove")
@allow(Can.WRITE_EVALUATIONS)
def remove_row(row_id: int) -> ResponseReturnValue:
    year = evaluations.row_of(db.session, row_id).year
    evaluations.remove_row(db.session, current_actor(), row_id, now=now())
    flash(_("Baris dihapus dari lembar evaluasi."), "success")
    return redirect(url_for(".evaluation", tahun=year), 303)


@bp.get("/laporan-berkala/evaluasi/baris/<int:row_id>/<part>")
@allow(Can.READ_OFFICE)
def cell(row_id: int, part: str) -> ResponseReturnValue:
    row = evaluations.row_of(db.session, row_id)
    evaluations.part_of(row.evaluation, part)
    return _cell_page(row, part, CellForm.of(evaluations.cell_of(row, part), row.version), EvidenceForm(formdata=None))


@bp.post("/laporan-berkala/evaluasi/baris/<int:row_id>/<part>", endpoint="cell_save")
@allow(Can.WRITE_EVALUATIONS)
def save_cell(row_id: int, part: str) -> ResponseReturnValue:
    form = CellForm()
    row = evaluations.row_to_write(db.session, current_actor(), row_id)
    evaluations.part_of(row.evaluation, part)
    if form.is_posted_and_valid():
        with form.saving(row):
            evaluations.fill_part(
                db.session, current_actor(), row_id, part, form.values, seen=form.version.data, now=now()
            )  # fmt: skip
            flash(_("Disimpan."), "success")
            return redirect(url_for(".cell", row_id=row.id, part=_next(row, part)), 303)
    return _cell_page(row, part, form, EvidenceForm(formdata=None)), 422


def _next(row: EvaluationRow, part: str) -> str:
    """Where somebody goes on after saving: the following part, or the same after the last."""
    keys = [one["key"] for one in row.evaluation.parts]
    return str(keys[min(keys.index(part) + 1, len(keys) - 1)]) if request.form.get("lanjut") else part


@bp.post("/laporan-berkala/evaluasi/baris/<int:row_id>/<part>/pakai", endpoint="cell_adopt")
@allow(Can.WRITE_EVALUATIONS)
def adopt(row_id: int, part: str) -> ResponseReturnValue:
    row, key = evaluations.row_to_write(db.session, current_actor(), row_id), request.form.get("usul", "")
    evaluations.part_of(row.evaluation, part)
    chosen = _proposals(row).find(part, key)
    if chosen is None:
        raise Refused(T("Angka usulan ini sudah tidak ada. Muat ulang halaman untuk melihat yang terbaru."))
    evidence.adopt(
        db.session, current_actor(), row_id, part, chosen, address=url_for(chosen.endpoint, **chosen.values),
        site=settings().public_url, seen=number_of("version", request.form), now=now(),
    )  # fmt: skip
    flash(_("Angkanya dipakai, dan halamannya dicatat sebagai bukti. Periksa uraiannya."), "success")
    return redirect(url_for(".cell", row_id=row_id, part=part), 303)


@bp.post("/laporan-berkala/evaluasi/baris/<int:row_id>/<part>/bukti", endpoint="evidence_add")
@allow(Can.WRITE_EVALUATIONS)
def add_evidence(row_id: int, part: str) -> ResponseReturnValue:
    form = EvidenceForm()
    evaluations.part_of(evaluations.row_to_write(db.session, current_actor(), row_id).evaluation, part)
    if form.is_posted_and_valid():
        with form.catching():
            evidence.add_evidence(
                db.session, current_actor(), row_id, part, title=form.title.data or "",
                address=form.address.data or "", file_id=picked_file(), site=settings().public_url, now=now(),
            )  # fmt: skip
            flash(_("Bukti dicatat."), "success")
            return redirect(url_for(".cell", row_id=row_id, part=part, _anchor="bukti"), 303)
    row = evaluations.row_of(db.session, row_id)
    return _cell_page(row, part, CellForm.of(evaluations.cell_of(row, part), row.version), form), 422


@bp.post("/laporan-berkala/evaluasi/baris/<int:row_id>/bukti/<int:evidence_id>/hapus", endpoint="evidence_remove")
@allow(Can.WRITE_EVALUATIONS)
def remove_evidence(row_id: int, evidence_id: int) -> ResponseReturnValue:
    evidence.remove_evidence(db.session, current_actor(), row_id, evidence_id, now=now())
    flash(_("Bukti dihapus dari lembar ini."), "success")
    return redirect(url_for(".evaluation", tahun=evaluations.row_of(db.session, row_id).year), 303)


@bp.get("/laporan-berkala/evaluasi/baris/<int:row_id>/bukti/<int:evidence_id>/berkas", endpoint="evidence_file")
@allow(Can.READ_OFFICE)
def evidence_file(row_id: int, evidence_id: int) -> ResponseReturnValue:
    return picture(evidence.file_of_evidence(db.session, row_id, evidence_id))


def _cell_page(row: EvaluationRow, part: str, form: CellForm, adding: EvidenceForm) -> str:
    may_write = evaluations.may_write(current_actor())
    found = _proposals(row) if may_write else None
    file_id = picked_file()
    keys = [one["key"] for one in row.evaluation.parts]
    place = keys.index(part)
    return render_template(
        "recaps/cell.html", row=row, part=evaluations.part_of(row.evaluation, part), form=form, adding=adding,
        proposals=found.of.get(part, []) if found else [], survey=found.survey if found else None,
        evidence=[one for one in row.evidence if one.part == part], may_write=may_write,
        cell=evaluations.cell_of(row, part), file=readable_file(db.session, current_actor(), file_id),
        last=place == len(keys) - 1,
    )  # fmt: skip


def _proposals(row: EvaluationRow) -> Any:
    moment = now()
    return proposals.proposals(db.session, current_actor(), row, today=local_day(moment), now=moment, zone=zone())


def _offers(kept: int | None = None) -> tuple[list[tuple[str, str]], list[tuple[int, str]]]:
    """(dimensions, campaigns: the latest first)."""
    wanted = visible(current_actor())
    query = select(Campaign.id, Campaign.name).where(wanted | (Campaign.id == kept) if kept else wanted)
    rows = db.session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.id.desc()).limit(MOST_CAMPAIGNS))
    return [(one.key, one.name) for one in evaluations.dimensions(db.session)], [(row.id, row.name) for row in rows]
