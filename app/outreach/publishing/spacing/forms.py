"""What the page of the plan posts."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from app.base.web.forms import Form, IntegerField, LocalDateTimeField
from app.kernel.numbers import read_int
from app.outreach.publishing.forms import SeenForm

GAPS = (1, 5, 10, 15, 30, 60)
"""Minutes between two deliveries that the page offers."""


class MoveForm(SeenForm):
    at = LocalDateTimeField(_l("Waktu lain"), [InputRequired(_l("Pilih tanggal dan jamnya."))])


class AllForm(Form):
    """Of one account, or of all without one; `shown` is how many the person saw."""

    account = IntegerField(_l("Saluran"), [Optional()], widget=HiddenInput())
    shown = IntegerField(_l("Jumlah"), [Optional()], widget=HiddenInput())


class GapForm(AllForm):
    minutes = SelectField(_l("Jarak antarkiriman"), coerce=lambda value: read_int(value or None))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.choices = [(minutes, _("%(n)s menit", n=minutes)) for minutes in GAPS]

    @property
    def gap(self) -> timedelta:
        return timedelta(minutes=self.minutes.data)
