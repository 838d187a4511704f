"""Pages of the register of groups: list, one group, register, change. Members, rubric, year and import have modules of
their own."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from app.base.areas.queries import district_choices, village_names
from app.base.documents.list_file import list_file
from app.base.media.pages import picture
from app.base.media.service import readable_file
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.listing import Table
from app.base.web.menu import may_open
from app.base.web.noting import shows_contacts, takes_away
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.communities import (
    access,
    activity,
    duplicates,
    members,
    queries,
    routes_import,
    routes_members,
    routes_rubric,
    routes_year,
    service,
    states,
)
from app.gatherings.communities import rubric as rubrics
from app.gatherings.communities.access import organisation_of
from app.gatherings.communities.blueprint import bp
from app.gatherings.communities.duplicates import Similar
from app.gatherings.communities.forms import ContactForm, GroupForm, filled_form, picked_decree
from app.gatherings.communities.index import GROUPS, RESTING
from app.gatherings.communities.models import Group, GroupKind
from app.gatherings.communities.projects import PROJECTS
from app.gatherings.communities.queries import NO_LEVEL, GroupFilters
from app.gatherings.communities.service import Details
from app.gatherings.events.access import may_plan_for, trains_only
from app.gatherings.events.queries import villages_by_district
from app.kernel.roles import Can

__all__ = ["bp", "routes_import", "routes_members", "routes_rubric", "routes_year"]


def own_group_id() -> int | None:
    """Return the id of the group that this person is a member of, None for others."""
    organisation_id = current_actor().organisation_id
    organisation = db.session.get(Organisation, organisation_id) if organisation_id else None
    if organisation is None:
        return None
    if organisation.kind in access.KINDS or db.session.get(Group, organisation.id) is not None:
        return organisation.id
    return None


@bp.get("/komunitas")
@allow(Can.READ_GROUPS)
def index() -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    today = local_day(moment)
    own = None if access.reads_all(actor) else own_group_id()
    if own is not None:
        return redirect(url_for(".show", organisation_id=own))
    rule = activity.rule_in_force(db.session)
    view = GROUPS.view(db.session, _groups(rule))
    levels = [(level, level) for level in queries.levels_given(db.session)]
    return render_template(
        "communities/index.html",
        view=view,
        rule=rule,
        counts=queries.activity_counts(db.session, actor, rule=rule, now=moment, today=today),
        kind_choices=_choices(_("Semua jenis"), states.SHORT_KINDS),
        district_choices=[("", _("Semua kecamatan")), *district_choices(db.session, settings().regency_code)],
        activity_choices=_choices(_("Semua"), states.ACTIVITIES),
        level_choices=[("", _("Semua tingkat")), *levels, (NO_LEVEL, _("Belum dinilai"))],
        completeness_choices=_choices(_("Semua"), states.COMPLETENESS),
        rest_choices=[("", _("Berjalan")), (RESTING, _("Beristirahat"))],
        doubles=duplicates.likely_duplicates(db.session)
        if access.keeps_register(actor) and not view.filters.any()
        else [],
    )


def _choices(every: str, words: Any) -> list[tuple[str, str]]:
    return [("", every), *((str(value), sentence(label)) for value, label in words.items())]


@bp.get("/komunitas/unduh.csv")
@allow(Can.READ_ALL_GROUPS)
def export_csv() -> ResponseReturnValue:
    return list_file(_table(), "kim-dan-komunitas.csv")


@bp.get("/komunitas/unduh.xlsx")
@allow(Can.READ_ALL_GROUPS)
def export_xlsx() -> ResponseReturnValue:
    return list_file(_table(), "kim-dan-komunitas.xlsx", "KIM dan komunitas")


def _table() -> Table:
    rule = activity.rule_in_force(db.session)
    return GROUPS.table(GROUPS.rows(db.session, _groups(rule)), n=rule.days)


def _groups(rule: activity.Rule) -> Callable[[GroupFilters], Select[Any]]:
    actor, moment = current_actor(), now()
    return lambda wanted: queries.groups(actor, wanted, rule=rule, now=moment, today=local_day(moment))


@bp.get("/komunitas/saya")
@allow(Can.READ_GROUPS)
def mine() -> ResponseReturnValue:
    own = own_group_id()
    if own is None:
        flash(_("Akun Anda belum terhubung dengan KIM atau komunitas. Minta admin mengatur organisasinya."), "warning")
        return redirect(url_for(".index"))
    return redirect(url_for(".show", organisation_id=own))


@bp.get("/komunitas/<int:organisation_id>")
@allow(Can.READ_GROUPS)
@shows_contacts("organisations")
def show(organisation_id: int) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    today = local_day(moment)
    organisation = organisation_of(db.session, actor, organisation_id)
    group = db.session.get(Group, organisation_id)
    rule = activity.rule_in_force(db.session)
    sees_people = access.sees_people(actor, organisation_id)
    lines = queries.members(db.session, organisation_id) if group else []
    scores = rubrics.history(db.session, organisation_id)
    return render_template(
        "communities/show.html",
        organisation=organisation,
        group=group,
        place=queries.place_of(db.session, organisation.village_code),
        rule=rule,
        done=activity.activity_of(db.session, [organisation_id], rule=rule, now=moment)[organisation_id],
        events=queries.latest_events(db.session, organisation_id, moment),
        opens_events=sees_people and may_open("events.show") and not trains_only(actor),
        officers=[line for line in queries.officers_only(lines) if members.holds_office(line, today)],
        members=len([line for line in lines if line.ends_on is None or line.ends_on >= today]),
        score=scores[0][0] if scores else None,
        accounts=queries.accounts(db.session, organisation_id) if sees_people else [],
        sees_people=sees_people,
        of_office=actor.of_office,
        may_keep_members=access.may_keep_members(actor, organisation_id),
        may_plan=may_open("events.new") and may_plan_for(actor, organisation_id),
        year=today.year,
        builds=group is not None and group.kind == GroupKind.PROGRAMMER,
        projects=PROJECTS.one(db.session, organisation_id),
    )


@bp.get("/komunitas/<int:organisation_id>/sk")
@allow(Can.READ_GROUPS)
@takes_away("groups")
def decree(organisation_id: int) -> ResponseReturnValue:
    return picture(service.decree_file(db.session, current_actor(), organisation_id))


@bp.route("/komunitas/baru", methods=["GET", "POST"])
@allow(Can.KEEP_GROUPS)
def new() -> ResponseReturnValue:
    posted = request.method == "POST"
    form = GroupForm() if posted else GroupForm(formdata=None, kind="kim", village_code=request.args.get("desa", ""))
    form.with_choices()
    access.to_keep(current_actor())
    alike: Sequence[Similar] = ()
    if posted and _all_right(form, None) and not (alike := _unseen_doubles(form, form.details())):
        with form.catching():
            group = service.register(db.session, current_actor(), form.details(), now=now())
            flash(_("%(name)s didaftarkan. Lanjutkan dengan pengurusnya.", name=group.organisation.name), "success")
            return redirect(url_for(".show", organisation_id=group.organisation_id), 303)
    return _form_page(form, None, None, alike), 422 if posted else 200


@bp.route("/komunitas/<int:organisation_id>/lengkapi", methods=["GET", "POST"])
@allow(Can.KEEP_GROUPS)
def complete(organisation_id: int) -> ResponseReturnValue:
    """Fill in the data of a group for an organisation that is one by its kind."""
    access.to_keep(current_actor())
    organisation = organisation_of(db.session, current_actor(), organisation_id)
    posted = request.method == "POST"
    if not posted and db.session.get(Group, organisation_id) is not None:
        return redirect(url_for(".edit", organisation_id=organisation_id))
    form = GroupForm() if posted else filled_form(GroupForm, organisation, None)
    form.with_choices()
    alike: Sequence[Similar] = ()
    if (
        posted
        and _all_right(form, organisation)
        and not (alike := _unseen_doubles(form, form.details(), [organisation_id]))
    ):
        with form.catching():
            service.complete(db.session, current_actor(), organisation_id, form.details(), now=now())
            flash(_("Data %(name)s dilengkapi.", name=form.name.data), "success")
            return redirect(url_for(".show", organisation_id=organisation_id), 303)
    return _form_page(form, organisation, None, alike), 422 if posted else 200


@bp.route("/komunitas/<int:organisation_id>/ubah", methods=["GET", "POST"])
@allow(Can.KEEP_MEMBERS)
@shows_contacts("organisations")
def edit(organisation_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    group = access.group_of(db.session, actor, organisation_id)
    access.to_keep_members(actor, organisation_id)
    kind = GroupForm if access.keeps_register(actor) else ContactForm
    form = kind() if posted else filled_form(kind, group.organisation, group)
    if isinstance(form, GroupForm):
        form.with_choices()
    if posted and _all_right(form, group.organisation):
        with form.saving(group):
            details, version = form.details(), form.seen_version()
            service.edit(db.session, actor, organisation_id, details, version=version, now=now())
            flash(_("Perubahan disimpan."), "success")
            return redirect(url_for(".show", organisation_id=organisation_id), 303)
    return _form_page(form, group.organisation, group), 422 if posted else 200


@bp.post("/komunitas/<int:organisation_id>/keadaan")
@allow(Can.KEEP_GROUPS)
def rest(organisation_id: int) -> ResponseReturnValue:
    active = request.form.get("aktif") == "1"
    organisation = service.set_active(db.session, current_actor(), organisation_id, active, now=now())
    said = _("%(name)s berjalan lagi.") if active else _("%(name)s dinonaktifkan. Riwayatnya tetap ada.")
    flash(said % {"name": organisation.name}, "success")
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


@bp.post("/komunitas/bukan-sama")
@allow(Can.KEEP_GROUPS)
def tell_apart() -> ResponseReturnValue:
    first, second = number_of("pertama", request.form) or 0, number_of("kedua", request.form) or 0
    duplicates.tell_apart(db.session, current_actor(), first, second, now=now())
    flash(_("Dicatat: keduanya bukan kelompok yang sama. Pasangan itu tidak ditampilkan lagi."), "success")
    return redirect(url_for(".index"), 303)


def _all_right(form: ContactForm, organisation: Organisation | None) -> bool:
    """Whether the form can be saved; everything that is wrong with it stands beside its field, at once."""
    valid = form.is_posted_and_valid()
    if not isinstance(form, GroupForm):
        return valid
    for problem in service.problems(db.session, current_actor(), form.details(), organisation, now()):
        if not (problem.field in form and form[problem.field].errors):
            form.refuse(problem)
            valid = False
    return valid


def _village_name(form: ContactForm) -> str | None:
    code = form.village_code.data if isinstance(form, GroupForm) else None
    return village_names(db.session, [code]).get(code) if code else None


def _unseen_doubles(form: GroupForm, details: Details, leave_out: Sequence[int] = ()) -> Sequence[Similar]:
    """The groups that this one may be, unless "Tetap daftarkan" was pressed on a page that showed all of them."""
    found = duplicates.similar_to(db.session, details, leave_out)
    known = form.duplicates_known() if "tetap" in request.form else set()
    form.show_doubles(one.group.id for one in found)
    return found if {one.group.id for one in found} - known else ()


def _form_page(
    form: ContactForm, organisation: Organisation | None, group: Group | None, alike: Sequence[Similar] = ()
) -> str:
    file_id = picked_decree() if request.method == "POST" else group.decree_file_id if group else None
    return render_template(
        "communities/form.html",
        form=form,
        organisation=organisation,
        group=group,
        whole=isinstance(form, GroupForm),
        alike=alike,
        districts=villages_by_district(db.session) if isinstance(form, GroupForm) else [],
        village_name=_village_name(form),
        issuers=states.ISSUERS,
        decree=readable_file(db.session, current_actor(), file_id),
    )
