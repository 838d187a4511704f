"""Numbered paper forms, made from the same definition as every other way of asking.

A number is given once and for all: 1 … `wave.sheets`. What was printed together is kept (PaperRun), so that a lost
page is printed again as it was and whoever keys knows the village. Forms are printed of a survey that has been opened,
since only then its wording stands; before, there is a specimen without a number.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.documents.qr import qr
from app.base.documents.render import Renderer, page_count
from app.base.media.derive import derive
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.people.office import office_of
from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, Question, say
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import PaperRun
from app.evidence.responses.paper.keying import codes
from app.evidence.responses.paper.skips import END, jumps, numbers, only_if
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.evidence.surveys.queries import place_exists
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T

MOST_COPIES = 500
"""At once; more are printed in a second go."""
DENSITIES = ((9.5, 4.6), (9.5, 3.6), (9.2, 2.9))
"""Text in points and the room above a question in millimetres."""
PICTURE_BYTES, PICTURE_SIDE = 120_000, 900
LANGUAGES: Mapping[str, str] = {"id": "Bahasa Indonesia", "kut": "Bahasa Kutai", "bjn": "Bahasa Banjar"}


@dataclass(frozen=True)
class PaperForm:
    number: int | None  # None: a specimen
    place: str  # its name, "" to be written by hand
    language: str = "id"


def reserve(
    session: Session, actor: Actor, wave_id: int, copies: int, *, place: str, language: str, now: datetime
) -> PaperRun:
    """Give the next `copies` numbers to forms for a place ("" for any). Nobody else ever gets them.

    Raises NotFound, Forbidden, Invalid (copies, place, language), Refused for a survey that takes no paper now.
    """
    wave = to_manage(session, actor, wave_id, lock=True)
    check_printable(wave)
    if not 1 <= copies <= MOST_COPIES:
        raise Invalid(T("Isi banyaknya formulir, antara 1 dan %(n)s.", n=MOST_COPIES), field="copies")
    if place and not place_exists(session, wave, place):
        raise Invalid(T("Tempat ini tidak ada dalam daftar. Pilih dari daftar."), field="place")
    if language not in definition_of(session, wave.instrument_version_id).languages:
        raise Invalid(T("Pertanyaan survei ini belum ada dalam bahasa itu."), field="language")
    first = wave.sheets + 1
    wave.sheets += copies
    run = PaperRun(
        wave_id=wave.id, first=first, last=wave.sheets, place=place, language=language, printed_by_id=actor.id,
        printed_at=now,
    )  # fmt: skip
    session.add(run)
    session.flush()
    after = {"first": first, "last": run.last, "place": place}
    audit.record(session, actor, "survey.forms_printed", wave, now=now, after=after)
    return run


def check_printable(wave: Wave) -> None:
    """Raise Refused where forms of this survey may not be printed."""
    if Mode.PAPER not in wave.modes:
        raise Refused(T("Survei ini tidak memakai kertas. Tambahkan “Kertas” pada cara menjawab survei ini dahulu."))
    if wave.status == WaveStatus.DRAFT:
        raise Refused(T("Buka survei ini dahulu. Sesudah dibuka, kata-kata pertanyaan tidak berubah lagi."))
    if wave.status != WaveStatus.OPEN:
        raise Refused(T("Survei ini tidak berjalan, jadi formulir baru tidak dicetak lagi."))


def reprint(session: Session, actor: Actor, wave_id: int, first: int, last: int, *, now: datetime) -> None:
    """Note that forms of this range are printed once more. Raises NotFound, Forbidden, Invalid (first)."""
    wave = to_manage(session, actor, wave_id)
    check_range(wave, first, last)
    audit.record(session, actor, "survey.forms_reprinted", wave, now=now, after={"first": first, "last": last})


def check_range(wave: Wave, first: int, last: int) -> None:
    if not 1 <= first <= last <= wave.sheets:
        raise Invalid(T("Isi nomor antara 1 dan %(n)s, dari yang kecil ke yang besar.", n=wave.sheets), field="first")
    if last - first >= MOST_COPIES:
        raise Invalid(T("Paling banyak %(n)s formulir sekali cetak.", n=MOST_COPIES), field="last")


def runs(session: Session, wave: Wave) -> Sequence[PaperRun]:
    """Return what was printed, the newest first."""
    return session.scalars(select(PaperRun).where(PaperRun.wave_id == wave.id).order_by(PaperRun.first.desc())).all()


def forms(session: Session, wave: Wave, first: int, last: int) -> list[PaperForm]:
    """Return the forms with these numbers as they were printed."""
    names = place_names(session, wave.audience)
    return [
        PaperForm(number, names.get(run.place, run.place), run.language)
        for run in reversed(runs(session, wave))
        for number in range(max(first, run.first), min(last, run.last) + 1)
    ]


# --- what stands on them ---


def texts_of(session: Session, wave: Wave, languages: Iterable[str], *, kept: str = "") -> dict[str, dict[str, Any]]:
    """Return the data of survey_form.typ by language, without its numbers.

    `kept`: how long answers are kept, in words.
    """
    definition = definition_of(session, wave.instrument_version_id)
    regency = session.scalar(select(Regency.name)) or ""
    head = {
        "office": office_of(session, regency),
        "campaign": wave.name,
        "code": wave.code,
        "place_label": "OPD" if wave.audience == SurveyAudience.CIVIL_SERVANTS else "Desa/kelurahan",
        "sexes": [[number, str(SEX_WORDS[sex])] for number, sex in enumerate(SEXES, 1)],
        "ages": [[number, str(AGE_WORDS[band])] for number, band in enumerate(AGE_BANDS, 1)],
    }
    return {language: {**head, **_asked(definition, language, kept)} for language in languages}


def pictures_of(session: Session, storage: Storage, wave: Wave) -> dict[str, bytes]:
    """Return the pictures that interviewers show, by the name that the form calls them.

    They are small enough for many forms.
    """
    definition = definition_of(session, wave.instrument_version_id)
    numbered = {question.picture for question in definition.questions if question.picture}
    files = session.scalars(select(StoredFile).where(StoredFile.id.in_(numbered))) if numbered else ()
    return {
        f"gambar{file.id}": derive(
            storage, file, mimes=("image/jpeg", "image/png"), max_bytes=PICTURE_BYTES, max_side=PICTURE_SIDE
        )[0]
        for file in files
    }


def _asked(definition: Definition, language: str, kept: str = "") -> dict[str, Any]:
    return {
        "title": say(definition.title, language),
        "consent": say(definition.consent, language).replace("{masa_simpan}", kept).replace("[masa simpan]", kept),
        "thanks": say(definition.thanks, language),
        "sections": [
            {
                "title": say(section.title, language),
                "questions": [_question(definition, question, language) for question in section.questions],
            }
            for section in definition.sections
        ],
    }


def _question(definition: Definition, question: Question, language: str) -> dict[str, Any]:
    by_key = {key: code for code, key in codes(question).items()}
    return {
        "number": numbers(definition).get(question.key),
        "kind": question.kind,
        "text": say(question.text, language),
        "hint": say(question.hint, language),
        "only_if": only_if(definition, question.when, language),
        "notes": _notes(question),
        "jumps": [_jump(question, keys, target, language) for keys, target in jumps(definition, question)],
        "options": [
            {"code": by_key[option.key], "text": say(option.text, language), "other": option.other}
            for option in question.options
        ],
        "rows": [say(row.text, language) for row in question.rows],
        "picture": f"gambar{question.picture}" if question.picture else "",
    }


def _notes(question: Question) -> list[str]:
    """What the interviewer has to know; never read out."""
    notes = []
    if question.kind == "many" and "lebih dari satu" not in say(question.text):
        notes.append("Boleh lebih dari satu.")
    if not question.aloud and question.options:
        notes.append("Jangan dibacakan pilihannya.")
    if not question.aloud and not question.options and "contoh" not in say(question.hint):
        notes.append("Jangan beri contoh.")
    if question.kind == "grid" and question.shuffle:
        notes.append("Mulailah dari baris yang berbeda pada tiap orang.")
    if question.picture:
        notes.append("Perlihatkan gambarnya.")
    if question.kind == "number" and (question.least is not None or question.most is not None):
        least, most = (("…" if border is None else f"{border:g}") for border in (question.least, question.most))
        notes.append(f"Angka {least} sampai {most}.")
    return notes


def _jump(question: Question, keys: Sequence[str], target: int, language: str) -> str:
    chosen = " atau ".join(f"“{say(question.by_option[key].text, language)}”" for key in keys)
    return f"Bila {chosen}, {'selesai.' if target == END else f'lanjut ke no. {target}.'}"


# --- the file ---


def render(
    house: Renderer, texts: Mapping[str, Mapping[str, Any]], wanted: Sequence[PaperForm], *, duplex: bool,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """Render one PDF of all forms. The questions are drawn once in each language; the numbers are laid over.

    `texts`: from `texts_of`; `pictures`: from `pictures_of`. `duplex`: every form begins on a new leaf. Uses no
    session.
    """
    parts = []
    for language in dict.fromkeys(form.language for form in wanted):
        of_language = [form for form in wanted if form.language == language]
        base = _base(house, texts[language], pictures or {})
        data = {
            "layer": "numbers", "campaign": texts[language]["campaign"], "office": texts[language]["office"],
            "pages": page_count(base), "duplex": duplex, "versions": [_printed(form) for form in of_language],
        }  # fmt: skip
        parts.append(house.pdf("survey_form", data, images={"base": base}))
    return parts[0] if len(parts) == 1 else _joined(parts)


def _base(house: Renderer, texts: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The questions on as few pages as a small step in size gives."""
    tried = [
        house.pdf("survey_form", {**texts, "layer": "base", "size": size, "gap": gap}, images=pictures)
        for size, gap in DENSITIES
    ]
    return min(tried, key=page_count)  # the first of equals: the roomiest


def _printed(form: PaperForm) -> dict[str, Any]:
    if form.number is None:
        return {"number": "CONTOH", "place": form.place}
    code = qr(str(form.number))
    link = {"qr": code.svg, "modules": code.modules}
    return {"number": f"{form.number:04d}", "place": form.place, "link": link}


def _joined(parts: Sequence[bytes]) -> bytes:
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()
