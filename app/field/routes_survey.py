"""The page for interviews in quick succession, with or without a line."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.field.blueprint import bp
from app.field.offer_survey import own_district, survey_offer
from app.field.words_survey import SURVEY_WORDS
from app.instruments.definition import AGE_BANDS, SEXES
from app.instruments.states import AGE_WORDS, SEX_WORDS
from app.responses.pages_public import LANGUAGES, alts_of, consent, pictures_of
from app.surveys.access import ENUMERATORS
from app.surveys.models import Mode
from app.web.db import db
from app.web.formats import sentence
from app.web.guard import allow, current_actor
from app.web.wiring import now


@bp.get("/catat/survei/")
@allow(*ENUMERATORS)
def survey() -> ResponseReturnValue:
    from app.responses.tally import counts  # noqa: PLC0415 (needs numpy: docs/decisions/014)

    actor, moment = current_actor(), now()
    return render_template(
        "field/survey.html",
        offer=survey_offer(db.session, actor, counts),
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
        consent=consent,
        pictures_of=pictures_of,
        alts_of=alts_of,
        sexes=SEX_WORDS,
        bands=AGE_WORDS,
        modes=Mode,
    )
