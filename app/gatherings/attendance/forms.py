from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField
from app.gatherings.attendance.presence import MAX_NAME, ROLES, Guest
from app.gatherings.events.headcount import MOST
from app.gatherings.events.models import AgeBand, Sex
from app.gatherings.events.states import AGE_BANDS, SEXES
from app.kernel.errors import Invalid
from app.kernel.text import T

COUNTED = (Sex.FEMALE, Sex.MALE)


def _choices(words: Mapping[Any, T]) -> list[tuple[str, str]]:
    return [(str(value), sentence(label)) for value, label in words.items()]


class GuestForm(Form):
    """Somebody who came without having registered."""

    name = StringField(_l("Nama"), validators=[InputRequired(), Length(max=MAX_NAME)])
    organisation = StringField(
        _l("Asal"),
        validators=[Optional(), Length(max=MAX_NAME)],
        description=_l("Desa, dinas, sekolah, atau kelompok."),
    )
    sex = SelectField(_l("Jenis kelamin"))
    age_band = SelectField(_l("Kelompok umur"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.sex.choices = sorted(_choices(SEXES), key=lambda choice: choice[0] != Sex.UNKNOWN)
        self.age_band.choices = sorted(_choices(AGE_BANDS), key=lambda choice: choice[0] != AgeBand.UNKNOWN)

    def guest(self, role: str = "participant") -> Guest:
        return Guest(
            self.name.data or "", self.organisation.data or "", self.sex.data or "u", self.age_band.data or "u", role
        )


class WalkInForm(GuestForm):
    """As staff write it down. `certain` is shown once somebody of that name is on the list."""

    role = SelectField(_l("Hadir sebagai"))
    certain = BooleanField(_l("Memang orang lain yang namanya sama"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = _choices(ROLES)


class DoorGuestForm(GuestForm):
    """As somebody fills it in on the own phone at the door."""

    consent = BooleanField(_l("Saya setuju nama dan asal saya dicatat di daftar hadir"))

    def check_consent(self) -> None:
        if not self.consent.data:
            raise Invalid(T("Centang persetujuannya, atau minta panitia mencatat kehadiran Anda."), field="consent")


class DoorForm(Form):
    contact = StringField(
        _l("Nomor HP atau surel"),
        validators=[InputRequired(), Length(max=254)],
        description=_l("Yang Anda pakai saat mendaftar."),
    )


class KeySheetForm(Form):
    """What stands on paper; the rows of the table beside it are read by `routes_sheet.py`."""

    role = SelectField(_l("Lembar ini untuk"))
    text = TextAreaField(_l("Tempel atau ketik beberapa baris sekaligus"), validators=[Optional(), Length(max=100_000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = _choices(ROLES)


class HeadcountForm(Form):
    """How many came, where no names are taken: by sex and age band, or all together."""

    total = IntegerField(_l("Jumlah seluruhnya"), validators=[Optional(), NumberRange(min=0, max=MOST)])

    @classmethod
    def of(cls, headcount: Mapping[tuple[str, str], int]) -> "HeadcountForm":
        values = {f"people_{sex}_{band}": people for (sex, band), people in headcount.items()}
        return cls(None, total=sum(headcount.values()) or None, **values)

    def cell(self, sex: str, band: str) -> Any:
        return self[f"people_{sex}_{band}"]

    def counts(self) -> dict[tuple[str, str], int]:
        """Return people by (sex, age band); what the total has beyond them is counted as unknown. Raises Invalid (field
        total)."""
        counts = {(sex.value, band.value): self.cell(sex, band).data or 0 for sex in COUNTED for band in AgeBand}
        told = sum(counts.values())
        total = self.total.data
        if total is not None and total < told:
            raise Invalid(
                T("Jumlah seluruhnya (%(total)s) kurang dari jumlah rinciannya (%(told)s).", total=total, told=told),
                field="total",
            )
        counts["u", "u"] = (total or told) - told
        return counts


for _sex in COUNTED:
    for _band in AgeBand:
        _label = _l("%(band)s, %(sex)s", band=AGE_BANDS[_band].msgid, sex=SEXES[_sex].msgid)
        _field = IntegerField(_label, validators=[Optional(), NumberRange(min=0, max=MOST)])
        setattr(HeadcountForm, f"people_{_sex.value}_{_band.value}", _field)
