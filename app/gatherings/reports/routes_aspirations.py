"""Pages of what people asked: the list, one of them, and its way to an OPD and back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.areas.queries import district_choices
from app.base.documents.sheets import CSV, XLSX, as_csv, as_xlsx
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_day, sentence
from app.base.web.forms import VersionedForm
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.gatherings.events.models import Event
from app.gatherings.reports import aspirations as service
from app.gatherings.reports import queries
from app.gatherings.reports.blueprint import aspiration_badge, bp
from app.gatherings.reports.forms import AnswerForm, CloseForm, RouteForm
from app.gatherings.reports.models import Aspiration, AspirationStatus
from app.gatherings.reports.states import ASPIRATIONS
from app.kernel.errors import Stale
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can, Role

MOST_ROWS_IN_FILE = 5000
CUT = 120


def to_answer(session: Session, actor: Actor) -> int:
    """Count what waits for an OPD's answer: for its contact; what nobody routed yet: for the office."""
    if service.may_route(actor):
        waits: Any = Aspiration.status == AspirationStatus.NOTED
    elif actor.has(Role.OPD_CONTACT) and actor.organisation_ids:
        routed = Aspiration.status == AspirationStatus.ROUTED
        waits = routed & Aspiration.opd_id.in_(actor.organisation_ids)
    else:
        return 0
    query = select(func.count(Aspiration.id)).join(Event, Event.id == Aspiration.event_id)
    return session.scalar(query.where(waits, Event.status != "merged")) or 0


def _filters() -> dict[str, Any]:
    args = request.args
    return {
        "status": args.get("status", ""),
        "opd_id": number_of("opd"),
        "district": args.get("kecamatan", ""),
        "late": args.get("terlambat") == "1",
        "q": args.get("q", ""),
    }


@bp.get("/aspirasi")
@allow(Can.READ_EVENTS)
def aspirations() -> ResponseReturnValue:
    actor, today, filters = current_actor(), local_day(now()), _filters()
    query = queries.aspirations(actor, today=today, **filters)
    return render_template(
        "reports/aspirations.html",
        page=paginate(db.session, query, number_of("hal") or 1, rows=True),
        filters=filters,
        today=today,
        statuses=[("", _("Semua")), ("terbuka", _("Belum dijawab"))]
        + [(str(status), sentence(label)) for status, label in ASPIRATIONS.items()],
        opds=queries.opd_choices(db.session, actor),
        districts=district_choices(db.session, settings().regency_code),
        late=queries.count_late(db.session, actor, today),
        may_route=service.may_route(actor),
    )


@bp.get("/aspirasi/berkas")
@allow(Can.READ_EVENTS)
def aspirations_file() -> ResponseReturnValue:
    """Download the filtered list, CSV or XLSX. What people asked stands in it, and nobody's name."""
    actor, today = current_actor(), local_day(now())
    found = db.session.execute(queries.aspirations(actor, today=today, **_filters()).limit(MOST_ROWS_IN_FILE))
    titles = [
        _("Nomor"), _("Aspirasi"), _("Keadaan"), _("Desa/kelurahan"), _("Kecamatan"), _("Dicatat oleh"), _("Kegiatan"),
        _("Tanggal kegiatan"), _("OPD"), _("Dijawab paling lambat"), _("Jawaban, atau alasan ditutup"),
        _("Disampaikan ke warga"),
    ]  # fmt: skip
    rows = [
        (
            row.id, row.text, aspiration_badge(row, today)[1], village, district, group, event.title,
            local_day(event.starts_at), opd, row.due_on, row.answer,
            local_day(row.told_back_at) if row.told_back_at else None,
        )
        for row, event, group, opd, village, district in found
    ]  # fmt: skip
    return table_file("aspirasi-warga", titles, rows)


def table_file(name: str, titles: list[str], rows: list[Any]) -> Response:
    """Return a list as a file: XLSX, or CSV with `?bentuk=csv`."""
    plain = request.args.get("bentuk") == "csv"
    data = as_csv(titles, rows) if plain else as_xlsx(name, titles, rows)
    return download(data, CSV if plain else XLSX, f"{name}.{'csv' if plain else 'xlsx'}")


@bp.get("/aspirasi/<int:aspiration_id>")
@allow(Can.READ_EVENTS)
def aspiration(aspiration_id: int) -> ResponseReturnValue:
    return _page(service.get(db.session, current_actor(), aspiration_id))


