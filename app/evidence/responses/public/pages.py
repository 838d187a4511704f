"""Parts of the public pages of a survey around its questions: places, pictures, consent, messages, marks."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from flask import get_template_attribute, make_response, render_template, request
from flask.wrappers import Response
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from app.base.areas.models import District, Village
from app.base.media.derive import public_path
from app.base.media.models import StoredFile
from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.formats import duration
from app.base.web.wiring import now, settings
from app.evidence.instruments.definition import Definition, say
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import opd, opd_id
from app.evidence.responses.public import links
from app.evidence.responses.service import GRACE, mark_of, new_mark
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WaveStatus

LANGUAGES = {"id": "Bahasa Indonesia", "kut": "Bahasa Kutai", "bjn": "Bahasa Banjar", "en": "English"}
SECONDS_A_QUESTION = 20
LONGER = 14 * 24 * 3600
"""Seconds that a browser's mark outlives the survey."""
YOUNG = "under"
"""The age that may not be asked: never stored, it ends the survey in a friendly way."""
PICTURE_BYTES, PICTURE_SIDE = 8_000, 480

_drawn: WeakKeyDictionary[object, dict[tuple[int, str], Markup]] = WeakKeyDictionary()
"""Engine → (version's id, language) → the questions as HTML: a frozen version never changes."""


class Place(NamedTuple):
    """A village with its district, or an OPD (without)."""

    code: str
    name: str
    district: str = ""

    @property
    def whole(self) -> str:
        return f"{self.name}, {_('Kecamatan %(name)s', name=self.district)}" if self.district else self.name


def place_of(wave: Wave, code: str) -> Place | None:
    """Return the village or OPD of a link; one query."""
    if wave.audience == SurveyAudience.CIVIL_SERVANTS:
        number = opd_id(code)
        if number is None:
            return None
        name = db.session.scalar(select(Organisation.name).where(Organisation.id == number, Organisation.kind == "opd"))
        return Place(code, name) if name else None
    row = db.session.execute(
        select(Village.name, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code == code)
    ).one_or_none()
    return Place(code, row.name, row.district) if row else None


def places_to_pick(wave: Wave) -> tuple[Place, ...]:
    """Return every place that may be answered for, by district and name.

    Where places were planned, they come first, and the others stand below their own heading.
    """
    places = _every_place(wave.audience)
    if wave.method == SampleMethod.OPEN:
        return places
    planned = {row.place for row in wave.places}
    others = _("OPD lain") if wave.audience == SurveyAudience.CIVIL_SERVANTS else _("Tempat lain")
    beside = tuple(
        one._replace(district=f"{others}: {one.district}" if one.district else others)
        for one in places
        if one.code not in planned
    )
    return (*(one for one in places if one.code in planned), *beside)


