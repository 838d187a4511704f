"""The rule of activity, the local rubric, and how groups stand by it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.gatherings.communities import access, activity, rubric
from app.gatherings.communities.blueprint import bp
from app.gatherings.communities.forms import (
    RubricForm,
    RuleForm,
    number_or_text,
    record_number,
    score_form,
    typed_criteria,
    typed_levels,
)
from app.gatherings.communities.models import Group
from app.kernel.errors import Stale
from app.kernel.roles import Can

SPARE_CRITERIA, SPARE_LEVELS = 3, 2  # empty lines to add in


@bp.get("/komunitas/aturan")
@allow(Can.READ_OFFICE)
def rule() -> ResponseReturnValue:
    present = activity.rule_in_force(db.session)
    return _rule_page(RuleForm(formdata=None, active_events=present.active_events, days=present.days))


@bp.post("/komunitas/aturan")
@allow(Can.KEEP_GROUPS)
def set_rule() -> ResponseReturnValue:
    access.to_keep(current_actor())
    form = RuleForm()
    if form.is_posted_and_valid():
        with form.catching():
            activity.set_rule(
                db.session, current_actor(), active_events=form.active_events.data, days=form.days.data, now=now()
            )
            flash(_("Aturan disimpan. Aktivitas semua kelompok dihitung dengan aturan ini."), "success")
            return redirect(url_for(".rule"), 303)
    return _rule_page(form), 422


def _rule_page(form: RuleForm) -> str:
    return render_template(
        "communities/rule.html",
        form=form,
        rule=activity.rule_in_force(db.session),
        history=activity.rule_history(db.session),
    )


@bp.get("/komunitas/rubrik")
@allow(Can.READ_OFFICE)
def rubrics() -> ResponseReturnValue:
    present = rubric.in_force(db.session)
    return _rubric_page(RubricForm(formdata=None, base_id=present.id), present.criteria, present.levels)


@bp.post("/komunitas/rubrik")
@allow(Can.KEEP_GROUPS)
def change_rubric() -> ResponseReturnValue:
    access.to_keep(current_actor())
    form, criteria, levels = RubricForm(), typed_criteria(), typed_levels()
    if form.is_posted_and_valid():
        with form.catching():
            rubric.change_rubric(
                db.session, current_actor(), base_id=record_number(form.base_id.data), criteria=criteria,
                levels=levels, now=now(),
            )  # fmt: skip
            flash(_("Rubrik disimpan sebagai versi baru. Penilaian lama tetap memakai versinya sendiri."), "success")
            return redirect(url_for(".rubrics"), 303)
    return _rubric_page(form, criteria, levels), 422


def _rubric_page(form: RubricForm, criteria: Any, levels: Any) -> str:
    blank = {"key": "", "label": "", "weight": "", "help": ""}
    return render_template(
        "communities/rubric.html",
        form=form,
        criteria=[*criteria, *[blank] * SPARE_CRITERIA][: rubric.MOST_CRITERIA],
        levels=[*levels, *[{"from": "", "label": ""}] * SPARE_LEVELS][: rubric.MOST_LEVELS],
        rubric=rubric.in_force(db.session),
        versions=rubric.versions(db.session),
    )


@bp.get("/komunitas/<int:organisation_id>/penilaian")
@allow(Can.READ_GROUPS)
def scores(organisation_id: int) -> ResponseReturnValue:
    group = access.group_of(db.session, current_actor(), organisation_id)
    present = rubric.in_force(db.session)
    form = score_form(present)(formdata=None, rubric_id=present.id, scored_on=local_day(now()))
    return _score_page(group, form, present)


@bp.post("/komunitas/<int:organisation_id>/penilaian")
@allow(Can.KEEP_GROUPS)
def score(organisation_id: int) -> ResponseReturnValue:
    actor = current_actor()
    group = access.group_of(db.session, actor, organisation_id)
    access.to_keep(actor)
    present = rubric.in_force(db.session)
    form = score_form(present)()
    if form.is_posted_and_valid():
        with form.catching() as undone:
            made = rubric.record_score(
                db.session, actor, organisation_id, rubric_id=record_number(form.rubric_id.data),
                scores=_given(present), scored_on=form.scored_on.data, note=form.note.data or "",
                today=local_day(now()), now=now(),
            )  # fmt: skip
            flash(_("Penilaian disimpan: %(level)s.", level=made.level), "success")
            return redirect(url_for(".scores", organisation_id=organisation_id), 303)
        if isinstance(undone.error, Stale):
            form.rubric_id.data = str(present.id or "")  # the next save is by the new one
    return _score_page(group, form, present), 422


def _given(present: rubric.Rubric) -> dict[str, int | None]:
    given = {one["key"]: number_or_text(request.form.get(f"k_{one['key']}", "")) for one in present.criteria}
    return {key: points if isinstance(points, int) else None for key, points in given.items()}


@bp.post("/komunitas/<int:organisation_id>/penilaian/<int:score_id>/hapus")
@allow(Can.KEEP_GROUPS)
def remove_score(organisation_id: int, score_id: int) -> ResponseReturnValue:
    rubric.remove_score(db.session, current_actor(), organisation_id, score_id, now=now())
    flash(_("Penilaian yang salah catat dihapus."), "success")
    return redirect(url_for(".scores", organisation_id=organisation_id), 303)


def _score_page(group: Group, form: Any, present: rubric.Rubric) -> str:
    return render_template(
        "communities/scores.html",
        group=group,
        form=form,
        rubric=present,
        points=rubric.POINTS,
        history=rubric.history(db.session, group.organisation_id),
    )
