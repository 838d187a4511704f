"""The forms of the staff: planning, moving, cancelling."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, LocalDateTimeField, RupiahField, VersionedForm
from app.gatherings.events.models import Event
from app.gatherings.events.planning.changes import MAX_REASON
from app.gatherings.events.planning.plans import plan_of
from app.gatherings.events.planning.series import MOST, Every, Repeat
from app.gatherings.events.service import MAX_TEXT, MAX_TITLE, MOST_CAPACITY, MaterialPlan, Plan
from app.gatherings.events.states import KINDS, TAGS
from app.kernel.errors import Invalid
from app.kernel.numbers import chosen_number, listed_number, read_int, read_ints
from app.kernel.text import T

WEEKDAYS = (_l("Senin"), _l("Selasa"), _l("Rabu"), _l("Kamis"), _l("Jumat"), _l("Sabtu"), _l("Minggu"))
EVERY = (
    ("", _l("Tidak berulang")),
    (Every.WEEK, _l("Setiap minggu")),
    (Every.MONTH_DAY, _l("Setiap bulan, tanggal yang sama")),
    (Every.MONTH_WEEKDAY, _l("Setiap bulan, hari dan minggu yang sama")),
)
MOST_ROWS = 50
TIME_AND_PLACE = ("starts_at", "ends_at", "village_code", "place")
Rows = list[tuple[str, str]]


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class EventForm(VersionedForm):
    """An event. Speakers and materials are rows of plain fields (`posted_rows`): a row more needs no script."""

    kind = SelectField(_l("Jenis kegiatan"), validators=[InputRequired()])
    title = StringField(
        _l("Nama kegiatan"),
        validators=[InputRequired(), Length(max=MAX_TITLE)],
        description=_l("Seperti yang akan dibaca warga, misalnya “Mengenal Smart City di Desa Loa Ulung”."),
    )
    organisation_id = SelectField(_l("Penyelenggara"), coerce=_number, validators=[InputRequired()])
    starts_at = LocalDateTimeField(_l("Mulai"), validators=[InputRequired()])
    ends_at = LocalDateTimeField(_l("Selesai"), validators=[InputRequired()])
    village_code = StringField(_l("Desa/kelurahan"), validators=[Optional(), Length(max=13)])
    place = StringField(
        _l("Nama tempat"),
        validators=[Optional(), Length(max=200)],
        description=_l("Misalnya Balai Desa, rumah Ketua RT 04, atau Gedung PKM."),
    )
    repeat = SelectField(_l("Berulang"), choices=EVERY, validators=[Optional()])
    repeat_interval = IntegerField(
        _l("Tiap berapa minggu atau bulan"), default=1, validators=[Optional(), NumberRange(min=1, max=12)]
    )
    repeat_weekdays = Checkboxes(
        _l("Pada hari"), coerce=listed_number, choices=list(enumerate(WEEKDAYS)), validators=[Optional()]
    )
    repeat_count = IntegerField(_l("Berapa kali"), validators=[Optional(), NumberRange(min=2, max=MOST)])
    repeat_until = DateField(_l("Atau sampai tanggal"), validators=[Optional()])
    campaign_id = SelectField(_l("Program sosialisasi"), coerce=_number, validators=[Optional()])
    dimension_key = SelectField(_l("Dimensi smart city"), validators=[Optional()])
    responsible_id = SelectField(_l("Penanggung jawab"), coerce=_number, validators=[Optional()])
    agenda = TextAreaField(
        _l("Susunan acara"),
        validators=[Optional(), Length(max=MAX_TEXT)],
        description=_l("Satu baris satu acara, misalnya “09.00 Pembukaan”."),
        render_kw={"rows": 5},
    )
    description = TextAreaField(
        _l("Keterangan"),
        validators=[Optional(), Length(max=MAX_TEXT)],
        description=_l("Untuk siapa, apa yang dibahas, dan apa yang perlu dibawa. Tampil di halaman publik."),
        render_kw={"rows": 4},
    )
    contact = StringField(
        _l("Narahubung yang tampil untuk umum"),
        validators=[Optional(), Length(max=200)],
        description=_l("Nama dan nomor yang boleh dilihat semua orang."),
    )
    registration = BooleanField(_l("Buka pendaftaran di halaman publik"))
    registration_until = LocalDateTimeField(
        _l("Pendaftaran ditutup"), validators=[Optional()], description=_l("Kosongkan: ditutup saat kegiatan mulai.")
    )
    capacity = IntegerField(
        _l("Jumlah tempat"),
        validators=[Optional(), NumberRange(min=1, max=MOST_CAPACITY)],
        description=_l("Kosongkan bila tidak dibatasi."),
    )
    waiting_list = BooleanField(_l("Buka daftar tunggu bila penuh"), default=True)
    budget = RupiahField(_l("Anggaran"), validators=[Optional()])
    tags = Checkboxes(_l("Tanda ADINDA"), validators=[Optional()])
    scope = RadioField(
        _l("Yang diubah"),
        choices=[("this", _l("Kegiatan ini saja")), ("following", _l("Kegiatan ini dan sesudahnya"))],
        default="this",
        validators=[Optional()],
    )
    previewed = HiddenField()
    clashes_seen = HiddenField()

    def offer(
        self,
        organisers: Iterable[tuple[int, str]],
        campaigns: Iterable[tuple[int, str]],
        dimensions: Iterable[tuple[str, str]],
        people: Iterable[tuple[int, str]],
    ) -> None:
        """Fill the choices."""
        self.kind.choices = [(str(key), sentence(label)) for key, label in KINDS.items()]
        self.organisation_id.choices = [("", _l("Pilih penyelenggara")), *organisers]
        self.campaign_id.choices = [("", _l("Tidak ada")), *campaigns]
        self.dimension_key.choices = [("", _l("Tidak ada")), *dimensions]
        self.responsible_id.choices = [("", _l("Belum ditentukan")), *people]
        self.tags.choices = [(str(key), sentence(label)) for key, label in TAGS.items()]

    def show(self, event: Event) -> None:
        """Fill the fields from an event."""
        values = plan_of(event)
        for name in values.__dataclass_fields__:
            if name in self:
                self[name].data = getattr(values, name)
        self.version.data = event.version

    def keep_time_and_place(self) -> None:
        """Remove the fields of time and place: an announced event is moved on a page of its own."""
        for name in TIME_AND_PLACE:
            del self[name]

    def plan(self, event: Event | None = None) -> Plan:
        """Return what was typed; time and place of `event` where the form does not ask for them. Raises Invalid."""
        kept = plan_of(event) if event else Plan("", "", None, None, None)
        names = [name for name in kept.__dataclass_fields__ if name in self]
        typed = {name: self[name].data for name in names}
        for name in ("place", "description", "agenda", "contact"):
            if name in typed:
                typed[name] = typed[name] or ""
        return replace(
            kept,
            **typed,
            speakers=[row for row in posted_rows("speaker") if row[0].strip()],
            materials=[MaterialPlan(name, _copies(copies)) for name, copies in posted_rows("material") if name.strip()],
        )

    def repeat_rule(self) -> Repeat | None:
        """Return how the event recurs, None for a single one."""
        if not self.repeat.data:
            return None
        return Repeat(
            every=self.repeat.data,
            interval=self.repeat_interval.data or 1,
            weekdays=self.repeat_weekdays.data or (),
            count=self.repeat_count.data,
            until=self.repeat_until.data,
        )


def posted_rows(name: str) -> Rows:
    """Return the posted rows of "speaker" (name, office) or "material" (name, copies), blank ones too."""
    first, second = request.form.getlist(f"{name}_name"), request.form.getlist(f"{name}_more")
    second += [""] * (len(first) - len(second))
    return list(zip(first, second, strict=False))[:MOST_ROWS]


def pad_rows(held: Sequence[tuple[str, str]], least: int) -> Rows:
    """Return the filled rows with blank ones after them: at least one, and `least` rows in all."""
    kept = [row for row in held if any(cell.strip() for cell in row)]
    return kept + [("", "")] * max(1, least - len(kept))


def _copies(text: str) -> int | None:
    digits = text.strip().replace(".", "")
    if not digits:
        return None
    number = read_int(digits, most=999_999_999)
    if number is None:
        raise Invalid(T("Isi jumlah bahan dengan angka, misalnya 200, atau kosongkan."), field="materials")
    return number


class MoveForm(Form):
    starts_at = LocalDateTimeField(_l("Mulai"), validators=[InputRequired()])
    ends_at = LocalDateTimeField(_l("Selesai"), validators=[InputRequired()])
    village_code = StringField(_l("Desa/kelurahan"), validators=[Optional(), Length(max=13)])
    place = StringField(_l("Nama tempat"), validators=[Optional(), Length(max=200)])
    reason = TextAreaField(
        _l("Alasan"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_l("Dibaca oleh semua yang mendaftar."),
        render_kw={"rows": 3},
    )
    clashes_seen = HiddenField()


class CancelForm(Form):
    reason = TextAreaField(
        _l("Alasan"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_l("Dibaca oleh semua yang mendaftar."),
        render_kw={"rows": 3},
    )
    scope = RadioField(
        _l("Yang dibatalkan"),
        choices=[("this", _l("Kegiatan ini saja")), ("following", _l("Kegiatan ini dan sesudahnya"))],
        default="this",
        validators=[Optional()],
    )


def clashes_known(form: Any) -> set[int]:
    """Return the ids of the clashes on the page from which "Tetap simpan" was pressed; none for any other button."""
    if request.form.get("tetap") != "1":
        return set()
    return read_ints(form.clashes_seen.data)
