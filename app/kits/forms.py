from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField
from wtforms.validators import InputRequired

from app.base.web.forms import Form


class UseForm(Form):
    start = DateField(
        _l("Tanggal mulai"),
        validators=[InputRequired()],
        description=_l("Semua jadwal materi dihitung dari tanggal ini."),
    )


class UploadForm(UseForm):
    file = FileField(
        _l("Berkas ZIP paket"),
        validators=[FileRequired(message=_l("Pilih berkas ZIP paket."))],
        description=_l(
            "ZIP berisi satu folder paket: campaign.yaml, posts/, print/, events/, media/, atau programmes/ saja."
        ),
    )