def _every_place(audience: str) -> tuple[Place, ...]:
    if audience == SurveyAudience.CIVIL_SERVANTS:
        found = db.session.execute(
            select(Organisation.id, Organisation.name)
            .where(Organisation.kind == "opd", Organisation.active)
            .order_by(Organisation.name)
        )
        return tuple(Place(opd(number), name) for number, name in found)
    rows = db.session.execute(
        select(Village.code, Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .order_by(District.name, Village.name)
    )
    return tuple(Place(*row) for row in rows)


@lru_cache(maxsize=16)
def render_place_options(places: tuple[Place, ...], chosen: str = "") -> Markup:
    """Render the options of a select, by district.

    Every first page has hundreds of them, so that they are made but once.
    """
    made = []
    for district, group in groupby(places, attrgetter("district")):
        options = "".join(
            f'<option value="{escape(one.code)}"{" selected" if one.code == chosen else ""}>{escape(one.name)}</option>'
            for one in group
        )
        made.append(f'<optgroup label="{escape(district)}">{options}</optgroup>' if district else options)
    return Markup("".join(made))  # noqa: S704 (every value was escaped)


def pictures_of(definition: Definition) -> Mapping[int, str]:
    """Return the addresses of the pictures, small enough for a bad line."""
    numbers = {question.picture for question in definition.questions if question.picture}
    return {
        number: public_path(
            settings().secret_key, number, mimes=("image/webp",), max_bytes=PICTURE_BYTES, max_side=PICTURE_SIDE
        )
        for number in numbers
    }  # fmt: skip


def alts_of(definition: Definition) -> Mapping[int, str]:
    """Return the text that was written for each picture, for who does not see it."""
    numbers = {question.picture for question in definition.questions if question.picture}
    if not numbers:
        return {}
    found = db.session.execute(select(StoredFile.id, StoredFile.alt_text).where(StoredFile.id.in_(numbers)))
    return {number: text for number, text in found if text}


def render_questions(wave: Wave, definition: Definition, language: str) -> Markup:
    """Render all questions as HTML, kept in memory as long as the definition itself is (a frozen one)."""
    kept = _drawn.setdefault(definition, {})
    key = (wave.instrument_version_id, language)
    if key not in kept:
        draw = get_template_attribute("responses/questions.html", "questions")
        kept[key] = draw(definition, language, "", pictures_of(definition), alts_of(definition))
    return kept[key]


def language_of(definition: Definition, wanted: str | None) -> str:
    return wanted if wanted and wanted in definition.languages else "id"


def page_context(wave: Wave, definition: Definition, language: str) -> dict[str, Any]:
    """Return what every page of a survey needs."""
    return {
        "wave": wave,
        "definition": definition,
        "language": language,
        "say": lambda texts: say(texts, language),
        "title": say(definition.title, language) or wave.name,
        "is_staff_survey": wave.audience == SurveyAudience.CIVIL_SERVANTS,
        "young": YOUNG,
    }


def consent_context(definition: Definition, language: str) -> dict[str, Any]:
    """Return what somebody is told before the first question."""
    kept = duration(settings().answer_days)
    return {
        "consent": say(definition.consent, language).replace("{masa_simpan}", kept).replace("[masa simpan]", kept),
        "intro": say(definition.intro, language),
        "kept": kept,
        "minutes": max(1, round(len(definition.questions) * SECONDS_A_QUESTION / 60)),
        "languages": [(code, LANGUAGES.get(code, code)) for code in definition.languages],
    }


# --- whether it may be answered now ---


def closed_page(wave: Wave | None) -> Response | None:
    """Return a friendly page where this survey takes no answers by link, else None."""
    if wave is None:
        return message(
            _("Survei ini tidak ditemukan"),
            _("Alamatnya mungkin terpotong atau salah ketik. Pindai lagi kodenya, atau minta tautannya sekali lagi."),
            404,
        )
    if wave.status == WaveStatus.DRAFT:
        return message(
            _("Survei ini belum dibuka"), _("Silakan buka lagi tautan ini sesudah survei dimulai."), wave=wave
        )
    if wave.status != WaveStatus.OPEN:
        return message(
            _("Survei ini sudah ditutup"),
            _("Jawaban baru tidak diterima lagi. Terima kasih atas kesediaan Anda."),
            wave=wave,
            **({"sends": True} if wave.closed_at and now() <= wave.closed_at + GRACE else {}),
        )
    if Mode.LINK not in wave.modes:
        return message(
            _("Survei ini tidak diisi lewat tautan"),
            _("Petugas kami menemui warga langsung. Terima kasih atas kesediaan Anda."),
            wave=wave,
        )
    return None


def message(title: str, text: str, status: int = 200, **more: Any) -> Response:
    page = render_template("responses/public_message.html", title=title, text=text, **more)
    return unlisted(make_response(page, status))


def unlisted(answer: Response) -> Response:
    """Keep a page out of caches and search engines.

    That no other site hears where somebody came from is said on every page (web/shell.py); within the site the guard
    against forged forms needs it.
    """
    answer.headers["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


# --- marks of repeats ---


def cookie_name(wave: Wave) -> str:
    return f"survei_{wave.code}"


def with_mark(answer: Response, wave: Wave) -> Response:
    """Give the browser a random mark for this one survey, if it has none: answers of one browser are looked at."""
    if cookie_name(wave) not in request.cookies:
        ends = (wave.ends_on - now().date()).days * 24 * 3600
        answer.set_cookie(
            cookie_name(wave), new_mark(), max_age=max(ends, 0) + LONGER, path=f"/s/{wave.code}", httponly=True,
            samesite="Lax", secure=settings().https,
        )  # fmt: skip
    return answer


def device_mark(wave: Wave) -> str | None:
    value = request.cookies.get(cookie_name(wave))
    return mark_of(wave, value) if value else None


def link_mark(wave: Wave, key: str) -> str | None:
    known = bool(key) and links.is_key(settings().secret_key, wave, key)
    return mark_of(wave, key) if known else None
