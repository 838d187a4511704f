"""Pages of surveys that were done elsewhere: list, one result, recording, editing, removing and bringing back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.pages import picture
from app.base.media.service import readable_file
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded import pages as pages_recorded
from app.evidence.surveys.recorded import service as recorded
from app.evidence.surveys.recorded.forms import ResultForm, form_of, picked_file, posted_rows, stored_rows, with_spare
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, Dimension
from app.outreach.campaigns.rules import visible as visible_campaigns

SHOWN = 5


@bp.get("/survei/hasil-luar")
@allow(Can.READ_SURVEYS)
def results() -> ResponseReturnValue:
    actor = current_actor()
    undone = number_of("dihapus")
    return render_template(
        "surveys/recorded.html",
        page=paginate(db.session, _listed(actor), number_of("hal") or 1, rows=True),
        audiences=[(str(key), sentence(label)) for key, label in SURVEYED.items()],
        campaigns=pages_recorded.campaign_choices(db.session, actor),
        program=number_of("program"),
        share=recorded.share,
        done_words=pages_recorded.done_words,
        removed=recorded.last_removal(db.session, actor, undone) if undone else None,
        may_record=may_open("surveys.new_result"),
    )


def _listed(actor: Actor) -> Select[Any]:
    given = request.args
    row: list[Any] = [RecordedResult, Campaign.name.label("campaign")]
    query = (
        select(*row)
        .outerjoin(Campaign, Campaign.id == RecordedResult.campaign_id)
        .where(recorded.visible_to(actor))
        .order_by(RecordedResult.done_on.desc(), RecordedResult.id.desc())
    )
    if words := given.get("q", "").strip():
        columns = (RecordedResult.title, RecordedResult.source, RecordedResult.finding, RecordedResult.question)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if given.get("siapa") in SURVEYED:
        query = query.where(RecordedResult.audience == given["siapa"])
    if number := number_of("program"):
        query = query.where(RecordedResult.campaign_id == number)
    return query


@bp.get("/survei/hasil-luar/<int:result_id>")
@allow(Can.READ_SURVEYS)
def show_result(result_id: int) -> ResponseReturnValue:
    actor = current_actor()
    result = recorded.find(db.session, actor, result_id)
    campaign = db.session.scalar(
        select(Campaign).where(Campaign.id == result.campaign_id, visible_campaigns(actor))
    )  # fmt: skip
    return render_template(
        "surveys/recorded_show.html",
        result=result,
        campaign=campaign,
        organisation=db.session.get_one(Organisation, result.organisation_id).name,
        dimension=db.session.get(Dimension, result.dimension_key) if result.dimension_key else None,
        measure=dict(pages_recorded.measure_choices(db.session, result.measure_key)).get(result.measure_key or ""),
        file=db.session.get(StoredFile, result.file_id) if result.file_id else None,
        share=recorded.share(result),
        done=pages_recorded.done_words(result.done_on, result.done_precision),
        may_edit=may_open("surveys.edit_result") and recorded.may_edit(actor, result),
    )


@bp.get("/survei/hasil-luar/<int:result_id>/berkas")
@allow(Can.READ_SURVEYS)
def result_file(result_id: int) -> ResponseReturnValue:
    result = recorded.find(db.session, current_actor(), result_id)
    file = db.session.get(StoredFile, result.file_id) if result.file_id else None
    if file is None:
        raise NotFound(T("Hasil survei ini tidak punya berkas."))
    return picture(file, small=request.args.get("kecil") == "1" and file.mime.startswith("image/"))


@bp.route("/survei/hasil-luar/baru", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def new_result() -> ResponseReturnValue:
    form = ResultForm()
    if request.method == "GET":
        form.campaign_id.data = number_of("program")
        return _form_page(form, None), 200
    return _saved(form, None)


@bp.route("/survei/hasil-luar/<int:result_id>/ubah", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def edit_result(result_id: int) -> ResponseReturnValue:
    result = recorded.find_to_edit(db.session, current_actor(), result_id)
    if request.method == "GET":
        return _form_page(form_of(result), result), 200
    return _saved(ResultForm(), result)


def _saved(form: ResultForm, result: RecordedResult | None) -> ResponseReturnValue:
    _with_choices(form, result)
    if request.form.get("tambah"):
        return _form_page(form, result, more=2), 200
    if form.is_posted_and_valid():
        with form.catching() if result is None else form.saving(result):
            kept = _save(form, result)
            flash(_("Hasil survei “%(title)s” disimpan.", title=kept.title), "success")
            return redirect(url_for(".show_result", result_id=kept.id), 303)
    return _form_page(form, result), 422


def _save(form: ResultForm, result: RecordedResult | None) -> RecordedResult:
    actor, at = current_actor(), now()
    values, today = form.values(), local_day(at)
    if result is None:
        return recorded.record_result(db.session, actor, values, today=today, now=at)
    seen = form.seen_version()
    return recorded.edit_result(db.session, actor, result.id, values, seen=seen, today=today, now=at)


def _with_choices(form: ResultForm, result: RecordedResult | None) -> None:
    form.with_choices(
        pages_recorded.campaign_choices(db.session, current_actor()),
        pages_recorded.measure_choices(db.session, result.measure_key if result else None),
        pages_recorded.dimension_choices(db.session),
    )


def _form_page(form: ResultForm, result: RecordedResult | None, more: int = 0) -> str:
    _with_choices(form, result)
    posted = request.method == "POST"
    rows = posted_rows() if posted else stored_rows(result) if result else []
    file_id = picked_file() if posted else result.file_id if result else None
    return render_template(
        "surveys/recorded_form.html",
        form=form,
        result=result,
        rows=with_spare(rows, more),
        file=readable_file(db.session, current_actor(), file_id),
        more=more,
    )


@bp.post("/survei/hasil-luar/<int:result_id>/hapus")
@allow(Can.PLAN_SURVEYS)
def remove_result(result_id: int) -> ResponseReturnValue:
    seen = number_of("version", request.form)
    recorded.remove_result(db.session, current_actor(), result_id, seen=seen, now=now())
    return redirect(url_for(".results", dihapus=result_id), 303)


@bp.post("/survei/hasil-luar/<int:result_id>/kembalikan")
@allow(Can.PLAN_SURVEYS)
def restore_result(result_id: int) -> ResponseReturnValue:
    result = recorded.restore_result(db.session, current_actor(), result_id, now=now())
    flash(_("Hasil survei “%(title)s” dikembalikan.", title=result.title), "success")
    return redirect(url_for(".show_result", result_id=result.id), 303)


def campaign_results(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of surveys done elsewhere about this campaign; None where nobody may see them."""
    if not may_open("surveys.results"):
        return None
    mine = (RecordedResult.campaign_id == campaign.id, recorded.visible_to(actor))
    query = select(RecordedResult).where(*mine).order_by(RecordedResult.done_on.desc(), RecordedResult.id.desc())
    rows = session.scalars(query.limit(SHOWN)).all()
    return Panel(
        title=_l("Hasil survei dari luar"),
        empty=_l("Ada survei yang dilakukan pihak lain, atau sebelum memakai aplikasi ini? Catat hasilnya di sini."),
        total=session.scalar(select(func.count()).select_from(RecordedResult).where(*mine)) or 0,
        lines=[
            PanelLine(
                title=row.title,
                url=url_for("surveys.show_result", result_id=row.id),
                detail=_("(%(when)s)", when=pages_recorded.done_words(row.done_on, row.done_precision)),
            )
            for row in rows
        ],
        url=url_for("surveys.results", program=campaign.id) if rows else None,
        new_url=url_for("surveys.new_result", program=campaign.id) if may_open("surveys.new_result") else None,
        new_label=_l("Catat hasil survei"),
        new_icon="clipboard-plus",
    )
