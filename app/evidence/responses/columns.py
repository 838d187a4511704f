"""The columns of a file of answers: what an export writes, an import reads, and the codebook explains.

A question stands under its key, a row of a grid under "QUESTION.ROW", what was written beside an option under
"QUESTION.OPTION.teks", what an open text was coded as under "QUESTION.kode". Several choices are keys with a space
between. Kobo's spelling is read too: "group/QUESTION", "QUESTION/OPTION" with 0 and 1, labels instead of keys.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.instruments.definition import Definition, Question, say

UUID, PLACE, DISTRICT, SEX, AGE_BAND, AGE = "uuid", "tempat", "kecamatan", "jenis_kelamin", "kelompok_umur", "umur"
LANGUAGE, STARTED, ENDED, MODE, SIMULATED = "bahasa", "mulai", "selesai", "cara", "simulasi"
MEASURE = "ukuran."
"""Before the key of a measure, in an export: what was worked out from the answers and never is one."""
ALIASES: Mapping[str, Sequence[str]] = {
    UUID: ("_uuid", "instanceid", "meta.instanceid"),
    PLACE: ("kode_desa", "desa", "kelurahan", "desa_kelurahan", "kode_tempat", "opd", "village"),
    DISTRICT: ("kec", "district"),
    SEX: ("kelamin", "jk", "sex", "gender"),
    AGE_BAND: ("umur_kelompok", "age_band"),
    AGE: ("usia", "age"),
    LANGUAGE: ("language",),
    STARTED: ("start", "_start"),
    ENDED: ("end", "_end"),
    MODE: (),
    SIMULATED: (),
}
QUIET = frozenset(
    {
        "bobot", "strata", "klaster", "populasi", "tanda", "nama_tempat", "nama_kecamatan", "petugas",
        "_id", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags",
        "_index", "formhub.uuid", "_version_", "deviceid",
    }
)  # fmt: skip
"""Columns of our own export and of Kobo's that an import leaves aside without a word."""


@dataclass(frozen=True)
class Column:
    """One column of a file of answers.

    `part`: answer, row (of a grid), option (0 or 1), other (words), code, about.
    """

    name: str
    part: str
    question: str | None = None
    detail: str | None = None  # row or option


def columns(definition: Definition, *, texts: bool = True) -> list[Column]:
    """List the columns of the answers in the instrument's order.

    Without `texts`: nothing that somebody wrote freely.
    """
    return [column for question in definition.questions for column in _of_question(question, texts)]


def _of_question(question: Question, texts: bool) -> Iterator[Column]:
    key = question.key
    if question.kind == "note":
        return
    if question.kind == "grid":
        yield from (Column(f"{key}.{row.key}", "row", key, row.key) for row in question.rows)
        return
    if question.kind != "text" or texts:
        yield Column(key, "answer", key)
    if question.kind == "text" and question.codes:
        yield Column(f"{key}.kode", "code", key)
    if texts:
        for option in question.options:
            if option.other:
                yield Column(f"{key}.{option.key}.teks", "other", key, option.key)


def columns_in_file(definition: Definition, names: Collection[str]) -> list[Column]:
    """List the columns of the answers that a file with these titles has.

    Ticks of single options are the whole question.
    """
    return [
        column
        for column in columns(definition)
        if column.part != "code"
        and (column.name in names or any(f"{column.name}.{option}" in names for option in _ticks(definition, column)))
    ]


def _ticks(definition: Definition, column: Column) -> Collection[str]:
    question = definition.by_key[column.question or ""]
    return question.by_option if column.part == "answer" and question.kind == "many" else ()


def value_of(column: Column, answers: Mapping[str, Any], codes: Mapping[str, Sequence[str]]) -> str | float | None:
    """Return what stands in the column for one person; None where it was not asked or not answered."""
    key = column.question or ""
    if column.part == "code":
        return " ".join(codes[key]) if key in codes else None
    if column.part == "other":
        return answers.get(f"{key}/{column.detail}")
    answer = answers.get(key)
    if column.part == "row":
        return answer.get(column.detail) if isinstance(answer, Mapping) else None
    if isinstance(answer, float) and answer.is_integer():
        return int(answer)
    return " ".join(answer) if isinstance(answer, list) else answer


def recognised(definition: Definition, titles: Sequence[str]) -> tuple[dict[int, Column], list[str]]:
    """Return (position → column, titles that are not known). Of two with the same meaning the first counts."""
    known = _names(definition)
    found: dict[int, Column] = {}
    strange: list[str] = []
    taken: set[str] = set()
    for position, title in enumerate(titles):
        if _plain(title).startswith(MEASURE) and _plain(title) not in known:
            continue
        column = next((known[name] for name in _spellings(title) if name in known), None)
        if column is not None and column.name not in taken:
            found[position] = column
            taken.add(column.name)
        elif title.strip() and not any(name in QUIET for name in _spellings(title)):
            strange.append(title.strip())
    return found, strange


def _names(definition: Definition) -> dict[str, Column]:
    """Every name → its column; what is said first counts."""
    names = {column.name.lower(): column for column in columns(definition)}
    for question in definition.questions:
        for name, column in _other_names(question):
            names.setdefault(name, column)
    for name, aliases in ALIASES.items():
        for alias in (name, *aliases):
            names.setdefault(alias, Column(name, "about"))
    return names


def _other_names(question: Question) -> Iterator[tuple[str, Column]]:
    """How Kobo and our own XLSForm call the columns of a question."""
    key = question.key
    if question.kind == "many":
        for option in question.options:
            yield f"{key}.{option.key}", Column(f"{key}.{option.key}", "option", key, option.key)
    for option in question.options:
        if option.other:
            yield f"{key}__{option.key}", Column(f"{key}.{option.key}.teks", "other", key, option.key)
    if question.kind == "grid":
        for row in question.rows:
            yield f"{key}_{row.key}", Column(f"{key}.{row.key}", "row", key, row.key)
    elif question.kind != "note":
        yield _plain(say(question.text)), Column(key, "answer", key)


def _spellings(title: str) -> Iterator[str]:
    """The title as it is, then without the names of Kobo's groups before it."""
    whole = _plain(title).replace("/", ".")
    yield whole
    parts = whole.split(".")
    for start in range(1, len(parts)):
        yield ".".join(parts[start:])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
