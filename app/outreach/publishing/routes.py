from typing import Any
from urllib.parse import quote

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import CSV, as_csv
from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, wired
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import KINDS, ORDERED_PRINT, PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions, figures, queries, routes_figures, routes_health, routes_stops, safety
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.evidence import asks_person, looks_of
from app.outreach.publishing.forms import SeenForm, SentForm
from app.outreach.publishing.heartbeat import alive
from app.outreach.publishing.labels import closed_for, delivery_label
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import channel_key
from app.outreach.publishing.pauses import routes as routes_pauses
from app.outreach.publishing.pauses.queries import is_kept_back
from app.outreach.publishing.preflight import queries as preflight
from app.outreach.publishing.preflight import routes as routes_preflight
from app.outreach.publishing.removal import routes as routes_removal
from app.outreach.publishing.removal.service import may_remove, removal_of
from app.outreach.publishing.self_audit import routes as routes_self_audit
from app.outreach.publishing.spacing import routes as routes_spacing
from app.outreach.publishing.spacing.queries import count_planned
from app.outreach.publishing.spacing.routes import spaced_to
from app.outreach.publishing.states import (
    LABELS,
)
from app.outreach.publishing.status import routes as routes_status
from app.outreach.publishing.wishes import under_way

__all__ = [
    "bp",
    "routes_figures",
    "routes_health",
    "routes_pauses",
    "routes_preflight",
    "routes_removal",
    "routes_self_audit",
    "routes_spacing",
    "routes_status",
    "routes_stops",
    "spaced_to",
]

VERBS = {
    "lagi": (decisions.retry, T("Dikirim lagi sebentar lagi.")),
    "tahan": (decisions.hold, T("Ditahan. Tidak dikirim sampai Anda lepaskan.")),
    "lepas": (decisions.release, T("Dilepas. Dikirim pada waktunya.")),
    "tidak_terbit": (decisions.give_up, T("Dicatat: tidak terbit. Tidak dikirim lagi dengan isi ini.")),
    "batal": (decisions.cancel, T("Dibatalkan untuk saluran ini. Saluran lain tidak terpengaruh.")),
}

WISHED = {
    "tahan": T("Dicatat. Sedang dikirim, jadi mungkin tetap terbit; bila tidak, ditahan sesudah percobaan ini."),
    "batal": T("Dicatat. Sedang dikirim, jadi mungkin tetap terbit; bila tidak, dibatalkan sesudah percobaan ini."),
}
"""What is said where a call is under way; nobody can call that back."""


@bp.get("/tayang")
@allow(Can.READ_DELIVERIES)
def index() -> ResponseReturnValue:
    filters = _filters()
    page = queries.deliveries(db.session, filters, number=number_of("hal") or 1)
    return render_template(
        "publishing/index.html",
        page=page,
        counts=queries.count_by_status(db.session, filters.visible),
        working=alive(db.session, now=now()),
        stops=safety.stops(db.session, now=now()),
        planned=count_planned(db.session, current_actor(), now=now()),
        trouble=queries.TROUBLE,
        statuses=[(status.value, sentence(label)) for status, label in LABELS.items()],
        outlets=queries.outlet_choices(db.session),
        filters=filters,
        campaign=db.session.get(Campaign, filters.campaign_id) if filters.campaign_id else None,
        post=db.session.get(Post, filters.post_id) if filters.post_id else None,
    )


@bp.get("/tayang.csv")
@allow(Can.READ_DELIVERIES)
def export() -> ResponseReturnValue:
    """Send every row of the list."""
    titles = [_("Waktu"), _("Program"), _("Materi"), _("Saluran"), _("Keadaan"), _("Terbit pada"), _("Tautan"),
              _("Catatan")]  # fmt: skip
    rows = [
        [
            local(delivery.due_at),
            campaign,
            post.title,
            outlet.name,
            delivery_label(
                delivery.status,
                outlet.kind,
                post.status,
                delivery.hold_reason,
                delivery.removed_at,
                closed_for(delivery, outlet),
            ),
            local(delivery.sent_at) if delivery.sent_at else "",
            delivery.remote_url,
            sentence(delivery.problem),
        ]
        for delivery, post, campaign, outlet in queries.all_deliveries(db.session, _filters())
    ]
    return download(as_csv(titles, rows), CSV, "penayangan.csv")


@bp.get("/tayang/<int:delivery_id>")
@allow(Can.READ_DELIVERIES)
def show(delivery_id: int) -> ResponseReturnValue:
    return _page(_get(delivery_id), SentForm())


