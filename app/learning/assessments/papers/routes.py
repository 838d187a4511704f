"""Tests, feedback and follow-ups of a batch for who keeps it: prepare, open, close, print, type in, read."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents import render
from app.base.web.db import db
from app.base.web.editing import release_database, undoing
from app.base.web.files import PDF, download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.evidence.responses.public.steps import typed
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.roles import Can
from app.learning.assessments import gain
from app.learning.assessments.blueprint import bp
from app.learning.assessments.followups.feedback import feedback_turnout
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import sheets, taking
from app.learning.assessments.papers.forms import EnterForm, PrepareForm, ReasonForm, TimesForm, given_number
from app.learning.assessments.papers.items import FEW, answers_in_words, items
from app.learning.assessments.papers.pages import cards_of, gain_values, paper_badge, why_too_early
from app.learning.assessments.papers.questions import questions_of_paper
from app.learning.assessments.papers.service import KINDS, TESTS
from app.learning.assessments.papers.turnout import instruments_to_choose, list_turnout, questions_of_versions
from app.learning.assessments.standard import STANDARD
from app.learning.training.access import check_sees_people, get, may_manage, may_see_people, to_manage
from app.learning.training.models import Batch, Enrolment

"""Who sees what participants answered, where the record lets them."""
KIND = "<any(pre, post, feedback, after_3, after_12):paper_kind>"


@bp.get("/pelatihan/<int:batch_id>/penilaian", endpoint="index")
@allow(Can.READ_TRAINING)
def list_papers(batch_id: int) -> ResponseReturnValue:
    batch = get(db.session, current_actor(), batch_id)
    cards, everybody = cards_of(db.session, batch, now())
    by_kind = {card.kind: card for card in cards}
    pre, post = by_kind[PaperKind.PRE], by_kind[PaperKind.POST]
    return render_template(
        "assessments/index.html", batch=batch, cards=cards, everybody=everybody, tests=TESTS,
        may_manage=may_manage(current_actor(), batch),
        differ=bool(pre.paper and post.paper and pre.paper.instrument_version_id != post.paper.instrument_version_id),
        **gain_values(db.session, batch, gain.batch_gain, of_all=may_see_people(current_actor(), batch)),
    )  # fmt: skip


@bp.get(f"/pelatihan/<int:batch_id>/penilaian/{KIND}/siapkan", endpoint="prepare_form")
@allow(Can.PLAN_TRAINING)
def prepare_form(batch_id: int, paper_kind: str) -> ResponseReturnValue:
    batch = to_manage(db.session, current_actor(), batch_id)
    return _prepare_page(PrepareForm(formdata=None), batch, paper_kind, _asked_now(batch, paper_kind))


def _asked_now(batch: Batch, kind: str) -> int | None:
    """The questions that are prepared, else those that the programme names."""
    paper = papers.paper_of(db.session, batch.id, kind)
    if paper is None:
        return papers.default_instrument(db.session, batch, kind)
    return questions_of_versions(db.session, [paper.instrument_version_id])[paper.instrument_version_id].instrument_id


@bp.post(f"/pelatihan/<int:batch_id>/penilaian/{KIND}/siapkan")
@allow(Can.PLAN_TRAINING)
def prepare(batch_id: int, paper_kind: str) -> ResponseReturnValue:
    batch = to_manage(db.session, current_actor(), batch_id)
    form = PrepareForm()
    _choices(form, batch, paper_kind)
    if form.is_posted_and_valid():
        with form.catching():
            papers.prepare(db.session, current_actor(), batch_id, paper_kind, instrument_id=form.chosen, now=now())
            label = sentence(KINDS[PaperKind(paper_kind)])
            flash(_("%(what)s sudah disiapkan. Buka bila peserta boleh mulai mengisi.", what=label), "success")
            return redirect(url_for(".index", batch_id=batch_id), 303)
    return _prepare_page(form, to_manage(db.session, current_actor(), batch.id), paper_kind, None), 422


def _choices(form: PrepareForm, batch: Batch, kind: str) -> None:
    made = papers.standard_exists(db.session, kind)
    form.ready(
        instruments_to_choose(db.session, tests=kind in TESTS, keep=[_asked_now(batch, kind)]),
        _("Pertanyaan baku: %(what)s", what=sentence(KINDS[PaperKind(kind)])) if kind in STANDARD and not made else "",
    )


def _prepare_page(form: PrepareForm, batch: Batch, kind: str, chosen: int | None) -> str:
    _choices(form, batch, kind)
    if not form.is_submitted():
        form.instrument_id.data = str(chosen) if chosen else form.instrument_id.choices[0][0]
    return render_template(
        "assessments/prepare.html", form=form, batch=batch, kind=kind, label=sentence(KINDS[PaperKind(kind)]),
        is_test=kind in TESTS,
    )  # fmt: skip


def _paper(paper_id: int) -> tuple[Paper, Batch]:
    """A paper of a batch whose participants this person may see."""
    paper = db.session.get(Paper, paper_id)
    if paper is None:
        raise NotFound(papers.MISSING)
    batch = get(db.session, current_actor(), paper.batch_id)
    check_sees_people(current_actor(), batch)
    return paper, batch


@bp.get("/pelatihan/penilaian/<int:paper_id>", endpoint="paper")
@allow(Can.READ_TRAINEES)
def show_paper(paper_id: int) -> ResponseReturnValue:
    paper, batch = _paper(paper_id)
    form = TimesForm(formdata=None, opens_at=paper.opens_at, closes_at=paper.closes_at)
    return _paper_page(paper, batch, form)


def _paper_page(paper: Paper, batch: Batch, form: TimesForm) -> str:
    people = list_turnout(db.session, paper)
    given, everybody = sum(one.has_given for one in people), len(people)
    if paper.kind == PaperKind.FEEDBACK:
        given, everybody = feedback_turnout(db.session, paper)
    scores = [one.percent for one in people if one.percent is not None]
    return render_template(
        "assessments/paper.html", batch=batch, paper=paper, form=form, people=people, is_test=paper.kind in TESTS,
        given=given, everybody=everybody, label=sentence(KINDS[PaperKind(paper.kind)]),
        badge=paper_badge(paper, now()), state=papers.state_of(paper, now()), few=FEW,
        mean=sum(scores) / len(scores) if scores else None,
        asked=questions_of_versions(db.session, [paper.instrument_version_id])[paper.instrument_version_id],
        may_manage=may_manage(current_actor(), batch), **_analysis(paper),
        early=why_too_early(db.session, papers.papers_of(db.session, batch.id), batch.id, now())
        if paper.kind == PaperKind.POST else "",
    )  # fmt: skip


def _analysis(paper: Paper) -> dict[str, Any]:
    """Each question of a test, beside the other test where it asked the very same questions."""
    if paper.kind not in TESTS:
        return {"items": [], "beside": None}
    other = papers.paper_of(db.session, paper.batch_id, _other(paper.kind))
    same = other is not None and other.instrument_version_id == paper.instrument_version_id
    definition = questions_of_paper(db.session, paper)
    own = items(definition, _answers(paper))
    return {
        "items": own,
        "conditional": any(item.question.when for item in own),
        "beside": {item.question.key: item for item in items(definition, _answers(other))} if same and other else None,
        "is_after": paper.kind == PaperKind.POST,
    }


def _other(kind: str) -> PaperKind:
    return PaperKind.PRE if kind == PaperKind.POST else PaperKind.POST


def _answers(paper: Paper) -> list[Any]:
    return [one.sitting.answers for one in list_turnout(db.session, paper) if one.sitting and not one.sitting.by_hand]


# --- when ---


@bp.post("/pelatihan/penilaian/<int:paper_id>/buka")
@allow(Can.PLAN_TRAINING)
def open_now(paper_id: int) -> ResponseReturnValue:
    paper = papers.open_paper(db.session, current_actor(), paper_id, now=now())
    flash(_("%(what)s dibuka. Peserta mengisinya lewat halaman masing-masing.", what=_label(paper)), "success")
    return _back(paper)


@bp.post("/pelatihan/penilaian/<int:paper_id>/tutup")
@allow(Can.PLAN_TRAINING)
def close_now(paper_id: int) -> ResponseReturnValue:
    paper = papers.close_paper(db.session, current_actor(), paper_id, now=now())
    flash(_("%(what)s ditutup. Peserta yang sudah mengisi sekarang melihat hasilnya.", what=_label(paper))
          if paper.kind in TESTS else _("%(what)s ditutup.", what=_label(paper)), "success")  # fmt: skip
    return _back(paper)


@bp.post("/pelatihan/penilaian/<int:paper_id>/waktu")
@allow(Can.PLAN_TRAINING)
def set_times(paper_id: int) -> ResponseReturnValue:
    paper, batch = papers.to_change(db.session, current_actor(), paper_id)
    form = TimesForm()
    if form.is_posted_and_valid():
        with form.catching():
            papers.schedule(
                db.session, current_actor(), paper_id, opens_at=form.opens_at.data, closes_at=form.closes_at.data,
                now=now(),
            )  # fmt: skip
            flash(_("Waktunya disimpan."), "success")
            return redirect(url_for(".paper", paper_id=paper_id), 303)
    return _paper_page(paper, batch, form), 422


def _label(paper: Paper) -> str:
    return sentence(KINDS[PaperKind(paper.kind)])


def _back(paper: Paper) -> ResponseReturnValue:
    if request.form.get("dari") == "lembar":
        return redirect(url_for(".paper", paper_id=paper.id), 303)
    return redirect(url_for(".index", batch_id=paper.batch_id), 303)


# --- on paper ---


@bp.get("/pelatihan/penilaian/<int:paper_id>/cetak.pdf", endpoint="sheet")
@allow(Can.PLAN_TRAINING)
def print_sheet(paper_id: int) -> ResponseReturnValue:
    """Print the questions on paper; `?kunci=1`: with the right answers, for who marks."""
    paper = db.session.get(Paper, paper_id)
    if paper is None:
        raise NotFound(papers.MISSING)
    batch = to_manage(db.session, current_actor(), paper.batch_id)
    with_key = request.args.get("kunci") == "1"
    data = sheets.sheet_of(db.session, paper, batch, _label(paper), with_key=with_key)
    name = f"{_label(paper)} {batch.name}{' kunci' if with_key else ''}.pdf"
    release_database()  # nothing is held while it is drawn
    return download(render.renderer(settings().logo_path).pdf("test_sheet", data), PDF, name)


@bp.get("/pelatihan/penilaian/<int:paper_id>/peserta/<int:enrolment_id>", endpoint="sitting")
@allow(Can.READ_TRAINEES)
def show_sitting(paper_id: int, enrolment_id: int) -> ResponseReturnValue:
    paper, batch, enrolment = _of_person(paper_id, enrolment_id)
    sitting = taking.sitting_of(db.session, paper.id, enrolment.id)
    form = EnterForm(formdata=None, score=given_number(sitting.score) if sitting and sitting.by_hand else "")
    return _sitting_page(paper, batch, enrolment, form, {})


@bp.post("/pelatihan/penilaian/<int:paper_id>/peserta/<int:enrolment_id>", endpoint="enter")
@allow(Can.PLAN_TRAINING)
def enter_sitting(paper_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Type in what a participant wrote on paper: the answers, or (`hanya=poin`) their points alone."""
    paper, batch, enrolment = _of_person(paper_id, enrolment_id)
    to_manage(db.session, current_actor(), batch.id)
    form = EnterForm()
    given = _typed(paper)
    wrong: dict[str, str] = {}
    told = ""
    if form.is_posted_and_valid():
        with form.catching(), undoing(taking.InvalidAnswers, taking.QuestionsChanged) as undone:
            _enter(paper, enrolment, form, given)
            flash(_("Disimpan untuk %(name)s.", name=enrolment.trainee.name), "success")
            return redirect(url_for(".paper", paper_id=paper_id), 303)
        if isinstance(undone.error, taking.InvalidAnswers):
            wrong = {one.field: sentence(one.sentence) for one in undone.error.problems}
        elif isinstance(undone.error, taking.QuestionsChanged):
            given, told = dict(undone.error.kept), sentence(undone.error.sentence)
    return _sitting_page(paper, batch, enrolment, form, given, wrong, told=told), 422


