"""Find questions that ask who somebody is: surveys of this program are answered without name and number.

Only what people write themselves can say it (text and number). Words decide, so a person may answer that a question
means something else: `impersonal` of the question.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.kernel.text import T

WRITTEN = ("text", "number")
NUMBER = r"(?:no(?:mor)?\.?\s*)"
WHOSE = r"(?:anda|saudara|saudari|bapak|ibu|kamu|responden|suami|istri|orang ?tua|kepala keluarga)"
SIGNS: tuple[tuple[T, re.Pattern[str]], ...] = tuple(
    (what, re.compile(shape))
    for what, shape in (
        (T("NIK atau KTP"), r"\bnik\b|nomor induk kependudukan|\be?-?ktp\b"),
        (T("nomor KK"), rf"\b{NUMBER}kk\b|\bkartu keluarga\b|^\W*kk\W*$"),
        (
            T("nomor telepon"),
            (rf"\b{NUMBER}(?:hp|tele?pon|te?lp|handphone|ponsel|wa|whatsapp|kontak)\b"
            rf"|^\W*(?:hp|tele?pon|te?lp|handphone|ponsel|wa|whatsapp)\W*$|\bphone( number)?\b"),
        ),
        (T("alamat surel"), rf"\balamat (?:surel|e-?mail)\b|\b(?:surel|e-?mail) {WHOSE}\b|^\W*(?:surel|e-?mail)\W*$"),
        (
            T("alamat"),
            (rf"\balamat (?:lengkap|rumah|tinggal|tempat tinggal|domisili|{WHOSE})\b|\b(?:di mana|dimana) alamat\b"
            r"|^\W*alamat\W*$|\b(?:home|your) address\b"),
        ),
        (
            T("tanggal lahir"),
            r"\b(?:tanggal|tgl\.?|tempat)\W{1,3}(?:\w+ )?lahir\b|\bttl\b|\bdate of birth\b|\bbirth ?date\b",
        ),
        (
            T("nama"),
            (rf"\bnama (?:lengkap|panggilan|sesuai|{WHOSE})\b|^\W*(?:siapa |tulis(?:kan)? |sebutkan )?nama\W*$"
            r"|\b(?:full|your) name\b"),
        ),
    )
)  # fmt: skip


def asks_for(question: Mapping[str, Any]) -> T | None:
    """Return what a raw question asks of the person: "nama", "nomor telepon" …; None where it asks nothing.

    None also where somebody said that it means something else (`impersonal`).
    """
    if question.get("kind") not in WRITTEN or question.get("impersonal") is True:
        return None
    for text in _words(question):
        for what, shape in SIGNS:
            if shape.search(text):
                return what
    return None


def _words(question: Mapping[str, Any]) -> Iterator[str]:
    for value in (question.get("text"), question.get("hint")):
        said = value.get("id") if isinstance(value, Mapping) else value
        if isinstance(said, str):
            yield " ".join(said.split()).casefold()
    if isinstance(question.get("key"), str):
        yield question["key"].replace("_", " ").casefold()
