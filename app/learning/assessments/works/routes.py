"""Practical work of a batch: the list, the page on which one is marked, and entering it for somebody."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.documents import sheets
from app.base.media.models import StoredFile
from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_day, sentence
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.noting import takes_away
from app.base.web.panels import Panel
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can
from app.learning.assessments.blueprint import bp
from app.learning.assessments.models import Work
from app.learning.assessments.tabs import ASSESSMENT_TABS
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as works
from app.learning.assessments.works.forms import WorkForm, filled_form, marking_form, marking_of
from app.learning.assessments.works.pages import hand_in_posted
from app.learning.assessments.works.rubric import criteria_of
from app.learning.programmes.pages import draw_tabs
from app.learning.training import access
from app.learning.training.models import Batch, Enrolment
from app.learning.training.panels import Column


def assessment_tabs(batch: Batch) -> list[dict[str, Any]]:
    """Return the pages under “Penilaian” of this batch that this person may open."""
    return draw_tabs(ASSESSMENT_TABS, batch_id=batch.id)


def work_badge(state: str) -> tuple[str, str]:
    """Return (kind, words) of ui.badge."""
    return works.BADGES[state], sentence(works.STATES[state])


def _batch(batch_id: int) -> Batch:
    """A batch whose participants this person may see."""
    actor = current_actor()
    batch = access.get(db.session, actor, batch_id)
    access.check_sees_people(actor, batch)
    return batch


@bp.get("/pelatihan/<int:batch_id>/penilaian/tugas", endpoint="works")
@allow(Can.READ_TRAINEES)
def list_works(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    state, q = request.args.get("keadaan", ""), request.args.get("q", "")[:200]
    page = paginate(db.session, works.select_works(batch, state=state, q=q), number_of("hal") or 1, rows=True)
    criteria = criteria_of(db.session, batch)
    return render_template(
        "assessments/works.html",
        batch=batch,
        page=page,
        rows=[(row, works.state_of(row.Work, row.marks, row.criteria), marks.percent_of(row.Work, criteria))
              for row in page.items],
        counts=works.count_by_state(db.session, [batch.id])[batch.id],
        states=[(key, sentence(words)) for key, words in works.STATES.items()],
        state=state,
        q=q,
        criteria=criteria,
        first=marks.next_unmarked(db.session, batch),
        may_manage=access.may_manage(current_actor(), batch),
        takes=batch.status in works.TAKING,
    )  # fmt: skip


@bp.get("/pelatihan/<int:batch_id>/penilaian/tugas/unduh.csv", endpoint="works_csv")
@allow(Can.READ_TRAINEES)
def works_csv(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    top = _("Simulasi") if batch.simulated else ""
    return download(sheets.as_csv(*_exported(batch), top=top), sheets.CSV, f"tugas-praktik-{batch.code}.csv")


@bp.get("/pelatihan/<int:batch_id>/penilaian/tugas/unduh.xlsx", endpoint="works_xlsx")
@allow(Can.READ_TRAINEES)
def works_xlsx(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    top = _("Simulasi: %(name)s", name=batch.name) if batch.simulated else batch.name
    data = sheets.as_xlsx(_("Tugas praktik"), *_exported(batch), top=top)
    return download(data, sheets.XLSX, f"tugas-praktik-{batch.code}.xlsx")


def _exported(batch: Batch) -> tuple[list[str], list[list[Any]]]:
    """Points by criterion for everybody, without contacts."""
    criteria = criteria_of(db.session, batch)
    titles = [_("Peserta"), _("Keadaan"), _("Nama tugas"), _("Tautan"), _("Dikumpulkan"),
              *(f"{one.title} (0–{one.most})" for one in criteria), _("Nilai (persen)"), _("Pesan")]  # fmt: skip
    rows = []
    for row in db.session.execute(works.select_works(batch)):
        work, given = row.Work, {one.criterion_id: one.points for one in row.Work.marks} if row.Work else {}
        share = marks.percent_of(work, criteria)
        rows.append([
            row.Enrolment.trainee.name, sentence(works.STATES[works.state_of(work, row.marks, row.criteria)]),
            work.title if work else None, work.repository if work else None,
            local_day(work.handed_in_at) if work and work.handed_in_at else None,
            *(given.get(one.id) for one in criteria), None if share is None else round(share, 1),
            work.comment if work else None,
        ])  # fmt: skip
    return titles, rows


@bp.get("/pelatihan/<int:batch_id>/penilaian/tugas/<int:enrolment_id>", endpoint="work")
@allow(Can.READ_TRAINEES)
def show_work(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    batch, enrolment, work = _work(batch_id, enrolment_id)
    return _work_page(batch, enrolment, work, filled_form(criteria_of(db.session, batch), work))


@bp.post("/pelatihan/<int:batch_id>/penilaian/tugas/<int:enrolment_id>", endpoint="work_mark")
@allow(Can.PLAN_TRAINING)
def mark_work(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    batch, enrolment, _seen = _work(batch_id, enrolment_id)
    criteria = criteria_of(db.session, batch)
    form = marking_form(criteria)()
    if form.is_posted_and_valid():
        with form.catching():
            given = marking_of(form, criteria)
            marks.mark(db.session, current_actor(), batch_id, enrolment_id, given, now=now())
            return _after_marking(batch, enrolment)
    return _work_page(*_work(batch_id, enrolment_id), form), 422


def _work(batch_id: int, enrolment_id: int) -> tuple[Batch, Enrolment, Work]:
    batch = _batch(batch_id)
    enrolment = works.participant_of(db.session, batch_id, enrolment_id)
    work = works.work_of(db.session, enrolment_id)
    if work is None:
        raise NotFound(works.NOT_HANDED_IN)
    return batch, enrolment, work


def _after_marking(batch: Batch, enrolment: Enrolment) -> ResponseReturnValue:
    """The next that waits follows by itself."""
    next_id = marks.next_unmarked(db.session, batch, enrolment)
    if next_id is not None:
        flash(_("Nilai %(name)s disimpan. Ini tugas berikutnya.", name=enrolment.trainee.name), "success")
        return redirect(url_for(".work", batch_id=batch.id, enrolment_id=next_id), 303)
    if marks.next_unmarked(db.session, batch) is None:
        flash(
            _("Nilai %(name)s disimpan. Semua tugas yang masuk sudah dinilai.", name=enrolment.trainee.name), "success"
        )
    else:
        flash(
            _("Disimpan. Masih ada bagian tugas %(name)s yang belum dinilai.", name=enrolment.trainee.name), "warning"
        )
    return redirect(url_for(".works", batch_id=batch.id), 303)


def _work_page(batch: Batch, enrolment: Enrolment, work: Work, form: Form) -> str:
    criteria = criteria_of(db.session, batch)
    file = db.session.get(StoredFile, work.file_id) if work.file_id else None
    may_mark = access.may_manage(current_actor(), batch) and batch.status in works.TAKING
    return render_template(
        "assessments/work.html",
        batch=batch,
        enrolment=enrolment,
        work=work,
        file=file,
        form=form,
        criteria=criteria,
        marks={one.criterion_id: one for one in work.marks},
        percent=marks.percent_of(work, criteria),
        may_mark=may_mark,
        state=works.state_of(
            work, sum(one.criterion_id in {c.id for c in criteria} for one in work.marks), len(criteria)
        ),
        following=marks.next_unmarked(db.session, batch, enrolment),
    )


@bp.get("/pelatihan/<int:batch_id>/penilaian/tugas/<int:enrolment_id>/berkas", endpoint="work_file")
@allow(Can.READ_TRAINEES)
@takes_away("training_batches")
def work_file(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    _batch(batch_id)
    works.participant_of(db.session, batch_id, enrolment_id)
    return picture(works.file_of(db.session, works.work_of(db.session, enrolment_id)))


@bp.post("/pelatihan/<int:batch_id>/penilaian/tugas/<int:enrolment_id>/kembalikan", endpoint="work_give_back")
@allow(Can.PLAN_TRAINING)
def give_back(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    marks.give_back(db.session, current_actor(), batch_id, enrolment_id, now=now())
    flash(_("Nilainya dihapus. Peserta bisa mengubah tugasnya lagi."), "success")
    return redirect(url_for(".work", batch_id=batch_id, enrolment_id=enrolment_id), 303)


@bp.route(
    "/pelatihan/<int:batch_id>/penilaian/tugas/<int:enrolment_id>/catat", methods=["GET", "POST"], endpoint="enter_work"
)
@allow(Can.PLAN_TRAINING)
def enter_work(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Enter it for somebody, as it was shown in class or came by another way."""
    actor = current_actor()
    batch = access.to_manage(db.session, actor, batch_id)
    enrolment = works.participant_of(db.session, batch_id, enrolment_id)
    form = WorkForm() if request.method == "POST" else WorkForm.of(works.work_of(db.session, enrolment_id))
    if request.method == "POST" and hand_in_posted(form, actor, enrolment_id):
        flash(_("Tugas %(name)s dicatat.", name=enrolment.trainee.name), "success")
        return redirect(url_for(".work", batch_id=batch_id, enrolment_id=enrolment_id), 303)
    batch = access.to_manage(db.session, actor, batch_id)
    enrolment = works.participant_of(db.session, batch_id, enrolment_id)
    work = works.work_of(db.session, enrolment_id)
    page = render_template(
        "assessments/enter_work.html",
        batch=batch,
        enrolment=enrolment,
        form=form,
        file=db.session.get(StoredFile, work.file_id) if work and work.file_id else None,
        refusal=works.refusal(batch, work),
    )
    return page, 422 if request.method == "POST" else 200