def _enter(paper: Paper, enrolment: Enrolment, form: EnterForm, given: dict[str, Any]) -> None:
    actor, reason = current_actor(), form.reason.data or ""
    if request.form.get("hanya") == "poin":
        taking.enter_points(db.session, actor, paper.id, enrolment.id, form.points(), reason=reason, now=now())
    else:
        seen = number_of("versi", request.form)
        taking.enter(db.session, actor, paper.id, enrolment.id, given, reason=reason, seen=seen, now=now())


def _typed(paper: Paper) -> dict[str, Any]:
    definition = questions_of_paper(db.session, paper)
    found: dict[str, Any] = {}
    for question in definition.questions:
        if question.kind != "note":
            found |= typed(question, request.form)
    return found


def _of_person(paper_id: int, enrolment_id: int) -> tuple[Paper, Batch, Enrolment]:
    paper, batch = _paper(paper_id)
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.batch_id != batch.id:
        raise NotFound(papers.MISSING)
    if paper.kind == PaperKind.FEEDBACK:
        raise Refused(taking.NAMELESS)
    return paper, batch, enrolment


def _sitting_page(
    paper: Paper, batch: Batch, enrolment: Enrolment, form: EnterForm, given: dict[str, Any],
    wrong: dict[str, str] | None = None, *, told: str = "",
) -> str:  # fmt: skip
    sitting = taking.sitting_of(db.session, paper.id, enrolment.id)
    definition = questions_of_paper(db.session, paper)
    answers = sitting.answers if sitting else {}
    return render_template(
        "assessments/sitting.html", batch=batch, paper=paper, enrolment=enrolment, sitting=sitting, form=form,
        definition=definition, given=given or answers, wrong=wrong or {}, label=_label(paper),
        is_test=paper.kind in TESTS,
        shown=answers_in_words(definition, answers) if sitting and not sitting.by_hand else [],
        may_manage=may_manage(current_actor(), batch), removing=ReasonForm(formdata=None),
        editing=request.method == "POST" or request.args.get("ubah") == "1" or sitting is None,
        refusal=_entry_refusal(paper, batch), told=told,
    )  # fmt: skip


def _entry_refusal(paper: Paper, batch: Batch) -> str:
    try:
        taking.check_goes_on(paper, batch)
    except Refused as refused:
        return sentence(refused.sentence)
    return ""


@bp.post("/pelatihan/penilaian/<int:paper_id>/peserta/<int:enrolment_id>/hapus", endpoint="remove")
@allow(Can.PLAN_TRAINING)
def remove_sitting(paper_id: int, enrolment_id: int) -> ResponseReturnValue:
    paper, batch, enrolment = _of_person(paper_id, enrolment_id)
    if not may_manage(current_actor(), batch):
        raise Forbidden(taking.NOT_YOURS)
    form = ReasonForm()
    if form.is_posted_and_valid():
        taking.remove(db.session, current_actor(), paper.id, enrolment.id, reason=form.reason.data, now=now())
        flash(_("Isian %(name)s dihapus. Orangnya bisa mengisi lagi selama lembar ini dibuka.",
                name=enrolment.trainee.name), "success")  # fmt: skip
        return redirect(url_for(".paper", paper_id=paper_id), 303)
    flash(_("Tulis alasannya dahulu; isian ini belum dihapus."), "error")
    return redirect(url_for(".sitting", paper_id=paper_id, enrolment_id=enrolment_id), 303)
