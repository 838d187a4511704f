from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from app.base.web.forms import Form
from app.learning.training.participants.forms import PersonForm
from app.learning.training.participants.people import faults


class ApplyForm(PersonForm):
    """Asking for a place on the public page."""

    consent = BooleanField(
        _l("Saya setuju data ini disimpan untuk mengurus pelatihan ini, sesuai pemberitahuan privasi.")
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Validate so that everything that is wrong is said in one answer, each beside its field."""
        valid = bool(super().validate(extra_validators))
        for error in faults(self.applicant("", consent=bool(self.consent.data))):
            if not self[error.field].errors:
                self.refuse(error)
                valid = False
        return valid


class LinkForm(Form):
    """Asking for the own link again."""

    contact = StringField(
        _l("Nomor telepon atau alamat surel"),
        validators=[InputRequired(), Length(max=254)],
        description=_l("Yang Anda isi waktu mendaftar."),
        render_kw={"autocomplete": "email"},
    )
