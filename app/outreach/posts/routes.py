"""The pages of posts. The queue of approvals and its settings are in routes_approval.py, under the same blueprint."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from app.base.documents.list_file import list_file
from app.base.media.service import files_of
from app.base.web.db import db, writes_nothing
from app.base.web.editing import undoing
from app.base.web.formats import local, local_day, sentence, zone
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import Invalid
from app.kernel.roles import Can
from app.outreach.outlets.kinds import KINDS, PRINT, SOCIAL
from app.outreach.outlets.models import Outlet
from app.outreach.posts import access, queries, routes_approval, routes_pictures, service
from app.outreach.posts.blueprint import bp
from app.outreach.posts.checks import MAX_MEDIA, problems
from app.outreach.posts.composer import counters, previews
from app.outreach.posts.content import gaps
from app.outreach.posts.etiquette import off_hours
from app.outreach.posts.forms import (
    Choices,
    FillForm,
    PostForm,
    RescheduleForm,
    choices_of,
    fields_of,
    fill_form,
    read_choices,
)
from app.outreach.posts.index import POSTS
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.panels import PANELS
from app.outreach.posts.policies import approvers, refusal, waiting_step
from app.outreach.posts.queries import PostFilters
from app.outreach.posts.states import EDITABLE, LABELS
from app.outreach.printing.queries import villages_by_district

TABS = (PostStatus.DRAFT, PostStatus.IN_REVIEW, PostStatus.RETURNED, PostStatus.APPROVED, PostStatus.CANCELLED)
MOST_ROWS_IN_FILE = 5000


def find(post_id: int) -> Post:
    return service.get(db.session, current_actor(), post_id)


# --- the list ---


def _posts(wanted: PostFilters) -> Select[Any]:
    return queries.posts(current_actor(), wanted, now=now())


@bp.get("/materi")
@allow(Can.READ_POSTS)
def index() -> ResponseReturnValue:
    actor, view = current_actor(), POSTS.view(db.session, _posts, rows=False)
    counts = queries.count_by_status(db.session, actor, view.filters)
    organisations = queries.organisations_with_posts(db.session, actor)
    return render_template(
        "posts/index.html",
        view=view,
        tabs=[(status, LABELS[status], counts.get(status, 0)) for status in TABS],
        total=sum(counts.values()),
        campaign_choices=[(each.id, each.name) for each in queries.campaigns_with_posts(db.session, actor)],
        organisations=organisations,
        organisation_choices=[(each.id, each.short_name or each.name) for each in organisations],
        kind_choices=[(key, sentence(kind.name)) for key, kind in KINDS.items()],
        may_write=actor.can(Can.WRITE_POSTS),
    )


@bp.get("/materi/unduh.csv")
@allow(Can.READ_POSTS)
def export() -> ResponseReturnValue:
    """Send the filtered list as CSV."""
    return list_file(POSTS.table(POSTS.rows(db.session, _posts, most=MOST_ROWS_IN_FILE, rows=False)), "materi.csv")


# --- the composer ---


@bp.get("/materi/baru")
@allow(Can.WRITE_POSTS)
def new() -> ResponseReturnValue:
    form = PostForm()
    form.campaign_id.data = number_of("program")
    form.scheduled_at.data = _proposed_time(request.args.get("tanggal", ""))
    return _compose(form, Choices(), None)


def _proposed_time(day: str) -> datetime | None:
    """The first sending hour of the day that was pressed in the calendar."""
    try:
        date = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return datetime.combine(date, time.fromisoformat(settings().sending_hours[0]), zone()).astimezone(UTC)


@bp.post("/materi/baru")
@allow(Can.WRITE_POSTS)
def create() -> ResponseReturnValue:
    form, choices = PostForm(), read_choices(request.form)
    if form.is_posted_and_valid():
        with form.catching():
            post = service.draft(
                db.session,
                current_actor(),
                now=now(),
                useful_days=settings().useful_days,
                form_key=form.form_key.data,
                **fields_of(form, choices),
            )
            return _saved(post)
    return _compose(form, choices, None), 422


@bp.get("/materi/<int:post_id>/ubah")
@allow(Can.WRITE_POSTS)
def edit(post_id: int) -> ResponseReturnValue:
    post = find(post_id)
    access.check_edit(current_actor(), post)
    form = PostForm()
    fill_form(form, post)
    return _compose(form, choices_of(post), post)


@bp.post("/materi/<int:post_id>/ubah")
@allow(Can.WRITE_POSTS)
def save(post_id: int) -> ResponseReturnValue:
    post = find(post_id)
    form, choices = PostForm(), read_choices(request.form)
    if not form.is_posted_and_valid():
        return _compose(form, choices, post), 422
    with undoing(service.StaleEdit) as overtaken, undoing(Invalid) as undone:
        service.edit(
            db.session,
            current_actor(),
            post,
            version=form.version.data or 0,
            now=now(),
            useful_days=settings().useful_days,
            **fields_of(form, choices),
        )
        return _saved(post)
    if undone.error is not None:
        form.refuse(undone.error)
        return _compose(form, choices, post), 422
    form.follow(post)
    return _compose(form, choices, post, stale=overtaken.error), 409


def _saved(post: Post) -> ResponseReturnValue:
    flash(_("Materi disimpan."), "success")
    return redirect(url_for("posts.show", post_id=post.id))


def _compose(form: PostForm, choices: Choices, post: Post | None, stale: Any = None) -> str:
    session, actor = db.session, current_actor()
    campaigns = list(session.scalars(access.campaigns_for(actor)))
    if post is not None and post.campaign not in campaigns:
        campaigns.insert(0, post.campaign)
    services = queries.services_to_choose(session)
    form.campaign_id.choices = [("", _("Pilih program")), *((each.id, each.name) for each in campaigns)]
    form.service_id.choices = [("", _("Tidak tentang satu layanan")), *((each.id, each.name) for each in services)]
    outlets = queries.outlets_to_choose(session, set(choices.outlet_texts))
    ids = [file_id for file_id, _alt in choices.media]
    files = files_of(session, actor, ids)
    return render_template(
        "posts/compose.html",
        form=form,
        post=post,
        choices=choices,
        stale=stale,
        groups=_grouped(outlets),
        pieces=queries.pieces_to_choose(session, [campaign.id for campaign in campaigns]),
        files=[files[id_] for id_ in ids if id_ in files],
        alt_texts=dict(choices.media),
        districts=villages_by_district(session),
        counters=_counters(form.text.data or "", form.link_url.data, choices, outlets),
        max_media=MAX_MEDIA,
    )


def _grouped(outlets: Any) -> list[tuple[str, list[Outlet]]]:
    groups = (
        (_("Media sosial"), [outlet for outlet in outlets if outlet.kind in SOCIAL]),
        (_("Diserahkan kepada petugas"), [o for o in outlets if o.kind not in SOCIAL and o.kind not in PRINT]),
        (_("Cetak dan koran"), [outlet for outlet in outlets if outlet.kind in PRINT]),
    )
    return [group for group in groups if group[1]]


@bp.post("/materi/hitung")
@writes_nothing
@allow(Can.WRITE_POSTS)
def count() -> ResponseReturnValue:
    """Show the counters of all outlets for what stands in the composer now, at every pause of typing."""
    choices = read_choices(request.form)
    outlets = db.session.scalars(select(Outlet).where(Outlet.active)).all()
    found = _counters(request.form.get("text", ""), request.form.get("link_url"), choices, outlets)
    return render_template("posts/_counters.html", counters=found)


def _counters(text: str, link_url: str | None, choices: Choices, outlets: Any) -> Mapping[int, Any]:
    return counters(
        outlets,
        {outlet.id: choices.text_of(outlet.id) or text for outlet in outlets},
        has_link=bool((link_url or "").strip()),
        channels=wired().channels,
        public_url=settings().public_url,
    )


# --- one post ---


@bp.get("/materi/<int:post_id>")
@allow(Can.READ_POSTS)
def show(post_id: int) -> ResponseReturnValue:
    return _show(find(post_id))


def _show(post: Post, **more: Any) -> str:
    session, actor = db.session, current_actor()
    wiring = wired()
    step = waiting_step(post)
    open_ = post.status in {PostStatus.DRAFT, PostStatus.RETURNED}
    values: dict[str, Any] = {
        "post": post,
        "previews": previews(post, channels=wiring.channels, public_url=settings().public_url),
        "due": post.scheduled_at is not None and post.scheduled_at <= now(),
        "problems": problems(session, post, channels=wiring.channels, settings=settings(), now=now()) if open_ else [],
        "gaps": gaps(post),
        "history": queries.history(session, post),
        "may_edit": access.may_edit(actor, post) and post.status in EDITABLE,
        "may_submit": access.may_submit(actor, post),
        "may_write": actor.can(Can.WRITE_POSTS),
        "waits_for_me": refusal(post, actor) is None,
        "step": step,
        "signers": approvers(session, post, local_day(now())) if step else [],
        "off_hours": off_hours(post.scheduled_at, settings()) if post.scheduled_at else None,
        "fill_form": FillForm(formdata=None),
        "move_form": _move_form(post),
        "refused": False,
        "panels": PANELS.of(session, actor, post),
    }
    return render_template("posts/show.html", **values | more)


def _move_form(post: Post) -> RescheduleForm:
    return RescheduleForm(
        formdata=None,
        scheduled_at=post.scheduled_at,
        useful_until=post.useful_until,
        off_hours_reason=post.off_hours_reason,
    )


def _back(post: Post) -> ResponseReturnValue:
    return redirect(url_for("posts.show", post_id=post.id))


@bp.post("/materi/<int:post_id>/ajukan")
@allow(Can.SUBMIT_POSTS)
def submit(post_id: int) -> ResponseReturnValue:
    post = find(post_id)
    with undoing(service.NotReady):
        service.submit(db.session, current_actor(), post, channels=wired().channels, settings=settings(), now=now())
        flash(_("Diajukan. Yang perlu menyetujui sudah diberi tahu."), "success")
        return _back(post)
    return _show(post, refused=True), 422


@bp.post("/materi/<int:post_id>/isi")
@allow(Can.WRITE_POSTS)
def fill(post_id: int) -> ResponseReturnValue:
    post, form = find(post_id), FillForm()
    with form.catching():
        if form.is_posted_and_valid():
            service.fill(
                db.session, current_actor(), post, token=form.token.data or "", value=form.value.data or "", now=now()
            )
            flash(_("Isian dipasang di semua tempatnya."), "success")
            return redirect(url_for("posts.show", post_id=post.id, _anchor="lengkapi"))
    return _show(post, fill_form=form), 422


@bp.post("/materi/<int:post_id>/jadwal")
@allow(Can.WRITE_POSTS)
def reschedule(post_id: int) -> ResponseReturnValue:
    post, form = find(post_id), RescheduleForm()
    if form.is_posted_and_valid():
        with form.catching():
            was = post.status
            service.reschedule(
                db.session,
                current_actor(),
                post,
                scheduled_at=form.new_time(),
                useful_until=form.useful_until.data,
                off_hours_reason=form.off_hours_reason.data,
                settings=settings(),
                now=now(),
            )
            if was in {PostStatus.APPROVED, PostStatus.IN_REVIEW} and post.status == PostStatus.DRAFT:
                flash(_("Waktu dipindahkan ke luar rentang yang diajukan, jadi materi perlu diajukan lagi."), "warning")
            else:
                flash(_("Waktu tayang dipindahkan ke %(time)s.", time=local(post.scheduled_at)), "success")
            return _back(post)
    return _show(post, move_form=form, moving=True), 422


@bp.post("/materi/<int:post_id>/tarik")
@allow(Can.WRITE_POSTS)
def withdraw(post_id: int) -> ResponseReturnValue:
    post = service.withdraw(db.session, current_actor(), find(post_id), now=now())
    flash(
        _("Materi kembali menjadi draf. Yang belum mulai dikirim tidak akan tayang sebelum disetujui lagi."), "success"
    )
    return _back(post)


@bp.post("/materi/<int:post_id>/batal")
@allow(Can.WRITE_POSTS)
def cancel(post_id: int) -> ResponseReturnValue:
    post = service.cancel(db.session, current_actor(), find(post_id), now=now())
    flash(_("Materi dibatalkan. Yang belum mulai dikirim tidak akan tayang."), "success")
    return _back(post)


@bp.post("/materi/<int:post_id>/salin")
@allow(Can.WRITE_POSTS)
def duplicate(post_id: int) -> ResponseReturnValue:
    copy = service.duplicate(db.session, current_actor(), find(post_id), now=now())
    flash(_("Ini salinannya. Isi waktu tayangnya, lalu simpan."), "success")
    return redirect(url_for("posts.edit", post_id=copy.id))


__all__ = ["bp", "routes_approval", "routes_pictures"]
