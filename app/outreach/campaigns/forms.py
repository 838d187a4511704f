from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    FloatField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.formats import sentence
from app.base.web.forms import Form, RupiahField, VersionedForm
from app.kernel.numbers import listed_number
from app.outreach.campaigns.details import MAX_MESSAGE, MAX_MESSAGES, GoalValues
from app.outreach.campaigns.models import Audience, Campaign, Goal, Service
from app.outreach.campaigns.rules import AUDIENCE_LABELS, MAX_NAME, MAX_SUMMARY, Plan
from app.outreach.campaigns.services import MAX_AS_OF, MAX_DESCRIPTION, MAX_KEY, ServiceValues
from app.outreach.campaigns.services import MAX_NAME as MAX_SERVICE_NAME


class CommaFloatField(FloatField):  # type: ignore[misc]
    """A number as Indonesians type it: 12,5; also 12.5."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}".replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = float(typed.replace(",", ".") if typed.count(",") <= 1 else typed)
        except ValueError:
            raise ValueError(_("Isi dengan angka, misalnya 12,5.")) from None


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CampaignForm(VersionedForm):
    name = StringField(_l("Nama program"), validators=[InputRequired(), Length(max=MAX_NAME)])
    summary = TextAreaField(
        _l("Ringkasan"),
        validators=[Optional(), Length(max=MAX_SUMMARY)],
        description=_l("Apa yang ingin dicapai, dan untuk siapa. Dua atau tiga kalimat cukup."),
        render_kw={"rows": 4},
    )
    organisation_id = SelectField(_l("OPD penanggung jawab"), coerce=listed_number, validators=[InputRequired()])
    starts_on = DateField(_l("Tanggal mulai"), validators=[InputRequired()])
    ends_on = DateField(_l("Tanggal selesai"), validators=[InputRequired()])
    audience = RadioField(_l("Untuk siapa"), validators=[InputRequired()], default=Audience.RESIDENTS)
    budget = RupiahField(
        _l("Anggaran"), validators=[Optional()], description=_l("Kosongkan bila anggarannya belum ditetapkan.")
    )
    dimension_keys = Checkboxes(_l("Dimensi yang dibahas"), validators=[Optional()])
    service_ids = Checkboxes(_l("Layanan yang dikenalkan"), coerce=listed_number, validators=[Optional()])
    # which codes exist is checked by the service, which says what is wrong with an unknown one
    district_codes = SelectMultipleField(_l("Kecamatan"), validate_choice=False)
    village_codes = SelectMultipleField(_l("Desa/kelurahan"), validate_choice=False)

    def offer(
        self,
        owners: Sequence[tuple[int, str]],
        dimensions: Sequence[Any],
        services: Sequence[Any],
    ) -> None:
        """Fill the choices."""
        self.organisation_id.choices = list(owners)
        self.audience.choices = [(str(key), sentence(label)) for key, label in AUDIENCE_LABELS.items()]
        self.dimension_keys.choices = [(row.key, row.name) for row in dimensions]
        self.service_ids.choices = [(row.id, row.name) for row in services]

    def show(self, campaign: Campaign) -> None:
        """Fill the fields from a campaign."""
        for name in ("name", "summary", "organisation_id", "starts_on", "ends_on", "audience", "budget", "version"):
            self[name].data = getattr(campaign, name)
        self.dimension_keys.data = [row.key for row in campaign.dimensions]
        self.service_ids.data = [row.id for row in campaign.services]
        self.district_codes.data = [row.code for row in campaign.districts]
        self.village_codes.data = [row.code for row in campaign.villages]

    @property
    def plan(self) -> Plan:
        return Plan(
            name=self.name.data or "",
            organisation_id=self.organisation_id.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            summary=self.summary.data or "",
            audience=self.audience.data,
            dimension_keys=self.dimension_keys.data or [],
            service_ids=self.service_ids.data or [],
            district_codes=self.district_codes.data or [],
            village_codes=self.village_codes.data or [],
            budget=self.budget.data,
        )


class GoalForm(VersionedForm):
    measure = StringField(
        _l("Apa yang diukur"),
        validators=[InputRequired(), Length(max=200)],
        description=_l("Misalnya “warga yang mengenal istilah smart city”."),
    )
    unit = StringField(_l("Satuan"), validators=[Optional(), Length(max=40)], default="%")
    baseline = CommaFloatField(
        _l("Nilai awal"),
        validators=[Optional()],
        description=_l("Kosongkan bila belum pernah diukur; jangan diisi nol."),
    )
    baseline_note = StringField(
        _l("Asal nilai awal"),
        validators=[Optional(), Length(max=300)],
        description=_l("Dari mana angkanya, atau mengapa belum ada."),
    )
    target = CommaFloatField(_l("Target"), validators=[Optional()])
    due_on = DateField(_l("Dicapai paling lambat"), validators=[Optional()])
    responsible_id = SelectField(
        _l("Penanggung jawab"),
        coerce=lambda value: int(value) if value else None,
        validators=[Optional()],
    )
    responsible_text = StringField(
        _l("Atau jabatan penanggung jawab"),
        validators=[Optional(), Length(max=200)],
        description=_l("Bila orangnya belum punya akun di sini."),
    )

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        self.responsible_id.choices = [("", _("belum ditentukan")), *people]

    def show(self, goal: Goal) -> None:
        for name in (
            "measure",
            "unit",
            "baseline",
            "baseline_note",
            "target",
            "due_on",
            "responsible_id",
            "responsible_text",
        ):
            self[name].data = getattr(goal, name)

    @property
    def values(self) -> GoalValues:
        return GoalValues(
            measure=self.measure.data or "",
            unit=self.unit.data or "",
            baseline=self.baseline.data,
            baseline_note=self.baseline_note.data or "",
            target=self.target.data,
            due_on=self.due_on.data,
            responsible_id=self.responsible_id.data,
            responsible_text=self.responsible_text.data or "",
        )


class KeyMessagesForm(VersionedForm):
    texts = FieldList(
        TextAreaField(validators=[Optional(), Length(max=MAX_MESSAGE)], render_kw={"rows": 2}),
        label=_l("Pesan kunci"),
        max_entries=MAX_MESSAGES,
    )


class SpendingForm(Form):
    spent_on = DateField(_l("Tanggal"), validators=[InputRequired()])
    amount = RupiahField(_l("Jumlah"), validators=[Optional()])
    hours = CommaFloatField(
        _l("Jam kerja"), validators=[Optional()], description=_l("Waktu yang dipakai staf, bila perlu dicatat.")
    )
    note = StringField(
        _l("Untuk apa"),
        validators=[InputRequired(), Length(max=300)],
        description=_l("Misalnya “cetak 500 selebaran”."),
    )


class ServiceForm(Form):
    name = StringField(_l("Nama layanan"), validators=[InputRequired(), Length(max=MAX_SERVICE_NAME)])
    dimension_key = SelectField(_l("Dimensi"), validators=[Optional()])
    owner_id = SelectField(
        _l("OPD pemilik"),
        coerce=lambda value: int(value) if value else None,
        validators=[Optional()],
        description=_l("Narahubung OPD ini melihat materi tentang layanannya, dan bisa dimintai persetujuan."),
    )
    description = TextAreaField(
        _l("Keterangan"),
        validators=[Optional(), Length(max=MAX_DESCRIPTION)],
        description=_l("Apa yang dikerjakan layanan ini, menurut pemiliknya. Kosongkan bila belum ditanyakan."),
        render_kw={"rows": 4},
    )
    as_of = StringField(
        _l("Keadaan per"), validators=[Optional(), Length(max=MAX_AS_OF)], description=_l("Misalnya “2021”.")
    )
    key = StringField(
        _l("Sebutan di paket"),
        validators=[Optional(), Length(max=MAX_KEY)],
        description=_l("Seperti tertulis di Paket Materi, misalnya bank-sampah. Bila kosong, dibuat dari namanya."),
    )

    def offer(self, owners: Sequence[tuple[int, str]], dimensions: Sequence[Any]) -> None:
        self.owner_id.choices = [("", _("belum ditentukan")), *owners]
        self.dimension_key.choices = [("", _("belum ditentukan")), *((row.key, row.name) for row in dimensions)]

    def show(self, service: Service) -> None:
        for name in ("name", "dimension_key", "owner_id", "description", "as_of"):
            self[name].data = getattr(service, name)

    @property
    def values(self) -> ServiceValues:
        return ServiceValues(
            name=self.name.data or "",
            dimension_key=self.dimension_key.data or None,
            owner_id=self.owner_id.data,
            description=self.description.data or "",
            as_of=self.as_of.data or "",
        )
