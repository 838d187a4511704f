import socket
from typing import Any
from urllib.parse import quote, urlsplit

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from app.base.documents.sheets import CSV, as_csv
from app.base.media.pages import picture
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local, sentence
from app.base.web.guard import allow, current_actor, public
from app.base.web.query import number_of
from app.base.web.shell import plain_http
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import KINDS, ORDERED_PRINT, PRINT
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import decisions, figures, queries, routes_figures, routes_stops, safety
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.evidence import asks_person, looks_of
from app.outreach.publishing.forms import SeenForm, SentForm
from app.outreach.publishing.health import can_write, health
from app.outreach.publishing.heartbeat import alive
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import channel_key
from app.outreach.publishing.pauses import routes as routes_pauses
from app.outreach.publishing.pauses.queries import is_kept_back
from app.outreach.publishing.preflight import queries as preflight
from app.outreach.publishing.preflight import routes as routes_preflight
from app.outreach.publishing.removal import routes as routes_removal
from app.outreach.publishing.removal.service import may_remove, removal_of
from app.outreach.publishing.removal.words import OUTCOMES as REMOVAL_OUTCOMES
from app.outreach.publishing.self_audit import routes as routes_self_audit
from app.outreach.publishing.spacing import routes as routes_spacing
from app.outreach.publishing.spacing.queries import count_planned
from app.outreach.publishing.spacing.routes import spaced_to
from app.outreach.publishing.states import (
    LABELS,
    NOT_APPROVED_LABEL,
    NOT_LEFT,
    OUTCOMES,
    PAUSED_LABEL,
    REMOVED_LABEL,
    SENT_LABEL_PRINT,
    SIGN_IN_LABEL,
    UNDECIDED,
    UNDECIDED_LABEL,
)
from app.outreach.publishing.status import routes as routes_status
from app.outreach.publishing.wishes import under_way

__all__ = [
    "bp",
    "routes_figures",
    "routes_pauses",
    "routes_preflight",
    "routes_removal",
    "routes_self_audit",
    "routes_spacing",
    "routes_status",
    "routes_stops",
    "spaced_to",
]

WAITING = (S.QUEUED, S.RETRYING)
"""What a closed account keeps back."""
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


def delivery_label(
    status: str,
    kind: str,
    post_status: str | None = None,
    hold_reason: str | None = None,
    removed_at: Any = None,
    waits_for: Outlet | None = None,
) -> str:
    """Return a state in words: ordered print is "Pesanan terkirim", never "Terbit"; what waits for approval says so.

    `waits_for`: the closed account that keeps it back.
    """
    if removed_at is not None:
        return sentence(REMOVED_LABEL)
    if status in NOT_LEFT and post_status not in {None, PostStatus.APPROVED}:
        return sentence(NOT_APPROVED_LABEL)
    if status in WAITING and waits_for is not None:
        signed_out = waits_for.status == OutletStatus.NEEDS_SIGN_IN
        return sentence(SIGN_IN_LABEL if signed_out else PAUSED_LABEL)
    if status == S.FAILED and hold_reason == UNDECIDED:
        return sentence(UNDECIDED_LABEL)
    if status == S.HELD and hold_reason == "sign_in":
        return sentence(SIGN_IN_LABEL)
    if status == S.SENT and kind in ORDERED_PRINT:
        return sentence(SENT_LABEL_PRINT)
    return sentence(LABELS[S(status)])


def delivery_tone(status: str, removed_at: Any = None) -> str:
    if removed_at is not None:
        return "muted"
    tones = {S.SENT: "ok", S.QUEUED: "wait", S.SENDING: "info", S.RETRYING: "warn", S.UNKNOWN: "warn"}
    tones |= {S.HANDED_OVER: "warn", S.FAILED: "bad", S.MISSED: "bad", S.HELD: "muted", S.CANCELLED: "muted"}
    return tones[S(status)]


def closed_for(delivery: Delivery, outlet: Outlet) -> Outlet | None:
    """Return the outlet where its account takes nothing and this delivery is due, else None."""
    due = delivery.status in WAITING and delivery.due_at <= now()
    closed = outlet.paused_at is not None or outlet.status == OutletStatus.NEEDS_SIGN_IN
    return outlet if due and closed else None


def attempt_words(attempt: Attempt) -> str:
    """Return what came of an attempt, with what the channel or the person said."""
    words = sentence(OUTCOMES.get(attempt.outcome) or REMOVAL_OUTCOMES[attempt.outcome])
    return f"{words} ({attempt.detail})" if attempt.detail else words


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


@bp.get("/healthz")
@public
@plain_http
def healthz() -> ResponseReturnValue:
    """Answer 200 while everything does its work, else 503 with what is missing. Numbers only: anybody may ask.

    Missing may be "database" (does not answer, or cannot be written), "worker", "sending" (stopped for safety),
    "ledger" (deliveries are stuck) and "practice".
    """
    try:
        found = health(db.session, now=now())
    except SQLAlchemyError:
        return {"status": "starting", "missing": ["database"]}, 503
    missing = [
        name
        for name, here in (
            ("database", can_write(db.engine)),
            ("worker", found.workers > 0),
            ("sending", not found.stops),
            ("ledger", not found.stuck),
            ("practice", not settings().practice or _answers(settings().practice_wall_url)),
        )
        if not here
    ]
    numbers = {
        "workers": found.workers,
        "oldest_due_seconds": round(found.oldest_due.total_seconds()),
        "stuck": found.stuck,
    }
    return {"status": "starting" if missing else "ok", "missing": missing, **numbers}, 503 if missing else 200


def _answers(address: str) -> bool:
    """Somebody listens there (the wall itself may be large, so it is not fetched)."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


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
