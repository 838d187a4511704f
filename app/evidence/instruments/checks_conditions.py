"""Check whether a condition can be asked at all: it names questions, rows and options that are there, and in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.evidence.instruments.checks_basis import Notebook, clipped

DEEPEST = 8
MOST_PARTS = 50
FORMS = ("all", "any", "not", "question")
SIMPLE = ("question", "row", "is", "least", "most", "answered")


@dataclass(frozen=True)
class AskedQuestion:
    """A question as conditions and measures see it."""

    kind: str
    options: Sequence[str]
    rows: Sequence[str]
    codes: Sequence[str]
    when: Any
    where: str


@dataclass
class KnownQuestions:
    """Every question by its key, in order."""

    questions: dict[str, AskedQuestion] = field(default_factory=dict)
    nameless: int = 0

    def add(
        self,
        key: str,
        kind: str,
        options: Sequence[str],
        rows: Sequence[str],
        codes: Sequence[str],
        when: Any,
        where: str,
    ) -> None:
        if not key or key in self.questions:
            self.nameless += 1
            key = f"?{self.nameless}"  # still checked, but nothing can name it
        self.questions[key] = AskedQuestion(kind, options, rows, codes, when, where)


class Conditions:
    def __init__(self, book: Notebook, known: KnownQuestions) -> None:
        self.book = book
        self.known = known

    def check_order(self) -> None:
        """Check that the condition of every question looks only at questions before it."""
        earlier: list[str] = []
        for key, question in self.known.questions.items():
            if question.when is not None:
                self.check(question.where, question.when, earlier, own=key)
            earlier.append(key)

    def check(self, where: str, when: object, allowed: Iterable[str] | None, *, own: str = "", depth: int = 0) -> None:
        """Check one condition. `allowed`: the questions that may be named; None for all."""
        if when == {} and depth == 0:
            return
        if depth > DEEPEST:
            self.book.note(where, "Syarat ini bertingkat terlalu dalam. Sederhanakan.")
            return
        if not isinstance(when, Mapping) or sum(form in when for form in FORMS) != 1:
            self.book.note(where, "Syarat ini tidak bisa dibaca. Pilih pertanyaan dan jawabannya sekali lagi.")
            return
        allowed = None if allowed is None else tuple(allowed)
        for form in ("all", "any"):
            if form in when:
                self.book.mapping(where, when, (form,))
                parts = self.book.sequence(where, when[form], MOST_PARTS)
                if not parts:
                    self.book.note(where, "Syarat ini kosong. Tambahkan paling sedikit satu, atau hapus syaratnya.")
                for part in parts:
                    self.check(where, part, allowed, own=own, depth=depth + 1)
        if "not" in when:
            self.book.mapping(where, when, ("not",))
            self.check(where, when["not"], allowed, own=own, depth=depth + 1)
        if "question" in when:
            self._simple(where, when, allowed, own)

    def _simple(self, where: str, when: Mapping[str, Any], allowed: Sequence[str] | None, own: str) -> None:
        self.book.mapping(where, when, SIMPLE)
        named = when["question"]
        question = self.known.questions.get(named) if isinstance(named, str) else None
        if question is None:
            self.book.note(where, "Syarat menyebut pertanyaan “%(key)s”, yang tidak ada.", key=clipped(named))
            return
        if named == own:
            self.book.note(where, "Syarat pertanyaan ini menunjuk dirinya sendiri, jadi tidak akan pernah ditanyakan.")
            return
        if allowed is not None and named not in allowed:
            self.book.note(
                where,
                "Syarat menyebut pertanyaan “%(key)s”, yang baru ditanyakan sesudahnya. Ubah urutannya.",
                key=named,
            )
            return
        if question.kind == "note":
            self.book.note(where, "Syarat menyebut “%(key)s”, yang hanya keterangan dan tidak dijawab.", key=named)
            return
        self._row(where, when, question)
        self._answer(where, when, question)

    def _row(self, where: str, when: Mapping[str, Any], question: AskedQuestion) -> None:
        if "row" in when:
            if question.kind != "grid" or when["row"] not in question.rows:
                self.book.note(where, "Syarat menyebut baris “%(row)s”, yang tidak ada.", row=clipped(when["row"]))
        elif question.kind == "grid" and "answered" not in when:
            self.book.note(where, "Syarat atas sebuah tabel harus menyebut barisnya.")

    def _answer(self, where: str, when: Mapping[str, Any], question: AskedQuestion) -> None:
        border = "least" in when or "most" in when
        if ("is" in when) + border + ("answered" in when) != 1:
            self.book.note(where, "Syarat harus menyebut tepat satu: pilihan jawaban, batas angka, atau sudah dijawab.")
            return
        if "is" in when:
            self._options(where, when["is"], question)
        elif border:
            self._border(where, when, question)
        elif when["answered"] is not True:
            self.book.note(where, "“answered” hanya bisa true. Untuk kebalikannya pakai “not”.")

    def _options(self, where: str, value: object, question: AskedQuestion) -> None:
        wanted = self.book.sequence(where, value, MOST_PARTS * 2)
        if not wanted:
            self.book.note(where, "Pilihan jawaban pada syarat ini kosong.")
        for one in wanted:
            if isinstance(one, bool) or not isinstance(one, (str, int)) or str(one) not in question.options:
                self.book.note(where, "Syarat menyebut jawaban “%(option)s”, yang tidak ada.", option=clipped(one))

    def _border(self, where: str, when: Mapping[str, Any], question: AskedQuestion) -> None:
        least, most = self.book.number(where, when, "least", "most")
        if question.kind not in {"number", "scale"}:
            self.book.note(where, "Batas angka hanya berlaku untuk pertanyaan angka dan skala.")
        if least is None and most is None:
            self.book.note(where, "Batas angka pada syarat ini kosong.")
        if least is not None and most is not None and least > most:
            self.book.note(where, "Batas terkecil lebih besar daripada batas terbesar. Tukar keduanya.")
        if any(when.get(name, 0) is None for name in ("least", "most")):
            self.book.note(where, "Batas yang tidak dipakai harus dihapus, bukan dikosongkan.")
