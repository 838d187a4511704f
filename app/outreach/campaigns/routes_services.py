"""The list of services, under the blueprint of campaigns."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.kernel.roles import Can
from app.outreach.campaigns import queries, services
from app.outreach.campaigns.blueprint import bp
from app.outreach.campaigns.forms import ServiceForm
from app.outreach.campaigns.models import Service


@bp.get("/program/layanan")
@allow(Can.READ_OFFICE)
def services_list() -> ResponseReturnValue:
    return render_template(
        "campaigns/services.html",
        rows=queries.services_with_owners(db.session),
        may_keep=services.may_keep(current_actor()),
    )


def _form(service: Service | None = None) -> ServiceForm:
    form = ServiceForm()
    form.offer(queries.service_owner_choices(db.session, service), queries.all_dimensions(db.session))
    return form


def _page(form: ServiceForm, service: Service | None, status: int = 200) -> ResponseReturnValue:
    return render_template("campaigns/service.html", form=form, service=service), status


@bp.route("/program/layanan/baru", methods=["GET", "POST"])
@allow(Can.KEEP_SERVICES)
def new_service() -> ResponseReturnValue:
    services.ask_to_keep(current_actor())
    form = _form()
    if request.method == "GET":
        return _page(form, None)
    if form.is_posted_and_valid():
        with form.catching():
            made = services.add(db.session, current_actor(), form.values, key=form.key.data or "", now=now())
            flash(_("Layanan “%(name)s” tersimpan.", name=made.name), "success")
            return redirect(url_for(".services_list"))
    return _page(form, None, 422)


@bp.route("/program/layanan/<int:service_id>", methods=["GET", "POST"])
@allow(Can.KEEP_SERVICES)
def edit_service(service_id: int) -> ResponseReturnValue:
    service = services.find_to_edit(db.session, current_actor(), service_id)
    form = _form(service)
    if request.method == "GET":
        form.show(service)
        return _page(form, service)
    if form.is_posted_and_valid():
        with form.catching():
            services.edit(db.session, current_actor(), service_id, form.values, now=now())
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for(".services_list"))
    return _page(form, service, 422)
