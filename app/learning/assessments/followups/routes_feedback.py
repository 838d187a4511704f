"""What participants said about trainers, material and place; without names, see feedback.py."""

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents import sheets
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.assessments.blueprint import bp
from app.learning.assessments.followups import feedback_results
from app.learning.assessments.followups.feedback import LEAST, feedback_turnout
from app.learning.assessments.models import PaperKind
from app.learning.assessments.papers.service import STATES, paper_of, state_of
from app.learning.training import access
from app.learning.training.models import Batch

if TYPE_CHECKING:
    from app.learning.assessments.followups.feedback_results import QuestionResult


def _batch(batch_id: int) -> Batch:
    actor = current_actor()
    batch = access.get(db.session, actor, batch_id)
    access.check_sees_people(actor, batch)
    return batch


@bp.get("/pelatihan/<int:batch_id>/penilaian/umpan-balik", endpoint="feedback")
@allow(Can.READ_TRAINEES)
def show_feedback(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    paper = paper_of(db.session, batch.id, PaperKind.FEEDBACK)
    found = feedback_results.results(db.session, batch, paper, now=now())
    _given, asked = feedback_turnout(db.session, paper) if paper else (0, 0)
    sections: dict[str, list[Any]] = {}
    for one in found.questions:
        sections.setdefault(one.section, []).append(one)
    return render_template(
        "assessments/feedback.html",
        batch=batch,
        paper=paper,
        state=sentence(STATES[state_of(paper, now())]) if paper else "",
        results=found,
        sections=sections,
        least=LEAST,
        asked=asked,
        may_manage=access.may_manage(current_actor(), batch),
    )


@bp.get("/pelatihan/<int:batch_id>/penilaian/umpan-balik/unduh.xlsx", endpoint="feedback_xlsx")
@allow(Can.READ_TRAINEES)
def feedback_xlsx(batch_id: int) -> ResponseReturnValue:
    """Download counts, and texts in random order: no line is one person."""
    batch = _batch(batch_id)
    found = feedback_results.results(db.session, batch, paper_of(db.session, batch.id, PaperKind.FEEDBACK), now=now())
    if found.why:
        return redirect(url_for(".feedback", batch_id=batch_id))  # whose page says why there is nothing yet
    counts = [[*_about(one), choice.label, choice.n, round(100 * choice.share, 1), *_mean(one)]
              for one in found.questions for choice in one.choices]  # fmt: skip
    texts = [[one.section, one.text, words] for one in found.questions for words in one.texts]
    top = _("Simulasi: %(name)s", name=batch.name) if batch.simulated else batch.name
    data = sheets.workbook([
        sheets.Sheet(_("Jawaban"), [_("Bagian"), _("Pertanyaan"), _("Yang menjawab"), _("Jawaban"), _("Orang"),
                                    _("Persen"), _("Rata-rata"), _("Rentang bawah"), _("Rentang atas")], counts, top),
        sheets.Sheet(_("Tulisan"), [_("Bagian"), _("Pertanyaan"), _("Tulisan (urutan acak)")], texts, top),
    ])  # fmt: skip
    return download(data, sheets.XLSX, f"umpan-balik-{batch.code}.xlsx")


def _about(one: "QuestionResult") -> list[Any]:
    return [one.section, one.text, one.n]


def _mean(one: "QuestionResult") -> list[float | None]:
    """The mean and its limits."""
    values = (one.mean.value, one.mean.low, one.mean.high) if one.mean else (None, None, None)
    return [None if value is None else round(value, 2) for value in values]
