"""Officers and members of a group."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor
from app.base.web.noting import shows_contacts
from app.base.web.wiring import now
from app.gatherings.communities import access, members, queries
from app.gatherings.communities.blueprint import bp
from app.gatherings.communities.forms import EndForm, MemberForm
from app.gatherings.communities.models import Group, Membership
from app.kernel.roles import Can


@bp.get("/komunitas/<int:organisation_id>/anggota")
@allow(Can.READ_GROUPS)
@shows_contacts("organisations")
def people(organisation_id: int) -> ResponseReturnValue:
    actor = current_actor()
    group = access.group_of(db.session, actor, organisation_id)
    return _list_page(group, EndForm(formdata=None, ends_on=local_day(now())))


def _list_page(group: Group, end_form: EndForm, ending: int | None = None) -> str:
    actor, number = current_actor(), group.organisation_id
    lines = queries.members(db.session, number)
    sees_people = access.sees_people(actor, number)
    today = local_day(now())
    shown = lines if sees_people else queries.officers_only(lines)
    return render_template(
        "communities/people.html",
        group=group,
        present=[line for line in shown if line.ends_on is None or line.ends_on >= today],
        former=[line for line in shown if line.ends_on is not None and line.ends_on < today],
        hidden=len(lines) - len(shown),
        sees_people=sees_people,
        may_keep=access.may_keep_members(actor, number),
        masked=members.masked_phone,
        is_erased=members.is_erased,
        accounts={user.id: user.username for user in queries.accounts(db.session, number)} if sees_people else {},
        end_form=end_form,
        ending=ending,
    )


@bp.route("/komunitas/<int:organisation_id>/anggota/baru", methods=["GET", "POST"])
@allow(Can.KEEP_MEMBERS)
def new_member(organisation_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    group = access.group_of(db.session, actor, organisation_id)
    access.to_keep_members(actor, organisation_id)
    form = _with_choices(MemberForm() if posted else MemberForm(formdata=None, role="member"), organisation_id)
    if form.is_posted_and_valid():
        with form.catching():
            made = members.add_member(db.session, actor, organisation_id, form.person(), now=now())
            flash(_("%(name)s ditambahkan.", name=made.name), "success")
            return redirect(url_for(".people", organisation_id=organisation_id), 303)
    return _form_page(form, group, None), 422 if posted else 200


@bp.route("/komunitas/<int:organisation_id>/anggota/<int:member_id>/ubah", methods=["GET", "POST"])
@allow(Can.KEEP_MEMBERS)
@shows_contacts("organisations")
def edit_member(organisation_id: int, member_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    group = access.group_of(db.session, actor, organisation_id)
    access.to_keep_members(actor, organisation_id)
    member = members.member_of(db.session, actor, organisation_id, member_id)
    form = _with_choices(MemberForm() if posted else MemberForm.of(member), organisation_id)
    if form.is_posted_and_valid():
        with form.catching():
            members.edit_member(db.session, actor, organisation_id, member_id, form.person(), now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".people", organisation_id=organisation_id), 303)
    return _form_page(form, group, member), 422 if posted else 200


@bp.post("/komunitas/<int:organisation_id>/anggota/<int:member_id>/akhiri")
@allow(Can.KEEP_MEMBERS)
@shows_contacts("organisations")
def end_member(organisation_id: int, member_id: int) -> ResponseReturnValue:
    actor, form = current_actor(), EndForm()
    group = access.group_of(db.session, actor, organisation_id)
    access.to_keep_members(actor, organisation_id)
    if form.is_posted_and_valid():
        with form.catching():
            member = members.end_membership(
                db.session, actor, organisation_id, member_id, on=form.ends_on.data, now=now()
            )
            flash(_("Masa tugas %(name)s diakhiri. Riwayatnya tetap ada.", name=member.name), "success")
            return redirect(url_for(".people", organisation_id=organisation_id), 303)
    return _list_page(group, form, member_id), 422


@bp.post("/komunitas/<int:organisation_id>/anggota/<int:member_id>/hapus")
@allow(Can.KEEP_MEMBERS)
def remove_member(organisation_id: int, member_id: int) -> ResponseReturnValue:
    members.remove_member(db.session, current_actor(), organisation_id, member_id, now=now())
    flash(_("Baris yang salah catat dihapus."), "success")
    return redirect(url_for(".people", organisation_id=organisation_id), 303)


@bp.post("/komunitas/<int:organisation_id>/anggota/<int:member_id>/lupakan")
@allow(Can.KEEP_MEMBERS)
def erase_member(organisation_id: int, member_id: int) -> ResponseReturnValue:
    members.erase_member(db.session, current_actor(), organisation_id, member_id, now=now())
    flash(_("Nama dan nomor orang itu dihapus. Yang tersisa hanya peran dan masanya."), "success")
    return redirect(url_for(".people", organisation_id=organisation_id), 303)


def _with_choices(form: MemberForm, organisation_id: int) -> MemberForm:
    return form.with_choices([(user.id, user.name) for user in queries.accounts(db.session, organisation_id)])


def _form_page(form: MemberForm, group: Group, member: Membership | None) -> str:
    return render_template("communities/member.html", form=form, group=group, member=member)
