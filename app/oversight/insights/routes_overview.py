"""Ikhtisar: the three sentences that a manager opens on Monday, each with what is behind it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.periods import period_asked, period_choices, period_words
from app.base.web.wiring import now, settings
from app.evidence.results import quotes, words
from app.kernel.roles import Can
from app.oversight.control.items import KINDS
from app.oversight.insights import overview as service
from app.oversight.insights.blueprint import bp


@bp.get("/ikhtisar")
@allow(Can.READ_OFFICE)
def overview() -> ResponseReturnValue:
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
