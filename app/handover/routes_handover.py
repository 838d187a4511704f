"""The pages of a serah terima."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.documents.render import renderer
from app.base.people import queries
from app.base.people.models import User
from app.base.people.roles import LABELS
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.handover import document, service
from app.handover.blueprint import bp
from app.handover.forms import HandoverForm, ProposeForm
from app.handover.models import Handover, HandoverStatus
from app.handover.parts import FoundPart, count_records, find_parts
from app.kernel.errors import Invalid, Refused
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T


@bp.get("/serah-terima")
@allow(Can.ADMINISTER)
def index() -> ResponseReturnValue:
    """Show the choice of who leaves and who follows; below, what was proposed and done."""
    from_id, to_id = number_of("dari"), number_of("kepada")
    problem = None
    if request.args.get("dari") is not None:
        try:
            leaver, successor = service.check_pair(db.session, from_id, to_id)
            return redirect(url_for(".new", dari=leaver.id, kepada=successor.id))
        except Invalid as error:
            problem = sentence(error.sentence)
    query = select(Handover).where(Handover.status != HandoverStatus.DROPPED)
    page = paginate(db.session, query.order_by(Handover.status, Handover.id.desc()), number_of("hal") or 1)
    people = queries.all_users(db.session)
    return render_template(
        "handover/index.html", page=page, people=[(one.id, _shown(one)) for one in people if one.active],
        leavers=[(one.id, _shown(one)) for one in people], from_id=from_id, to_id=to_id, problem=problem,
    )  # fmt: skip


@bp.route("/serah-terima/baru", methods=["GET", "POST"])
@allow(Can.ADMINISTER)
@risky()
def new() -> ResponseReturnValue:
    """Show what would go over, part by part; sent, carry the handover out."""
    leaver, successor = service.check_pair(db.session, number_of("dari"), number_of("kepada"))
    parts = find_parts(db.session, leaver)
    form = HandoverForm() if request.method == "POST" else HandoverForm(formdata=None)
    form.parts.choices = [(one.part.key, f"{sentence(one.part.title)} ({len(one.rows)})") for one in parts]
    if request.method == "GET":
        form.parts.data = [one.part.key for one in parts]
    if form.is_posted_and_valid():
        with form.catching():
            terms = service.Terms(form.parts.data, form.number.data, form.close_account.data)
            made = service.carry_out(
                db.session, current_actor(), leaver, successor, terms, today=local_day(now()), now=now()
            )
            flash(_("Serah terima selesai. Cetak berita acaranya untuk ditandatangani."), "success")
            return redirect(url_for(".show", handover_id=made.id), 303)
    return _preview(form, leaver, successor, parts), 422 if form.is_submitted() else 200


@bp.get("/serah-terima/<int:handover_id>")
@allow(Can.ADMINISTER)
def show(handover_id: int) -> ResponseReturnValue:
    made = service.handover_of(db.session, current_actor(), handover_id)
    total = sum(len(one["items"]) for one in made.moved)
    return render_template("handover/show.html", made=made, total=total)


@bp.get("/serah-terima/<int:handover_id>/berita-acara.pdf")
@allow(Can.ADMINISTER)
def paper(handover_id: int) -> ResponseReturnValue:
    made, own = service.handover_of(db.session, current_actor(), handover_id), settings()
    if made.status != HandoverStatus.DONE:
        raise Refused(T("Berita acara dibuat setelah serah terimanya selesai."))
    data = document.gather(db.session, made, tz=own.tz, now=now())
    release_database()  # nothing waits for the layout
    sheet = document.render(renderer(own.logo_path), "handover", data)
    return download(sheet, PDF, f"berita-acara-serah-terima-{handover_id}.pdf", inline=True)


@bp.post("/serah-terima/<int:handover_id>/tutup")
@allow(Can.ADMINISTER)
def drop(handover_id: int) -> ResponseReturnValue:
    service.drop(db.session, current_actor(), service.handover_of(db.session, current_actor(), handover_id), now=now())
    flash(_("Usulan serah terima ditutup. Tidak ada yang berpindah."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/serah-terima/usulkan", methods=["GET", "POST"])
@allow(Can.ENTER)
def propose() -> ResponseReturnValue:
    """Propose, as who leaves, a successor; an admin carries it out."""
    actor = current_actor()
    form = ProposeForm() if request.method == "POST" else ProposeForm(formdata=None)
    people = queries.all_users(db.session, organisation_id=None if actor.of_office else actor.organisation_id)
    others = [(one.id, _shown(one)) for one in people if one.active and one.id != actor.id]
    form.to_user_id.choices = [("", _("Pilih orangnya")), *others]
    if form.is_posted_and_valid():
        with form.catching():
            service.propose(db.session, actor, form.to_user_id.data, note=form.note.data, now=now())
            flash(_("Diusulkan kepada admin. Belum ada yang berpindah."), "success")
            return redirect(url_for(".propose"), 303)
    me = db.session.get_one(User, actor.id)
    parts = find_parts(db.session, me)
    page = render_template(
        "handover/propose.html", form=form, parts=parts, total=count_records(parts), asked=_asked(me)
    )
    return page, 422 if form.is_submitted() else 200


def _asked(me: User) -> Handover | None:
    query = select(Handover).where(Handover.from_user_id == me.id, Handover.status == HandoverStatus.ASKED)
    return db.session.scalar(query.limit(1))


def _preview(form: HandoverForm, leaver: User, successor: User, parts: list[FoundPart]) -> str:
    values: dict[str, Any] = {"form": form, "leaver": leaver, "successor": successor, "parts": parts}
    lacking = [sentence(LABELS[role]) for role in service.missing_roles(leaver, successor)]
    return render_template(
        "handover/new.html",
        **values,
        total=count_records(parts),
        lacking=lacking,
        me=current_actor(),
        asked=_asked(leaver),
    )


def _shown(user: User) -> str:
    place = user.organisation.short_name or user.organisation.name
    return (
        f"{user.name} ({place})" if user.active else _("%(name)s (%(place)s, tidak aktif)", name=user.name, place=place)
    )
