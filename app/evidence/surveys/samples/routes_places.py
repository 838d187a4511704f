"""Pages for where a survey asks: places chosen by hand, quotas, and the people that answers are weighed by."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.areas.models import District
from app.base.web.db import db
from app.base.web.formats import angka
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.instruments.models import SurveyAudience
from app.evidence.surveys import listing
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.models import SampleMethod, Wave, WaveStatus
from app.evidence.surveys.samples import margins
from app.evidence.surveys.waves import service as waves
from app.evidence.surveys.waves.forms import PlacesForm, QuotasForm, group_fields, typed_numbers, whole_numbers
from app.evidence.surveys.waves.plans import GROUPS, PlacePlan
from app.kernel.errors import Refused
from app.kernel.roles import Can
from app.kernel.text import T


@bp.route("/survei/<int:wave_id>/tempat", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def places(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status != WaveStatus.DRAFT:
        raise Refused(T("Tempat hanya bisa dipilih selama survei masih disiapkan."))
    if wave.method == SampleMethod.PPS:
        raise Refused(T("Desa survei ini diundi. Ubah dahulu cara memilih tempatnya bila ingin memilih sendiri."))
    groups = listing.place_groups(db.session, wave.audience)
    form = PlacesForm()
    if request.method == "POST" and form.is_posted_and_valid():
        with form.saving(wave):
            chosen = _chosen(groups, form.each.data)
            values = replace(
                waves.plan_of(wave), method=SampleMethod.LIST, places=chosen,
                target=sum(row.target or 0 for row in chosen) or wave.target,
            )  # fmt: skip
            before = wave.target
            waves.edit(db.session, current_actor(), wave_id, values, seen=form.version.data, now=now())
            flash(_("%(n)s tempat tersimpan.", n=len(chosen)), "success")
            if before and before != values.target:
                flash(
                    _("Sasaran survei sekarang %(n)s jawaban, yaitu jumlah sasaran tempatnya; semula %(before)s.",
                      n=angka(values.target), before=angka(before)),
                    "warning",
                )  # fmt: skip
            return redirect(url_for(".show", wave_id=wave_id))
    elif request.method == "GET":
        form.version.data = wave.version
    answer = render_template(
        "surveys/wave_places.html", form=form, wave=wave, groups=groups, rows=_shown(wave, groups),
        servants=wave.audience == SurveyAudience.CIVIL_SERVANTS,
    )  # fmt: skip
    return answer, 200 if request.method == "GET" else 422


def _keys(groups: list[listing.PlaceGroup]) -> list[str]:
    return [key for group in groups for key, _name, _people in group.places]


def _chosen(groups: list[listing.PlaceGroup], each: int | None) -> list[PlacePlan]:
    """The ticked places in the order of the page. A size that was not asked for is what is known of the village."""
    ticked = set(request.form.getlist("place"))
    keys = [key for key in _keys(groups) if key in ticked]
    targets = whole_numbers(typed_numbers("target", keys), "places")
    sizes = whole_numbers(typed_numbers("size", keys), "places")
    known = {key: people for group in groups for key, _name, people in group.places}
    return [PlacePlan(key, targets.get(key, each), sizes.get(key, known[key])) for key in keys]


def _shown(wave: Wave, groups: list[listing.PlaceGroup]) -> dict[str, tuple[bool, str, str]]:
    """Place → (ticked, target, size) as the page shows them."""
    keys = _keys(groups)
    if request.method == "POST":
        ticked = set(request.form.getlist("place"))
        targets, sizes = typed_numbers("target", keys), typed_numbers("size", keys)
        return {key: (key in ticked, targets[key], sizes[key]) for key in keys}
    rows = {row.place: row for row in wave.places}
    return {
        key: (True, str(rows[key].target or ""), str(rows[key].size or "")) if key in rows else (False, "", "")
        for key in keys
    }


@bp.route("/survei/<int:wave_id>/jatah", methods=["GET", "POST"])
@allow(Can.PLAN_SURVEYS)
def quotas(wave_id: int) -> ResponseReturnValue:
    """Show and save quotas by sex and age band, and the numbers of people; also for a survey that is closed."""
    wave = to_manage(db.session, current_actor(), wave_id)
    if wave.status == WaveStatus.CANCELLED:
        raise Refused(T("Survei ini tidak diadakan."))
    districts = db.session.scalars(select(District).order_by(District.name)).all()
    form = QuotasForm()
    people = group_fields("people", wave.margins.get("sex_age", {}))
    wanted = group_fields("quota", wave.quotas)
    by_district = wave.margins.get("district", {})
    codes = [one.code for one in districts]
    in_districts = (
        typed_numbers("district", codes) if request.method == "POST"
        else {code: str(by_district.get(code) or "") for code in codes}
    )  # fmt: skip
    if request.form.get("isi") == "penduduk":
        in_districts = {one.code: str(one.population or in_districts[one.code]) for one in districts}
    elif request.form.get("isi") == "jatah":
        wanted = margins.spread_quotas(wave.target or 0, people)
    elif request.method == "POST" and form.is_posted_and_valid():
        asked = form.numbers("quotas", wanted)
        known = {"sex_age": form.numbers("margins", people), "district": form.numbers("margins", in_districts)}
        if not form.errors:
            with form.saving(wave):
                margins.set_margins(
                    db.session, current_actor(), wave_id, quotas=asked, margins=known, seen=form.version.data, now=now()
                )
                flash(_("Jatah dan angka penduduk tersimpan."), "success")
                _warn_of_sum(sum(asked.values()), wave.target)
                return redirect(url_for(".show", wave_id=wave_id))
    if request.method == "GET":
        form.version.data = wave.version
    answer = render_template(
        "surveys/wave_quotas.html", form=form, wave=wave, people=people, wanted=wanted, districts=districts,
        in_districts=in_districts, groups=GROUPS,
    )  # fmt: skip
    return answer, 422 if form.errors else 200


def _warn_of_sum(quotas: int, target: int | None) -> None:
    if target and quotas > target:
        flash(
            _("Jatah seluruhnya %(n)s jawaban, lebih dari sasaran survei, %(target)s. Periksa salah satunya.",
              n=angka(quotas), target=angka(target)),
            "warning",
        )  # fmt: skip
