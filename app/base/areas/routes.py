from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas import connectivity, queries
from app.base.areas.connectivity import Precision
from app.base.areas.forms import STATUSES, ConnectivityForm, PopulationForm, VillagePopulationsForm
from app.base.areas.models import Connectivity, District, Village
from app.base.areas.panels import PANELS
from app.base.areas.population import set_village_populations
from app.base.web.db import db
from app.base.web.formats import local_day, locale
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.errors import NotFound
from app.kernel.numbers import read_int
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T

bp = Blueprint("areas", __name__, template_folder="templates")

BADGES = {"none": "bad", "partial": "warn", "served": "info"}
KINDS = {"desa": T("Desa"), "kelurahan": T("Kelurahan"), "desa_adat": T("Desa adat")}


def known_since(as_of: date, precision: str) -> str:
    """Say since when something is known: `Juli 2024`, `2022` or `5 Juli 2024`, no more than the source knew."""
    pattern = {Precision.YEAR: "y", Precision.MONTH: "MMMM y"}.get(Precision(precision), "d MMMM y")
    return format_date(as_of, pattern, locale())


@bp.context_processor
def _words() -> dict[str, Any]:
    actor = current_actor()
    return {
        "known_since": known_since,
        "statuses": STATUSES,
        "badges": BADGES,
        "kinds": KINDS,
        "may_record": actor.of_office and actor.can(Can.KEEP_COVERAGE),
    }


@bp.get("/wilayah")
@allow(Can.ENTER)
def index() -> ResponseReturnValue:
    code = settings().regency_code
    rows = queries.districts(db.session, code)
    return render_template("areas/index.html", regency=queries.regency(db.session, code), rows=rows)


@bp.get("/wilayah/desa")
@allow(Can.ENTER)
def villages() -> ResponseReturnValue:
    code = settings().regency_code
    filters: dict[str, Any] = {
        "q": request.args.get("q", ""),
        "district_code": request.args.get("kecamatan", ""),
        "status": request.args.get("keadaan", ""),
        "in_register": request.args.get("daftar") == "2021",
    }
    page = paginate(db.session, queries.villages(code, **filters), number_of("hal") or 1, size=50, rows=True)
    districts = queries.district_choices(db.session, code)
    return render_template("areas/villages.html", page=page, filters=filters, districts=districts)


@bp.get("/wilayah/kecamatan/<code>")
@allow(Can.ENTER)
def district(code: str) -> ResponseReturnValue:
    place = _district(code)
    form = PopulationForm(population=place.population, source=place.population_source)
    return _district_page(place, form), 200


@bp.post("/wilayah/kecamatan/<code>/penduduk")
@allow(Can.KEEP_COVERAGE)
def population(code: str) -> ResponseReturnValue:
    place = _district(code)
    form = PopulationForm()
    if form.is_posted_and_valid():
        with form.catching():
            connectivity.set_population(
                db.session,
                current_actor(),
                code,
                population=form.population.data,
                source=form.source.data or "",
                now=now(),
            )
            flash(_("Jumlah penduduk %(name)s disimpan.", name=place.name))
            return redirect(url_for(".district", code=code))
    return _district_page(place, form), 422


@bp.post("/wilayah/kecamatan/<code>/penduduk-desa")
@allow(Can.KEEP_COVERAGE)
def village_populations(code: str) -> ResponseReturnValue:
    place = _district(code)
    form = VillagePopulationsForm()
    typed = {name.removeprefix("people-"): text for name, text in request.form.items() if name.startswith("people-")}
    if form.is_posted_and_valid():
        with form.catching():
            changed = set_village_populations(
                db.session, current_actor(), code, typed, source=form.source.data or "", now=now()
            )
            flash(_("Jumlah penduduk %(n)s desa disimpan.", n=changed) if changed else _("Tidak ada yang berubah."))
            return redirect(url_for(".district", code=code))
    filled = PopulationForm(None, population=place.population, source=place.population_source)
    return _district_page(_district(code), filled, form, typed), 422


@bp.get("/wilayah/desa/<code>")
@allow(Can.ENTER)
def village(code: str) -> ResponseReturnValue:
    today = local_day(now())
    return _village_page(_village(code), ConnectivityForm(year=today.year, month=str(today.month), day=today.day)), 200


@bp.post("/wilayah/desa/<code>/jaringan")
@allow(Can.KEEP_COVERAGE)
def record(code: str) -> ResponseReturnValue:
    place = _village(code)
    form = ConnectivityForm()
    if form.is_posted_and_valid():
        with form.catching():
            month = read_int(form.month.data or None)
            as_of, precision = connectivity.as_of_from(form.year.data, month, form.day.data)
            connectivity.record_connectivity(
                db.session,
                current_actor(),
                code,
                status=form.status.data,
                status_text=form.status_text.data,
                as_of=as_of,
                precision=precision,
                source=form.source.data,
                provider=form.provider.data,
                today=local_day(now()),
                now=now(),
            )
            flash(_("Catatan jaringan %(name)s disimpan.", name=place.name))
            return redirect(url_for(".village", code=code))
    return _village_page(place, form), 422


@bp.post("/wilayah/jaringan/<int:record_id>/hapus")
@allow(Can.KEEP_COVERAGE)
def remove(record_id: int) -> ResponseReturnValue:
    removed = connectivity.remove_connectivity(db.session, current_actor(), record_id, now=now())
    flash(_("Catatan jaringan dihapus."))
    return redirect(url_for(".village", code=removed.village_code))


@bp.get("/wilayah/cari")
@allow(Can.ENTER)
def search() -> ResponseReturnValue:
    """Return villages for a picker: `<option>`s for a datalist, or JSON for a script. The district always stands
    beside."""
    found = queries.find_villages(db.session, settings().regency_code, request.args.get("q", ""))
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify([{"code": place.code, "name": place.name, "district": parent.name} for place, parent in found])
    return render_template("areas/_options.html", found=found)


def _district(code: str) -> District:
    found = db.session.get(District, code)
    if found is None:
        raise NotFound(T("Kecamatan dengan kode “%(code)s” tidak ada. Cari lewat daftar wilayah.", code=code))
    return found


def _village(code: str) -> Village:
    found = db.session.get(Village, code)
    if found is None:
        raise NotFound(T("Desa/kelurahan dengan kode “%(code)s” tidak ada. Cari lewat daftar wilayah.", code=code))
    return found


def _district_page(
    place: District,
    form: PopulationForm,
    of_villages: VillagePopulationsForm | None = None,
    typed: dict[str, str] | None = None,
) -> str:
    rows = db.session.execute(queries.villages(settings().regency_code, district_code=place.code)).all()
    return render_template(
        "areas/district.html", district=place, rows=rows, form=form,
        of_villages=of_villages or VillagePopulationsForm(None), typed=typed or {},
    )  # fmt: skip


def _village_page(place: Village, form: ConnectivityForm) -> str:
    statements: list[Connectivity] = list(queries.history(db.session, place.code))
    return render_template(
        "areas/village.html",
        village=place,
        statements=statements,
        namesakes=queries.namesakes(db.session, place),
        panels=PANELS.of(db.session, current_actor(), place),
        form=form,
    )
