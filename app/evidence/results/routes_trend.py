"""Page of one measure over the surveys of all campaigns."""

from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import district_choices
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.results import pages, quotes, words
from app.evidence.results import trend as trends
from app.evidence.results.blueprint import bp
from app.kernel.roles import Can


@bp.get("/survei/tren")
@allow(Can.READ_SURVEYS)
def trend() -> ResponseReturnValue:
    actor, given = current_actor(), request.args
    today = now().astimezone(ZoneInfo(settings().tz)).date()
    audience = SurveyAudience.CIVIL_SERVANTS if given.get("siapa") == "asn" else SurveyAudience.RESIDENTS
    simulated, campaign_id = given.get("simulasi") == "1", number_of("program")
    dimension, asked = given.get("dimensi", ""), _asked(audience)
    fixed = dict(list(asked.items())[:1])  # with two, a group that is too small could be found from the others
    every = trends.choices(db.session, actor, audience=audience, simulated=simulated, campaign_id=None)
    offered = [one for one in every if not dimension or one.dimension == dimension]
    chosen = next((one.key for one in offered if one.key == given.get("ukuran")), offered[0].key if offered else None)
    return render_template(
        "results/trend.html",
        offered=offered,
        chosen=chosen,
        line=trends.line_of(
            db.session, actor, chosen, audience=audience, simulated=simulated, campaign_id=campaign_id,
            fixed=fixed, today=today,
        )
        if chosen
        else None,
        audience=audience,
        simulated=simulated,
        campaign_id=campaign_id,
        campaigns=pages.followed_campaigns(db.session, actor),
        dimensions=pages.dimension_names(db.session),
        districts=district_choices(db.session, settings().regency_code),
        sexes=[(sex, sentence(SEX_WORDS[sex])) for sex in SEXES],
        bands=[(band, sentence(AGE_WORDS[band])) for band in AGE_BANDS],
        everybody=_("Semua"),
        fixed=fixed,
        too_many=len(asked) > 1,
        words=words,
        quotes=quotes,
    )  # fmt: skip


def _asked(audience: str) -> dict[str, str]:
    """What the line shall be narrowed to; words that mean nothing are as good as not given."""
    given = request.args
    wanted = {"sex": given.get("jk", ""), "age": given.get("umur", "")}
    if audience == SurveyAudience.RESIDENTS:
        wanted["district"] = given.get("kecamatan", "")
    known = {"sex": SEXES, "age": AGE_BANDS}
    return {by: value for by, value in wanted.items() if value and (by not in known or value in known[by])}
