"""The pages of a pause: stop in two taps, see what waits, let it go on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.editing import telling
from app.base.web.formats import angka, local_day, sentence
from app.base.web.guard import allow, current_actor, signed_in
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.outreach.posts.etiquette import next_slot
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.gate import gate_of
from app.outreach.publishing.pauses import queries, resuming, service
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.forms import EXCEPTIONS, REASON_BUTTONS, PauseForm, ResumeForm
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope
from app.outreach.publishing.pauses.resuming import Choice, Plan, Resumed, in_groups
from app.outreach.publishing.pauses.waiting import (
    Compulsory,
    Effect,
    effect_of,
    gate_besides,
    waiting_posts,
    why_decided,
)
from app.outreach.publishing.pauses.words import reason_of, scope_of

COMPULSORY = {
    Compulsory.LONG: T("Jedanya lebih dari satu jam, jadi tidak ada yang keluar sendiri."),
    Compulsory.OVERDUE: T("Ada materi yang terlambat lebih dari satu jam, jadi tidak ada yang keluar sendiri."),
    Compulsory.USELESS: T("Ada materi yang sudah lewat batas bergunanya, jadi tidak ada yang keluar sendiri."),
}
NAMED = 3
"""So many pauses a message names; the banner below it has them all."""


@dataclass(frozen=True)
class Notice:
    """A pause that holds, as the banner says it on every page."""

    pause: Pause
    scope: str
    reason: str
    effect: Effect
    may_resume: bool
    may_undo: bool


def paused_now() -> list[Notice]:
    """Return the pauses that hold, for those who read deliveries: one query while there is none."""
    if not signed_in() or not current_actor().can(Can.READ_DELIVERIES):
        return []
    actor, moment = current_actor(), now()
    return [
        Notice(
            pause=one,
            scope=sentence(scope_of(db.session, one)),
            reason=sentence(reason_of(one)),
            effect=_effect(one, moment),
            may_resume=service.may_resume(db.session, actor, one),
            may_undo=service.may_undo(actor, one, now=moment),
        )
        for one in active_pauses(db.session)
    ]


def paused_together() -> Effect:
    """Return what all pauses that hold do together: a post that several hold counts once."""
    return effect_of(db.session, gate_of(db.session, active_pauses(db.session)), now=now())


def _effect(one: Pause, moment: datetime) -> Effect:
    return effect_of(db.session, gate_of(db.session, [one]), gate_besides(db.session, one), now=moment)


@bp.route("/jeda/baru", methods=["GET", "POST"])
@allow(Can.PAUSE_PUBLISHING)
def pause() -> ResponseReturnValue:
    form = PauseForm()
    if form.is_posted_and_valid():
        with form.catching():
            scope, record_id = form.stopped()
            made = service.pause(
                db.session, current_actor(), scope=scope, record_id=record_id,
                reason=PauseReason(form.reason.data), words=form.words.data or "", now=now(),
            )  # fmt: skip
            flash(_told(made), "success")
            return redirect(url_for(".show_pause", pause_id=made.id))
    if request.method == "GET":
        form.scope.data = request.args.get("cakupan") or form.scope.data
    everything = gate_of(db.session, [Pause(scope="all")])
    page = render_template(
        "publishing/pauses/pause.html",
        form=form,
        reasons=REASON_BUTTONS,
        chosen=form.scope.data,
        agencies=queries.agencies(db.session),
        campaigns=queries.campaigns(db.session, current_actor()),
        outlets=queries.outlets(db.session),
        under_way=effect_of(db.session, everything, now=now()).under_way,
    )
    return page, 422 if form.errors else 200


def _told(made: Pause) -> str:
    """What is stopped and what not, and honestly what may still come."""
    whole = made.scope == PauseScope.ALL
    said = [_("Dihentikan.") if whole else _("%(scope)s dihentikan.", scope=sentence(scope_of(db.session, made)))]
    under_way = effect_of(db.session, gate_of(db.session, [made]), now=now()).under_way
    if under_way:
        said.append(_("%(n)s materi sedang dikirim sekarang dan mungkin tetap terbit.", n=angka(under_way)))
    elif whole:
        said.append(_("Mulai sekarang tidak ada yang keluar."))
    if not whole:
        others = _names([one for one in active_pauses(db.session) if one.id != made.id])
        said.append(
            _("Juga masih dihentikan: %(names)s.", names=others) if others else _("Yang lain tidak ikut berhenti.")
        )
    return " ".join(said)


def _names(pauses: Sequence[Pause]) -> str:
    """What these pauses stop, by name; the first ones of many."""
    names = [sentence(scope_of(db.session, one)) for one in pauses[:NAMED]]
    if len(pauses) > NAMED:
        names.append(_("dan %(n)s lainnya", n=angka(len(pauses) - NAMED)))
    return ", ".join(names)


def _still_stopped() -> str:
    """What other pauses still stop, as a sentence to follow another; empty where none does."""
    names = _names(active_pauses(db.session))
    return " " + _("Masih dihentikan: %(names)s.", names=names) if names else ""


@bp.get("/jeda")
@allow(Can.READ_DELIVERIES)
def pauses() -> ResponseReturnValue:
    page = paginate(db.session, queries.all_pauses(), number_of("hal") or 1, 25)
    return render_template("publishing/pauses/index.html", page=page, words=_words)


def _words(one: Pause) -> tuple[str, str]:
    return sentence(scope_of(db.session, one)), sentence(reason_of(one))


@bp.get("/jeda/<int:pause_id>")
@allow(Can.READ_DELIVERIES)
def show_pause(pause_id: int) -> ResponseReturnValue:
    made = _get(pause_id)
    return _page(made, None)


@bp.post("/jeda/<int:pause_id>/lanjutkan")
@allow(Can.RESUME_PUBLISHING)
def resume(pause_id: int) -> ResponseReturnValue:
    made, form = _get(pause_id), ResumeForm()
    if form.is_posted_and_valid():
        with form.catching():
            done = resuming.resume(
                db.session, current_actor(), made, form.plan(request.form), settings=settings(), now=now()
            )
            flash(_done(done), "success")
            return redirect(url_for(".show_pause", pause_id=pause_id))
    return _page(_get(pause_id), form), 422


def _done(done: Resumed) -> str:
    known = _outcome(done)
    said = _("Dilanjutkan: %(what)s.", what=known) if known else _("Dilanjutkan. Tidak ada yang tertunda.")
    return said + _still_stopped()


def _decided(made: Pause) -> str | None:
    """What was decided at the end of a pause, in one sentence."""
    counts = queries.decided(db.session, made)
    if counts is None:
        return None
    known = _outcome(Resumed(**{one.name: counts.get(one.name, 0) for one in fields(Resumed)}))
    return f"{known}." if known else _("Tidak ada yang tertunda.")


def _outcome(done: Resumed) -> str:
    """What was decided for what waited, each number that is not nothing."""
    said = [
        _("%(n)s materi mendapat waktu baru", n=angka(done.moved)) if done.moved else "",
        _("%(n)s materi perlu diajukan lagi", n=angka(done.reopened)) if done.reopened else "",
        _("%(n)s materi mulai dikirim", n=angka(done.sent)) if done.sent else "",
        _("%(n)s materi boleh diterbitkan petugas", n=angka(done.by_hand)) if done.by_hand else "",
        _("%(n)s materi menunggu akunnya dihubungkan ulang", n=angka(done.signing_in)) if done.signing_in else "",
        _("%(n)s materi dibatalkan", n=angka(done.cancelled)) if done.cancelled else "",
        _("%(n)s materi tetap ditahan jeda lain", n=angka(done.kept)) if done.kept else "",
    ]
    return ", ".join(one for one in said if one)


@bp.post("/jeda/<int:pause_id>/batal")
@allow(Can.PAUSE_PUBLISHING)
def undo_pause(pause_id: int) -> ResponseReturnValue:
    made = _get(pause_id)
    with telling():
        service.undo(db.session, current_actor(), made, now=now())
        still = _still_stopped()
        flash(_("Jeda dibatalkan.") + (still or " " + _("Penayangan berjalan seperti biasa.")), "success")
    return redirect(url_for(".show_pause", pause_id=pause_id))


def _get(pause_id: int) -> Pause:
    made = db.session.get(Pause, pause_id)
    if made is None:
        raise NotFound(T("Jeda ini tidak ada."))
    return made


def _page(made: Pause, form: ResumeForm | None) -> str:
    moment, actor = now(), current_actor()
    active = made.lifted_at is None
    posts = waiting_posts(db.session, made, now=moment) if active else []
    compulsory = why_decided(made, posts, now=moment) if active else None
    if form is None:
        form = _proposal(moment, compulsory=compulsory is not None)
    # the day, not the minute: a browser sends nothing at all while a time lies before it, needed or not
    today = f"{local_day(moment)}T00:00"
    form.first.render_kw = {"min": today}
    values: dict[str, Any] = {
        "pause": made,
        "words": _words(made),
        "active": active,
        "decided": None if active else _decided(made),
        "effect": _effect(made, moment) if active else None,
        "may_resume": (may := active and service.may_resume(db.session, actor, made)),
        "approvers": [one.name for one in service.approvers(db.session, made)[:3]] if active and not may else [],
        "posts": posts,
        "groups": list(in_groups(posts)),
        "compulsory": sentence(COMPULSORY[compulsory]) if compulsory else None,
        "late": sum(one.late for one in posts),
        "form": form,
        "today": today,
        "proposed": _proposed(posts, form, moment),
        "exceptions": [(choice.value, sentence(words)) for choice, words in EXCEPTIONS.items()],
    }
    return render_template("publishing/pauses/show.html", **values)


def _proposal(moment: datetime, *, compulsory: bool) -> ResumeForm:
    return ResumeForm(
        formdata=None,
        everything=(Choice.NEW_TIME if compulsory else Choice.SEND).value,
        first=next_slot(moment, settings()),
        gap=15,
    )


def _proposed(posts: Any, form: ResumeForm, moment: datetime) -> dict[int, datetime]:
    """The new time that each post would get, were all given one."""
    gap = timedelta(minutes=form.gap.data or 15)
    first = form.first.data if form.first.data and form.first.data > moment else None
    plan = Plan(everything=Choice.NEW_TIME, first=first, gap=gap)
    return resuming.planned_times(db.session, posts, plan, settings(), moment)
