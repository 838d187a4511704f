"""The queue of approvals, and who approves what."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.editing import Undone, undoing
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import GaungError
from app.kernel.roles import Actor, Can
from app.outreach.posts import queries, service
from app.outreach.posts.blueprint import bp
from app.outreach.posts.composer import previews
from app.outreach.posts.content import content_hash
from app.outreach.posts.diff import differences, text_when_approved
from app.outreach.posts.etiquette import next_slot, off_hours
from app.outreach.posts.forms import ApproveForm, PolicyForm, ReturnForm
from app.outreach.posts.models import Post
from app.outreach.posts.policies import DEFAULT_STEPS, waiting_step
from app.outreach.posts.states import KIND_LABELS


def waiting(session: Session, actor: Actor) -> int:
    """Count the posts that wait for this person's approval."""
    return queries.count_waiting(session, actor)


@bp.get("/persetujuan")
@allow(Can.OPEN_REVIEWS)
def reviews() -> ResponseReturnValue:
    return _queue(None)


@bp.get("/persetujuan/<int:post_id>")
@allow(Can.SIGN_POSTS)
def review(post_id: int) -> ResponseReturnValue:
    """Show the queue with this post open. One that waits no more is shown on its own page."""
    post = service.get(db.session, current_actor(), post_id)
    if post not in queries.queue(db.session, current_actor()):
        flash(_("Materi ini tidak (lagi) menunggu persetujuan Anda."), "info")
        return redirect(url_for("posts.show", post_id=post.id))
    return _queue(post_id)


def _queue(post_id: int | None, **forms: Any) -> str:
    actor = current_actor()
    waiting = queries.queue(db.session, actor)
    post = queries.post_to_open(waiting, post_id)
    values: dict[str, Any] = {"waiting": waiting, "open": post}
    if post is not None:
        values |= _opened(post)
    return render_template("posts/reviews.html", **values | forms)


def _opened(post: Post) -> dict[str, Any]:
    step = waiting_step(post)
    last = step is not None and step.number >= len(post.steps)
    late = last and (post.scheduled_at is None or post.scheduled_at <= now())
    seen = content_hash(post)
    return {
        "step": step,
        "previews": previews(post, channels=wired().channels, public_url=settings().public_url, by_change=True),
        "changes": _changes(post),
        "late": late,
        "off_hours": off_hours(post.scheduled_at, settings()) if post.scheduled_at else None,
        "history": queries.history(db.session, post),
        "approve_form": ApproveForm(
            formdata=None, seen_hash=seen, new_time=next_slot(now(), settings()) if late else None
        ),
        "return_form": ReturnForm(formdata=None, seen_hash=seen),
    }


def _changes(post: Post) -> dict[int, Any]:
    """Outlet id → what changed since the last full approval, where there was one and the text differs."""
    found = {}
    for variant in post.variants:
        old = text_when_approved(post, variant.outlet_id)
        new = service.text_for(post, variant)
        if old is not None and old != new:
            found[variant.outlet_id] = differences(old, new)
    return found


@bp.post("/persetujuan/<int:post_id>/setujui")
@allow(Can.SIGN_POSTS)
@risky(remembered=True)
def approve(post_id: int) -> ResponseReturnValue:
    post, form = service.get(db.session, current_actor(), post_id), ApproveForm()
    if form.is_posted_and_valid():
        with undoing(GaungError) as undone:
            service.approve(
                db.session,
                current_actor(),
                post,
                seen_hash=form.seen_hash.data or "",
                new_time=_asked_time(post, form, now()),
                settings=settings(),
                now=now(),
            )
            flash(_("“%(title)s” disetujui.", title=post.title), "success")
            return redirect(url_for("posts.reviews"))
        return _refused(undone, post, approve_form=form)
    return _queue(post_id, approve_form=form), 422


def _asked_time(post: Post, form: ApproveForm, at: datetime) -> datetime | None:
    """A new time counts only where one is needed; otherwise the approved one stays."""
    return form.new_time.data if post.scheduled_at is None or post.scheduled_at <= at else None


@bp.post("/persetujuan/<int:post_id>/kembalikan", endpoint="return")
@allow(Can.SIGN_POSTS)
def return_(post_id: int) -> ResponseReturnValue:
    post, form = service.get(db.session, current_actor(), post_id), ReturnForm()
    if form.is_posted_and_valid():
        with undoing(GaungError) as undone:
            service.return_(
                db.session,
                current_actor(),
                post,
                note=form.note.data or "",
                seen_hash=form.seen_hash.data or "",
                now=now(),
            )
            flash(_("“%(title)s” dikembalikan dengan catatan Anda.", title=post.title), "success")
            return redirect(url_for("posts.reviews"))
        return _refused(undone, post, return_form=form, returning=True)
    return _queue(post_id, return_form=form, returning=True), 422


def _refused(undone: Undone[GaungError], post: Post, **forms: Any) -> ResponseReturnValue:
    """The queue again with the sentence in its place. What the person typed stays; the content shown is the latest."""
    error = undone.refusal
    form = forms.get("approve_form") or forms["return_form"]
    form.refuse(error)
    if waiting_step(post) is None:
        flash(sentence(error.sentence), "error")
        return redirect(url_for("posts.reviews"))
    form.seen_hash.data = content_hash(post)
    return _queue(post.id, **forms), error.status


@bp.get("/alur-persetujuan")
@allow(Can.ADMINISTER)
def policies() -> ResponseReturnValue:
    return _policies()


def _policies(refused: PolicyForm | None = None) -> str:
    rows = []
    for organisation, own in queries.policy_rows(db.session):
        forms = {kind: _policy_form(organisation.id, kind) for kind in DEFAULT_STEPS}
        if refused is not None and str(organisation.id) == refused.organisation_id.data and refused.kind.data in forms:
            forms[refused.kind.data] = refused
        rows.append((organisation, own, forms))
    return render_template("posts/policies.html", rows=rows, kinds=KIND_LABELS)


def _policy_form(organisation_id: int, kind: str) -> PolicyForm:
    policy = service.policy_for(db.session, organisation_id, kind)
    return PolicyForm(
        formdata=None,
        organisation_id=organisation_id,
        kind=kind,
        steps=list(policy.steps),
        owner_first=policy.owner_first,
    )


@bp.post("/alur-persetujuan")
@allow(Can.ADMINISTER)
def set_policy() -> ResponseReturnValue:
    form = PolicyForm()
    chosen = request.form.getlist("steps")
    if form.is_posted_and_valid():
        with form.catching():
            service.set_policy(
                db.session,
                current_actor(),
                organisation_id=form.organisation(),
                kind=form.kind.data or "",
                steps=[step for step, _label in form.steps.choices if step in chosen] or chosen,
                owner_first=form.owner_first.data,
                now=now(),
            )
            flash(_("Alur persetujuan disimpan. Yang sedang berjalan memakai alur lama."), "success")
            return redirect(url_for("posts.policies"))
    return _policies(form), 422
