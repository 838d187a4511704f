"""The pages of taking something down: what disappears and why, and what a person decides about it."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.formats import angka, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, wired
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts import access
from app.outreach.posts.models import Post
from app.outreach.publishing import queries
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.removal import service
from app.outreach.publishing.removal.forms import RemovalForm
from app.outreach.publishing.removal.models import Removal, RemovalReason
from app.outreach.publishing.removal.models import RemovalState as R
from app.outreach.publishing.removal.words import LABELS, REASONS


def removal_words(row: Removal) -> tuple[str, str]:
    """Return the state and the reason of a removal in words."""
    reason = sentence(REASONS[RemovalReason(row.reason)])
    return sentence(LABELS[R(row.state)]), f"{reason} ({row.words})" if row.words else reason


@bp.route("/tayang/<int:delivery_id>/hapus", methods=["GET", "POST"])
@allow(Can.REMOVE_PUBLISHED)
def remove(delivery_id: int) -> ResponseReturnValue:
    """Take down one delivery."""
    delivery = queries.find_delivery(db.session, delivery_id, current_actor())
    if delivery is None:
        raise NotFound(T("Penayangan ini tidak ada, atau bukan milik organisasi Anda."))
    post = db.session.get_one(Post, delivery.post_id)
    found = [one for one in service.removable(db.session, post.id) if one.id == delivery_id]
    here = url_for(".show", delivery_id=delivery_id)
    return _asking(post, found, back=here, onward=here)


@bp.route("/materi/<int:post_id>/hapus-tayangan", methods=["GET", "POST"])
@allow(Can.REMOVE_PUBLISHED)
def remove_all(post_id: int) -> ResponseReturnValue:
    """Take down a post wherever it went out."""
    post = access.get(db.session, current_actor(), post_id)
    back, onward = url_for("posts.show", post_id=post_id), url_for(".index", materi=post_id)
    return _asking(post, service.removable(db.session, post_id), back=back, onward=onward)


def _asking(post: Post, found: Sequence[Delivery], *, back: str, onward: str) -> ResponseReturnValue:
    """Ask what to take down. `back`: the page that offered it; `onward`: where one sees what comes of it."""
    if not service.may_remove(current_actor(), post):
        raise Forbidden(T("Ini diputuskan oleh editor atau penyetuju organisasinya."))
    form = RemovalForm()
    if form.is_posted_and_valid():
        with form.catching():
            wanted = [one for one in found if one.id in form.deliveries.data]
            made = service.ask(
                db.session, current_actor(), post, wanted, reason=RemovalReason(form.reason.data),
                note=form.note.data or "", channels=wired().channels, now=now(),
            )  # fmt: skip
            flash(_told(made), "success")
            return redirect(onward)
    outlets = {one.id: db.session.get_one(Outlet, one.outlet_id) for one in found}
    channels = wired().channels
    values: dict[str, Any] = {
        "post": post,
        "form": form,
        "back": back,
        "rows": [(one, outlets[one.id], service.by_platform(one, outlets[one.id], channels)) for one in found],
        "chosen": form.deliveries.data if request.method == "POST" else [one.id for one in found],
    }
    return render_template("publishing/removal.html", **values), 422 if form.errors else 200


def _told(made: Sequence[Removal]) -> str:
    tasks = sum(one.state == R.TASK for one in made)
    said = []
    if len(made) > tasks:
        said.append(_("%(n)s sedang dihapus dari salurannya.", n=angka(len(made) - tasks)))
    if tasks:
        said.append(_("%(n)s dihapus oleh petugasnya, yang sudah diberi tahu.", n=angka(tasks)))
    return " ".join(said) or _("Sudah diminta sebelumnya.")


@bp.post("/tayang/<int:delivery_id>/hapus/<any(sudah, lagi, biarkan):deed>")
@allow(Can.ANSWER_FOR_OUTLETS)
def settle_removal(delivery_id: int, deed: str) -> ResponseReturnValue:
    if queries.find_delivery(db.session, delivery_id, current_actor()) is None:
        raise NotFound(T("Penayangan ini tidak ada, atau bukan milik organisasi Anda."))
    row, actor, seen = service.removal_of(db.session, delivery_id), current_actor(), request.form.get("seen", "")
    if row is None:
        raise NotFound(T("Tidak ada permintaan hapus untuk penayangan ini. Mungkin baru saja dibatalkan."))
    with telling():
        if deed == "sudah":
            service.confirm_gone(db.session, actor, row, seen=seen, now=now())
            flash(_("Dicatat: sudah terhapus."), "success")
        elif deed == "lagi":
            service.retry(db.session, actor, row, seen=seen, channels=wired().channels, now=now())
            flash(_("Dicoba hapus lagi sebentar lagi."), "success")
        else:
            service.keep(db.session, actor, row, seen=seen, now=now())
            flash(_("Tidak jadi dihapus. Unggahannya tetap ada."), "success")
    return redirect(url_for(".show", delivery_id=delivery_id))
