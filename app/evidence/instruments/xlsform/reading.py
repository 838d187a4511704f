"""Read an XLSForm as the definition of an instrument, or as a list of what is wrong by row: never half of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from app.evidence.instruments.checks import PERSONAL, check
from app.evidence.instruments.definition import canonical, read
from app.evidence.instruments.naming import in_words
from app.evidence.instruments.personal import asks_for
from app.evidence.instruments.xlsform.choices import Choices
from app.evidence.instruments.xlsform.extras import codes_of, measures_of, title_of
from app.evidence.instruments.xlsform.kobo import for_pyxform
from app.evidence.instruments.xlsform.questions import Questions
from app.evidence.instruments.xlsform.tables import SHEETS, Notes, SheetTable, Trouble, tables_of
from app.evidence.instruments.xlsform.tree import note_circles, note_names, tree_of
from app.evidence.instruments.xlsform.words import CODES, MEASURES, TEXTS
from app.kernel.text import T

FOREIGN_SHEETS = {
    "external_choices": T("Pilihan dari luar (external_choices) tidak didukung. Pindahkan ke lembar “choices”."),
    "entities": T("Entities tidak didukung. Hapus lembar ini."),
    "osm": T("Pertanyaan peta (osm) tidak didukung. Hapus lembar ini dan pertanyaannya."),
}
NAMED = re.compile(r"(Pertanyaan|Ukuran) “([a-z0-9_]+)”")


@dataclass(frozen=True)
class FormReading:
    """An XLSForm that was read.

    `definition` is None where there are troubles. `remarks`: what comes in differently from how it stands there.

    `personal`: a question seems to ask who somebody is.
    """

    title: str
    definition: dict[str, Any] | None
    troubles: Sequence[Trouble]
    remarks: Sequence[Trouble]
    personal: bool = False


def read_form(data: bytes, name: str, *, personal: bool = False) -> FormReading:
    """Read what an XLSX file asks. Raises Invalid (field file) for what is no XLSForm at all.

    `personal`: questions that seem to ask who somebody is come in too, to be changed before they are asked.
    """
    notes = Notes()
    tables = tables_of(data, name, notes)
    for sheet, sentence in FOREIGN_SHEETS.items():
        if sheet in tables and tables[sheet].lines:
            notes.trouble(sheet, None, "", sentence)
    raw = _definition(tables, name, notes, personal=personal)
    if not notes.troubles:
        _ask_pyxform(tables, notes)
    title = str(raw["title"].get("id", "")) if raw else ""
    if notes.troubles or raw is None:
        named = any(one.sentence.msgid == PERSONAL for one in notes.troubles)
        return FormReading(title, None, sorted(notes.troubles, key=_order), notes.remarks, named)
    return FormReading(title, canonical(read(raw)), (), notes.remarks)


def _order(trouble: Trouble) -> tuple[int, int]:
    """By sheet as they stand in an XLSForm, then by row; what is said of all comes first."""
    return SHEETS.index(trouble.sheet) + 1 if trouble.sheet in SHEETS else 0, trouble.row or 0


def _definition(
    tables: dict[str, SheetTable], name: str, notes: Notes, *, personal: bool
) -> dict[str, Any] | None:  # fmt: skip
    languages = _languages(tables)
    choices = Choices(tables.get("choices", SheetTable("choices")), notes)
    roots = tree_of(tables["survey"].lines, notes)
    note_names(roots, notes)
    if note_circles(roots, notes):
        return None
    questions = Questions(choices, notes)
    sections = questions.sections(roots)
    codes_of(tables.get(CODES, SheetTable(CODES)), questions, notes)
    raw = {
        "title": title_of(tables.get(TEXTS), tables.get("settings"), name),
        "languages": ["id", *(code for code in languages if code != "id")],
        **questions.frame,
        "sections": sections,
        "measures": measures_of(tables.get(MEASURES, SheetTable(MEASURES)), notes),
    }
    if not personal:
        _note_personal(questions, notes)
    if not notes.troubles or all(one.sentence.msgid == PERSONAL for one in notes.troubles):
        _note_findings(raw, questions, notes)
    return raw


def _note_personal(questions: Questions, notes: Notes) -> None:
    for key, question in questions.by_key.items():
        what = asks_for(question)
        if what is not None:
            notes.trouble("survey", questions.line_numbers[key], "label", PERSONAL, what=what)


def _note_findings(raw: dict[str, Any], questions: Questions, notes: Notes) -> None:
    found = [one for one in check(raw) if one.sentence.msgid != PERSONAL]
    for finding, told in zip(found, in_words(raw, found), strict=True):
        named = NAMED.match(finding.where)
        row = questions.line_numbers.get(named[2]) if named and named[1] == "Pertanyaan" else None
        sheet = MEASURES if named and named[1] == "Ukuran" else "survey"
        sentence = T("%(where)s: %(what)s", where=told.where, what=told.sentence) if told.where else told.sentence
        notes.trouble(sheet, row, "", sentence)


def _languages(tables: dict[str, SheetTable]) -> list[str]:
    found = [code for sheet in ("survey", "choices", TEXTS) if sheet in tables for code in tables[sheet].languages()]
    return list(dict.fromkeys(found))


PLACE = re.compile(r"\[row : (\d+)\]\s*")


def _ask_pyxform(tables: dict[str, SheetTable], notes: Notes) -> None:
    """Whether the form is one by the rules of XLSForm; pyxform says so in English."""
    try:
        convert(for_pyxform(tables), warnings=[])
    except PyXFormError as error:
        said = str(error)
        place = PLACE.search(said)
        notes.trouble(
            "survey", int(place[1]) if place else None, "",
            "Formulir ini tidak sah menurut aturan XLSForm. Keterangan dari pemeriksanya: %(said)s",
            said=PLACE.sub("", said)[:300],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        notes.trouble(
            "survey", None, "", "Formulir ini tidak sah menurut aturan XLSForm. Periksa lewat Kobo atau ODK dahulu."
        )
