from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from app.training.forms_people import PersonForm
from app.web.forms import Form


class ApplyForm(PersonForm):
    """Asking for a place on the public page."""

    consent = BooleanField(
        _l("Saya setuju data ini disimpan untuk mengurus pelatihan ini, sesuai pemberitahuan privasi.")
    )


class LinkForm(Form):
    """Asking for the own link again."""

    contact = StringField(
        _l("Nomor telepon atau alamat surel"),
        validators=[InputRequired(), Length(max=254)],
        description=_l("Yang Anda isi waktu mendaftar."),
        render_kw={"autocomplete": "email"},
    )
