from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from app.base.web.forms import Form


class BoundariesForm(Form):
    """A file of boundaries."""

    file = FileField(
        _l("Berkas GeoJSON"),
        [FileRequired(_l("Pilih berkasnya."))],
        description=_l("Batas desa/kelurahan, atau batas kecamatan, dengan kolom berisi kode Kemendagri bertitik."),
        render_kw={"accept": ".geojson,.json,application/geo+json,application/json"},
    )