def _page(row: Aspiration, **more: Any) -> str:
    actor, today = current_actor(), local_day(now())
    event = db.session.get_one(Event, row.event_id)
    opd = db.session.get(Organisation, row.opd_id) if row.opd_id else None
    village = db.session.execute(
        select(Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code == row.village_code)
    ).first()
    values: dict[str, Any] = {
        "row": row,
        "event": event,
        "sees_event": actor.of_office or event.organisation_id in actor.organisation_ids,
        "group": db.session.get_one(Organisation, row.organisation_id),
        "opd": opd,
        "has_contact": opd is None or bool(service.contacts_of(db.session, opd.id)),
        "village": f"{village[0]} ({village[1]})" if village else "",
        "names": queries.names_of(db.session, {row.answered_by_id}),
        "today": today,
        "may_route": service.may_route(actor),
        "may_answer": service.may_answer(actor, row) and row.status != AspirationStatus.CLOSED,
        "may_tell_back": service.may_tell_back(actor, row) and row.status == AspirationStatus.ANSWERED,
        "route_form": _route_form(row, today),
        "answer_form": AnswerForm(formdata=None, version=row.version, answer=_own_answer(row)),
        "close_form": CloseForm(formdata=None, version=row.version),
        "open_form": "",
        "stale": False,
    }
    return render_template("reports/aspiration.html", **values | more)


def _own_answer(row: Aspiration) -> str:
    return (row.answer or "") if row.status == AspirationStatus.ANSWERED else ""


def _route_form(row: Aspiration, today: date, *, posted: bool = False) -> RouteForm:
    due = row.due_on if row.due_on and row.due_on >= today else service.default_due(today)
    form = RouteForm() if posted else RouteForm(formdata=None, version=row.version, opd_id=row.opd_id, due_on=due)
    form.opd_id.choices = [(0, _("Pilih OPD"))] + [(opd.id, opd.name) for opd in service.opds(db.session)]
    return form


@bp.post("/aspirasi/<int:aspiration_id>/teruskan", endpoint="aspiration_route")
@allow(Can.ROUTE_ASPIRATIONS)
def route(aspiration_id: int) -> ResponseReturnValue:
    row = _to_change(aspiration_id, service.check_router)
    form = _route_form(row, local_day(now()), posted=True)

    def act(version: int | None) -> str:
        sent = service.route(
            db.session, current_actor(), aspiration_id, opd_id=form.opd_id.data, due_on=form.due_on.data, now=now(),
            tz=settings().tz, version=version,
        )  # fmt: skip
        if service.contacts_of(db.session, sent.opd_id or 0):
            return _("Diteruskan. Narahubung OPD diberi tahu.")
        return _("Diteruskan. OPD ini belum punya narahubung di sini: sampaikan lewat surat, lalu catat jawabannya.")

    return _act(aspiration_id, form, "route_form", act)


@bp.post("/aspirasi/<int:aspiration_id>/jawab", endpoint="aspiration_answer")
@allow(Can.ANSWER_ASPIRATIONS)
def answer(aspiration_id: int) -> ResponseReturnValue:
    _to_change(aspiration_id, service.check_answerer)
    form = AnswerForm()

    def act(version: int | None) -> str:
        text = form.answer.data or ""
        service.answer(db.session, current_actor(), aspiration_id, text=text, now=now(), version=version)
        return _("Jawaban disimpan. Kelompok yang mencatat diberi tahu supaya menyampaikannya.")

    return _act(aspiration_id, form, "answer_form", act)


@bp.post("/aspirasi/<int:aspiration_id>/tutup", endpoint="aspiration_close")
@allow(Can.ROUTE_ASPIRATIONS)
def close(aspiration_id: int) -> ResponseReturnValue:
    _to_change(aspiration_id, service.check_router)
    form = CloseForm()

    def act(version: int | None) -> str:
        reason = form.reason.data or ""
        service.close(db.session, current_actor(), aspiration_id, reason=reason, now=now(), version=version)
        return _("Ditutup tanpa jawaban, dengan alasan Anda.")

    return _act(aspiration_id, form, "close_form", act)


@bp.post("/aspirasi/<int:aspiration_id>/disampaikan", endpoint="aspiration_told_back")
@allow(Can.TELL_ASPIRATIONS_BACK)
def told_back(aspiration_id: int) -> ResponseReturnValue:
    service.mark_told_back(db.session, current_actor(), aspiration_id, now=now())
    flash(_("Dicatat: jawabannya sudah disampaikan kepada warga."), "success")
    return redirect(url_for(".aspiration", aspiration_id=aspiration_id))


def _to_change(aspiration_id: int, check: Callable[[Actor, Aspiration], None]) -> Aspiration:
    """Who may not is told so before their form is read."""
    row = service.get(db.session, current_actor(), aspiration_id)
    check(current_actor(), row)
    return row


def _act(aspiration_id: int, form: VersionedForm, name: str, act: Callable[[int | None], str]) -> ResponseReturnValue:
    """Do it, or show the page again with what was typed and what is wrong."""
    row, error = service.get(db.session, current_actor(), aspiration_id), None
    if form.is_posted_and_valid():
        with form.saving(row) as undone:
            flash(act(number_of("version", request.form)), "success")
            return redirect(url_for(".aspiration", aspiration_id=aspiration_id))
        error = undone.error
    answer = _page(row, **{name: form, "open_form": name, "stale": isinstance(error, Stale)})
    return answer, error.status if error else 422
