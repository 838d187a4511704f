from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.areas.connectivity import EARLIEST_YEAR, ConnectivityStatus
from app.base.web.forms import Form, IntegerField

MONTHS = (
    ("", _l("tidak diketahui")),
    ("1", _l("Januari")),
    ("2", _l("Februari")),
    ("3", _l("Maret")),
    ("4", _l("April")),
    ("5", _l("Mei")),
    ("6", _l("Juni")),
    ("7", _l("Juli")),
    ("8", _l("Agustus")),
    ("9", _l("September")),
    ("10", _l("Oktober")),
    ("11", _l("November")),
    ("12", _l("Desember")),
)
STATUSES = {
    ConnectivityStatus.NONE: _l("Tanpa jaringan"),
    ConnectivityStatus.PARTIAL: _l("Sebagian saja"),
    ConnectivityStatus.SERVED: _l("Dilaporkan terlayani"),
}


class ConnectivityForm(Form):
    status = SelectField(_l("Keadaan"), choices=list(STATUSES.items()), validators=[InputRequired()])
    status_text = StringField(
        _l("Keadaan dalam satu kalimat"),
        validators=[InputRequired(), Length(max=200)],
        description=_l("Tulis apa adanya, termasuk siapa yang menyatakannya. Contoh: sinyal hanya di kantor desa."),
    )
    year = IntegerField(_l("Tahun"), validators=[InputRequired(), NumberRange(min=EARLIEST_YEAR, max=9999)])
    month = SelectField(_l("Bulan"), choices=list(MONTHS), default="", validators=[Optional()])
    day = IntegerField(_l("Tanggal"), validators=[Optional(), NumberRange(min=1, max=31)])
    provider = StringField(
        _l("Penyedia jaringan"), validators=[Optional(), Length(max=120)], description=_l("Contoh: BAKTI, Telkomsel.")
    )
    source = StringField(
        _l("Sumber"),
        validators=[InputRequired(), Length(max=400)],
        description=_l("Nama surat, laporan kunjungan, atau alamat berita, beserta tanggalnya."),
    )


class VillagePopulationsForm(Form):
    """The number of each village is a plain field "people-CODE" beside this."""

    villages = StringField(_l("Penduduk desa"), validators=[Optional()])  # only carries the errors
    source = StringField(
        _l("Sumber angka"), validators=[Optional(), Length(max=200)], description=_l("Contoh: Disdukcapil, Juni 2026.")
    )


class PopulationForm(Form):
    population = IntegerField(_l("Jumlah penduduk"), validators=[Optional(), NumberRange(min=0, max=10_000_000)])
    source = StringField(
        _l("Sumber angka"), validators=[Optional(), Length(max=200)], description=_l("Contoh: Disdukcapil, Juni 2026.")
    )
