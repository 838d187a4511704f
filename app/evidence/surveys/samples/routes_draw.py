"""Pages for drawing the villages of a survey, how they were drawn, and what anybody needs to repeat it."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents import sheets
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.surveys.access import get, may_manage, to_manage
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.models import SampleMethod, Wave, WaveStatus
from app.evidence.surveys.samples import draws
from app.evidence.surveys.waves.forms import DrawForm
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T

STRATA_WORDS = {"": "", "blankspot": T("blank spot"), "lain": T("bukan blank spot")}


@bp.get("/survei/<int:wave_id>/undian")
@allow(Can.READ_SURVEYS)
def draw(wave_id: int) -> ResponseReturnValue:
    wave = get(db.session, current_actor(), wave_id)
    form = DrawForm()
    kept = wave.draw or {}
    form.villages.data = kept.get("clusters") or 20
    form.per_village.data = kept.get("per_village") or 20
    form.strata.data = wave.strata
    return _page(wave, form), 200


@bp.post("/survei/<int:wave_id>/undian")
@allow(Can.PLAN_SURVEYS)
def draw_again(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    draws.check_drawable(wave)
    form = DrawForm()
    if form.is_posted_and_valid():
        with form.catching():
            wanted = draws.DrawOptions(
                villages=form.villages.data, per_village=form.per_village.data, seed=form.seed.data,
                strata=form.strata.data or "", approximate=form.approximate.data, reason=form.reason.data or "",
            )  # fmt: skip
            wave = draws.draw_villages(db.session, current_actor(), wave_id, wanted, now=now())
            flash(_("%(n)s desa terundi.", n=len(wave.places)), "success")
            return redirect(url_for(".draw", wave_id=wave_id))
        wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, form), 422


def _page(wave: Wave, form: DrawForm) -> str:
    kept: dict[str, Any] = wave.draw or {}
    may_draw = (
        may_manage(current_actor(), wave)
        and wave.status == WaveStatus.DRAFT
        and wave.method == SampleMethod.PPS
        and wave.audience == SurveyAudience.RESIDENTS
    )
    return render_template(
        "surveys/wave_draw.html",
        wave=wave,
        form=form,
        draw=kept,
        may_draw=may_draw,
        frame=draws.frame_of(db.session, approximate=False) if may_draw else None,
        guessed=draws.frame_of(db.session, approximate=True) if may_draw else None,
        steps=draws.repeat_draw(kept).steps if kept and draws.is_repeatable(kept) else None,
        names=place_names(db.session, wave.audience) if kept else {},
        strata_words=STRATA_WORDS,
    )


@bp.get("/survei/<int:wave_id>/undian.csv")
@allow(Can.READ_SURVEYS)
def draw_file(wave_id: int) -> ResponseReturnValue:
    """Send the frame as it was drawn from, with the probability of each village and whether it was drawn."""
    wave = get(db.session, current_actor(), wave_id)
    if not wave.draw:
        raise Refused(T("Desa survei ini belum diundi."))
    titles = [
        _("Kode desa"), _("Desa/kelurahan"), _("Penduduk"), _("Perkiraan"), _("Pembagian"), _("Peluang"), _("Terundi"),
        _("Angka awal undian"),
    ]  # fmt: skip
    data = sheets.as_csv(titles, _lines(wave))
    return download(data, sheets.CSV, f"undian-survei-{wave.id}.csv")


def _lines(wave: Wave) -> Iterator[list[sheets.Cell]]:
    kept: dict[str, Any] = wave.draw or {}
    names = place_names(db.session, wave.audience)
    probabilities = draws.repeat_draw(kept).probabilities
    drawn, guessed = set(kept["drawn"]), set(kept.get("approximated", ()))
    for place, people in kept["frame"]:
        yield [
            place, names.get(place, ""), people, _("ya") if place in guessed else "",
            kept.get("strata", {}).get(place, ""), round(probabilities[place], 8), _("ya") if place in drawn else "",
            kept["seed"],
        ]  # fmt: skip
