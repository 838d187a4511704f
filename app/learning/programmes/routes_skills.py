"""The editable list of skills, by group."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.learning.programmes import queries, skill_list
from app.learning.programmes.access import keeps_skills
from app.learning.programmes.blueprint import bp
from app.learning.programmes.forms import SkillForm
from app.learning.programmes.models import Skill

ARCHIVED = "arsip"


@bp.get("/pelatihan/daftar-keterampilan", endpoint="skill_list")
@allow(Can.READ_TRAINING)
def skills() -> ResponseReturnValue:
    q, archived = request.args.get("q", "")[:200], request.args.get("keadaan") == ARCHIVED
    groups = queries.skill_groups(db.session, archived=archived, q=q)
    return render_template(
        "programmes/skills.html",
        groups=groups,
        total=sum(len(group.skills) for group in groups),
        uses=queries.skill_uses(db.session),
        q=q.strip(),
        archived=archived,
        may_keep=keeps_skills(current_actor()),
    )


@bp.route("/pelatihan/daftar-keterampilan/baru", methods=["GET", "POST"])
@allow(Can.KEEP_SKILLS)
def new_skill() -> ResponseReturnValue:
    skill_list.ask_to_keep(current_actor())
    form = SkillForm() if request.method == "POST" else SkillForm(formdata=None)
    if request.method == "GET":
        form.group.data = request.args.get("kelompok", "")[:80]
        return _page(form, None)
    if form.is_posted_and_valid():
        with form.catching():
            made = skill_list.add(db.session, current_actor(), form.values, now=now())
            flash(_("Keterampilan “%(name)s” ditambahkan.", name=made.name), "success")
            return redirect(url_for(".skill_list", _anchor=f"keterampilan-{made.id}"), 303)
    return _page(form, None), 422


@bp.route("/pelatihan/daftar-keterampilan/<int:skill_id>", methods=["GET", "POST"])
@allow(Can.KEEP_SKILLS)
def edit_skill(skill_id: int) -> ResponseReturnValue:
    skill = skill_list.find_to_keep(db.session, current_actor(), skill_id)
    form = SkillForm()
    if request.method == "GET":
        form.show(skill)
        return _page(form, skill)
    if form.is_posted_and_valid():
        with form.catching():
            skill_list.edit(db.session, current_actor(), skill_id, form.values, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".skill_list", _anchor=f"keterampilan-{skill_id}"), 303)
    return _page(form, skill), 422


@bp.post("/pelatihan/daftar-keterampilan/<int:skill_id>/urutan")
@allow(Can.KEEP_SKILLS)
def move_skill(skill_id: int) -> ResponseReturnValue:
    skill_list.move(db.session, current_actor(), skill_id, up=request.form.get("ke") == "atas", now=now())
    return redirect(url_for(".skill_list", _anchor=f"keterampilan-{skill_id}"), 303)


@bp.post("/pelatihan/daftar-keterampilan/<int:skill_id>/arsip")
@allow(Can.KEEP_SKILLS)
def archive_skill(skill_id: int) -> ResponseReturnValue:
    if request.form.get("pakai") == "1":
        skill = skill_list.take_out(db.session, current_actor(), skill_id, now=now())
        flash(_("“%(name)s” dipakai lagi.", name=skill.name), "success")
        return redirect(url_for(".skill_list", _anchor=f"keterampilan-{skill_id}"), 303)
    skill = skill_list.put_away(db.session, current_actor(), skill_id, now=now())
    flash(
        _("“%(name)s” diarsipkan. Modul dan orang yang sudah memilikinya tetap tercatat.", name=skill.name), "success"
    )
    return redirect(url_for(".skill_list"), 303)


def _page(form: SkillForm, skill: Skill | None) -> str:
    return render_template(
        "programmes/skill.html",
        form=form,
        skill=skill,
        groups=[group.name for group in queries.skill_groups(db.session)],
    )
