"""Read a CSV of answers as an analyst has it, for `flask surveys`: one row a person, columns named in the first line.

Numbers are written with a dot, or with a comma where semicolons part the fields. Empty, "NA", "NaN" and "." are
missing: a person without the measure is left out of it and still counts as asked, so that clusters keep their number;
one without a weight is of no sample and left out of everything; where a stratum has no cluster, people are its units.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import zip_longest
from pathlib import Path

import numpy as np

from app.evidence.surveys.statistics.estimates import ALONE, Bools, Floats, Grouped, Ints
from app.evidence.surveys.statistics.weighting import Weights, rake
from app.kernel.errors import Invalid
from app.kernel.text import T

JOINT = "*"
MISSING = frozenset({"", "NA", "NaN", "nan", "."})
NUMBER = re.compile(r"\A[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Columns:
    """Which column is what. None: weight 1, one stratum, every person a unit, no finite correction, no groups."""

    measure: str
    mean: bool = False
    weight: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    population: str | None = None
    by: str | None = None


@dataclass
class Labels:
    """Codes of words, the same ones in every file that is read with it."""

    words: dict[str, dict[str, int]] = field(default_factory=dict)

    def codes(self, column: str, texts: list[str]) -> Ints:
        known = self.words.setdefault(column, {})
        return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)

    def word(self, column: str | None, code: int) -> str:
        """Return what a code stands for; empty where there was no column."""
        return next((text for text, number in self.words.get(column or "", {}).items() if number == code), "")


@dataclass(frozen=True)
class Table:
    """The texts of a file by column, and on which line each row ends."""

    name: str
    columns: Mapping[str, list[str]]
    lines: list[int]
    comma: bool = False  # numbers may have a decimal comma

    def with_rows(self, rows: Bools) -> "Table":
        """Return the table with these rows only."""
        which = np.flatnonzero(rows).tolist()
        columns = {name: [texts[row] for row in which] for name, texts in self.columns.items()}
        return replace(self, columns=columns, lines=[self.lines[row] for row in which])

    def texts(self, column: str) -> list[str]:
        if column not in self.columns:
            there = ", ".join(self.columns)
            raise Invalid(
                T("Kolom “%(column)s” tidak ada di %(file)s. Kolom yang ada: %(there)s.", column=column, file=self.name,
                  there=there)
            )  # fmt: skip
        return self.columns[column]

    def words(self, column: str) -> list[str]:
        """Return the texts of a column. Raises Invalid where one is missing."""
        found = self.texts(column)
        for line, text in zip(self.lines, found, strict=True):
            if text in MISSING:
                raise Invalid(
                    T("%(file)s baris %(line)s: kolom “%(column)s” kosong.", file=self.name, line=line, column=column)
                )
        return found

    def numbers(self, column: str) -> Floats:
        """Return the numbers of a column, nan where missing."""
        found = np.full(len(self.lines), np.nan)
        for place, text in enumerate(self.texts(column)):
            if text in MISSING:
                continue
            written = text.replace(",", ".") if self.comma else text
            if not NUMBER.fullmatch(written):
                raise self.fault(place, column, T("bukan angka. Tulis angka dengan titik, misalnya 0.5."))
            found[place] = float(written)
        return found

    def complete_numbers(self, column: str) -> Floats:
        """Return the numbers of a column. Raises Invalid where one is missing."""
        self.words(column)
        return self.numbers(column)

    def fault(self, place: int, column: str, why: T) -> Invalid:
        return Invalid(
            T(
                "%(file)s baris %(line)s: kolom “%(column)s” berisi “%(text)s”, %(why)s",
                file=self.name,
                line=self.lines[place],
                column=column,
                text=self.columns[column][place],
                why=why,
            )
        )


@dataclass(frozen=True)
class Answers:
    """A file as a sample. `answered`: who has the measure; `group`: code by row, −1 for none; None without groups."""

    table: Table
    sample: Grouped
    answered: Bools
    group: Ints | None
    weights: Weights | None = None
    unweighted: int = 0  # people without a weight, who are in nothing of this

    def reweighted(self, weights: Weights) -> "Answers":
        return replace(self, sample=replace(self.sample, weight=weights.weight), weights=weights)


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises Invalid for a file that is not there, empty, no text, or has rows that do not fit its first line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise Invalid(T("Berkas %(file)s tidak ada atau tidak dapat dibaca.", file=str(path))) from None
    except UnicodeDecodeError:
        raise Invalid(T("Berkas %(file)s bukan CSV dengan huruf UTF-8.", file=path.name)) from None
    first = text.lstrip("\r\n").partition("\n")[0]
    semicolons = first.count(";") > first.count(",")
    reader = csv.reader(StringIO(text, newline=""), delimiter=";" if semicolons else ",")
    head: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    for row in _rows(reader, path.name):
        if not any(cell.strip() for cell in row):
            continue
        if not head:
            head = [cell.strip() for cell in row]
        elif len(row) != len(head):
            raise Invalid(
                T(
                    "%(file)s baris %(line)s: ada %(found)s isian, padahal judulnya %(wanted)s kolom.",
                    file=path.name,
                    line=reader.line_num,
                    found=len(row),
                    wanted=len(head),
                )
            )
        else:
            rows.append([cell.strip() for cell in row])
            lines.append(reader.line_num)
    if not rows:
        raise Invalid(T("Berkas %(file)s kosong: tidak ada satu baris data pun.", file=path.name))
    twice = sorted({name for name in head if head.count(name) > 1})
    if twice:
        raise Invalid(T("%(file)s memuat dua kolom bernama “%(column)s”.", file=path.name, column="”, “".join(twice)))
    cells = [list(column) for column in zip_longest(*rows)]
    return Table(path.name, dict(zip(head, cells, strict=True)), lines, semicolons)


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise Invalid(T("Berkas %(file)s bukan CSV yang dapat dibaca.", file=name)) from None


def read_answers(path: Path, columns: Columns, labels: Labels) -> Answers:
    """Read a file as a sample. Raises Invalid naming file, line and column of what cannot be used."""
    whole = read_table(path)
    table = _weighted(whole, columns.weight)
    value = _measured(table, columns)
    rows = len(table.lines)
    answered = ~np.isnan(value)
    if not answered.any():
        raise Invalid(T("%(file)s: kolom “%(column)s” kosong di semua baris.", file=table.name, column=columns.measure))
    y = np.where(answered, value, 0.0)
    sample = Grouped(
        np.ones(rows),
        y,
        y * y,
        _weights(table, columns.weight),
        labels.codes(columns.stratum, table.words(columns.stratum)) if columns.stratum else np.zeros(rows, np.int64),
        None,
    )
    if columns.cluster:
        sample = replace(sample, cluster=_clusters(table, columns.cluster, sample.stratum, labels))
    if columns.population:
        sample = replace(sample, population=_population(table, columns, sample, labels))
    group = _groups(table, columns.by, labels) if columns.by else None
    return Answers(table, sample, answered, group, unweighted=len(whole.lines) - rows)


def read_margins(path: Path) -> dict[str, dict[str, float]]:
    """Read totals by variable and level from a CSV with the columns variable, level, total."""
    table = read_table(path)
    variables, levels, totals = table.words("variable"), table.words("level"), table.complete_numbers("total")
    margins: dict[str, dict[str, float]] = {}
    for place, (variable, level, total) in enumerate(zip(variables, levels, totals, strict=True)):
        if total < 0:
            raise table.fault(place, "total", T("padahal jumlah penduduk tidak boleh di bawah 0."))
        if level in margins.setdefault(variable, {}):
            raise table.fault(place, "level", T("yang sudah disebut di atas."))
        margins[variable][level] = float(total)
    for variable, totals_of in margins.items():
        if not sum(totals_of.values()):
            raise Invalid(T("%(file)s: jumlah “%(variable)s” nol.", file=table.name, variable=variable))
    return margins


def rake_answers(answers: Answers, margins: Mapping[str, Mapping[str, float]]) -> Answers:
    """Rake the weights to these margins, starting from those of the file.

    Raises Invalid naming the levels of the margins that nobody stands for, and those of the file without a total.
    """
    own = Labels()
    dims = {name: own.codes(name, _joint(answers.table, name)) for name in margins}
    known = {
        name: {int(own.codes(name, [level])[0]): total for level, total in levels.items()}
        for name, levels in margins.items()
    }
    made = rake(answers.sample.n, dims, known, base=answers.sample.weight)
    if made.empty:
        present = {(name, int(code)) for name in dims for code in np.unique(dims[name])}
        nobody = [f"{name} = {own.word(name, code)}" for name, code in made.empty if (name, code) not in present]
        unknown = [f"{name} = {own.word(name, code)}" for name, code in made.empty if (name, code) in present]
        raise Invalid(_refusal(nobody, unknown))
    return answers.reweighted(made)


def _joint(table: Table, name: str) -> list[str]:
    """Texts of a column, or of several as "jk*umur": with these alone raking is post-stratification."""
    if name in table.columns or JOINT not in name:
        return table.words(name)
    return [JOINT.join(texts) for texts in zip(*(table.words(part) for part in name.split(JOINT)), strict=True)]


def _refusal(nobody: list[str], unknown: list[str]) -> T:
    if nobody:
        return T(
            "Bobot tidak dapat disesuaikan: belum ada jawaban dari %(cells)s. "
            "Gabungkan dengan tingkat lain, di data dan di jumlah penduduk.",
            cells=", ".join(nobody),
        )
    return T("Bobot tidak dapat disesuaikan: jumlah penduduk tidak disebut untuk %(cells)s.", cells=", ".join(unknown))


def _measured(table: Table, columns: Columns) -> Floats:
    value = table.numbers(columns.measure)
    if not columns.mean:
        wrong = np.flatnonzero(~np.isnan(value) & (value != 0) & (value != 1))
        if len(wrong):
            why = T("padahal bagian dihitung dari 0 dan 1. Untuk rata-rata, tambahkan --mean.")
            raise table.fault(int(wrong[0]), columns.measure, why)
    return value


def _weighted(table: Table, column: str | None) -> Table:
    """Without those who have no weight: they chose to answer and are of no sample."""
    if column is None:
        return table
    kept = table.with_rows(~np.isnan(table.numbers(column)))
    if not kept.lines:
        raise Invalid(T("%(file)s: kolom “%(column)s” kosong di semua baris.", file=table.name, column=column))
    return kept


def _clusters(table: Table, column: str, stratum: Ints, labels: Labels) -> Ints:
    """Codes of the clusters; ALONE in a stratum that has none. Some only: Invalid, naming the line."""
    texts = table.texts(column)
    without = np.array([text in MISSING for text in texts], dtype=bool)
    mixed = without & np.isin(stratum, stratum[~without])
    if mixed.any():
        line = table.lines[int(np.flatnonzero(mixed)[0])]
        raise Invalid(
            T("%(file)s baris %(line)s: kolom “%(column)s” kosong.", file=table.name, line=line, column=column)
        )
    return np.where(without, ALONE, labels.codes(column, texts))


def _weights(table: Table, column: str | None) -> Floats:
    if column is None:
        return np.ones(len(table.lines))
    weight = table.complete_numbers(column)
    wrong = np.flatnonzero(weight <= 0)
    if len(wrong):
        raise table.fault(int(wrong[0]), column, T("padahal bobot harus di atas 0."))
    return weight


def _population(table: Table, columns: Columns, sample: Grouped, labels: Labels) -> Floats:
    """First-stage units by row, nan in a stratum where nobody knows them; the same in all rows of a stratum, and never
    fewer than were asked."""
    column = columns.population or ""
    size = table.numbers(column)
    if np.isnan(size).all():
        raise Invalid(T("%(file)s: kolom “%(column)s” kosong di semua baris.", file=table.name, column=column))
    for place, (code, count) in enumerate(zip(sample.units.labels, sample.units.count, strict=True)):
        rows = np.flatnonzero(sample.units.stratum == place)
        name = labels.word(columns.stratum, int(code))
        where = T("di strata “%(name)s”", name=name) if name else T("di seluruh data")
        if np.isnan(size[rows]).all():
            continue
        table.with_rows(sample.units.stratum == place).words(column)
        differs = rows[size[rows] != size[rows[0]]]
        if len(differs):
            why = T("tidak sama dengan baris lain %(where)s.", where=where)
            raise table.fault(int(differs[0]), column, why)
        if size[rows[0]] < count:
            why = T("padahal ada %(count)s yang ditanya %(where)s.", count=int(count), where=where)
            raise table.fault(int(rows[0]), column, why)
    return size


def _groups(table: Table, by: str, labels: Labels) -> Ints:
    texts = table.texts(by)
    codes = labels.codes(by, [text for text in texts if text not in MISSING])
    group = np.full(len(texts), -1, dtype=np.int64)
    group[[text not in MISSING for text in texts]] = codes
    return group
