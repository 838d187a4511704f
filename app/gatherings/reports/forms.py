from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.formats import sentence
from app.base.web.forms import Form, VersionedForm
from app.gatherings.events.headcount import MOST
from app.gatherings.events.models import AgeBand, Event, Sex
from app.gatherings.events.states import TAGS
from app.gatherings.reports.aspirations import MOST_ANSWER
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import MOST_LINES, MOST_TEXT, ReportContent, is_taken_up
from app.gatherings.reports.states import MISSING, SPJ
from app.gatherings.reports.verification import MOST_NOTE
from app.kernel.errors import Invalid
from app.kernel.numbers import listed_number, read_int
from app.kernel.text import T

SEXES = (Sex.FEMALE, Sex.MALE)
BANDS = (AgeBand.CHILD, AgeBand.YOUTH, AgeBand.ADULT, AgeBand.ELDER, AgeBand.UNKNOWN)
EMPTY_ROWS = 1  # besides those that are filled in
MOST_POSTED = 10 * MOST_LINES
MOST_COPIES = 1_000_000


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class People(IntegerField):  # type: ignore[misc]
    def __init__(self, label: Any, **options: Any) -> None:
        wording = {"inputmode": "numeric", "min": "0", "max": str(MOST)}
        super().__init__(label, [Optional(), NumberRange(min=0, max=MOST)], render_kw=wording, **options)


