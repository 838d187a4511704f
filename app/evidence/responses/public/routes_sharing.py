"""Pages for sharing a survey: its link and code, one for every village of the plan, links for one person each."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.base.areas.models import District, Regency
from app.base.documents.qr import qr, qr_image, qr_png
from app.base.documents.render import renderer
from app.base.documents.sheets import CSV, as_csv
from app.base.people.office import office_of
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.files import PDF, download
from app.base.web.formats import local_date
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.evidence.instruments.definition import say
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.blueprint import bp
from app.evidence.responses.forms import LinksForm
from app.evidence.responses.public import links
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WaveStatus
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Can
from app.kernel.text import T

MOST_SHEETS = 300
"""Villages of one PDF: every village of a regency, in a few seconds."""


@bp.get("/survei/<int:wave_id>/bagikan", endpoint="share")
@allow(Can.PLAN_SURVEYS)
def share(wave_id: int) -> ResponseReturnValue:
    """Show the links of a survey.

    `?kecamatan=` the district whose villages' links are shown, where any village may answer.
    """
    wave = to_manage(db.session, current_actor(), wave_id)
    return _page(wave, _links_form(wave))


def _links_form(wave: Wave) -> LinksForm:
    form = LinksForm()
    names = place_names(db.session, wave.audience)
    codes = _codes(wave) if wave.method != SampleMethod.OPEN or _is_staff(wave) else ()
    form.place.choices = [
        ("", _("Tempat dipilih sendiri oleh yang menjawab")),
        *((code, names[code]) for code in codes),
    ]
    return form


def _page(wave: Wave, form: LinksForm) -> str:
    address = links.address(settings().public_url, wave)
    words = _invitation(wave)
    names = place_names(db.session, wave.audience)
    district = request.args.get("kecamatan", "")
    districts = _districts() if _is_anywhere(wave) else {}
    shown = [
        code for code in _codes(wave) if not districts or (district in districts and code.startswith(f"{district}."))
    ]
    return render_template(
        "responses/share.html",
        wave=wave,
        takes_links=Mode.LINK in wave.modes,
        is_over=wave.status not in {WaveStatus.DRAFT, WaveStatus.OPEN},
        address=address,
        code=qr_image(address),
        words=f"{words}\n{address}",
        whatsapp=links.whatsapp(f"{words}\n{address}"),
        places=[(names[code], code, links.address(settings().public_url, wave, code)) for code in shown],
        districts=districts,
        district=district if district in districts else "",
        everywhere=len(_codes(wave)),
        is_staff_survey=_is_staff(wave),
        form=form,
    )


def _districts() -> dict[str, str]:
    rows = db.session.execute(select(District.code, District.name).order_by(District.name))
    return {row.code: row.name for row in rows}


def _is_staff(wave: Wave) -> bool:
    return wave.audience == SurveyAudience.CIVIL_SERVANTS


def _is_anywhere(wave: Wave) -> bool:
    """Whether any village may answer: hundreds, shown by district."""
    return wave.method == SampleMethod.OPEN and not _is_staff(wave)


def _codes(wave: Wave) -> Sequence[str]:
    """The places that have a link of their own: the planned ones, or all where none were planned."""
    names = place_names(db.session, wave.audience)
    if wave.method == SampleMethod.OPEN:
        return tuple(names)
    return [row.place for row in wave.places if row.place in names]


def _invitation(wave: Wave) -> str:
    definition = definition_of(db.session, wave.instrument_version_id)
    return _(
        "Bantu kami dengan mengisi survei singkat “%(title)s”. Sukarela dan tanpa nama, sampai %(day)s.",
        title=say(definition.title) or wave.name, day=local_date(wave.ends_on),
    )  # fmt: skip


@bp.get("/survei/<int:wave_id>/bagikan/qr.png", endpoint="share_png")
@allow(Can.PLAN_SURVEYS)
def share_png(wave_id: int) -> ResponseReturnValue:
    """Send the code as a picture. `?tempat=` a place of the plan; without it the code for everybody."""
    wave = to_manage(db.session, current_actor(), wave_id)
    place = _place(wave, request.args.get("tempat", ""))
    image = qr_png(links.address(settings().public_url, wave, place))
    return download(image, "image/png", f"QR survei {wave.name} {place}.png")


@bp.get("/survei/<int:wave_id>/bagikan/lembar.pdf", endpoint="share_pdf")
@allow(Can.PLAN_SURVEYS)
def share_pdf(wave_id: int) -> ResponseReturnValue:
    """Send a poster with the code: for everybody, for one place, or one page for each.

    `?tempat=` a place, or `?semua=1` for each; of one district with `&kecamatan=`.
    """
    wave = to_manage(db.session, current_actor(), wave_id)
    names = place_names(db.session, wave.audience)
    places = [_place(wave, request.args.get("tempat", ""))]
    if request.args.get("semua"):
        district = request.args.get("kecamatan", "")
        wanted = [code for code in _codes(wave) if not district or code.startswith(f"{district}.")]
        places = wanted[:MOST_SHEETS] or [""]
    definition = definition_of(db.session, wave.instrument_version_id)
    data = {
        "office": office_of(db.session, db.session.scalar(select(Regency.name)) or ""),
        "campaign": wave.name,
        "title": say(definition.title) or wave.name,
        "until": local_date(wave.ends_on),
        "simulated": wave.simulated,
        "versions": [_sheet(wave, place, names.get(place, "")) for place in places],
    }
    release_database()
    return download(
        renderer(settings().logo_path).pdf("survey_qr", data), PDF, f"QR survei {wave.name}.pdf", inline=True
    )


def _sheet(wave: Wave, place: str, name: str) -> dict[str, object]:
    address = links.address(settings().public_url, wave, place)
    code = qr(address)
    return {"place": name, "link": {"text": address.partition("://")[2], "qr": code.svg, "modules": code.modules}}


def _place(wave: Wave, place: str) -> str:
    """A place that has a link of its own, or "" for everybody. Raises NotFound."""
    if place and place not in _codes(wave):
        raise NotFound(T("Tempat ini tidak termasuk rencana survei."))
    return place


@bp.post("/survei/<int:wave_id>/bagikan/tautan", endpoint="share_links")
@allow(Can.PLAN_SURVEYS)
def share_links(wave_id: int) -> ResponseReturnValue:
    """Make new links for one person each, as a list to send them from."""
    wave = to_manage(db.session, current_actor(), wave_id)
    form = _links_form(wave)
    if Mode.LINK not in wave.modes or wave.status not in {WaveStatus.DRAFT, WaveStatus.OPEN}:
        raise Refused(T("Survei ini tidak menerima jawaban lewat tautan sekarang."))
    if not form.is_posted_and_valid():
        return _page(wave, form), 422
    keys = links.new_keys(settings().secret_key, wave, form.count.data or 1)
    audit.record(db.session, current_actor(), "survey.links_made", wave, now=now(), after={"n": len(keys)})
    place = form.place.data or ""
    rows = links.rows(settings().public_url, wave, keys, place, dict(form.place.choices)[place] if place else "")
    head = [_("Nomor"), _("Tautan"), _("Tempat")]
    return download(as_csv(head, rows), CSV, f"Tautan survei {wave.name} {place}.csv")
