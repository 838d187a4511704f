from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.notices import queries, service
from app.base.web.db import db
from app.base.web.formats import local_day
from app.base.web.guard import allow, current_actor, own_path
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.paging import paginate
from app.kernel.roles import Actor, Can

bp = Blueprint("notices", __name__, template_folder="templates")


def unread(session: Session, actor: Actor) -> int:
    """Count the notices that this person has not read."""
    return queries.unread_count(session, actor)


@bp.get("/pemberitahuan")
@allow(Can.ENTER)
def index() -> ResponseReturnValue:
    actor = current_actor()
    only_unread = request.args.get("saring") == "belum"
    page = paginate(db.session, queries.inbox(actor, only_unread=only_unread), number_of("hal") or 1)
    return render_template(
        "notices/index.html",
        page=page,
        only_unread=only_unread,
        unread=queries.unread_count(db.session, actor),
        preference=queries.mail_preference(db.session, actor),
        mail_works=bool(settings().smtp_host),
        supervises=queries.gets_summary(db.session, actor, local_day(now())),
    )


@bp.post("/pemberitahuan/<int:notice_id>/buka")
@allow(Can.ENTER)
def open_notice(notice_id: int) -> ResponseReturnValue:
    notice = service.mark_read(db.session, current_actor(), notice_id, now=now())
    return redirect(own_path(notice.path) or url_for(".index"))


@bp.post("/pemberitahuan/dibaca")
@allow(Can.ENTER)
def read_all() -> ResponseReturnValue:
    service.mark_all_read(db.session, current_actor(), now=now())
    flash(_("Semua pemberitahuan ditandai sudah dibaca."))
    return redirect(url_for(".index"))


@bp.post("/pemberitahuan/surel")
@allow(Can.ENTER)
def prefer_email() -> ResponseReturnValue:
    wanted = request.form.get("email") == "1"
    service.prefer_email(db.session, current_actor(), wanted=wanted)
    flash(
        _("Pemberitahuan baru dikirim juga lewat surel.")
        if wanted
        else _("Pemberitahuan tidak lagi dikirim lewat surel.")
    )
    return redirect(url_for(".index"))


@bp.post("/pemberitahuan/ringkasan")
@allow(Can.ENTER)
def prefer_digest() -> ResponseReturnValue:
    wanted = request.form.get("digest") == "1"
    service.prefer_digest(db.session, current_actor(), wanted=wanted)
    flash(_("Ringkasan mingguan dikirim lagi.") if wanted else _("Ringkasan mingguan tidak dikirim lagi."))
    return redirect(url_for(".index"))
