"""The list of surveys and the page of one. Instruments, planning and recorded results have modules of their own."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.surveys import routes_recorded
from app.surveys.access import READERS, get, may_manage, visible_to
from app.surveys.blueprint import bp
from app.surveys.models import Wave
from app.surveys.panels import SECTIONS, panels
from app.web.db import db
from app.web.guard import allow, current_actor

__all__ = ["bp", "routes_recorded"]


@bp.get("/survei")
@allow(*READERS)
def index() -> ResponseReturnValue:
    waves = db.session.scalars(select(Wave).where(visible_to(current_actor())).order_by(Wave.starts_on.desc())).all()
    return render_template("surveys/index.html", waves=waves)


@bp.get("/survei/<int:wave_id>")
@allow(*READERS)
def show(wave_id: int) -> ResponseReturnValue:
    actor = current_actor()
    wave = get(db.session, actor, wave_id)
    return render_template(
        "surveys/show.html", wave=wave, panels=panels(db.session, actor, wave), sections=SECTIONS,
        may_manage=may_manage(actor, wave),
    )  # fmt: skip