@bp.get("/tayang/<int:delivery_id>/berkas/<int:file_id>")
@allow(Can.READ_DELIVERIES)
def file(delivery_id: int, file_id: int) -> ResponseReturnValue:
    found = queries.file_of(db.session, _get(delivery_id), file_id)
    if found is None:
        raise NotFound(T("Berkas ini tidak ada pada penayangan ini."))
    return picture(found)


@bp.post("/tayang/<int:delivery_id>/sudah-terbit")
@allow(Can.ANSWER_FOR_OUTLETS)
def confirm_sent(delivery_id: int) -> ResponseReturnValue:
    delivery, form = _get(delivery_id), SentForm()
    if form.is_posted_and_valid():
        with form.catching():
            decisions.confirm_sent(
                db.session,
                current_actor(),
                delivery,
                seen=form.seen.data or "",
                url=form.url.data,
                photo_id=form.photo_id.data,
                remote_id=form.remote_id.data,
                now=now(),
            )
            flash(_("Dicatat: sudah terbit. Terima kasih."), "success")
            return redirect(url_for(".show", delivery_id=delivery_id))
    return _page(_get(delivery_id), form), 422


@bp.post("/tayang/<int:delivery_id>/<any(lagi, tahan, lepas, tidak_terbit, batal):verb>")
@allow(Can.ANSWER_FOR_OUTLETS)
def decide(delivery_id: int, verb: str) -> ResponseReturnValue:
    delivery, form = _get(delivery_id), SeenForm()
    if form.is_posted_and_valid():
        act, told = VERBS[verb]
        with form.catching():
            act(db.session, current_actor(), delivery, seen=form.seen.data or "", now=now())
            flash(sentence(WISHED.get(verb, told) if delivery.wish else told), "success")
            plan = url_for(".spaced") if request.form.get("from") == "plan" else None
            return redirect(plan or url_for(".show", delivery_id=delivery_id))
    return _page(_get(delivery_id), SentForm(), refused=form), 409


def _filters() -> queries.DeliveryFilters:
    status = request.args.get("status", "")
    if status == "perlu":
        statuses: tuple[str, ...] = tuple(queries.TROUBLE)
    else:
        statuses = (status,) if status in set(S) else ()
    return queries.DeliveryFilters(
        statuses=statuses,
        outlet_id=number_of("saluran"),
        campaign_id=number_of("program"),
        post_id=number_of("materi"),
        words=request.args.get("q", "").strip(),
        visible=queries.visible_to(current_actor()),
    )


def _get(delivery_id: int) -> Delivery:
    delivery = queries.find_delivery(db.session, delivery_id, current_actor())
    if delivery is None:
        raise NotFound(T("Penayangan ini tidak ada, atau bukan milik organisasi Anda."))
    return delivery


def _page(delivery: Delivery, form: SentForm, refused: Any = None) -> str:
    post = db.session.get(Post, delivery.post_id)
    outlet = db.session.get(Outlet, delivery.outlet_id)
    if post is None or outlet is None:
        abort(404)
    text = str(delivery.payload.get("text", ""))
    pair = (delivery.post_id, delivery.outlet_id)
    return render_template(
        "publishing/show.html",
        delivery=delivery,
        post=post,
        outlet=outlet,
        campaign=db.session.get(Campaign, post.campaign_id),
        responsible=queries.responsible_person(db.session, outlet),
        form=form,
        refused=refused,
        closed=closed_for(delivery, outlet),
        checks=preflight.of_delivery(db.session, delivery),
        findings_of=routes_preflight.findings_of,
        is_print=outlet.kind in PRINT,
        is_order=outlet.kind in ORDERED_PRINT,
        may=decisions.may_decide(db.session, current_actor(), delivery, outlet),
        under_way=under_way(delivery),
        searching=delivery.lookups < len(LOOKUP_AFTER),
        changed=post.content_hash != delivery.content_hash,
        may_send_missed=current_actor().can(Can.RELEASE_SENDING) or (delivery.useful_until or now()) >= now(),
        files=queries.files(db.session, delivery),
        order=queries.order_of(db.session, delivery),
        kind=KINDS[outlet.kind],
        share=KINDS[outlet.kind].share + quote(text),
        S=S,
        evidence=looks_of(db.session, delivery) if asks_person(delivery) else None,
        asks=wired().channels[channel_key(outlet.kind, outlet.status)].can_look,
        paused=is_kept_back(db.session, delivery),
        removal=removal_of(db.session, delivery.id) if delivery.status == S.SENT else None,
        removal_words=routes_removal.removal_words,
        may_remove=delivery.status == S.SENT and may_remove(current_actor(), post),
        figures=figures.of_delivery(db.session, delivery.id),
        visits=figures.visits_of(db.session, [pair])[pair],
        tells=wired().channels[channel_key(outlet.kind, outlet.status)].can_measure and delivery.settled_by_id is None,
    )
