"""Everything that can be wrong in what an instrument asks, as sentences for the person who can mend it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.evidence.instruments.checks_basis import LANGUAGE, MOST_LANGUAGES, Finding, Notebook, clipped, hashable
from app.evidence.instruments.checks_conditions import Conditions, KnownQuestions
from app.evidence.instruments.checks_measures import check_measures
from app.evidence.instruments.definition import KEY, KINDS, OPTION_KEY
from app.evidence.instruments.personal import asks_for
from app.kernel.numbers import are_digits
from app.kernel.text import T

__all__ = ["RESERVED", "Finding", "check"]

MOST_SECTIONS = 50
MOST_QUESTIONS = 200
MOST_OPTIONS = 100
MOST_POINTS = 100
MOST_BYTES = 1_000_000
RESERVED = frozenset({"tempat", "jenis_kelamin", "kelompok_umur"})
"""Columns of every file of answers: who answered, not what was asked."""

PERSONAL = (
    "Sepertinya menanyakan %(what)s. Survei ini tanpa nama, NIK, nomor telepon, alamat, dan tanggal lahir. Hapus atau "
    "ubah pertanyaannya; bila maksudnya lain, centang “Bukan data orang yang menjawab” pada pertanyaan itu."
)

TOP = ("title", "intro", "consent", "thanks", "languages", "sections", "measures")
SECTION = ("key", "title", "questions")
QUESTION = (
    "key", "kind", "text", "hint", "required", "aloud", "back", "shuffle", "when", "picture", "options", "rows",
    "least", "most", "whole", "codes", "picture_hash", "impersonal", "points",
)  # fmt: skip
OPTION = ("key", "text", "exclusive", "other", "fixed", "right", "dimension")
ROW = ("key", "text", "dimension", "service", "decoy")
CHOICES = frozenset({"one", "many", "scale", "grid"})
BELONGS: Mapping[str, frozenset[str]] = {
    "options": CHOICES,
    "rows": frozenset({"grid"}),
    "least": frozenset({"number"}),
    "most": frozenset({"number"}),
    "whole": frozenset({"number"}),
    "codes": frozenset({"text"}),
    "shuffle": frozenset({"one", "many", "grid"}),
    "points": CHOICES,
}
"""What a question may say only if it is of such a kind."""
MARKS_OF: Mapping[str, frozenset[str]] = {"exclusive": frozenset({"many"}), "other": frozenset({"one", "many"})}


def check(raw: object, *, draft: bool = False) -> list[Finding]:
    """Return what is wrong with a definition; where nothing is, `definition.read` is safe. Never raises.

    `draft`: it may still lack questions, in all or in a section, and a question may ask who somebody is.
    """
    book = Notebook(draft=draft)
    if not _is_plain(book, raw):
        return book.findings
    top = book.mapping("", raw, TOP)
    if top is None:
        return book.findings
    book.languages = _languages(book, top.get("languages"))
    book.texts("", top.get("title"), needed=True, what=T("Judul"))
    for name, what in (("intro", T("Pengantar")), ("consent", T("Persetujuan")), ("thanks", T("Ucapan terima kasih"))):
        book.texts("", top.get(name), needed=False, what=what)
    known = _sections(book, top.get("sections"))
    check_measures(book, top.get("measures"), known)
    return book.findings


def _is_plain(book: Notebook, raw: object) -> bool:
    """Whether it is plain data of a bearable size."""
    try:
        size = len(json.dumps(raw, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        book.note("", "Daftar pertanyaan ini berisi sesuatu yang bukan tulisan, angka, atau daftar, misalnya tanggal.")
        return False
    if size > MOST_BYTES:
        book.note("", "Daftar pertanyaan ini terlalu besar. Bagi menjadi dua daftar.")
    return size <= MOST_BYTES


def _languages(book: Notebook, value: object) -> Sequence[str]:
    where = str(T("Bahasa"))
    given = book.sequence(where, value, MOST_LANGUAGES)
    fine = []
    for code in given:
        if not isinstance(code, str) or not LANGUAGE.match(code):
            book.note(where, "“%(code)s” bukan kode bahasa. Contoh: id, kut, bjn.", code=clipped(code))
        elif code in fine:
            book.note(where, "Bahasa “%(code)s” disebut dua kali.", code=code)
        else:
            fine.append(code)
    if given and given[0] != "id":
        book.note(where, "Bahasa Indonesia (id) harus yang pertama.")
    return fine or ("id",)


def _sections(book: Notebook, value: object) -> KnownQuestions:
    known = KnownQuestions()
    seen: set[str] = set()
    sections = book.sequence(str(T("Bagian")), value, MOST_SECTIONS)
    if not sections and not book.draft:
        book.note("", "Daftar pertanyaan ini belum punya pertanyaan.")
    for number, raw in enumerate(sections, 1):
        where = str(T("Bagian %(n)s", n=number))
        section = book.mapping(where, raw, SECTION)
        if section is None:
            continue
        _unique(book, where, book.key(where, section.get("key"), KEY), seen)
        book.texts(where, section.get("title"), needed=False, what=T("Judul bagian"))
        questions = book.sequence(where, section.get("questions"), MOST_QUESTIONS)
        if not questions and not book.draft:
            book.note(where, "Bagian ini belum punya pertanyaan. Tambahkan, atau hapus bagiannya.")
        for place, question in enumerate(questions, 1):
            _question(book, f"{where}, {T('pertanyaan')} {place}", question, known)
    if len(known.questions) > MOST_QUESTIONS:
        book.note(
            "", "Terlalu banyak pertanyaan: ada %(count)s, paling banyak %(most)s.",
            count=len(known.questions), most=MOST_QUESTIONS,
        )  # fmt: skip
    Conditions(book, known).check_order()
    return known


def _unique(book: Notebook, where: str, key: str, seen: set[str]) -> None:
    if key and key in seen:
        book.note(where, "Nama singkat “%(key)s” sudah dipakai. Beri nama lain.", key=key)
    seen.add(key)


def _question(book: Notebook, where: str, raw: object, known: KnownQuestions) -> None:
    question = book.mapping(where, raw, QUESTION)
    if question is None:
        return
    key = book.key(where, question.get("key"), KEY)
    where = str(T("Pertanyaan “%(key)s”", key=key)) if key else where
    if key in RESERVED:
        book.note(where, "Nama “%(key)s” dipakai untuk tempat, jenis kelamin, dan umur. Beri nama lain.", key=key)
    if key in known.questions:
        book.note(where, "Nama singkat “%(key)s” sudah dipakai. Beri nama lain.", key=key)
    kind = question.get("kind")
    if kind not in KINDS if hashable(kind) else True:
        book.note(where, "Jenis pertanyaan “%(kind)s” tidak dikenal.", kind=clipped(kind))
        kind = ""
    book.texts(where, question.get("text"), needed=True, what=T("Pertanyaan"))
    book.texts(where, question.get("hint"), needed=False, what=T("Petunjuk"))
    book.flag(where, question, "required", "aloud", "back", "shuffle", "whole", "impersonal")
    book.words(where, question, "picture_hash")
    _picture(book, where, question.get("picture"))
    _belongs(book, where, str(kind), question)
    options = _options(book, where, str(kind), question)
    rows = _rows(book, where, question.get("rows")) if kind == "grid" else ()
    codes = _codes(book, where, question.get("codes")) if kind == "text" else ()
    _borders(book, where, question)
    _points(book, where, question)
    known.add(key, str(kind), options, rows, codes, question.get("when"), where)
    what = None if book.draft else asks_for(question)
    if what is not None:
        book.note(where, PERSONAL, what=what)


def _belongs(book: Notebook, where: str, kind: str, question: Mapping[str, Any]) -> None:
    for name, kinds in BELONGS.items():
        said = question.get(name) not in (None, False, [], ()) or (name == "whole" and question.get(name) is False)
        if said and kind and kind not in kinds:
            book.note(where, "“%(name)s” tidak berlaku untuk jenis pertanyaan ini. Hapus isian ini.", name=name)


def _picture(book: Notebook, where: str, value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31):
        book.note(where, "Gambar harus dipilih dari pustaka (nomor berkas).")


def _borders(book: Notebook, where: str, question: Mapping[str, Any]) -> None:
    least, most = book.number(where, question, "least", "most")
    if least is not None and most is not None and least > most:
        book.note(where, "Batas terkecil lebih besar daripada batas terbesar. Tukar keduanya.")


def _points(book: Notebook, where: str, question: Mapping[str, Any]) -> None:
    (points,) = book.number(where, question, "points")
    if points is not None and not 0 < points <= MOST_POINTS:
        book.note(where, "Poin harus lebih dari 0 dan paling banyak %(most)s.", most=MOST_POINTS)


def _options(book: Notebook, where: str, kind: str, question: Mapping[str, Any]) -> Sequence[str]:
    if kind not in CHOICES:
        return ()
    options = book.sequence(where, question.get("options"), MOST_OPTIONS)
    if len(options) < (1 if kind == "many" else 2):
        book.note(where, "Pilihan jawaban belum lengkap. Isi paling sedikit dua pilihan.")
    keys = _parts(book, where, options, str(T("pilihan")), OPTION)
    for number, option in enumerate(options, 1):
        if not isinstance(option, Mapping):
            continue
        place = f"{where}, {T('pilihan')} {number}"
        book.flag(place, option, "exclusive", "other", "fixed", "right")
        for mark, kinds in MARKS_OF.items():
            if option.get(mark) is True and kind not in kinds:
                book.note(place, "Tanda “%(mark)s” tidak berlaku untuk jenis pertanyaan ini.", mark=mark)
    if kind == "scale":
        for key in keys:
            if not are_digits(key):
                book.note(where, "Pilihan skala harus bernama angka bulat, misalnya 1. “%(key)s” bukan angka.", key=key)
    return keys


def _rows(book: Notebook, where: str, value: object) -> Sequence[str]:
    rows = book.sequence(where, value, MOST_OPTIONS)
    if not rows:
        book.note(where, "Baris tabel belum diisi.")
    for number, row in enumerate(rows, 1):
        if isinstance(row, Mapping):
            place = f"{where}, {T('baris')} {number}"
            book.flag(place, row, "decoy")
            book.words(place, row, "service")
    return _parts(book, where, rows, str(T("baris")), ROW)


def _codes(book: Notebook, where: str, value: object) -> Sequence[str]:
    codes = book.sequence(where, value, MOST_OPTIONS)
    return _parts(book, where, codes, str(T("kode jawaban")), OPTION)


def _parts(book: Notebook, where: str, parts: Sequence[Any], word: str, names: Sequence[str]) -> Sequence[str]:
    """The keys of options, rows or codes, each once."""
    keys: list[str] = []
    texts: set[str] = set()
    for number, raw in enumerate(parts, 1):
        place = f"{where}, {word} {number}"
        part = book.mapping(place, raw, names)
        if part is None:
            continue
        key = book.key(place, part.get("key"), OPTION_KEY)
        if key and key in keys:
            book.note(place, "“%(key)s” ada dua kali. Hapus atau beri nama lain.", key=key)
        keys.append(key)
        book.texts(place, part.get("text"), needed=True, what=T("Tulisan"))
        book.words(place, part, "dimension")
        text = _wording(part.get("text"))
        if text and text.casefold() in texts:
            book.note(place, "Tulisan “%(text)s” ada dua kali.", text=clipped(text))
        texts.add(text.casefold())
    return [key for key in keys if key]


def _wording(value: object) -> str:
    text = value.get("id") if isinstance(value, Mapping) else value
    return " ".join(str(text).split()) if isinstance(text, (str, int, float)) else ""
