"""Read the lines of an attendance sheet as they are typed or pasted: "Nama; asal; L/P", one person a line."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.gatherings.events.models import Sex
from app.gatherings.events.registration.names import name_key
from app.kernel.errors import Invalid
from app.kernel.numbers import are_digits
from app.kernel.text import T

MOST_LINES = 500
MAX_WORDS = 200
SEXES = {
    "l": Sex.MALE, "lk": Sex.MALE, "laki": Sex.MALE, "laki-laki": Sex.MALE, "pria": Sex.MALE, "m": Sex.MALE,
    "p": Sex.FEMALE, "pr": Sex.FEMALE, "perempuan": Sex.FEMALE, "wanita": Sex.FEMALE, "f": Sex.FEMALE,
    "": Sex.UNKNOWN, "-": Sex.UNKNOWN,
}  # fmt: skip
NUMBERED = re.compile(r"^\d{1,4}\s*[.)]\s*")
HEADINGS = {"no", "nomor", "nama", "nama lengkap", "nama peserta"}


class SheetLine(NamedTuple):
    number: int  # from 1, as the person counts
    name: str
    origin: str
    sex: str


class LineProblem(NamedTuple):
    number: int  # of the line
    sentence: T
    column: str = "name"  # or origin, sex


class BadLines(Invalid):
    """Lines that cannot be read, and why. Nothing was stored."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        super().__init__(T("%(n)s baris belum bisa dibaca. Perbaiki barisnya, lalu simpan lagi.", n=len(problems)))
        self.problems = problems


def read_text(text: str) -> list[tuple[int, Sequence[str]]]:
    """Return (number, parts) of each line that is not empty. Tabs part as well: a spreadsheet copies them."""
    rows: list[tuple[int, Sequence[str]]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip(" \t;"):
            continue
        parts = [" ".join(part.split()) for part in re.split(r"[;\t]", line)]
        if len(parts) > 1 and are_digits(parts[0].rstrip(".")):
            parts = parts[1:]  # the column of numbers
        if name_key(parts[0]) not in HEADINGS:
            rows.append((number, parts))
    return rows


def read_lines(rows: Iterable[tuple[int, Sequence[str]]]) -> list[SheetLine]:
    """Read (number, parts) as people. Raises BadLines with all that is wrong at once, Invalid where there is none."""
    lines, problems = [], []
    for number, parts in rows:
        read = _read(number, parts)
        if isinstance(read, LineProblem):
            problems.append(read)
        else:
            lines.append(read)
    if problems:
        raise BadLines(problems)
    if not lines:
        raise Invalid(T("Tulis paling sedikit satu nama."), field="text")
    if len(lines) > MOST_LINES:
        raise Invalid(
            T("Paling banyak %(n)s baris sekali simpan. Bagi menjadi beberapa kali.", n=MOST_LINES), field="text"
        )
    return lines


def _read(number: int, parts: Sequence[str]) -> SheetLine | LineProblem:
    name = NUMBERED.sub("", parts[0])
    rest = [*parts[1:], "", ""]
    if not name_key(name):
        return LineProblem(number, T("namanya kosong"))
    if any(rest[2:]):
        return LineProblem(
            number, T("ada lebih dari tiga bagian; pakai titik koma hanya di antara nama, asal, dan L/P")
        )
    sex = SEXES.get(rest[1].lower().rstrip("."))
    if sex is None:
        return LineProblem(number, T("“%(sex)s” bukan L atau P", sex=rest[1][:40]), "sex")
    for text, column in ((name, "name"), (rest[0], "origin")):
        if len(text) > MAX_WORDS:
            return LineProblem(number, T("nama atau asalnya lebih panjang dari %(n)s huruf", n=MAX_WORDS), column)
    return SheetLine(number, name, rest[0], str(sex))
