"""The page for interviews in quick succession, with or without a line."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.responses import tally
from app.evidence.responses.public.pages import LANGUAGES, alts_of, consent_context, pictures_of
from app.evidence.surveys.models import Mode
from app.gatherings.field.blueprint import bp
from app.gatherings.field.offer_survey import own_district, survey_offer
from app.gatherings.field.words_survey import SURVEY_WORDS
from app.kernel.roles import Can


@bp.get("/catat/survei/")
@allow(Can.INTERVIEW)
def survey() -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    return render_template(
        "field/survey.html",
        offer=survey_offer(db.session, actor, tally.counts),
        home=own_district(db.session, actor),
        actor=actor,
        made=moment,
        words={name: sentence(text) for name, text in SURVEY_WORDS.items()},
        groups={
            f"{sex}.{band}": f"{sentence(SEX_WORDS[sex])}, {sentence(AGE_WORDS[band])}"
            for sex in SEXES
            for band in AGE_BANDS
        },
        languages=LANGUAGES,
        consent=consent_context,
        pictures_of=pictures_of,
        alts_of=alts_of,
        sexes=SEX_WORDS,
        bands=AGE_WORDS,
        modes=Mode,
    )
