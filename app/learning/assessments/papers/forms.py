"""Forms of tests: which questions, when, and what stands on a sheet of paper."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.forms import Form, LocalDateTimeField
from app.evidence.instruments.logic import number_of
from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.learning.assessments.papers.taking import MOST_REASON


class PrepareForm(Form):
    instrument_id = SelectField(_l("Daftar pertanyaan"), [InputRequired()])

    def ready(self, choices: Sequence[tuple[int, str]], standard: str = "") -> None:
        """Offer the questions to choose from. `standard`: offered first where these questions are not in the list
        yet."""
        first = [("0", standard)] if standard else [("", _l("Pilih daftar pertanyaan"))]
        self.instrument_id.choices = [*first, *((str(number), title) for number, title in choices)]

    @property
    def chosen(self) -> int | None:
        return read_int(self.instrument_id.data) or None


class TimesForm(Form):
    opens_at = LocalDateTimeField(_l("Dibuka"), [Optional()], description=_l("Kosongkan bila dibuka dengan tombol."))
    closes_at = LocalDateTimeField(_l("Ditutup"), [Optional()], description=_l("Kosongkan bila ditutup dengan tombol."))


class ReasonForm(Form):
    reason = StringField(_l("Alasan"), [InputRequired(), Length(max=MOST_REASON)])


class EnterForm(Form):
    """`score` is the sum of points from paper; the answers stand in the fields of the questions."""

    score = StringField(_l("Jumlah poin"), [Optional(), Length(max=12)])
    reason = StringField(_l("Alasan perubahan"), [Optional(), Length(max=MOST_REASON)])

    def points(self) -> float:
        """Return the points that were typed. Raises Invalid (score)."""
        typed = (self.score.data or "").strip().replace(",", ".")
        number = number_of(typed) if typed else None
        if number is None:
            raise Invalid(T("Isi jumlah poinnya dengan angka, misalnya 7 atau 7,5."), field="score")
        return number


def given_number(value: Any) -> str:
    return "" if value is None else f"{value:.6g}".replace(".", ",")
