"""Check whether the measures that are followed over surveys can be counted."""

from collections.abc import Mapping
from typing import Any

from app.evidence.instruments.checks_basis import Notebook, clipped
from app.evidence.instruments.checks_conditions import AskedQuestion, Conditions, KnownQuestions
from app.evidence.instruments.definition import KEY
from app.kernel.numbers import are_digits
from app.kernel.text import T

MOST_MEASURES = 200
MEASURE = (
    "key", "label", "kind", "question", "row", "counts", "parts", "least", "among", "unasked", "dimension", "decoy",
)  # fmt: skip
PART = ("question", "row", "counts")


def check_measures(book: Notebook, value: object, known: KnownQuestions) -> None:
    seen: set[str] = set()
    for number, raw in enumerate(book.sequence(str(T("Ukuran")), value, MOST_MEASURES), 1):
        where = str(T("Ukuran %(n)s", n=number))
        measure = book.mapping(where, raw, MEASURE)
        if measure is None:
            continue
        key = book.key(where, measure.get("key"), KEY)
        where = str(T("Ukuran “%(key)s”", key=key)) if key else where
        if key and key in seen:
            book.note(where, "Nama singkat “%(key)s” sudah dipakai. Beri nama lain.", key=key)
        if key in known.questions and known.questions[key].kind == "number":
            book.note(
                where, "Nama “%(key)s” sudah dipakai sebuah pertanyaan angka. Beri ukuran ini nama lain.", key=key
            )
        seen.add(key)
        _measure(book, where, measure, known)


def _measure(book: Notebook, where: str, measure: Mapping[str, Any], known: KnownQuestions) -> None:
    book.texts(where, measure.get("label"), needed=True, what=T("Nama ukuran"))
    book.words(where, measure, "dimension")
    book.flag(where, measure, "decoy")
    if measure.get("among") is not None:
        Conditions(book, known).check(where, measure["among"], None)
    unasked = measure.get("unasked")
    if unasked is not None and (isinstance(unasked, bool) or unasked not in (0, 1)):
        book.note(where, "“unasked” hanya bisa 0 atau 1: orang yang tidak ditanya dihitung tidak atau ya.")
    kind = measure.get("kind") or "share"
    if kind not in ("share", "mean"):
        book.note(where, "Jenis ukuran “%(kind)s” tidak dikenal. Pilih persentase (share) atau rata-rata (mean).",
                  kind=clipped(kind))  # fmt: skip
    elif kind == "mean":
        _mean(book, where, measure, known)
    elif measure.get("parts") is not None and measure.get("parts") != []:
        _several(book, where, measure, known)
    else:
        if measure.get("least") not in (None, 1):
            book.note(where, "“least” hanya berlaku bila ukuran ini punya beberapa pertanyaan (parts).")
        _counted(book, where, measure, known)


def _mean(book: Notebook, where: str, measure: Mapping[str, Any], known: KnownQuestions) -> None:
    question = _named(book, where, measure, known)
    if question is None:
        return
    numeric = all(are_digits(key) for key in question.options)
    if question.kind not in {"number", "scale"} and not (question.kind == "grid" and numeric):
        book.note(where, "Rata-rata hanya bisa dihitung dari pertanyaan angka atau skala.")
    for name in ("counts", "parts", "least"):
        if measure.get(name) not in (None, [], 1):
            book.note(where, "“%(name)s” tidak berlaku untuk rata-rata. Hapus isian ini.", name=name)


def _several(book: Notebook, where: str, measure: Mapping[str, Any], known: KnownQuestions) -> None:
    for name in ("question", "row", "counts"):
        if measure.get(name) not in (None, []):
            book.note(where, "“%(name)s” tidak bisa dipakai bersama beberapa pertanyaan (parts).", name=name)
    parts = book.sequence(where, measure["parts"], MOST_MEASURES)
    for raw in parts:
        part = book.mapping(where, raw, PART)
        if part is not None:
            _counted(book, where, part, known)
    least = measure.get("least", 1)
    if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= max(1, len(parts)):
        book.note(where, "Jumlah yang harus terpenuhi (least) harus antara 1 dan %(most)s.", most=len(parts))


def _counted(book: Notebook, where: str, raw: Mapping[str, Any], known: KnownQuestions) -> None:
    """A question (of a row) and the answers that count."""
    question = _named(book, where, raw, known)
    if question is None:
        return
    if question.kind == "number":
        book.note(where, "Dari pertanyaan angka hanya bisa dihitung rata-rata (mean).")
        return
    counts = book.sequence(where, raw.get("counts"), MOST_MEASURES)
    answers = question.codes if question.kind == "text" else question.options
    if not counts:
        book.note(where, "Jawaban yang dihitung belum dipilih.")
    for one in counts:
        if isinstance(one, bool) or not isinstance(one, (str, int)) or str(one) not in answers:
            book.note(where, "Jawaban “%(option)s” tidak ada pada pertanyaannya.", option=clipped(one))


def _named(book: Notebook, where: str, raw: Mapping[str, Any], known: KnownQuestions) -> AskedQuestion | None:
    named = raw.get("question")
    question = known.questions.get(named) if isinstance(named, str) else None
    if question is None:
        if named is None:
            book.note(where, "Pertanyaan yang dihitung belum dipilih.")
        else:
            book.note(where, "Ukuran ini menyebut pertanyaan “%(key)s”, yang tidak ada.", key=clipped(named))
        return None
    if question.kind == "note":
        book.note(where, "“%(key)s” hanya keterangan dan tidak dijawab.", key=str(named))
        return None
    row = raw.get("row")
    if question.kind == "grid" and row is None:
        book.note(where, "Pilih baris tabel yang dihitung.")
        return None
    if row is not None and row not in question.rows:
        book.note(where, "Baris “%(row)s” tidak ada pada pertanyaannya.", row=clipped(row))
        return None
    return question
