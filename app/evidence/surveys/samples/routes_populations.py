"""Page for people of all villages from one table: pasted or uploaded, looked at, stored whole or not at all."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.base.areas.connectivity import check_may_record
from app.base.areas.models import District, Village
from app.base.areas.population import MAX_SOURCE, set_populations
from app.base.documents.tables import lines_of, too_large
from app.base.documents.workbook import Limits
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.samples.populations import Place, ReadPeople, read_people
from app.kernel.errors import Invalid
from app.kernel.roles import Can
from app.kernel.text import T

LIMITS = Limits(lines=5000)
SHOWN = 20


class TableForm(Form):
    table = TextAreaField(
        _l("Tempel tabel di sini"), validators=[Optional(), Length(max=200_000)], render_kw={"rows": 8},
        description=_l("Salin dari Excel: kode desa dan penduduk, atau nama desa, kecamatan, dan penduduk."),
    )  # fmt: skip
    file = FileField(_l("Atau pilih berkas Excel/CSV"))
    source = StringField(
        _l("Sumber angka"), validators=[InputRequired(), Length(max=MAX_SOURCE)],
        description=_l("Contoh: Disdukcapil, Juni 2026."),
    )  # fmt: skip
    villages = StringField(validators=[Optional()])  # only carries the errors


@bp.route("/survei/penduduk-desa", methods=["GET", "POST"])
@allow(Can.KEEP_COVERAGE)
def populations() -> ResponseReturnValue:
    check_may_record(current_actor())
    form = TableForm()
    if request.method == "GET":
        return _page(form)
    if form.is_posted_and_valid():
        with form.catching():
            places = _places()
            release_database()  # no write lock is held while the file is read
            found = _read(form, places)
            if found.problems or not request.form.get("simpan"):
                return _page(form, found=found, places={one.code: one for one in places})
            changed = set_populations(
                db.session, current_actor(), found.people, source=form.source.data or "", now=now()
            )
            flash(_("Jumlah penduduk %(n)s desa disimpan.", n=changed) if changed else _("Tidak ada yang berubah."))
            return redirect(url_for("areas.index"))
    return _page(form), 422


def _read(form: TableForm, places: list[Place]) -> ReadPeople:
    given = request.files.get("file")
    if given is not None and given.filename:
        data, name = given.stream.read(LIMITS.packed + 1), given.filename
        if len(data) > LIMITS.packed:
            raise too_large(name, LIMITS)
    else:
        data, name = (form.table.data or "").encode(), "tabel"
        if not data.strip():
            raise Invalid(T("Tempel tabelnya, atau pilih berkasnya."), field="table")
    found = read_people(lines_of(data, name, LIMITS), places)
    if not found.people and not found.problems:
        raise Invalid(T("Tidak ada baris dengan desa dan jumlah penduduk."), field="table")
    return found


def _places() -> list[Place]:
    query = select(Village.code, Village.name, District.name).join(District, District.code == Village.district_code)
    return [Place(*row) for row in db.session.execute(query.order_by(District.name, Village.name))]


def _page(form: TableForm, *, found: ReadPeople | None = None, places: dict[str, Place] | None = None) -> str:
    values: dict[str, Any] = {"found": None}
    if found is not None:
        known = places or {}
        values = {
            "found": found,
            "problems": [(line, sentence(words)) for line, words in found.problems],
            "rows": [(known[code], people) for code, people in found.people.items()],
            "without": len(known) - len(found.people),
            "carried": "\n".join(f"{code}\t{people}" for code, people in found.people.items()),
        }
    return render_template("surveys/populations.html", form=form, most=SHOWN, **values)
