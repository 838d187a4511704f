"""Check the instruments and the recorded results of a kit, beyond their schemas; every finding has its line."""

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from app.base.areas.connectivity import as_of_from
from app.evidence.instruments.checks import check
from app.evidence.instruments.models import SurveyAudience
from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.kits.check_schema import nearest
from app.kits.kit import Kit
from app.kits.reading import Document, Finding

Steps = list[str | int]
NOT_QUESTIONS = ("key", "audience", "waves")
"""What a kit says beside the definition."""
DIMENSIONS = (
    "smart-governance", "smart-branding", "smart-economy", "smart-living", "smart-society", "smart-environment",
)  # fmt: skip
NAMED = re.compile(r"“([^“”]+)”")
NUMBERED = re.compile(r"(\d+)")


def survey_findings(document: Document, kit: Kit, services: Collection[str]) -> Iterator[Finding]:
    """Yield findings on what is asked, of which dimension and service, and when; the document passed its schema."""
    for wrong in check(
        definition_of(document.data, dict.fromkeys((name for _path, name in pictures_of(document.data)), 1))
    ):
        sentence = T("%(where)s: %(what)s", where=wrong.where, what=wrong.sentence) if wrong.where else wrong.sentence
        yield Finding(document.file, document.line(path_of_finding(document.data, wrong.where)), sentence)
    yield from _keys(document, kit)
    yield from _references(document, services)
    yield from _waves(document)


def result_findings(document: Document) -> Iterator[Finding]:
    """Yield findings on the day and the counts of a recorded result; the document passed its schema."""
    data = document.data
    try:
        read_done(data["done"])
    except Invalid as error:
        yield Finding(document.file, document.line(["done"]), error.sentence)
    if not (data.get("finding") or data.get("answers")):
        yield Finding(
            document.file, 1, T("Hasil ini belum berisi temuan."), T("Tambahkan “finding” atau “answers”.")
        )  # fmt: skip
    counts = [answer.get("count") or 0 for answer in data.get("answers", [])]
    most = max(counts, default=0) if data.get("several") else sum(counts)
    if data.get("asked") and most > data["asked"]:
        yield Finding(
            document.file,
            document.line(["answers"]),
            T("Jumlah jawaban (%(sum)s) melebihi yang ditanya (%(asked)s).", sum=most, asked=data["asked"]),
            T("Periksa angkanya, atau tulis several: true."),
        )


def read_done(text: str) -> tuple[date, str]:
    """Read "2021", "2021-07" or "2021-07-05" as (first day of what is known, year, month or day). Raises Invalid."""
    day, precision = as_of_from(*(int(part) for part in text.split("-")))
    return day, str(precision)


def pictures_of(data: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Yield (path in the document, file) of every picture that a question shows."""
    sections = data.get("sections")
    for place, section in enumerate(sections if isinstance(sections, list) else []):
        questions = section.get("questions") if isinstance(section, Mapping) else None
        for number, question in enumerate(questions if isinstance(questions, list) else []):
            picture = question.get("picture") if isinstance(question, Mapping) else None
            if isinstance(picture, str):
                yield ["sections", place, "questions", number, "picture"], picture


def definition_of(data: Mapping[str, Any], pictures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the questions of a file in the form that instruments/definition.py reads. `pictures`: file → what stands
    for it."""
    asked = copy.deepcopy({name: value for name, value in data.items() if name not in NOT_QUESTIONS})
    for path, name in pictures_of(asked):
        spot: Any = asked
        for step in path[:-1]:
            spot = spot[step]
        spot["picture"] = pictures[name]
    return asked


def path_of_finding(data: Mapping[str, Any], where: str) -> Steps:
    """Return where in the file a finding of instruments/checks.py stands, as near as its words tell."""
    named = NAMED.search(where)
    numbers = [(read_int(number, 1) or 1) - 1 for number in NUMBERED.findall(NAMED.sub("", where))]
    if where.startswith(str(T("Ukuran"))):
        keys = [str(measure.get("key")) for measure in data.get("measures") or []]
        return ["measures", keys.index(named[1])] if named and named[1] in keys else ["measures", *numbers[:1]]
    for place, section in enumerate(data["sections"] if named else []):
        for number, question in enumerate(section["questions"]):
            if named and str(question.get("key")) == named[1]:
                return ["sections", place, "questions", number]
    if where.startswith(str(T("Bagian"))) and numbers:
        inner: Steps = ["questions", numbers[1]] if len(numbers) > 1 else []
        return ["sections", numbers[0], *inner]
    return []


def _keys(document: Document, kit: Kit) -> Iterator[Finding]:
    for other in kit.surveys:
        if other is document:
            return
        if isinstance(other.data, dict) and other.data.get("key") == document.data["key"]:
            yield Finding(
                document.file,
                document.line(["key"]),
                T("“%(key)s” sudah menjadi key %(file)s.", key=document.data["key"], file=other.file),
                T("Beri key lain pada salah satunya."),
            )


def _references(document: Document, services: Collection[str]) -> Iterator[Finding]:
    for path, name, value in _mentions(document.data):
        known = DIMENSIONS if name == "dimension" else list(services)
        if value not in known:
            sentence = (
                T("Dimensi “%(key)s” tidak dikenal.", key=value)
                if name == "dimension"
                else T("Layanan “%(key)s” tidak dikenal.", key=value)
            )
            yield Finding(document.file, document.line([*path, name]), sentence, nearest(str(value), known))


def _mentions(data: Mapping[str, Any]) -> Iterator[tuple[Steps, str, Any]]:
    """(path, "dimension" or "service", key) of rows, codes and measures."""
    spots: list[tuple[Steps, Any]] = [(["measures", n], one) for n, one in enumerate(data.get("measures") or [])]
    for place, section in enumerate(data["sections"]):
        for number, question in enumerate(section["questions"]):
            for part in ("rows", "codes", "options"):
                inner = question.get(part)
                path: Steps = ["sections", place, "questions", number, part]
                spots += [([*path, n], one) for n, one in enumerate(inner if isinstance(inner, list) else [])]
    for path, one in spots:
        for name in ("dimension", "service"):
            if isinstance(one, Mapping) and one.get(name):
                yield path, name, one[name]


def _waves(document: Document) -> Iterator[Finding]:
    for number, wave in enumerate(document.data.get("waves", [])):
        if wave.get("method") == "pps" and document.data["audience"] != SurveyAudience.RESIDENTS:
            yield Finding(
                document.file,
                document.line(["waves", number, "method"]),
                T("Undian desa hanya untuk survei warga."),
                T("Tulis method: list untuk survei ASN."),
            )
