"""Forms for printing paper forms, for typing them, and for coding texts."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import local_day
from app.base.web.forms import Form, IntegerField
from app.base.web.wiring import now
from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.instruments.models import SurveyAudience
from app.evidence.responses.paper.keying import Typed, digits, read_day
from app.evidence.responses.paper.sheets import MOST_COPIES
from app.kernel.numbers import read_int

PLACE_LABEL: dict[str, Any] = {
    SurveyAudience.RESIDENTS: _l("Desa atau kelurahan"),
    SurveyAudience.CIVIL_SERVANTS: _l("OPD"),
}
LONGEST_LINE = 2500


class PrintForm(Form):
    copies = IntegerField(
        _l("Berapa formulir?"), [InputRequired()],
        render_kw={"inputmode": "numeric", "min": "1", "max": str(MOST_COPIES)},
    )  # fmt: skip
    place = SelectField(
        _l("Untuk desa atau kelurahan"), [Optional()], description=_l("Boleh dikosongkan: pewawancara yang menulisnya.")
    )
    language = SelectField(_l("Bahasa"), default="id")


class ReprintForm(Form):
    first = IntegerField(_l("Dari nomor"), [InputRequired()], render_kw={"inputmode": "numeric", "min": "1"})
    last = IntegerField(_l("Sampai nomor"), [InputRequired()], render_kw={"inputmode": "numeric", "min": "1"})


class KeyForm(Form):
    """The head of a sheet; its lines come as "q.NAME" and are read from the request."""

    sheet = StringField(_l("Nomor lembar"), [Optional()], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    place = SelectField(PLACE_LABEL[SurveyAudience.RESIDENTS], [Optional()], validate_choice=False)
    asked_on = StringField(_l("Tanggal"), [Optional()], render_kw={"autocomplete": "off"})
    sex = StringField(_l("Jenis kelamin"), [Optional()], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    age_band = StringField(_l("Umur"), [Optional()], render_kw={"inputmode": "numeric", "autocomplete": "off"})

    def typed(self) -> Typed:
        """Read the sheet as it was typed. Raises Invalid (asked_on)."""
        return Typed(
            sheet=read_int(self.sheet.data) or 0,
            place=self.place.data or "",
            sex=digits((self.sex.data or "").strip(), SEXES),
            age_band=digits((self.age_band.data or "").strip(), AGE_BANDS),
            lines=typed_lines(),
            asked_on=read_day(self.asked_on.data or "", local_day(now())),
        )


class CodeForm(Form):
    text = StringField(_l("Kode baru"), [InputRequired(), Length(max=120)])
    dimension = SelectField(_l("Dimensi"), [Optional()])


class DoubleKeyingForm(Form):
    double_keying = BooleanField(_l("Tiap lembar diketik dua kali oleh orang yang berbeda"))


def typed_lines() -> dict[str, str]:
    """Return what was typed by line's name, as it was posted."""
    return {
        name.removeprefix("q."): value[:LONGEST_LINE]
        for name, value in request.form.items()
        if name.startswith("q.") and isinstance(value, str)
    }
