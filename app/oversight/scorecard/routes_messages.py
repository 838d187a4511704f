"""What went out in a period, and which key message of its campaign each post carries."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.formats import angka, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.periods import period_choices
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.kernel.numbers import read_int
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.outreach.campaigns.models import KeyMessage
from app.oversight.scorecard import consistency, pages
from app.oversight.scorecard import message_checks as service
from app.oversight.scorecard.blueprint import bp
from app.oversight.scorecard.forms import ReadingForm

SIZE = 20
FIELD = re.compile(r"materi-([1-9]\d{0,9})", re.ASCII)


@bp.get("/rapor/pesan-kunci")
@allow(Can.READ_OFFICE)
def messages() -> ResponseReturnValue:
    return _page(ReadingForm(formdata=None))


def _page(form: ReadingForm) -> str:
    scope = pages.asked_scope()
    page = paginate(db.session, consistency.sent_posts(scope), number_of("hal") or 1, SIZE, rows=True)
    texts: dict[int, list[KeyMessage]] = {post.campaign_id: [] for post, _campaign, _check in page.items}
    query = select(KeyMessage).where(KeyMessage.campaign_id.in_(texts)).order_by(KeyMessage.position)
    for message in db.session.scalars(query):
        texts[message.campaign_id].append(message)
    return render_template(
        "scorecard/messages.html", page=page, texts=texts, form=form, period=scope.period,
        may_read=service.may_read(scope.actor), period_choices=period_choices(scope.period), **pages.words(),
    )  # fmt: skip


@bp.post("/rapor/pesan-kunci")
@allow(Can.WRITE_POSTS)
def note_messages() -> ResponseReturnValue:
    form = ReadingForm()
    if form.is_posted_and_valid():
        with form.catching():
            done, changed = service.note(db.session, current_actor(), _given(), now=now())
            if changed:
                names = ", ".join(post.title for post in changed)
                flash(_("Isi %(names)s berubah sejak Anda membukanya. Baca lagi.", names=names), "warning")
            flash(_("%(n)s materi dicatat.", n=angka(len(done))), "success")
            return redirect(url_for("scorecard.messages", periode=request.args.get("periode"), hal=number_of("hal")))
    for error in form.form_errors:
        flash(sentence(error), "error")
    return _page(form), 422


def _given() -> dict[int, tuple[int, str]]:
    """What was chosen; a post that was left open is not in it."""
    given = {}
    for name, value in request.form.items():
        match, chosen = FIELD.fullmatch(name), read_int(value)
        number = read_int(match[1]) if match else None
        if number is not None and chosen is not None:
            given[number] = (chosen, request.form.get(f"isi-{number}", ""))
    return given
