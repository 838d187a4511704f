"""The participant's own work: the signed link is all that it takes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.media.models import StoredFile
from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.files import NOBODY
from app.base.web.guard import public
from app.base.web.limits import limited
from app.kernel.errors import NotFound
from app.learning.assessments.blueprint import bp
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as works
from app.learning.assessments.works.forms import WorkForm
from app.learning.assessments.works.pages import hand_in_posted
from app.learning.assessments.works.rubric import criteria_of
from app.learning.training.models import Enrolment, EnrolmentStatus
from app.learning.training.participants.tokens import trainee_of


def own_works(enrolments: Sequence[Enrolment]) -> list[dict[str, Any]]:
    """Return for every batch with a rubric or a work: `enrolment`, `work`, `percent`, `lines` of marks once all are
    there, and whether something may be handed in."""
    accepted = [one for one in enrolments if one.status == EnrolmentStatus.ACCEPTED]
    found = works.works_of(db.session, [one.id for one in accepted])
    told = []
    for one in accepted:
        work, criteria = found.get(one.id), criteria_of(db.session, one.batch)
        whole = marks.is_fully_marked(work, criteria)
        if not criteria and work is None:
            continue
        given = {mark.criterion_id: mark for mark in work.marks} if work else {}
        told.append({
            "enrolment": one,
            "work": work,
            "state": works.MARKED if whole else works.HANDED_IN if work else works.NONE,
            "percent": marks.percent_of(work, criteria),
            "lines": [(criterion, given[criterion.id]) for criterion in criteria] if whole else [],
            "comment": work.comment if work and (whole or not work.marks) else "",
            "takes": works.refusal(one.batch, work) is None,
            "criteria": criteria,
        })  # fmt: skip
    return told


def _mine(token: str, enrolment_id: int) -> Enrolment:
    """The participant's own place in a batch. Raises NotFound."""
    trainee = trainee_of(db.session, token)
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.trainee_id != trainee.id or enrolment.status != EnrolmentStatus.ACCEPTED:
        raise NotFound(works.MISSING)
    return enrolment


@bp.get("/peserta/<token>/tugas/<int:enrolment_id>", endpoint="own_work")
@public
def own_work(token: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = _mine(token, enrolment_id)
    return _page(token, enrolment, WorkForm.of(works.work_of(db.session, enrolment.id)))


@bp.post("/peserta/<token>/tugas/<int:enrolment_id>", endpoint="hand_in_work")
@public
@limited("handed_in", 60, timedelta(minutes=10))
def hand_in_work(token: str, enrolment_id: int) -> ResponseReturnValue:
    _mine(token, enrolment_id)
    form = WorkForm()
    if hand_in_posted(form, works.PARTICIPANT, enrolment_id):
        flash(_("Tugas Anda sudah kami terima. Anda bisa mengubahnya sampai dinilai."), "success")
        return redirect(url_for("training.own", token=token), 303)
    answer = _page(token, _mine(token, enrolment_id), form)
    answer.status_code = 422
    return answer


@bp.get("/peserta/<token>/tugas/<int:enrolment_id>/berkas", endpoint="own_work_file")
@public
def own_work_file(token: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = _mine(token, enrolment_id)
    return picture(works.file_of(db.session, works.work_of(db.session, enrolment.id)))


def _page(token: str, enrolment: Enrolment, form: WorkForm) -> Response:
    work = works.work_of(db.session, enrolment.id)
    answer = make_response(
        render_template(
            "assessments/own_work.html",
            token=token,
            enrolment=enrolment,
            batch=enrolment.batch,
            work=work,
            file=db.session.get(StoredFile, work.file_id) if work and work.file_id else None,
            form=form,
            refusal=works.refusal(enrolment.batch, work),
            criteria=criteria_of(db.session, enrolment.batch),
            retry=request.method == "POST",
        )
    )
    answer.headers["Cache-Control"] = NOBODY
    return answer
