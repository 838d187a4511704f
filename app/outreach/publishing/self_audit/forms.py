from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from app.base.web.forms import Form


class FindingForm(Form):
    note = StringField(
        _l("Apa yang Anda lihat di akunnya?"), [Length(max=500, message=_l("Paling panjang 500 karakter."))]
    )