# --- on the pages of a batch ---


def _cells(session: Session, batch: Batch, enrolment_ids: Any) -> dict[int, Any]:
    found = works.works_of(session, enrolment_ids)
    criteria = criteria_of(session, batch)
    cells: dict[int, Any] = {}
    for enrolment_id, work in found.items():
        share = marks.percent_of(work, criteria)
        cells[enrolment_id] = _("%(n)s%%", n=round(share)) if share is not None else _("dikumpulkan")
    return cells


def _filed(session: Session, batch: Batch, enrolment_ids: Any) -> dict[int, Any]:
    """For a file: the number, or that it was handed in."""
    found, criteria = works.works_of(session, enrolment_ids), criteria_of(session, batch)
    shares = {enrolment_id: marks.percent_of(work, criteria) for enrolment_id, work in found.items()}
    return {one: _("dikumpulkan") if share is None else round(share) for one, share in shares.items()}


COLUMN = Column(40, _l("Tugas praktik"), _cells, _filed, "%")


def panel(session: Session, actor: Actor, batch: Batch) -> Panel | None:
    if not access.may_see_people(actor, batch) or not actor.can(Can.READ_TRAINEES):
        return None
    counts = works.count_by_state(session, [batch.id])[batch.id]
    total = sum(counts.values())
    if not total or not (criteria_of(session, batch) or counts["handed_in"]):
        return None
    waits = counts["handed_in"]
    if batch.status not in works.TAKING and not waits + counts["marked"]:
        return None
    state = ("wait", _("%(n)s menunggu nilai", n=waits)) if waits else ("ok", _("Tidak ada yang menunggu nilai"))
    handed = waits + counts["marked"]
    return Panel(
        title=_("Tugas praktik"),
        empty="",
        state=state if handed else ("muted", _("Belum ada yang mengumpulkan")),
        notes=[_("%(n)s dari %(total)s peserta sudah mengumpulkan, %(marked)s sudah dinilai.", n=handed, total=total,
                 marked=counts["marked"])],
        url=url_for("assessments.works", batch_id=batch.id),
        url_label=_("Lihat tugas praktik"),
    )  # fmt: skip
