"""Forms of a survey: its plan, its places, the draw, quotas, people to weigh by, and its moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, VersionedForm
from app.evidence.instruments.models import SurveyAudience
from app.evidence.surveys.models import Mode, SampleMethod, Stage, Wave
from app.evidence.surveys.states import METHODS
from app.evidence.surveys.waves.plans import (
    GROUPS,
    MAX_NAME,
    MAX_NUMBER,
    MAX_PURPOSE,
    MAX_REASON,
    MOST_ANSWERS,
    Plan,
    plan_of,
)
from app.kernel.errors import Invalid
from app.kernel.numbers import are_digits, chosen_number
from app.kernel.text import T

STAGES = (
    (Stage.BASELINE, _l("Survei awal, sebelum atau saat program dimulai")),
    (Stage.AFTER, _l("Survei sesudah, setelah program selesai")),
    (Stage.FOLLOWUP, _l("Survei lanjutan, beberapa bulan kemudian")),
    (Stage.SINGLE, _l("Survei tersendiri, tidak dibandingkan")),
)
MODES = (
    (Mode.LINK, _l("Tautan atau QR yang dibagikan: warga mengisi sendiri")),
    (Mode.PHONE, _l("Wawancara dengan HP, juga tanpa sinyal")),
    (Mode.PAPER, _l("Formulir kertas yang diketik kemudian")),
    (Mode.IMPORT, _l("Berkas Excel/CSV, misalnya dari Kobo")),
)
EDITED_OPEN = ("version", "name", "purpose", "ends_on", "target", "bps_number")


class DecimalField(FloatField):  # type: ignore[misc]
    """A number as Indonesians write it: 0,05 or 12,5 %; a point is understood too."""

    widget = TextInput()  # a field for numbers takes no comma

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}".replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.replace(",", ".").replace("%", "").strip() for text in valuelist])


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class WaveForm(VersionedForm):
    campaign_id = SelectField(_l("Program sosialisasi"), coerce=_number, validators=[Optional()])
    stage = RadioField(_l("Survei yang mana"), choices=STAGES, default=Stage.SINGLE, validators=[InputRequired()])
    before_id = SelectField(
        _l("Dibandingkan dengan"), coerce=_number, validators=[Optional()],
        description=_l("Untuk survei sesudah atau lanjutan: survei yang hasilnya menjadi pembanding."),
    )  # fmt: skip
    same_places = BooleanField(_l("Tempat yang sama didatangi lagi"))
    name = StringField(
        _l("Nama survei"), validators=[InputRequired(), Length(max=MAX_NAME)],
        description=_l("Misalnya “Survei awal Bank Sampah 2026”. Dibaca juga oleh yang menjawab."),
    )  # fmt: skip
    organisation_id = SelectField(_l("Penyelenggara"), coerce=_number, validators=[InputRequired()])
    audience = RadioField(_l("Siapa yang ditanya"), default=SurveyAudience.RESIDENTS, validators=[InputRequired()])
    instrument_version_id = SelectField(_l("Daftar pertanyaan"), coerce=_number, validators=[InputRequired()])
    starts_on = DateField(_l("Hari pertama"), validators=[InputRequired()])
    ends_on = DateField(_l("Hari terakhir"), validators=[InputRequired()])
    modes = Checkboxes(
        _l("Cara menjawab"), choices=MODES,
        validators=[InputRequired(_l("Pilih paling sedikit satu cara menjawab."))],
    )  # fmt: skip
    link_meant = HiddenField(default="")
    double_keying = BooleanField(_l("Formulir kertas diketik dua kali oleh orang berbeda, lalu dicocokkan"))
    method = RadioField(_l("Cara memilih tempat"), default=SampleMethod.OPEN, validators=[InputRequired()])
    target = IntegerField(
        _l("Sasaran jumlah jawaban"), validators=[Optional(), NumberRange(min=1, max=MOST_ANSWERS)],
        description=_l("Bila desanya diundi, sasaran dihitung dari undiannya."),
    )  # fmt: skip
    bps_number = StringField(
        _l("Nomor rekomendasi BPS (Romantik)"), validators=[Optional(), Length(max=MAX_NUMBER)]
    )  # fmt: skip
    purpose = TextAreaField(
        _l("Untuk apa survei ini"), validators=[Optional(), Length(max=MAX_PURPOSE)], render_kw={"rows": 3},
        description=_l("Satu atau dua kalimat, misalnya “Mengetahui berapa warga mengenal Idaman RT”."),
    )  # fmt: skip
    plan_before = DecimalField(_l("Sekarang kira-kira (%)"), validators=[Optional(), NumberRange(min=0, max=100)])
    plan_points = DecimalField(
        _l("Perubahan yang ingin dilihat (poin)"), validators=[Optional(), NumberRange(0.5, 100)]
    )
    plan_each = IntegerField(_l("Jawaban tiap desa"), validators=[Optional(), NumberRange(min=1, max=1000)])

    def offer(
        self,
        campaigns: Iterable[tuple[int, str]],
        befores: Iterable[tuple[int, str]],
        organisers: Iterable[tuple[int, str]],
        versions: Iterable[tuple[int, str]],
    ) -> None:
        """Fill the choices."""
        self.campaign_id.choices = [("", _l("Tidak terkait program")), *campaigns]
        self.before_id.choices = [("", _l("Tidak ada")), *befores]
        self.organisation_id.choices = [("", _l("Pilih penyelenggara")), *organisers]
        self.instrument_version_id.choices = [("", _l("Pilih daftar pertanyaan")), *versions]
        self.audience.choices = [
            (SurveyAudience.RESIDENTS, _l("Warga, per desa/kelurahan")),
            (SurveyAudience.CIVIL_SERVANTS, _l("ASN, per OPD")),
        ]
        self.method.choices = [(str(key), sentence(label)) for key, label in METHODS.items()]

    def show(self, plan: Plan, version: int | None = None) -> None:
        """Fill the fields from a plan."""
        for name in plan.__dataclass_fields__:
            if name in self:
                self[name].data = getattr(plan, name)
        self.version.data = version

    def leave_link_out(self) -> bool:
        """Take the tick of an open link out once where villages are drawn, and say so.

        An open link is not part of the sample.

        False where there is nothing to say: no draw, no link, or it was ticked again on purpose.
        """
        if self.method.data != SampleMethod.PPS or Mode.LINK not in self.modes.data or self.link_meant.data:
            return False
        self.modes.data = [mode for mode in self.modes.data if mode != Mode.LINK]
        self.link_meant.raw_data, self.link_meant.data = None, "1"
        self.modes.errors = [
            gettext(
                "Desanya diundi. Jawaban lewat tautan datang dari siapa saja dan tidak ikut sasaran, jadi centangnya "
                "dilepas. Bila tautan tetap ingin dibagikan, centang lagi. Lalu simpan."
            )
        ]
        return True

    def only_while_open(self) -> None:
        """Drop the fields that an open survey may not change: people answer to them already."""
        for name in list(self._fields):
            if name not in (*EDITED_OPEN, "csrf_token"):
                del self[name]

    def plan(self, wave: Wave | None = None) -> Plan:
        """Return what was typed; what the form does not ask for stays as in `wave`."""
        kept = plan_of(wave) if wave else Plan("", None, None, None, None)
        kept = replace(kept, places=None)
        typed = {name: self[name].data for name in kept.__dataclass_fields__ if name in self}
        for name in ("purpose", "bps_number", "name"):
            if name in typed:
                typed[name] = typed[name] or ""
        if typed.get("stage") in (Stage.BASELINE, Stage.SINGLE):
            typed["same_places"] = False
        if typed.get("stage") == Stage.BASELINE:
            typed["before_id"] = None
        return replace(kept, **typed)


class DrawForm(Form):
    villages = IntegerField(_l("Berapa desa diundi"), validators=[InputRequired(), NumberRange(min=1, max=10_000)])
    per_village = IntegerField(
        _l("Jawaban tiap desa"), validators=[InputRequired(), NumberRange(min=1, max=1000)], default=20
    )
    strata = SelectField(
        _l("Pembagian"), validators=[Optional()],
        choices=[
            ("", _l("Tanpa pembagian: urut kecamatan, tersebar sendiri")),
            ("district", _l("Setiap kecamatan pasti terwakili")),
            ("network", _l("Desa blank spot dan desa lain, masing-masing pasti terwakili")),
        ],
    )  # fmt: skip
    approximate = BooleanField(_l("Pakai perkiraan untuk desa yang penduduknya belum dicatat"))
    seed = IntegerField(
        _l("Angka awal undian"), validators=[Optional(), NumberRange(min=0, max=999_999_999)],
        description=_l("Kosongkan supaya dipilih acak. Angka yang sama memberi undian yang sama."),
    )  # fmt: skip
    reason = TextAreaField(
        _l("Mengapa diundi ulang"), validators=[Optional(), Length(max=MAX_REASON)], render_kw={"rows": 2}
    )


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Alasan"), validators=[InputRequired(), Length(max=MAX_REASON)], render_kw={"rows": 3}
    )  # fmt: skip


class ReopenForm(ReasonForm):
    ends_on = DateField(_l("Hari terakhir"), validators=[InputRequired()])


class CopyForm(Form):
    stage = RadioField(_l("Salin menjadi"), choices=STAGES, default=Stage.AFTER, validators=[InputRequired()])
    starts_on = DateField(_l("Hari pertama"), validators=[InputRequired()])


class PlacesForm(VersionedForm):
    """Ticked places with a target each; their rows are plain fields, `place`, `target-KEY`, `size-KEY`."""

    each = IntegerField(
        _l("Sasaran tiap tempat yang dicentang"), validators=[Optional(), NumberRange(min=1, max=MOST_ANSWERS)],
        description=_l("Dipakai untuk tempat yang sasarannya kosong."),
    )  # fmt: skip
    places = StringField(_l("Tempat"), validators=[Optional()])  # only carries the errors


class QuotasForm(VersionedForm):
    quotas = StringField(_l("Jatah"), validators=[Optional()])
    margins = StringField(_l("Jumlah penduduk"), validators=[Optional()])

    def numbers(self, field: str, typed: Mapping[str, str]) -> dict[str, int]:
        """Return those that were filled in.

        What is no number is said at its field, so that all is named at once.
        """
        try:
            return whole_numbers(typed, field)
        except Invalid as error:
            self[field].errors = [*self[field].errors, sentence(error.sentence)]
            return {}


def typed_numbers(prefix: str, keys: Sequence[str]) -> dict[str, str]:
    """Return what was typed under "PREFIX-KEY", by key."""
    return {key: request.form.get(f"{prefix}-{key}", "").strip() for key in keys}


def whole_numbers(typed: Mapping[str, str], field: str) -> dict[str, int]:
    """Return those that were filled in, as Indonesians write them (1.234).

    Raises Invalid for what is no whole number.
    """
    found = {}
    for key, text in typed.items():
        digits = text.replace(".", "").replace(" ", "")
        if not digits:
            continue
        if wrong := _wrong_number(text, digits):
            raise Invalid(wrong, field=field)
        found[key] = int(digits)
    return found


def _wrong_number(text: str, digits: str) -> T | None:
    if are_digits(digits):
        return T("“%(text)s” terlalu besar. Periksa banyaknya angka nol.", text=text[:30]) if len(digits) > 9 else None
    if digits[0] in "-−–" and are_digits(digits[1:]):
        return T("“%(text)s” kurang dari nol. Isi angka tanpa tanda minus.", text=text[:30])
    return T("“%(text)s” bukan bilangan bulat. Isi dengan angka, misalnya 1.250.", text=text[:30])


def group_fields(prefix: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what the table of sex × age band shows: typed again after a mistake, else what is stored."""
    if request.method == "POST":
        return typed_numbers(prefix, GROUPS)
    return {group: "" if values.get(group) is None else str(values[group]) for group in GROUPS}
