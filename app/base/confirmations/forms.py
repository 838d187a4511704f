"""The forms about proposals, and of a signer about who stands in."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.base.people.forms import number_or_none
from app.base.web.forms import Form


class RefuseForm(Form):
    why = TextAreaField(
        _l("Mengapa ditolak?"), [InputRequired(), Length(max=500)], render_kw={"rows": 2, "autocomplete": "off"}
    )


class DeputyForm(Form):
    to_user_id = SelectField(_l("Pengganti"), [InputRequired()], coerce=number_or_none)
    kind = RadioField(_l("Jenis"), [InputRequired()])
    starts_on = DateField(_l("Hari pertama"), [InputRequired()])
    ends_on = DateField(_l("Hari terakhir"), [InputRequired()])
    decree = StringField(_l("Nomor surat perintah"), [Optional(), Length(max=120)])
