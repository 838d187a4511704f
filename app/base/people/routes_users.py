"""The admin's pages about users, and the trail of who did what."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.list_file import list_file
from app.base.people import queries, service
from app.base.people.blueprint import bp
from app.base.people.forms import UserForm
from app.base.people.identity import shown_phone
from app.base.people.index import USERS
from app.base.people.models import User
from app.base.people.rights import Rights, gained_rights, is_guarded
from app.base.people.roles import EXPLANATIONS, LABELS, POSITIONS
from app.base.web.confirming import confirming
from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts, writes_down_itself
from app.base.web.wiring import now, settings
from app.kernel import audit
from app.kernel.confirmed import Twofold
from app.kernel.errors import Forbidden, GaungError, NotFound
from app.kernel.roles import Can, Position, Role


@bp.get("/pengguna")
@allow(Can.ADMINISTER)
@shows_contacts("users")
def users() -> ResponseReturnValue:
    view = USERS.view(db.session, queries.users, rows=False)
    return render_template(
        "people/users.html",
        view=view,
        asked=confirming().waiting(db.session, "users", [user.id for user in view.page.items]),
        roles=[(role.value, sentence(LABELS[role])) for role in Role],
        organisations=[(item.id, item.name) for item in queries.organisations(db.session)],
        labels={role.value: sentence(LABELS[role]) for role in Role},
        positions={position.value: sentence(POSITIONS[position]) for position in Position},
        now=now(),
    )


def _sheet(personal: bool, values: Mapping[str, str]) -> Response:
    found = USERS.rows(db.session, queries.users, given=values, rows=False)
    return list_file(USERS.table(found, personal=personal), "pengguna.csv")


@bp.get("/pengguna/ekspor.csv")
@allow(Can.ADMINISTER)
def users_sheet() -> ResponseReturnValue:
    """Send the list without names and contacts."""
    return _sheet(personal=False, values=request.args)


@bp.post("/pengguna/ekspor-lengkap.csv")
@allow(Can.ADMINISTER)
@risky()
@writes_down_itself()
def users_full_sheet() -> ResponseReturnValue:
    """Send the list with names and contacts: a post, since taking it away is written down."""
    me = db.session.get_one(User, current_actor().id)
    audit.record(db.session, current_actor(), "user.exported", me, now=now())
    return _sheet(personal=True, values=request.form)


@bp.route("/pengguna/baru", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
def user_new() -> ResponseReturnValue:
    form = _with_choices(UserForm())
    if form.is_posted_and_valid():
        with form.catching():
            typed, roles, later = _split(form, None)
            user, password = service.invite(
                db.session, current_actor(), **typed, roles=roles, now=now(), others_follow=bool(later.roles)
            )
            _ask(user, later, form.reason.data)
            return _slip(user, password, later=bool(later))
    return _user_page(form, None), 422 if form.is_submitted() else 200


@bp.route("/pengguna/<int:user_id>", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
@shows_contacts("users")
def user(user_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found = service.find_user(db.session, actor, user_id)
    if request.method == "GET":
        return _user_page(_with_choices(_filled(found), found), found)
    form = _with_choices(UserForm(), found)
    if form.is_posted_and_valid():
        with form.catching():
            typed, roles, later = _split(form, found)
            service.edit_user(db.session, actor, found, **typed, now=now())
            service.grant(db.session, actor, found, roles, now=now(), others_follow=bool(later.roles))
            _ask(found, later, form.reason.data)
            flash(_saved(found, later), "success")
            return redirect(url_for(".users"), 303)
    return _user_page(form, found), 422


@bp.post("/pengguna/<int:user_id>/nonaktifkan")
@allow(Can.ADMINISTER)
def user_deactivate(user_id: int) -> ResponseReturnValue:
    found = service.find_user(db.session, current_actor(), user_id)
    with telling(GaungError, Forbidden, NotFound):
        service.deactivate(db.session, current_actor(), found, now=now())
        flash(_("Akun %(name)s dinonaktifkan. Yang pernah dikerjakannya tetap tercatat.", name=found.name), "success")
    return redirect(url_for(".user", user_id=user_id), 303)


@bp.post("/pengguna/<int:user_id>/aktifkan")
@allow(Can.ADMINISTER)
def user_reactivate(user_id: int) -> ResponseReturnValue:
    found = service.find_user(db.session, current_actor(), user_id)
    service.reactivate(db.session, current_actor(), found, now=now())
    flash(_("Akun %(name)s aktif lagi.", name=found.name), "success")
    return redirect(url_for(".user", user_id=user_id), 303)


@bp.post("/pengguna/<int:user_id>/kata-sandi")
@allow(Can.ADMINISTER)
@risky()
def user_password(user_id: int) -> ResponseReturnValue:
    """Make a one-time password, shown in this answer and nowhere else: no address leads back to it. Of who signs or
    appoints it takes two."""
    actor = current_actor()
    found = service.find_user(db.session, actor, user_id)
    confirmed = None
    if is_guarded(found):
        confirmed = confirming().use_permit(db.session, actor, Twofold.NEW_PASSWORD, user_id, now=now())
        if confirmed is None:
            return _ask_new_password(found)
    return _slip(found, service.reset_password(db.session, actor, found, now=now(), confirmed=confirmed))


def _ask_new_password(user: User) -> ResponseReturnValue:
    reason = request.form.get("reason")
    if not (reason or "").strip():  # the page says it at the field
        return redirect(url_for(".user", user_id=user.id, kurang="sandi", _anchor="alasan-sandi"), 303)
    with telling(GaungError, Forbidden, NotFound):
        confirming().ask(db.session, current_actor(), Twofold.NEW_PASSWORD, user.id, {}, reason=reason, now=now())
        flash(_("Diusulkan. Kata sandi lama masih berlaku; slipnya bisa dibuat setelah orang kedua setuju."), "success")
    return redirect(url_for(".user", user_id=user.id), 303)


def _slip(user: User, password: str, *, later: bool = False) -> ResponseReturnValue:
    """`later`: some of what was typed waits for a second person."""
    response = make_response(
        render_template("people/slip.html", user=user, password=password, later=later, address=settings().public_url)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_choices(form: UserForm, user: User | None = None) -> UserForm:
    listed = {item.id: item.name for item in queries.organisations(db.session)}
    if user is not None:
        listed.setdefault(user.organisation_id, user.organisation.name)  # closed meanwhile
    form.organisation_id.choices = [("", _("Pilih organisasi")), *listed.items()]
    form.position.choices = [("", _("Tidak menandatangani")), *((p.value, sentence(POSITIONS[p])) for p in Position)]
    form.roles.choices = [(r.value, f"{sentence(LABELS[r])} – {sentence(EXPLANATIONS[r])}") for r in Role]
    return form


def _filled(user: User) -> UserForm:
    return UserForm(
        formdata=None,
        name=user.name,
        username=user.username,
        organisation_id=user.organisation_id,
        phone=shown_phone(user.phone),
        email=user.email,
        position=user.position or "",
        title=user.title,
        roles=[row.name for row in user.roles],
    )


def _typed(form: UserForm) -> dict[str, Any]:
    names = ("name", "username", "organisation_id", "phone", "email", "position", "title")
    return {name: form[name].data for name in names}


def _split(form: UserForm, user: User | None) -> tuple[dict[str, Any], frozenset[Role], Rights]:
    """What is done at once (columns, roles), and what waits for a second person."""
    typed, roles = _typed(form), _roles(form)
    position, organisation_id = typed["position"], typed["organisation_id"]
    later = gained_rights(user, roles=roles, position=position, organisation_id=organisation_id)
    if later.position:
        typed["position"] = user.position if user else None
        if user and user.position:
            typed["organisation_id"] = user.organisation_id
    return typed, roles - later.roles, later


def _ask(user: User, later: Rights, reason: str | None) -> None:
    if later:
        actor = current_actor()
        confirming().ask(db.session, actor, Twofold.RIGHTS, user.id, later.as_json(), reason=reason, now=now())


def _saved(user: User, later: Rights) -> str:
    if later:
        return _("Data %(name)s disimpan. Peran atau jabatan barunya menunggu persetujuan orang kedua.", name=user.name)
    return _("Data %(name)s disimpan.", name=user.name)


def _roles(form: UserForm) -> frozenset[Role]:
    return frozenset(Role(name) for name in form.roles.data)


def _user_page(form: UserForm, user: User | None) -> str:
    asked = confirming().waiting(db.session, "users", [user.id]).get(user.id, []) if user else []
    return render_template(
        "people/user.html",
        form=form,
        user=user,
        me=current_actor(),
        now=now(),
        asked=asked,
        guarded=user is not None and is_guarded(user),
    )
