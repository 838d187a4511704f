"""Ikhtisar: the three sentences that a manager opens on Monday, each with what is behind it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.control.items import KINDS
from app.insights.blueprint import bp
from app.web.db import db
from app.web.formats import local_day, zone
from app.web.guard import STAFF, allow, current_actor
from app.web.periods import period_asked, period_choices, period_words
from app.web.wiring import now, settings


@bp.get("/ikhtisar")
@allow(*STAFF)
def overview() -> ResponseReturnValue:
    from app.insights import overview as service
    from app.results import quotes, words

    moment = now()
    today = local_day(moment)
    period = period_asked()
    found = service.overview(
        db.session,
        current_actor(),
        regency_code=settings().regency_code,
        period=period,
        today=today,
        now=moment,
        zone=zone(),
    )
    return render_template(
        "insights/overview.html",
        found=found,
        period=period,
        period_name=period_words(period),
        periods=period_choices(period),
        nobody=_("belum ada bidang"),
        listed=service.LISTED,
        kinds=KINDS,
        quotes=quotes,
        words=words,
        moment=moment,
    )
