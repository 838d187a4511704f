"""Form of a survey that was done elsewhere. Its answers are rows of plain fields: one more needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.areas.connectivity import EARLIEST_YEAR, Precision, as_of_from
from app.base.web.formats import sentence
from app.base.web.forms import IntegerField, VersionedForm
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded.values import LIMITS, MOST_ANSWERS, MOST_ASKED, Answer, ResultValues
from app.kernel.errors import Invalid
from app.kernel.numbers import chosen_number, read_int
from app.kernel.text import T

MONTHS = (
    _l("Januari"), _l("Februari"), _l("Maret"), _l("April"), _l("Mei"), _l("Juni"), _l("Juli"), _l("Agustus"),
    _l("September"), _l("Oktober"), _l("November"), _l("Desember"),
)  # fmt: skip
LEAST_ROWS, SPARE_ROWS = 3, 1


@dataclass(frozen=True)
class AnswerRow:
    """One answer as it was typed."""

    text: str = ""
    count: str = ""
    counts: bool = False


def _record_number(value: str | int | None) -> int | None:
    return chosen_number(value)


class ResultForm(VersionedForm):
    title = StringField(
        _l("Nama survei"), [InputRequired(), Length(max=LIMITS["title"])],
        description=_l("Misalnya “Survei kepuasan informasi 2024”."),
    )  # fmt: skip
    year = IntegerField(_l("Tahun"), [InputRequired(), NumberRange(min=EARLIEST_YEAR, max=9999)])
    month = SelectField(
        _l("Bulan"), [Optional()],
        choices=[("", _l("tidak diketahui")), *((str(number), name) for number, name in enumerate(MONTHS, start=1))],
    )  # fmt: skip
    day = IntegerField(_l("Tanggal"), [Optional(), NumberRange(min=1, max=31)])
    audience = RadioField(_l("Siapa yang ditanya"), [InputRequired()], default="residents")
    campaign_id = SelectField(_l("Program sosialisasi"), [Optional()], coerce=_record_number)
    method = StringField(
        _l("Cara bertanya"), [Optional(), Length(max=LIMITS["method"])],
        description=_l("Dengan kata-kata biasa, misalnya “wawancara di tiga kelurahan”."),
    )  # fmt: skip
    asked = IntegerField(
        _l("Berapa orang ditanya"), [Optional(), NumberRange(min=1, max=MOST_ASKED)],
        description=_l("Kosongkan bila tidak diketahui."),
    )  # fmt: skip
    question = StringField(_l("Pertanyaannya"), [Optional(), Length(max=LIMITS["question"])])
    several = BooleanField(_l("Satu orang boleh memberi lebih dari satu jawaban"))
    answers = HiddenField(_l("Jawaban"))  # names the rows in messages
    finding = TextAreaField(
        _l("Yang ditemukan, dengan kata-kata sumbernya"), [Optional(), Length(max=LIMITS["finding"])],
        render_kw={"rows": 3},
    )  # fmt: skip
    measure_key = SelectField(
        _l("Sejajar dengan ukuran"), [Optional()],
        description=_l("Di grafik perkembangan, hasil ini berdiri di samping ukuran itu dan diberi tanda."),
    )  # fmt: skip
    dimension_key = SelectField(_l("Dimensi"), [Optional()])
    source = StringField(
        _l("Sumber"), [InputRequired(), Length(max=LIMITS["source"])],
        description=_l("Nama laporan, surat, atau alamat berita, beserta tanggalnya."),
    )  # fmt: skip
    file_id = HiddenField(_l("Berkas"))

    def with_choices(
        self, campaigns: Sequence[tuple[int, str]], measures: Sequence[tuple[str, str]],
        dimensions: Sequence[tuple[str, str]],
    ) -> "ResultForm":  # fmt: skip
        self.audience.choices = [(str(key), sentence(label)) for key, label in SURVEYED.items()]
        self.campaign_id.choices = [("", _l("Tidak ada")), *campaigns]
        self.measure_key.choices = [("", _l("Tidak ada")), *measures]
        self.dimension_key.choices = [("", _l("Tidak ada")), *dimensions]
        return self

    def values(self) -> ResultValues:
        """Return what was typed. Raises Invalid with its field."""
        month = read_int(self.month.data or None)
        done_on, precision = as_of_from(self.year.data or 0, month, self.day.data)
        return ResultValues(
            title=self.title.data or "", done_on=done_on, precision=precision, audience=self.audience.data or "",
            campaign_id=self.campaign_id.data, method=self.method.data or "", asked=self.asked.data,
            question=self.question.data or "", answers=answers_of(posted_rows()), several=bool(self.several.data),
            finding=self.finding.data or "", measure_key=self.measure_key.data or None,
            dimension_key=self.dimension_key.data or None, source=self.source.data or "", file_id=picked_file(),
        )  # fmt: skip

    def seen_version(self) -> int:
        return self.version.data or 0


def picked_file() -> int | None:
    """Return the id that the upload field posts; the last one where several were chosen."""
    ids = [number for number in map(read_int, request.form.getlist("file_id")) if number is not None]
    return ids[-1] if ids else None


def posted_rows() -> list[AnswerRow]:
    """Return every answer that was typed, empty ones left out."""
    form = request.form
    rows = [
        AnswerRow(form.get(f"answer-{n}-text", "").strip(), form.get(f"answer-{n}-count", "").strip(),
            f"answer-{n}-counts" in form)
        for n in range(MOST_ANSWERS)
    ]  # fmt: skip
    return [row for row in rows if row.text or row.count]


def answers_of(rows: Sequence[AnswerRow]) -> list[Answer]:
    """Return the answers of typed rows. Raises Invalid for a number that is none."""
    return [Answer(row.text, _count(row), row.counts) for row in rows]


def _count(row: AnswerRow) -> int | None:
    text = row.count.replace(".", "").replace(" ", "")
    if not text:
        return None
    number = read_int(text, most=999_999_999)
    if number is None:
        raise Invalid(
            T(
                "“%(count)s” bukan jumlah orang. Tulis angka bulat, atau kosongkan bila tidak diketahui.",
                count=row.count,
            ),
            field="answers",
        )
    return number


def stored_rows(result: RecordedResult) -> list[AnswerRow]:
    return [
        AnswerRow(one["text"], "" if one.get("count") is None else str(one["count"]), bool(one.get("counts")))
        for one in result.answers
    ]


def with_spare(rows: Sequence[AnswerRow], more: int = 0) -> list[AnswerRow]:
    """Return the rows with empty ones to fill in."""
    wanted = min(MOST_ANSWERS, max(LEAST_ROWS, len(rows) + SPARE_ROWS + more))
    return [*rows, *(AnswerRow() for _ in range(wanted - len(rows)))]


def form_of(result: RecordedResult) -> ResultForm:
    """Fill the form from the stored result."""
    names = ("title", "audience", "campaign_id", "method", "asked", "question", "several", "finding", "source")
    values: dict[str, Any] = {name: getattr(result, name) for name in names}
    known = Precision(result.done_precision)
    values |= {
        "version": result.version, "year": result.done_on.year,
        "month": str(result.done_on.month) if known != Precision.YEAR else "",
        "day": result.done_on.day if known == Precision.DAY else None,
        "measure_key": result.measure_key or "", "dimension_key": result.dimension_key or "",
    }  # fmt: skip
    return ResultForm(formdata=None, **values)
