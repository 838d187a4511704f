"""Pages: the list of surveys and one survey. Planning and recorded results have modules of their own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.places import place_names
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys import listing
from app.evidence.surveys.access import get, may_manage
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.index import SURVEYS
from app.evidence.surveys.models import WaveStatus
from app.evidence.surveys.panels import PANELS, SECTIONS, answers, spread
from app.evidence.surveys.recorded import routes as routes_recorded
from app.evidence.surveys.samples import routes_draw as routes_waves_draw
from app.evidence.surveys.samples import routes_places as routes_waves_places
from app.evidence.surveys.samples import routes_planner, routes_populations
from app.evidence.surveys.states import STAGES, STATUSES
from app.evidence.surveys.waves import routes as routes_waves
from app.evidence.surveys.waves import routes_moves as routes_waves_moves
from app.evidence.surveys.waves.pages import (
    RESULTS,
    about_places,
    first_reachable,
    history_lines,
    lacks_bps_number,
    next_step,
)
from app.evidence.surveys.waves.service import missing
from app.kernel.roles import Can

__all__ = [
    "bp",
    "routes_planner",
    "routes_populations",
    "routes_recorded",
    "routes_waves",
    "routes_waves_draw",
    "routes_waves_moves",
    "routes_waves_places",
]


@bp.get("/survei")
@allow(Can.READ_SURVEYS)
def index() -> ResponseReturnValue:
    actor = current_actor()
    view = SURVEYS.view(db.session, lambda wanted: listing.waves(actor, wanted))
    return render_template(
        "surveys/index.html",
        view=view,
        answers=answers(db.session, [row.Wave.id for row in view.page.items]),
        campaigns=listing.listed_campaigns(db.session, actor),
        statuses=_choices(STATUSES),
        stages=_choices(STAGES),
        audiences=_choices(SURVEYED),
        today=local_day(now()),
        may_plan=actor.can(Can.PLAN_SURVEYS),
    )


def _choices(words: object) -> list[tuple[str, str]]:
    return [(str(key), sentence(label)) for key, label in dict(words).items()]  # type: ignore[call-overload]


@bp.get("/survei/<int:wave_id>")
@allow(Can.READ_SURVEYS)
def show(wave_id: int) -> ResponseReturnValue:
    actor, today = current_actor(), local_day(now())
    wave = get(db.session, actor, wave_id)
    manages = may_manage(actor, wave)
    counted = answers(db.session, [wave.id])
    draft = wave.status == WaveStatus.DRAFT
    return render_template(
        "surveys/show.html",
        wave=wave,
        today=today,
        around=listing.related_names(db.session, wave),
        answers=counted[wave.id] if counted is not None else None,
        spread=spread(db.session, wave) if manages and not draft and (wave.places or wave.quotas) else None,
        step=next_step(wave, today, may_manage=manages),
        results=first_reachable(RESULTS, wave),
        missing=missing(db.session, wave, today) if draft and manages else [],
        partners=listing.partners(db.session, actor, wave),
        place_names=place_names(db.session, wave.audience) if wave.places else {},
        about_places=about_places(wave),
        wants_number=lacks_bps_number(wave),
        panels=PANELS.of(db.session, actor, wave),
        sections=SECTIONS,
        history=history_lines(listing.history(db.session, wave)),
        may_manage=manages,
        may_copy=may_plan_for(actor, wave.organisation_id),
    )
