"""Deciding who takes part: one by one with a reason, or several at once."""

from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.noting import shows_contacts
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.gatherings.events.states import SEXES
from app.kernel.errors import GaungError, Invalid
from app.kernel.numbers import read_int
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.training.access import to_manage
from app.learning.training.admission.deciding import MAX_REASON, decide, to_decide
from app.learning.training.admission.overlaps import clashes
from app.learning.training.admission.pages_quotas import quota_lines
from app.learning.training.admission.points import checked_points, save_points
from app.learning.training.admission.quotas import count_taken, places_left, refusals
from app.learning.training.blueprint import bp
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from app.learning.training.participants import service
from app.learning.training.participants.forms import DECISIONS, REASONS, DecideForm
from app.learning.training.participants.routes_links import own_link
from app.learning.training.states import ENROLMENTS, PLACES

A_PAGE = 50
MOST = 100
SEVERAL = (EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING, EnrolmentStatus.REJECTED)


@dataclass
class TypedSelection:
    """What was sent and is shown again. `points`: the text of each field by its name; `wrong`: enrolment id → sentence;
    `first`: what stands above the form."""

    points: dict[str, str] = field(default_factory=dict)
    chosen: list[int] = field(default_factory=list)
    wrong: dict[int, str] = field(default_factory=dict)
    reason: str = ""
    reason_wrong: str = ""
    certain: bool = False
    first: str = ""


@bp.get("/pelatihan/<int:batch_id>/seleksi", endpoint="selection")
@allow(Can.PLAN_TRAINING)
def selection(batch_id: int) -> ResponseReturnValue:
    return _selection_page(to_manage(db.session, current_actor(), batch_id), TypedSelection())


def _selection_page(batch: Batch, typed: TypedSelection) -> str:
    wanted = service.ParticipantFilters(q=request.args.get("q", "")[:200], state=EnrolmentStatus.APPLIED)
    page = paginate(db.session, service.select_people(batch.id, wanted), number_of("hal") or 1, A_PAGE, rows=True)
    ids = [row.Enrolment.trainee_id for row in page.items]
    count = count_taken(db.session, batch)
    return render_template(
        "training/selection.html",
        batch=batch,
        page=page,
        rows=sorted(page.items, key=lambda row: (-total(row.Enrolment), row.Enrolment.queue_no)),
        total=total,
        typed=typed,
        here=_here(),
        left=places_left(batch, count),
        quotas=quota_lines(batch),
        full=refusals(db.session, batch, count, ids),
        sex_words=SEXES,
        reasons=REASONS,
        clashes=clashes(db.session, batch.id, ids),
        earlier=service.completed_batches(db.session, batch, ids),
        lacks=service.missing_prerequisites(db.session, batch, ids),
        decisions=[(str(one), DECISIONS[one]) for one in SEVERAL],
    )


def _here() -> dict[str, Any]:
    """The search and the page of the list, which stay when the form is sent."""
    return {name: request.args[name] for name in ("q", "hal") if request.args.get(name)}


def total(one: Enrolment) -> float:
    """Return the sum of points; 0 where none was given."""
    return sum(one.points.values())


@bp.post("/pelatihan/<int:batch_id>/seleksi", endpoint="select")
@allow(Can.PLAN_TRAINING)
def select_people(batch_id: int) -> ResponseReturnValue:
    """Keep the points of every line; then decide about those that are ticked. What is wrong is said at the person, and
    nothing of the form is lost."""
    batch = to_manage(db.session, current_actor(), batch_id, lock=True)
    status, typed = request.form.get("status", ""), _typed()
    given = _read_points(batch, typed)
    if status and not typed.chosen:
        typed.first = _("Belum ada yang dicentang. Centang dulu orangnya.")
    if status == EnrolmentStatus.REJECTED and not typed.reason.strip():
        typed.reason_wrong = _("Tulis alasannya; orangnya bisa membacanya.")
    if typed.wrong or typed.first or typed.reason_wrong:
        return _selection_page(batch, typed), 422
    save_points(db.session, current_actor(), batch, given, now=now())
    if not status:
        flash(_("Nilai disimpan."), "success")
        return redirect(url_for(".selection", batch_id=batch_id, **_here()), 303)
    done, failed = _decide_each(typed.chosen, status, typed.reason, certain=typed.certain)
    if done:
        flash(ngettext("%(num)d orang diputuskan.", "%(num)d orang diputuskan.", done), "success")
    for text in failed:
        flash(text, "warning")  # and not an error of the page: what was decided stays
    return redirect(url_for(".selection", batch_id=batch_id, **_here()), 303)


