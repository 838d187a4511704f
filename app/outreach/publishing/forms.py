from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from app.base.web.forms import Form, IntegerField


class SeenForm(Form):
    """A decision about the state that the person saw."""

    seen = HiddenField()


class SentForm(SeenForm):
    url = StringField(
        _l("Tautan yang sudah terbit"), [Optional(), Length(max=500, message=_l("Tautan terlalu panjang."))]
    )
    remote_id = StringField(_l("Unggahan yang terlihat"), [Optional(), Length(max=200)], widget=HiddenInput())
    photo_id = IntegerField(_l("Foto bukti"), [Optional()], widget=HiddenInput())
