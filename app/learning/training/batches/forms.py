"""The forms of a batch. Trainers, quotas and criteria are rows of plain fields, so that a row more needs no script."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, LocalDateTimeField, VersionedForm
from app.kernel.errors import Invalid
from app.kernel.numbers import chosen_number, read_int
from app.kernel.text import T
from app.learning.programmes.states import SCORES
from app.learning.training.batches.cancelling import MAX_REASON
from app.learning.training.batches.plans import MAX_LINK, MAX_NAME, MAX_TEXT, MOST_PLACES, MOST_ROWS, PLAIN
from app.learning.training.batches.service import CriterionPlan, Plan, QuotaPlan, TrainerPlan
from app.learning.training.states import ADMISSIONS

Rows = list[tuple[str, ...]]
ROWS: dict[str, tuple[str, ...]] = {
    "trainer": ("trainer_user", "trainer_name", "trainer_title"),
    "quota": ("quota_group", "quota_most", "quota_least"),
    "criterion": ("criterion_key", "criterion_text", "criterion_most"),
}
BLANK, MORE = 1, 3


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class BatchForm(VersionedForm):
    programme_id = SelectField(_l("Program pelatihan"), coerce=_number, validators=[InputRequired()])
    name = StringField(
        _l("Nama angkatan"),
        validators=[InputRequired(), Length(max=MAX_NAME)],
        description=_l("Seperti yang akan dibaca peserta."),
    )
    organisation_id = SelectField(_l("Penyelenggara"), coerce=_number, validators=[InputRequired()])
    starts_on = DateField(_l("Hari pertama"), validators=[InputRequired()])
    ends_on = DateField(_l("Hari terakhir"), validators=[InputRequired()])
    village_code = StringField(_l("Desa/kelurahan"), validators=[Optional(), Length(max=13)])
    place = StringField(
        _l("Nama tempat"),
        validators=[Optional(), Length(max=200)],
        description=_l("Misalnya Ruang Serbaguna Diskominfo."),
    )
    link = URLField(
        _l("Tautan pertemuan daring"),
        validators=[Optional(), Length(max=MAX_LINK)],
        description=_l("Hanya dilihat peserta yang diterima."),
    )
    admission = RadioField(_l("Siapa yang bisa ikut"), validators=[InputRequired()])
    follow_place = BooleanField(
        _l("Pindahkan juga pertemuan yang akan datang ke tempat baru"),
        default=True,
        description=_l("Bila tempat di atas diganti. Peserta dikabari. Pertemuan di tempat lain tidak berubah."),
    )
    register_until = LocalDateTimeField(
        _l("Pendaftaran ditutup"), validators=[Optional()], description=_l("Kosongkan: sampai Anda menutupnya.")
    )
    capacity = IntegerField(_l("Jumlah tempat"), validators=[InputRequired(), NumberRange(min=1, max=MOST_PLACES)])
    per_opd = IntegerField(
        _l("Paling banyak dari satu OPD"), validators=[Optional(), NumberRange(min=1, max=MOST_PLACES)]
    )
    per_village = IntegerField(
        _l("Paling banyak dari satu desa"), validators=[Optional(), NumberRange(min=1, max=MOST_PLACES)]
    )
    selection = BooleanField(_l("Pilih di antara pendaftar (seleksi)"))
    campaign_id = SelectField(_l("Program sosialisasi"), coerce=_number, validators=[Optional()])
    description = TextAreaField(
        _l("Keterangan"),
        validators=[Optional(), Length(max=MAX_TEXT)],
        description=_l("Apa yang perlu dibawa atau disiapkan. Tampil di halaman pendaftaran."),
        render_kw={"rows": 4},
    )
    contact = StringField(
        _l("Narahubung yang tampil untuk umum"),
        validators=[Optional(), Length(max=200)],
        description=_l("Nama dan nomor yang boleh dilihat semua orang."),
    )
    min_attendance = IntegerField(
        _l("Hadir paling sedikit (%)"), validators=[InputRequired(), NumberRange(min=0, max=100)]
    )
    min_score = IntegerField(
        _l("Nilai paling rendah"),
        validators=[Optional(), NumberRange(min=0, max=100)],
        description=_l("Kosongkan bila tanpa syarat nilai."),
    )
    score_from = SelectField(_l("Nilai diambil dari"), validators=[InputRequired()])
    work_share = IntegerField(
        _l("Bagian tugas praktik (%)"),
        validators=[InputRequired(), NumberRange(min=0, max=100)],
        description=_l("Dipakai bila nilai diambil dari keduanya."),
    )
    # the rows have no fields of their own: their errors stand here
    trainers = StringField(_l("Pelatih"), validators=[Optional()])
    quotas = StringField(_l("Jatah"), validators=[Optional()])
    criteria = StringField(_l("Ukuran seleksi"), validators=[Optional()])

    def offer(
        self,
        programmes: Iterable[tuple[int, str]],
        organisers: Iterable[tuple[int, str]],
        campaigns: Iterable[tuple[int, str]],
    ) -> None:
        """Fill the choices."""
        self.programme_id.choices = list(programmes)
        self.organisation_id.choices = [("", _l("Pilih penyelenggara")), *organisers]
        self.campaign_id.choices = [("", _l("Tidak ada")), *campaigns]
        self.admission.choices = [(str(key), sentence(label)) for key, label in ADMISSIONS.items()]
        self.score_from.choices = [(str(key), sentence(label)) for key, label in SCORES.items()]

    def show(self, values: Plan, version: int | None = None) -> None:
        for name in PLAIN:
            if name in self:
                self[name].data = getattr(values, name)
        self.version.data = version

    def plan(self, *, simulated: bool = False) -> Plan:
        """Return what was typed. Raises Invalid (trainers, quotas, criteria)."""
        typed: dict[str, Any] = {name: self[name].data for name in PLAIN if name in self}
        for name in ("place", "link", "description", "contact"):
            typed[name] = typed[name] or ""
        return Plan(
            **{**typed, "village_code": typed["village_code"] or None, "simulated": simulated},
            trainers=_trainers(),
            quotas=_quotas(),
            criteria=_criteria() if typed["selection"] else [],
        )


def posted_rows(name: str) -> Rows:
    """Return the rows that came with the form, blank ones left out."""
    columns = [request.form.getlist(field)[: MOST_ROWS + 1] for field in ROWS[name]]
    rows = [tuple(cell.strip() for cell in cells) for cells in zip_longest(*columns, fillvalue="")]
    return [row for row in rows if any(row[1:] if name == "criterion" else row)]


def rows_of(values: Plan) -> dict[str, Rows]:
    """Return a plan as rows of the form."""
    return {
        "trainer": [(str(one.user_id or ""), "" if one.user_id else one.name, one.title) for one in values.trainers],
        "quota": [(f"{one.kind}:{one.key}", _text(one.most), _text(one.least)) for one in values.quotas],
        "criterion": [(one.key, one.text, str(one.most)) for one in values.criteria],
    }


def shown_rows(values: Plan | None) -> dict[str, Rows]:
    """Return the rows of the form as typed, else of the plan; with blank ones after them."""
    wanted = request.form.get("tambah", "") if request.method == "POST" else ""
    held = {name: posted_rows(name) for name in ROWS} if request.method == "POST" else rows_of(values) if values else {}
    return {
        name: [*held.get(name, []), *([("",) * len(ROWS[name])] * (MORE if wanted == name else BLANK))] for name in ROWS
    }


def wants_more() -> bool:
    """Return whether somebody wants more rows: only without a script, which adds rows by itself."""
    return request.form.get("tambah", "") in ROWS


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _trainers() -> list[TrainerPlan]:
    return [
        TrainerPlan(name=name, title=title, user_id=_whole(user, "trainers"))
        for user, name, title in posted_rows("trainer")
    ]


def _quotas() -> list[QuotaPlan]:
    found = []
    for group, most, least in posted_rows("quota"):
        kind, _colon, key = group.partition(":")
        if not key:
            raise Invalid(T("Pilih untuk siapa jatahnya, atau kosongkan barisnya."), field="quotas")
        found.append(QuotaPlan(kind, key, _whole(most, "quotas"), _whole(least, "quotas")))
    return found


def _criteria() -> list[CriterionPlan]:
    return [
        CriterionPlan(text, _whole(most, "criteria") or 0, key) for key, text, most in posted_rows("criterion")
    ]  # fmt: skip


def _whole(text: str, field: str) -> int | None:
    if not text:
        return None
    number = read_int(text.replace(".", ""))
    if number is None:
        raise Invalid(T("Isi dengan bilangan bulat, atau kosongkan."), field=field)
    return number


class ReasonForm(Form):
    reason = TextAreaField(
        _l("Alasan"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_l("Dibaca oleh semua peserta."),
        render_kw={"rows": 3},
    )


class CopyForm(Form):
    name = StringField(_l("Nama angkatan yang baru"), validators=[InputRequired(), Length(max=MAX_NAME)])
    starts_on = DateField(
        _l("Hari pertama"),
        validators=[InputRequired()],
        description=_l("Semua pertemuan ikut bergeser dengan jarak hari dan jam yang sama."),
    )


def group_choices(
    opds: Sequence[tuple[int, str]], districts: Sequence[tuple[str, str]], villages: Sequence[tuple[str, str]]
) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return (heading, [(value, words)]) of all to whom a quota may go."""
    return [
        (str(_l("Jenis kelamin")), [("sex:f", _l("Perempuan")), ("sex:m", _l("Laki-laki"))]),
        (str(_l("OPD")), [(f"opd:{number}", name) for number, name in opds]),
        (str(_l("Kecamatan")), [(f"district:{code}", name) for code, name in districts]),
        (str(_l("Desa atau kelurahan")), [(f"village:{code}", name) for code, name in villages]),
    ]
