"""Forms of instruments. What a question offers is typed one a line; see instruments/lines.py."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField
from app.evidence.instruments.definition import MOST_TEXT, Question, canonical_question, say
from app.evidence.instruments.lines import OPTION_MARKS, ROW_MARKS, Unclear, read_lines, written_lines
from app.evidence.instruments.logic import THOUSANDS, number_of
from app.evidence.instruments.personal import WRITTEN
from app.evidence.instruments.states import AUDIENCES, KIND_WORDS
from app.evidence.instruments.xlsform.words import LANGUAGES
from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.text import T

CHOICE_KINDS = ("one", "many", "scale")
ASKING = ("one", "many", "scale", "grid")
LONGEST_LINES = 20_000
REGIONAL = ("kut", "bjn", "jv", "bug", "mad", "su", "en", "ar", "zh")


class AboutForm(Form):
    title = StringField(
        _l("Nama"), [InputRequired(), Length(max=200)],
        description=_l("Untuk kantor, misalnya “Pengenalan smart city, warga”."),
    )  # fmt: skip
    audience = RadioField(_l("Siapa yang ditanya"), [InputRequired()], default="residents")

    def __init__(self, *positional: Any, **values: Any) -> None:
        super().__init__(*positional, **values)
        self.offer(AUDIENCES)

    def offer(self, among: Collection[str]) -> None:
        """Offer only these audiences."""
        self.audience.choices = [(str(key), sentence(words)) for key, words in AUDIENCES.items() if key in among]
        if len(self.audience.choices) == 1 and not self.is_submitted():
            self.audience.data = self.audience.choices[0][0]


class ImportForm(AboutForm):
    title = StringField(
        _l("Nama"), [Optional(), Length(max=200)], description=_l("Boleh kosong: judul formulirnya dipakai.")
    )
    file = FileField(
        _l("Berkas XLSForm"), [FileRequired(_l("Pilih berkasnya."))],
        description=_l("XLSX dari Kobo atau ODK, paling besar 3 MB."),
    )  # fmt: skip
    personal = BooleanField(
        _l("Impor juga pertanyaan yang sepertinya menanyakan data orang"),
        description=_l(
            "Pilih berkasnya sekali lagi. Surveinya baru bisa dibuka sesudah pertanyaan itu diubah atau ditandai."
        ),
    )


class VersionForm(Form):
    """Every change of a draft says which state of it the person saw."""

    seen = HiddenField()

    @property
    def seen_number(self) -> int:
        return read_int(self.seen.data) or 0


class TextsForm(VersionForm):
    title = StringField(_l("Judul yang dibaca orang"), [InputRequired(), Length(max=300)])
    intro = TextAreaField(_l("Pengantar"), [Optional(), Length(max=MOST_TEXT)])
    consent = TextAreaField(
        _l("Persetujuan"), [Optional(), Length(max=MOST_TEXT)],
        description=_l("Untuk apa jawabannya, berapa lama disimpan, dan bahwa orang boleh berhenti kapan saja."),
    )  # fmt: skip
    thanks = TextAreaField(_l("Ucapan terima kasih"), [Optional(), Length(max=MOST_TEXT)])
    note = StringField(
        _l("Catatan versi ini"), [Optional(), Length(max=500)],
        description=_l("Untuk kantor: apa yang berubah sejak versi sebelumnya."),
    )  # fmt: skip


class SectionForm(VersionForm):
    key = HiddenField()
    title = StringField(_l("Judul bagian"), [InputRequired(), Length(max=300)])


class QuestionForm(VersionForm):
    """Form of one question.

    `key` is empty for a new one. Fields that a kind does not have are not shown and not read.
    """

    key = HiddenField()
    section = SelectField(_l("Bagian"), [InputRequired()])
    kind = SelectField(_l("Jenis"), [InputRequired()])
    text = TextAreaField(_l("Pertanyaan"), [InputRequired(), Length(max=MOST_TEXT)], render_kw={"rows": 2})
    hint = TextAreaField(_l("Petunjuk"), [Optional(), Length(max=MOST_TEXT)], render_kw={"rows": 2})
    options = TextAreaField(_l("Pilihan jawaban"), [Length(max=LONGEST_LINES)], render_kw={"spellcheck": "false"})
    rows = TextAreaField(_l("Baris tabel"), [Length(max=LONGEST_LINES)], render_kw={"spellcheck": "false"})
    codes = TextAreaField(_l("Kode jawaban"), [Optional(), Length(max=LONGEST_LINES)])
    least = StringField(_l("Angka terkecil"), [Optional(), Length(max=20)])
    most = StringField(_l("Angka terbesar"), [Optional(), Length(max=20)])
    fractions = BooleanField(_l("Boleh pecahan, misalnya 2,5"))
    points = StringField(
        _l("Poin bila benar"), [Optional(), Length(max=10)],
        description=_l("Biasanya 1. Soal yang lebih sulit boleh lebih, misalnya 2 atau 2,5."),
    )  # fmt: skip
    required = BooleanField(_l("Wajib dijawab"), default=True)
    silent = BooleanField(_l("Pilihan jangan dibacakan"))
    no_return = BooleanField(_l("Tidak bisa kembali sesudah dijawab"))
    shuffle = BooleanField(_l("Urutan acak"))
    impersonal = BooleanField(
        _l("Bukan data orang yang menjawab"),
        description=_l("Hanya untuk pertanyaan yang terdengar seperti menanyakan nama, NIK, nomor telepon, alamat, "
                       "atau tanggal lahir, tetapi maksudnya lain."),
    )  # fmt: skip
    keep_when = BooleanField(_l("Biarkan syarat ini apa adanya"))

    def offer(self, sections: Sequence[tuple[str, str]], kind: str) -> None:
        self.section.choices = list(sections)
        kinds = CHOICE_KINDS if kind in CHOICE_KINDS else (kind,)
        self.kind.choices = [(one, sentence(KIND_WORDS[one])) for one in kinds]

    @classmethod
    def of(
        cls, question: Question, section: str, seen: int, dimensions: Mapping[str, str], *, is_test: bool = False
    ) -> "QuestionForm":
        """Fill the form from a question. `is_test`: right answers have a star in front."""
        raw = canonical_question(question)
        return cls(
            formdata=None, seen=seen, key=question.key, section=section, kind=question.kind, text=say(question.text),
            hint=say(question.hint), options=written_lines(raw.get("options", ()), OPTION_MARKS, starred=is_test),
            rows=written_lines(raw.get("rows", ()), ROW_MARKS, dimensions),
            codes=written_lines(raw.get("codes", ()), {}, dimensions), least=_shown(question.least),
            most=_shown(question.most), fractions=not question.whole, required=question.required,
            silent=not question.aloud, no_return=not question.back, shuffle=question.shuffle,
            impersonal=question.impersonal, points=_shown(question.points),
        )  # fmt: skip

    def raw(self, key: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
        """Return the question as the definition has it, without condition and picture.

        Raises Invalid with its field.
        """
        kind = self.kind.data
        found: dict[str, Any] = {
            "key": key, "kind": kind, "text": self.text.data or "", "hint": self.hint.data or "",
            "required": self.required.data, "aloud": not self.silent.data, "back": not self.no_return.data,
        }  # fmt: skip
        if kind in WRITTEN:
            found["impersonal"] = self.impersonal.data
        if kind in ASKING:
            found["options"] = self._lines("options", OPTION_MARKS, numbered=kind == "scale")
            found["shuffle"] = self.shuffle.data and kind != "scale"
            found["points"] = self._border("points")
        if kind == "grid":
            found["rows"] = self._lines("rows", ROW_MARKS, dimensions)
        if kind == "text":
            found["codes"] = self._lines("codes", {}, dimensions)
        if kind == "number":
            least, most = self._border("least"), self._border("most")
            found |= {"least": least, "most": most, "whole": not self.fractions.data}
        return found

    def _lines(
        self,
        name: str,
        marks: Mapping[str, str],
        dimensions: Mapping[str, str] | None = None,
        *,
        numbered: bool = False,
    ) -> list[dict[str, Any]]:
        try:
            return read_lines(self[name].data or "", marks, dimensions, numbered=numbered)
        except Unclear as error:
            raise Invalid(error.sentence, field=name) from error

    def _border(self, name: str) -> float | None:
        plain = (self[name].data or "").strip().replace("−", "-")  # the minus that the page itself writes
        if not plain:
            return None
        number = number_of(plain.replace(".", "") if THOUSANDS.match(plain) else plain.replace(",", "."))
        if number is None:
            raise Invalid(T("Tulis angka saja, misalnya 12."), field=name)
        return int(number) if number == int(number) else number


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}".replace(".", ",")


class MeasureForm(VersionForm):
    key = HiddenField()
    label = StringField(
        _l("Nama ukuran"), [InputRequired(), Length(max=200)], description=_l("Misalnya “Mengenal istilah Smart City”.")
    )
    kind = RadioField(
        _l("Yang dihitung"), [InputRequired()], default="share",
        choices=[("share", _l("Persentase orang dengan jawaban tertentu")), ("mean", _l("Rata-rata angka"))],
    )  # fmt: skip
    number = SelectField(_l("Rata-rata dari"), [Optional()])
    least = IntegerField(
        _l("Paling sedikit berapa yang harus terpenuhi"), [Optional(), NumberRange(min=1, max=200)], default=1,
        description=_l("Bila jawabannya dipilih dari beberapa pertanyaan, misalnya 2 dari 3 benar."),
    )  # fmt: skip
    dimension = SelectField(_l("Dimensi"), [Optional()])
    unasked = SelectField(
        _l("Bila pertanyaannya dilewati karena syarat, orang itu"), [Optional()],
        choices=[
            ("", _l("tidak ikut dihitung")), ("0", _l("dihitung, sebagai yang tidak menjawab begitu")),
            ("1", _l("dihitung, sebagai yang menjawab begitu")),
        ],
        description=_l("Misalnya: yang belum pernah mendengar tidak ditanya artinya, dan dihitung sebagai tidak tahu."),
    )  # fmt: skip
    decoy = BooleanField(_l("Ukuran pemeriksa: layanan karangan, tidak pernah dilaporkan sebagai hasil"))
    keep_when = BooleanField(_l("Biarkan syarat ini apa adanya"))

    def offer(self, numbers: Sequence[tuple[str, str]], dimensions: Mapping[str, str]) -> None:
        self.number.choices = [("", _l("– pilih –")), *numbers]
        self.dimension.choices = [("", _l("– tidak ada –")), *dimensions.items()]


class LanguageForm(VersionForm):
    code = SelectField(_l("Bahasa"), [Optional()])
    other = StringField(
        _l("Bahasa lain"), [Optional(), Length(max=40)],
        description=_l("Namanya, misalnya “Makasar” atau “Minangkabau”. Isi hanya bila tidak ada di daftar."),
    )  # fmt: skip

    def offer(self, taken: Sequence[str]) -> None:
        free = [(code, f"{LANGUAGES[code]} ({code})") for code in REGIONAL if code not in taken]
        self.code.choices = [("", _l("– pilih –")), *free]
