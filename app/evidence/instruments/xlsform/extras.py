"""Read the sheets of our own: codes of open texts, measures, and the title in every language."""

import json
from typing import Any

from app.evidence.instruments.xlsform.choices import texts_of
from app.evidence.instruments.xlsform.questions import Questions
from app.evidence.instruments.xlsform.tables import Notes, SheetLine, SheetTable
from app.evidence.instruments.xlsform.words import CODES, MEASURES

Raw = dict[str, Any]
FLAT = ("key", "kind", "question", "row", "dimension")
NESTED = ("parts", "among")
NUMBERS = ("least", "unasked")


def codes_of(table: SheetTable, questions: Questions, notes: Notes) -> None:
    """Put the codes beside their questions."""
    for line in table.lines:
        question = questions.by_key.get(line["question"])
        if question is None:
            notes.trouble(CODES, line.number, "question", "Pertanyaan “%(key)s” tidak ada.", key=line["question"][:40])
            continue
        code = {
            "key": line["name"],
            "text": texts_of(line, "label", line["name"]),
            "dimension": line["dimension"] or None,
        }
        question.setdefault("codes", []).append({**code, "right": line.says("right")})


def measures_of(table: SheetTable, notes: Notes) -> list[Raw]:
    return [_measure(line, notes) for line in table.lines]


def _measure(line: SheetLine, notes: Notes) -> Raw:
    raw: Raw = {name: line[name] for name in FLAT if line[name]}
    raw |= {"label": texts_of(line, "label"), "counts": line["counts"].split(), "decoy": line.says("decoy")}
    for name in NESTED:
        if line[name]:
            try:
                raw[name] = json.loads(line[name])
            except (ValueError, RecursionError):
                notes.trouble(
                    MEASURES,
                    line.number,
                    name,
                    "Isi sel ini berubah dan tidak bisa dibaca lagi. Ambil dari unduhan asli.",
                )
    for name in NUMBERS:
        if line[name]:
            try:
                number = float(line[name])
                raw[name] = int(number) if number == int(number) else number
            except (ValueError, OverflowError):
                notes.trouble(MEASURES, line.number, name, "Isi sel ini dengan angka.")
    return raw


def title_of(texts: SheetTable | None, settings: SheetTable | None, file_name: str) -> dict[str, str]:
    """Return the title in every language, or the name of the file.

    The settings say it, other languages the sheet of ours.
    """
    said = settings.lines[0]["form_title"] if settings and settings.lines else ""
    title = said or file_name.rpartition("/")[2].rsplit(".", 1)[0][:200] or "XLSForm"
    found = next((texts_of(line, "label") for line in texts.lines if line["name"] == "title"), {}) if texts else {}
    return {**found, "id": title}
