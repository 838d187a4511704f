"""Shared parts of the pages of instruments: languages, versions, words of conditions and measures."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from flask_babel import Locale
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.service import readable_file
from app.base.web.formats import duration
from app.base.web.wiring import settings
from app.evidence.instruments.access import audiences_of
from app.evidence.instruments.breaks import Change, changes
from app.evidence.instruments.definition import Definition, Measure, Question, read, say, texts_in
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.instruments.picks import counted_in_words, in_words
from app.evidence.instruments.xlsform.words import LANGUAGES
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T


def language_name(code: str) -> str:
    """Return the name of a language in Indonesian, or its code where nobody knows it."""
    if code in LANGUAGES:
        return LANGUAGES[code]
    return str(Locale("id").languages.get(code, code)).capitalize() if len(code) < 4 else code


def language_code(said: str) -> str:
    """Return the code of a language told by its name in Indonesian, or by its code. Raises Invalid (field other)."""
    known = {**{str(name).casefold(): code for code, name in Locale("id").languages.items() if "_" not in code},
             **{name.casefold(): code for code, name in LANGUAGES.items()}}  # fmt: skip
    plain = " ".join(said.split()).casefold().removeprefix("bahasa ")
    if plain in known:
        return str(known[plain])
    if plain in known.values():
        return plain
    near = get_close_matches(plain, known, 1)
    if near:
        raise Invalid(T("Bahasa “%(name)s” tidak dikenal. Maksudnya “%(near)s”?", name=said, near=near[0].capitalize()),
                      field="other")  # fmt: skip
    raise Invalid(T("Bahasa “%(name)s” tidak dikenal. Periksa ejaannya.", name=said), field="other")


def filled(text: str) -> str:
    """Put how long answers are kept into a text of the frame."""
    return text.replace("{masa_simpan}", duration(settings().answer_days))


def version_of(session: Session, version_id: int, actor: Actor) -> InstrumentVersion:
    """Return a version that this person may read. Raises NotFound."""
    version = session.get(InstrumentVersion, version_id)
    if version is None or version.instrument.audience not in audiences_of(actor):
        raise NotFound(T("Versi daftar pertanyaan ini tidak ada."))
    return version


def chosen_version(instrument: Instrument, number: int | None) -> InstrumentVersion:
    """Return the version with this number, or the latest."""
    for version in instrument.versions:
        if version.number == number:
            return version
    return instrument.versions[-1]


def breaks_of(instrument: Instrument, version: InstrumentVersion) -> Sequence[Change] | None:
    """Return what became of each measure since the version before; None for the first."""
    earlier = [one for one in instrument.versions if one.number < version.number]
    return changes(read(earlier[-1].definition), read(version.definition)) if earlier else None


def sentence_of(question: Question, definition: Definition) -> str:
    """Say in words when a question is asked; empty for always."""
    return in_words(question.when, definition)


def about_measure(measure: Measure, definition: Definition) -> Mapping[str, str]:
    return {"counts": counted_in_words(measure, definition), "among": in_words(measure.among, definition)}


def progress(definition: Definition, language: str) -> tuple[int, int]:
    """Return (translated, all) of the texts that a respondent reads."""
    texts = [texts for _name, texts in texts_in(definition) if say(texts)]
    return sum(bool(one.get(language)) for one in texts), len(texts)


def picture_of(session: Session, actor: Actor, file_id: int | None) -> StoredFile | None:
    """Return the picture of a question where this person may see it."""
    return readable_file(session, actor, file_id)


def places_of(definition: Definition) -> Mapping[str, int]:
    """Number each question as it is asked, from 1; notes have none."""
    asked = [question.key for question in definition.questions if question.kind != "note"]
    return {key: number for number, key in enumerate(asked, 1)}
