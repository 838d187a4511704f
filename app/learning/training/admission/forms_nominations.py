"""An OPD's letter and its people, several in one form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.base.people.models import Organisation
from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.learning.training.admission.nominees import RowInvalid, SameName
from app.learning.training.participants.people import Applicant

ROWS = 5  # that an empty form shows
MOST_ROWS = 30
PARTS = ("name", "phone", "email", "sex", "occupation")


@dataclass(frozen=True)
class NomineeRow:
    """One row as typed. `other`: not the person of this name who is there. `why`: what is to be looked at; `asks`: and
    can be answered by `other`."""

    name: str = ""
    phone: str = ""
    email: str = ""
    sex: str = "u"
    occupation: str = ""
    other: bool = False
    why: str = ""
    asks: bool = False

    @property
    def empty(self) -> bool:
        return not any(text.strip() for text in (self.name, self.phone, self.email, self.occupation))

    def applicant(self, organisation_id: int) -> Applicant:
        return Applicant(
            name=self.name, phone=self.phone, email=self.email, sex=self.sex, occupation=self.occupation,
            organisation_id=organisation_id,
        )  # fmt: skip


class NominationForm(Form):
    organisation_id = SelectField(_l("OPD pengusul"), validators=[InputRequired()])
    number = StringField(_l("Nomor surat"), validators=[Optional(), Length(max=120)])
    on = DateField(_l("Tanggal surat"), validators=[Optional()])
    letter = FileField(
        _l("Surat usulan"),
        description=_l("PDF, atau foto surat (JPG, PNG). Paling besar 20 MB."),
        render_kw={"accept": "application/pdf,image/jpeg,image/png"},
    )
    again = BooleanField(_l("Ini surat lain dengan nomor yang sama."))
    note = TextAreaField(_l("Catatan"), validators=[Optional(), Length(max=500)], render_kw={"rows": 2})

    def __init__(self, opds: Iterable[Organisation], **values: object) -> None:
        super().__init__(**values)
        self.organisation_id.choices = [(str(one.id), one.name) for one in opds]


def typed_rows(given: Mapping[str, str]) -> list[NomineeRow]:
    """Return the rows of the form as typed, the empty ones too: they are shown again."""
    found = []
    for row in range(MOST_ROWS):
        if f"orang-{row}-name" not in given:
            break
        typed: dict[str, Any] = {part: given.get(f"orang-{row}-{part}", "") or _unset(part) for part in PARTS}
        found.append(NomineeRow(**typed, other=f"orang-{row}-other" in given))
    return found


def rows_with_errors(lines: list[NomineeRow], wrong: RowInvalid) -> list[NomineeRow]:
    """Return the rows with what is to be looked at beside them; empty ones are not counted there."""
    places = [place for place, line in enumerate(lines) if not line.empty]
    found = list(lines)
    for row, error in wrong.rows.items():
        line = lines[places[row]]
        found[places[row]] = replace(line, why=sentence(error.sentence), asks=isinstance(error, SameName))
    return found


def _unset(part: str) -> str:
    return "u" if part == "sex" else ""
