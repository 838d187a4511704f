from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.kernel.numbers import read_int
from app.outreach.publishing.removal.words import REASONS


class RemovalForm(Form):
    reason = RadioField(_l("Mengapa dihapus"), [InputRequired(_l("Pilih alasannya."))])
    note = StringField(
        _l("Keterangan"),
        [Optional(), Length(max=300, message=_l("Terlalu panjang."))],
        description=_l("Masuk ke jejak perubahan. Untuk “Lain” harus diisi."),
    )
    deliveries = SelectMultipleField(
        _l("Yang dihapus"),
        [InputRequired(_l("Pilih sedikitnya satu."))],
        coerce=lambda value: read_int(value or None),
        validate_choice=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(reason.value, sentence(words)) for reason, words in REASONS.items()]