class ReportForm(Form):
    """The minutes. Questions, agreements and materials are rows of equal names (`ReportRows`)."""

    seen = HiddenField()
    told = TextAreaField(
        _l("Apa yang disampaikan?"),
        [Length(max=MOST_TEXT)],
        description=_l("Tulis seperti bercerita. Beberapa kalimat sudah cukup."),
        render_kw={"rows": 5},
    )
    total = People(_l("Berapa orang yang datang?"))
    f_child, f_youth, f_adult, f_elder, f_u = (People(_l("Perempuan")) for _band in BANDS)
    m_child, m_youth, m_adult, m_elder, m_u = (People(_l("Laki-laki")) for _band in BANDS)
    tags = Checkboxes(_l("Kegiatan ini termasuk (boleh lebih dari satu)"))
    spj = Checkboxes(_l("Yang sudah ada"))
    notes = TextAreaField(_l("Catatan lain"), [Optional(), Length(max=MOST_TEXT)], render_kw={"rows": 2})
    certain = BooleanField(_l("Serahkan seperti ini"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.tags.choices = [(str(tag), sentence(label)) for tag, label in TAGS.items()]
        self.spj.choices = [(key, sentence(label)) for key, label in SPJ.items()]

    def cell(self, sex: str, band: str) -> Any:
        return self[f"{sex}_{band}"]

    def counts(self) -> Mapping[tuple[str, str], int] | None:
        """Return people by (sex, age band); what the total has beyond them is unknown. None where nothing was typed.

        Raises Invalid (total) where the parts are more than the total.
        """
        parts = {(str(sex), str(band)): self.cell(sex, band).data for sex in SEXES for band in BANDS}
        typed = {key: people for key, people in parts.items() if people is not None}
        if self.total.data is None and not typed:
            return None
        named = sum(typed.values())
        if self.total.data is not None and self.total.data < named:
            raise Invalid(
                T("Rinciannya %(parts)s orang, lebih banyak daripada jumlahnya. Perbaiki salah satu.", parts=named),
                field="total",
            )
        rest = (self.total.data or named) - named
        return {**typed, **({(str(Sex.UNKNOWN), str(AgeBand.UNKNOWN)): rest} if rest else {})}

    @property
    def has_parts(self) -> bool:
        return any(self.cell(sex, band).data or self.cell(sex, band).errors for sex in SEXES for band in BANDS)


def report_form(event: Event, report: Report | None) -> ReportForm:
    """Return the form filled from the stored report."""
    values: dict[str, Any] = {"tags": [row.tag for row in event.tags]}
    if report is not None:
        values |= {
            "told": report.told,
            "notes": report.notes,
            "spj": [key for key, there in report.spj.items() if there],
        }

    for row in event.headcounts:
        if row.sex in set(SEXES):
            values[f"{row.sex}_{row.age_band}"] = row.people
    named = sum(row.people for row in event.headcounts)
    values["total"] = named or None  # names on the list count by themselves
    return ReportForm(None, **values)


@dataclass
class ReportRow:
    """A row of the minutes as it was typed, with what is wrong in it."""

    values: tuple[str, ...]
    error: str = ""


@dataclass
class ReportRows:
    """The rows of the minutes: questions (asked, answer), agreements (what, who, until), materials (name, copies).

    `held`: the numbers of the stored questions that stand among them.
    """

    questions: list[ReportRow] = field(default_factory=list)
    agreements: list[ReportRow] = field(default_factory=list)
    materials: list[ReportRow] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(anchor, sentence) of each row that cannot be used."""
        named = (("tanya", self.questions), ("sepakat", self.agreements), ("bahan", self.materials))
        return [(f"{name}-{number}", row.error) for name, rows in named for number, row in enumerate(rows) if row.error]

    def padded(self, more: str = "") -> "ReportRows":
        """Return the rows with an empty one at the end of each part; one more where it was asked for."""
        made = {}
        for name, width in (("questions", 2), ("agreements", 3), ("materials", 2)):
            rows = list(getattr(self, name))
            add = min(EMPTY_ROWS + (name == more), max(MOST_LINES - len(rows), 0))
            made[name] = rows + [ReportRow(("",) * width)] * add
        return ReportRows(**made, held=self.held)


NAMES = {
    "questions": ("asked", "answered"),
    "agreements": ("agreed", "who", "until"),
    "materials": ("material", "copies"),
}


def posted_rows(form: MultiDict[str, str] | None = None) -> ReportRows:
    """Return the rows that were typed, without the empty ones."""
    given = request.form if form is None else form
    made = {}
    for kind, names in NAMES.items():
        columns = [[value.strip() for value in given.getlist(name)[:MOST_POSTED]] for name in names]
        most = max((len(column) for column in columns), default=0)
        lines = [tuple(column[at] if at < len(column) else "" for column in columns) for at in range(most)]
        made[kind] = [ReportRow(line) for line in lines if any(line)]
    held = map(read_int, given.getlist("held")[:MOST_POSTED])
    return ReportRows(**made, held=[number for number in held if number is not None])


def stored_rows(event: Event, report: Report | None, questions: Sequence[Aspiration]) -> ReportRows:
    """Return the rows of the stored report; what was planned to be handed out waits for its number."""
    free = [row for row in questions if not is_taken_up(row)]
    return ReportRows(
        questions=[ReportRow((row.text, row.answer or "")) for row in free],
        agreements=[
            ReportRow((row.what, row.owner, row.due_on.isoformat() if row.due_on else ""))
            for row in (report.agreements if report else ())
        ],
        materials=[
            ReportRow((row.name, "" if row.handed_out is None else str(row.handed_out))) for row in event.materials
        ],
        held=[row.id for row in free],
    )


def typed_content(
    form: ReportForm, rows: ReportRows, pieces: Mapping[str, int], *, with_spj: bool
) -> ReportContent | None:
    """Return what is to be saved; None where a row cannot be used (its `error` says why). `pieces`: title in small
    letters → print piece. Raises Invalid for the headcount."""
    agreements = [(row.values[0], row.values[1], _day(row)) for row in rows.agreements]
    materials = [(row.values[0], _copies(row), pieces.get(row.values[0].lower())) for row in rows.materials]
    for row in rows.questions:
        if not row.values[0]:
            row.error = _("Tulis pertanyaannya, bukan jawabannya saja.")
    for row in rows.agreements:
        if not row.values[0]:
            row.error = row.error or _("Tulis apa yang disepakati.")
    for row in rows.materials:
        if not row.values[0]:
            row.error = row.error or _("Tulis nama bahannya.")
    counts = form.counts()
    if rows.wrong:
        return None
    return ReportContent(
        counts={} if counts is None else counts,
        told=form.told.data or "",
        notes=form.notes.data or "",
        questions=[(row.values[0], row.values[1]) for row in rows.questions],
        replaces=rows.held,
        agreements=agreements,
        materials=materials,
        tags=form.tags.data or (),
        spj={key: key in (form.spj.data or ()) for key in SPJ} if with_spj else None,
    )


def _day(row: ReportRow) -> date | None:
    if not row.values[2]:
        return None
    try:
        return date.fromisoformat(row.values[2])
    except ValueError:
        row.error = _("Tanggal ini tidak bisa dibaca. Contoh: 2026-12-31")
        return None


def _copies(row: ReportRow) -> int | None:
    text = row.values[1].replace(".", "")
    if not text:
        return None
    copies = read_int(text, most=MOST_COPIES)
    if copies is None:
        row.error = _("Isi jumlahnya dengan bilangan bulat, misalnya 50.")
    return copies


class ReturnForm(Form):
    seen = HiddenField()
    missing = Checkboxes(_l("Apa yang kurang?"))
    note = TextAreaField(_l("Catatan untuk penulis"), [Optional(), Length(max=MOST_NOTE)], render_kw={"rows": 3})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.missing.choices = [(key, sentence(label)) for key, label in MISSING.items()]


class RouteForm(VersionedForm):
    opd_id = SelectField(_l("OPD yang bisa menjawab"), [InputRequired()], coerce=listed_number)
    due_on = DateField(_l("Dijawab paling lambat"), [Optional()], description=_l("Bila kosong: 14 hari kerja."))


class AnswerForm(VersionedForm):
    answer = TextAreaField(
        _l("Jawaban untuk warga"),
        [InputRequired(), Length(max=MOST_ANSWER)],
        description=_l("Dengan kata yang mudah dipahami: apa yang bisa dilakukan, oleh siapa, dan kapan."),
        render_kw={"rows": 5},
    )


class CloseForm(VersionedForm):
    reason = TextAreaField(_l("Alasan"), [InputRequired(), Length(max=MOST_ANSWER)], render_kw={"rows": 3})
