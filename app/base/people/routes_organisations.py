"""The admin's pages about organisations and delegations."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.areas.models import District, Village
from app.base.people import delegations as plt
from app.base.people import organisations as verbs
from app.base.people import queries
from app.base.people.blueprint import bp
from app.base.people.forms import DelegationForm, OrganisationForm
from app.base.people.identity import shown_phone
from app.base.people.models import Organisation, User
from app.base.people.roles import POSITIONS
from app.base.web.confirming import Waiting, confirming
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.confirmed import Twofold
from app.kernel.numbers import read_int
from app.kernel.roles import Can, Position

KIND_CHOICES = [(kind.value, label) for kind, label in verbs.KINDS.items()]


@bp.get("/organisasi")
@allow(Can.ADMINISTER)
def organisations() -> ResponseReturnValue:
    q, kind = request.args.get("q", ""), request.args.get("jenis", "")
    return render_template(
        "people/organisations.html",
        tree=queries.organisation_tree(db.session, q, kind),
        kind=kind,
        kinds=[(value, sentence(label)) for value, label in KIND_CHOICES],
        labels={value: sentence(label) for value, label in KIND_CHOICES},
        searched=bool(q or kind),
    )


@bp.route("/organisasi/baru", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
def organisation_new() -> ResponseReturnValue:
    form = OrganisationForm() if request.method == "POST" else OrganisationForm(formdata=None, active=True)
    _with_choices(form)
    if request.method == "GET":
        form.parent_id.data = request.args.get("opd", "")
        form.kind.data = "bidang" if form.parent_id.data else None
    if form.is_posted_and_valid():
        with form.catching():
            made = verbs.add_organisation(db.session, current_actor(), **_typed(form), now=now())
            flash(_("%(name)s ditambahkan.", name=made.name), "success")
            return redirect(url_for(".organisations"), 303)
    page = render_template("people/organisation.html", form=form, organisation=None, people=[])
    return page, 422 if form.is_submitted() else 200


@bp.route("/organisasi/<int:organisation_id>", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@shows_contacts("organisations")
def organisation(organisation_id: int) -> ResponseReturnValue:
    found = verbs.find_organisation(db.session, current_actor(), organisation_id)
    form = _with_choices(OrganisationForm() if request.method == "POST" else _filled(found))
    if form.is_posted_and_valid():
        with form.catching():
            typed = {**_typed(form), "active": form.active.data}
            verbs.edit_organisation(db.session, current_actor(), found, **typed, now=now())
            flash(_("Data %(name)s disimpan.", name=found.name), "success")
            return redirect(url_for(".organisations"), 303)
    people = queries.all_users(db.session, organisation_id=organisation_id, state="active")
    page = render_template("people/organisation.html", form=form, organisation=found, people=people)
    return page, 422 if form.is_submitted() else 200


@bp.route("/delegasi", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
def delegations() -> ResponseReturnValue:
    today = local_day(now())
    posted = request.method == "POST"
    form = DelegationForm() if posted else DelegationForm(formdata=None, kind="plh", starts_on=today)
    _people_choices(form)
    if form.is_posted_and_valid():
        with form.catching():
            _ask_delegation(form)
            flash(_("Diusulkan. Penggantian ini berlaku setelah orang kedua setuju."), "success")
            return redirect(url_for(".delegations"), 303)
    page = queries.delegations_page(db.session, number_of("hal") or 1)
    answer = render_template(
        "people/delegations.html",
        form=form,
        page=page,
        positions={position.value: sentence(POSITIONS[position]) for position in Position},
        state_of=lambda item: queries.delegation_state(item, today),
        asked=_asked_delegations(form),
    )
    return answer, 422 if form.is_submitted() else 200


@bp.post("/delegasi/<int:delegation_id>/cabut")
@allow(Can.ADMINISTER)
def delegation_revoke(delegation_id: int) -> ResponseReturnValue:
    ended = plt.revoke_delegation(db.session, current_actor(), delegation_id, now=now())
    flash(_("Tugas %(name)s sebagai pengganti dicabut mulai sekarang.", name=ended.to_user.name), "success")
    return redirect(url_for(".delegations"), 303)


def _ask_delegation(form: DelegationForm) -> None:
    term = plt.Term(
        kind=form.kind.data,
        from_user_id=form.from_user_id.data,
        to_user_id=form.to_user_id.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        decree=" ".join(form.decree.data.split()),
    )
    reason = _("Surat perintah %(decree)s", decree=term.decree)
    holder = form.from_user_id.data
    confirming().ask(db.session, current_actor(), Twofold.DELEGATION, holder, term.as_json(), reason=reason, now=now())


def _asked_delegations(form: DelegationForm) -> list[Waiting]:
    """What waits for a second person."""
    holders = [value for value, _label in form.from_user_id.choices if value]
    found = confirming().waiting(db.session, "users", holders)
    return [one for some in found.values() for one in some if one.kind == Twofold.DELEGATION]


def _with_choices(form: OrganisationForm) -> OrganisationForm:
    form.kind.choices = [(value, sentence(label)) for value, label in KIND_CHOICES]
    opd = [(str(item.id), item.name) for item in queries.organisations(db.session, kind="opd")]
    form.parent_id.choices = [("", _("Bukan bidang")), *opd]
    villages = db.session.execute(
        select(Village.code, Village.name, District.name).join(Village.district).order_by(District.name, Village.name)
    )
    grouped: dict[str, list[tuple[str, str]]] = {_("Tidak terikat desa"): [("", _("Tidak terikat desa"))]}
    for code, name, district in villages:
        grouped.setdefault(_("Kecamatan %(name)s", name=district), []).append((code, name))
    form.village_code.choices = grouped
    return form


def _people_choices(form: DelegationForm) -> None:
    def shown(user: User) -> str:
        post = sentence(POSITIONS[Position(user.position)]) if user.position else ""
        return f"{user.name} ({post}, {user.organisation.name})" if post else f"{user.name} ({user.organisation.name})"

    holders, deputies = queries.position_holders(db.session), queries.approvers(db.session)
    first = ("", _("Pilih orangnya"))
    form.kind.choices = [(kind.value, sentence(label)) for kind, label in plt.KINDS.items()]
    form.from_user_id.choices = [first, *((user.id, shown(user)) for user in holders)]
    form.to_user_id.choices = [first, *((user.id, shown(user)) for user in deputies)]


def _filled(found: Organisation) -> OrganisationForm:
    return OrganisationForm(
        formdata=None,
        kind=found.kind,
        name=found.name,
        short_name=found.short_name,
        parent_id=str(found.parent_id or ""),
        village_code=found.village_code or "",
        address=found.address,
        phone=shown_phone(found.phone),
        email=found.email,
        active=found.active,
    )


def _typed(form: OrganisationForm) -> dict[str, Any]:
    names = ("kind", "name", "short_name", "village_code", "address", "phone", "email")
    typed = {name: form[name].data for name in names}
    return {**typed, "parent_id": read_int(form.parent_id.data)}
