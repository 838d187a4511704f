"""What people type for a serah terima. The choices are set by the view."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.people.forms import number_or_none
from app.base.web.forms import Form


class ProposeForm(Form):
    to_user_id = SelectField(_l("Penerus"), [InputRequired()], coerce=number_or_none)
    note = TextAreaField(_l("Catatan untuk admin"), [Optional(), Length(max=500)], render_kw={"rows": 2})


class HandoverForm(Form):
    parts = SelectMultipleField(
        _l("Yang diserahkan"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    number = StringField(_l("Nomor berita acara"), [Optional(), Length(max=120)], render_kw={"autocomplete": "off"})
    close_account = BooleanField(_l("Nonaktifkan akun yang menyerahkan"))
    understood = BooleanField(
        _l("Saya sudah memeriksa daftarnya dan tahu bahwa ini tidak bisa dibatalkan"), [InputRequired()]
    )
