from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.base.web.forms import Form, IntegerField
from app.evidence.responses.public.links import MOST_LINKS
from app.evidence.responses.queries import LONGEST_REASON


class ExclusionForm(Form):
    reason = StringField(
        _l("Alasan"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
        description=_l("Misalnya: diisi petugas untuk mencoba."),
    )


class LinksForm(Form):
    count = IntegerField(
        _l("Berapa tautan"),
        validators=[InputRequired(), NumberRange(1, MOST_LINKS)],
        default=50,
        render_kw={"inputmode": "numeric"},
    )
    place = SelectField(_l("Tempat pada tautan"), default="", choices=[("", "")])
