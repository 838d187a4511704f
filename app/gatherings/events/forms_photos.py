from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, StringField
from wtforms.validators import Length, Optional

from app.base.web.forms import Form
from app.gatherings.events.photos import MOST_CAPTION


class PhotosForm(Form):
    """Several pictures with one caption."""

    photo = MultipleFileField(
        _l("Foto"),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif", "required": True},
        description=_l("Paling banyak 10 sekaligus: JPG, PNG, WebP, atau GIF. Lokasi pada foto dihapus."),
    )
    caption = StringField(_l("Keterangan"), validators=[Optional(), Length(max=MOST_CAPTION)])
    consent = BooleanField(
        _l("Orang yang tampak di foto setuju fotonya disimpan dan dipakai di laporan"), render_kw={"required": True}
    )