def _typed() -> TypedSelection:
    chosen = [number for number in map(read_int, request.form.getlist("pilih")) if number is not None][:MOST]
    return TypedSelection(
        points={name: text for name, text in request.form.items() if name.startswith("nilai-")},
        chosen=chosen,
        reason=request.form.get("reason", "")[:MAX_REASON],
        certain=request.form.get("certain") == "1",
    )


def _decide_each(chosen: list[int], status: str, reason: str, *, certain: bool) -> tuple[int, list[str]]:
    """How many were decided, and why the others were not: what is impossible for one does not stop the rest."""
    done, failed = 0, []
    for enrolment_id in chosen:
        try:
            with db.session.begin_nested():
                decide(db.session, current_actor(), enrolment_id, status, reason=reason, certain=certain, now=now())
            done += 1
        except GaungError as error:
            failed.append(sentence(error.sentence))
    return done, list(dict.fromkeys(failed))


def _read_points(batch: Batch, typed: TypedSelection) -> dict[int, dict[str, float]]:
    """Fields `nilai-ENROLMENT-KEY`; an empty one is no points. What cannot be used is noted in `typed.wrong`."""
    given: dict[int, dict[str, float]] = {}
    for name, text in typed.points.items():
        written, _dash, key = name.removeprefix("nilai-").partition("-")
        number = read_int(written)
        if number is None:
            continue
        points = given.setdefault(number, {})
        if not text.strip():
            continue
        try:
            points |= checked_points(batch, {key: _number(text)})
        except Invalid as error:
            typed.wrong[number] = sentence(error.sentence)
    return given


def _number(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = nan
    if not isfinite(value):
        raise Invalid(T("Tulis nilai sebagai angka, misalnya 4 atau 3,5."))
    return value


@bp.route("/pelatihan/<int:batch_id>/peserta/<int:enrolment_id>", methods=["GET", "POST"], endpoint="participant")
@allow(Can.PLAN_TRAINING)
@shows_contacts("training_batches")
def participant(batch_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Show one person: what is known, and the decision."""
    batch, one = to_decide(db.session, current_actor(), enrolment_id, lock=request.method == "POST")
    form = DecideForm(_allowed(one))
    if form.is_posted_and_valid():
        with form.catching():
            decided = decide(
                db.session, current_actor(), one.id, form.status.data, reason=form.reason.data or "",
                certain=bool(form.certain.data), now=now(),
            )  # fmt: skip
            flash(
                _("%(name)s: %(status)s.", name=decided.trainee.name, status=sentence(ENROLMENTS[decided.status])),
                "success",
            )
            return redirect(url_for(".participant", batch_id=decided.batch_id, enrolment_id=decided.id), 303)
    code = 422 if request.method == "POST" else 200
    row = db.session.execute(service.select_people(batch.id).where(Enrolment.id == one.id)).one()
    return render_template(
        "training/participant.html",
        batch=batch,
        one=one,
        row=row,
        form=form,
        reasons=REASONS,
        total=total,
        clashes=clashes(db.session, batch.id, [one.trainee_id]).get(one.trainee_id, []),
        earlier=service.completed_batches(db.session, batch, [one.trainee_id]).get(one.trainee_id, []),
        lacks=service.missing_prerequisites(db.session, batch, [one.trainee_id]).get(one.trainee_id, []),
        own_link=own_link(one.trainee),
    ), code


def _allowed(one: Enrolment) -> list[EnrolmentStatus]:
    return [status for status in EnrolmentStatus if status in PLACES[EnrolmentStatus(one.status)]]
