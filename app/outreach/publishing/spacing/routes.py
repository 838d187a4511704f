"""The plan of what an outage kept waiting: when each delivery leaves, and changing it."""

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import angka, local, zone
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.queries import find_delivery
from app.outreach.publishing.spacing import service
from app.outreach.publishing.spacing.forms import GAPS, AllForm, GapForm, MoveForm
from app.outreach.publishing.spacing.queries import planned
from app.outreach.publishing.spacing.service import Changed


def spaced_to(delivery: Delivery) -> Any:
    """Return the time that a delivery got after an outage or a pause while it still waits for it, else None."""
    waits = delivery.spaced_at is not None and delivery.status == S.QUEUED and delivery.wake_at > now()
    return delivery.wake_at if waits else None


@bp.get("/tayang/rencana")
@allow(Can.READ_DELIVERIES)
def spaced() -> ResponseReturnValue:
    return _page()


@bp.post("/tayang/<int:delivery_id>/waktu")
@allow(Can.ANSWER_FOR_OUTLETS)
def move_spaced(delivery_id: int) -> ResponseReturnValue:
    delivery, form = find_delivery(db.session, delivery_id, current_actor()), MoveForm()
    if delivery is None:
        raise NotFound(T("Penayangan ini tidak ada, atau bukan milik organisasi Anda."))
    if form.is_posted_and_valid() and (at := form.at.data) is not None:
        with form.catching():
            service.move(db.session, current_actor(), delivery, at=at, seen=form.seen.data or "", now=now())
            flash(_("Dipindah ke %(when)s.", when=local(at)), "success")
            return redirect(url_for(".spaced"))
    return _page(moving=delivery_id, form=form), 422


@bp.post("/tayang/rencana/kirim")
@allow(Can.ANSWER_FOR_OUTLETS)
def send_spaced() -> ResponseReturnValue:
    form = AllForm()
    if form.is_posted_and_valid():
        with form.catching():
            done = service.send_now(
                db.session, current_actor(), account=form.account.data, shown=form.shown.data or 0, now=now()
            )
            flash(_("%(n)s dikirim sekarang.", n=angka(done.done)) + _left(done), "success")
            return redirect(url_for(".spaced"))
    return _page(form=form), 422


@bp.post("/tayang/rencana/jarak")
@allow(Can.ANSWER_FOR_OUTLETS)
def change_gap() -> ResponseReturnValue:
    form = GapForm()
    if form.is_posted_and_valid():
        with form.catching():
            done = service.change_gap(
                db.session, current_actor(), account=form.account.data, gap=form.gap, shown=form.shown.data or 0,
                now=now(),
            )  # fmt: skip
            flash(_("%(n)s mendapat waktu baru.", n=angka(done.done)) + _left(done), "success")
            return redirect(url_for(".spaced"))
    return _page(form=form), 422


def _left(done: Changed) -> str:
    if not done.left:
        return ""
    return " " + _("%(n)s tidak diubah: sudah atau sedang dikirim, atau diubah orang lain.", n=angka(done.left))


def _page(*, moving: int | None = None, form: Any = None) -> str:
    rows = db.session.execute(planned(current_actor(), now=now())).all()
    groups = [(outlet, list(found)) for outlet, found in groupby(rows, lambda row: row.Outlet)]
    mine = [row for row in rows if row.may and row.Delivery.status == S.QUEUED]
    return render_template(
        "publishing/spacing/index.html",
        groups=groups,
        count=len(rows),
        mine=mine,
        gaps=GAPS,
        usual=settings().spacing_minutes,
        moving=moving,
        form=form,
        typed=lambda at: at.astimezone(zone()).strftime("%Y-%m-%dT%H:%M"),
        S=S,
    )
