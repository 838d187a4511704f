import re
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.forms import VersionedForm
from app.outreach.campaigns.forms import CommaFloatField
from app.outreach.campaigns.models import Service
from app.oversight.insights.chain_impact import LENGTHS, FigureValues
from app.oversight.insights.chain_steps import number
from app.oversight.insights.models import ImpactFigure

THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")


class CountField(CommaFloatField):
    """A number as a report has it: 1.250 is one thousand two hundred and fifty, 12,5 and 12.5 are twelve and a half."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else number(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        super().process_formdata([typed.replace(".", "")] if THOUSANDS.fullmatch(typed) else valuelist)


class FigureForm(VersionedForm):
    service_id = SelectField(_l("Layanan"), coerce=lambda value: int(value) if value else None, validators=[Optional()])
    what = StringField(
        _l("Apa yang dihitung"),
        validators=[InputRequired(), Length(max=LENGTHS["what"])],
        description=_l("Misalnya “pendaftar baru” atau “transaksi”. Tulis sama setiap kali, supaya angkanya berurut."),
    )
    value = CountField(_l("Angkanya"), validators=[InputRequired()], render_kw={"inputmode": "decimal"})
    unit = StringField(
        _l("Satuan"),
        validators=[Optional(), Length(max=LENGTHS["unit"])],
        description=_l("Misalnya “orang” atau “transaksi per bulan”."),
    )
    on = DateField(_l("Keadaan per tanggal"), validators=[InputRequired()])
    source = StringField(
        _l("Sumbernya"),
        validators=[InputRequired(), Length(max=LENGTHS["source"])],
        description=_l("Misalnya “laporan bulanan Disdukcapil, Oktober 2026”."),
    )

    def offer(self, services: Sequence[Service], kept: tuple[int, str] | None = None) -> None:
        """Fill the choices. `kept`: the service that a figure has and the campaign no longer."""
        choices = [(one.id, one.name) for one in services]
        if kept is not None and kept[0] not in dict(choices):
            choices.append(kept)
        self.service_id.choices = [("", _("tidak khusus satu layanan")), *choices]

    def show(self, figure: ImpactFigure) -> None:
        for name in ("service_id", "what", "value", "unit", "on", "source", "version"):
            self[name].data = getattr(figure, name)

    @property
    def values(self) -> FigureValues:
        return FigureValues(
            what=self.what.data or "",
            value=self.value.data,
            on=self.on.data,
            source=self.source.data or "",
            unit=self.unit.data or "",
            service_id=self.service_id.data,
        )
