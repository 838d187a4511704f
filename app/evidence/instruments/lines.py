"""Read and write options, rows and codes as people type them: one a line, "nama = tulisan [tanda]".

The short name before "=" stays when the words change; a line without one is new. Marks stand in brackets at the end. In
a test a right answer may have a star in front instead: "* ya = Ya".
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.evidence.instruments.definition import OPTION_KEY, texts_of
from app.evidence.instruments.editing import free_key
from app.kernel.text import T

Raw = dict[str, Any]
OPTION_MARKS = {
    "hanya ini": "exclusive", "ditulis sendiri": "other", "tetap di tempat": "fixed", "jawaban benar": "right",
}  # fmt: skip
"""In the words of the screen → the mark."""
ROW_MARKS = {"layanan karangan": "decoy"}
SERVICE = "layanan:"
_MARK = re.compile(r"\[([^\[\]]{1,120})\]\Z")
STAR, RIGHT = "*", "right"
NEAR = 0.75


class Unclear(Exception):
    def __init__(self, sentence: T) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def written_lines(
    parts: Sequence[Mapping[str, Any]],
    marks: Mapping[str, str],
    dimensions: Mapping[str, str] | None = None,
    *,
    starred: bool = False,
) -> str:
    """Write parts as lines. `dimensions`: key → name. `starred`: right answers have a star in front and no mark."""
    lines = []
    for part in parts:
        star = f"{STAR} " if starred and part.get(RIGHT) else ""
        said = [word for word, mark in marks.items() if part.get(mark) and not (star and mark == RIGHT)]
        if part.get("dimension"):
            said.append((dimensions or {}).get(part["dimension"], part["dimension"]))
        if part.get("service"):
            said.append(f"{SERVICE} {part['service']}")
        text = " ".join(texts_of(part.get("text")).get("id", "").split())
        lines.append(f"{star}{part['key']} = {text}" + "".join(f" [{mark}]" for mark in said))
    return "\n".join(lines)


def read_lines(
    typed: str, marks: Mapping[str, str], dimensions: Mapping[str, str] | None = None, *, numbered: bool = False
) -> list[Raw]:
    """Read lines as parts. Raises Unclear for an unknown mark.

    `numbered`: keys are counted up from 1 where none is given.
    """
    found: list[Raw] = []
    named = {line.lstrip(f"{STAR} ").partition("=")[0].strip() for line in typed.splitlines() if "=" in line}
    taken = {key for key in named if OPTION_KEY.match(key)}
    for number, line in enumerate(typed.splitlines(), 1):
        if line.strip():
            found.append(_part(line.strip(), number, taken, marks, dimensions, numbered=numbered))
    return found


def _part(
    line: str,
    number: int,
    taken: set[str],
    marks: Mapping[str, str],
    dimensions: Mapping[str, str] | None,
    *,
    numbered: bool,
) -> Raw:
    said: list[tuple[str, Any]] = []
    if line.startswith(STAR) and RIGHT in marks.values():
        line = line.lstrip(f"{STAR} ")
        said.append((RIGHT, True))
    while match := _MARK.search(line):
        mark = _meant(match[1], marks, dimensions, number)
        if mark is None:
            break
        said.append(mark)
        line = line[: match.start()].rstrip()
    key, sign, text = line.partition("=")
    key = key.strip()
    if not (sign and OPTION_KEY.match(key)):
        text = line
        if numbered:
            key = str(next(n for n in range(1, 1000) if str(n) not in taken))
        else:
            key = free_key(line, taken, "pilihan", option=True)
        taken.add(key)
    return {"key": key, "text": text.strip(), **dict(said)}


def _meant(
    word: str, marks: Mapping[str, str], dimensions: Mapping[str, str] | None, number: int
) -> tuple[str, Any] | None:
    """The mark, or None for words in brackets that belong to the text."""
    plain = " ".join(word.split()).lower()
    if plain in marks:
        return marks[plain], True
    if dimensions is not None:
        for key, name in dimensions.items():
            if plain in {key.lower(), name.lower()}:
                return "dimension", key
        if plain.startswith(SERVICE) and marks == ROW_MARKS:
            return "service", word.partition(":")[2].strip()
    known: Collection[str] = [*marks, *(name.lower() for name in (dimensions or {}).values())]
    near = difflib.get_close_matches(plain, known, 1, NEAR)
    if near:
        raise Unclear(
            T("Baris %(n)s: tanda [%(word)s] tidak dikenal. Maksudnya [%(near)s]?", n=number, word=word, near=near[0])
        )
    return None
