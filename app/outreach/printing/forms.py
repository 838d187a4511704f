from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.forms import Form, IntegerField, RupiahField, VersionedForm
from app.kernel.numbers import listed_number, read_int
from app.outreach.printing.content import LIMITS, MAX_COLUMNS, MAX_HEIGHT_MM, MAX_TITLE, MIN_HEIGHT_MM
from app.outreach.printing.models import PieceKind, PrintPiece

RELEASE_FIELDS = ("number", "city", "date", "signer_name", "signer_title")
TEXT_FIELDS = ("headline", "lead", "body", "contact", "call")


def _limit(name: str) -> Length:
    return Length(max=LIMITS[name])


class PieceForm(VersionedForm):
    """What stands on a piece. `points` is typed one a line; fields of other kinds are not shown."""

    campaign_id = SelectField(_l("Program sosialisasi"), coerce=listed_number, validators=[InputRequired()])
    title = StringField(
        _l("Nama cetakan"),
        validators=[InputRequired(), Length(max=MAX_TITLE)],
        description=_l("Untuk kantor, misalnya “Poster Kenal Smart City”. Tidak ikut tercetak."),
    )
    headline = StringField(
        _l("Judul"), validators=[InputRequired(), _limit("headline")], description=_l("Paling baik di bawah 60 huruf.")
    )
    lead = TextAreaField(_l("Kalimat pembuka"), validators=[Optional(), _limit("lead")])
    body = TextAreaField(
        _l("Isi"),
        validators=[Optional(), _limit("body")],
        description=_l("Pisahkan paragraf dengan satu baris kosong."),
    )
    points = TextAreaField(
        _l("Pokok-pokok"), validators=[Optional(), Length(max=4000)], description=_l("Satu baris satu pokok.")
    )
    contact = StringField(
        _l("Informasi"), validators=[Optional(), _limit("contact")], description=_l("Ke mana orang bertanya.")
    )
    link_url = StringField(
        _l("Tautan"),
        validators=[Optional(), Length(max=2000)],
        description=_l("Menjadi kode QR dan alamat pendek yang bisa diketik. Kosongkan bila tidak perlu."),
    )
    call = StringField(
        _l("Ajakan di samping kode QR"),
        validators=[Optional(), _limit("call")],
        description=_l("Bila kosong: “Pindai untuk selengkapnya”."),
    )
    columns = IntegerField(_l("Lebar (kolom)"), validators=[Optional(), NumberRange(min=1, max=MAX_COLUMNS)])
    height_mm = IntegerField(
        _l("Tinggi (mm)"), validators=[Optional(), NumberRange(min=MIN_HEIGHT_MM, max=MAX_HEIGHT_MM)]
    )
    image_id = HiddenField(_l("Gambar"))
    number = StringField(_l("Nomor siaran pers"), validators=[Optional(), _limit("number")])
    city = StringField(_l("Tempat"), validators=[Optional(), _limit("city")])
    date = StringField(
        _l("Tanggal"), validators=[Optional(), _limit("date")], description=_l("Misalnya 24 November 2026.")
    )
    signer_title = StringField(_l("Jabatan penanda tangan"), validators=[Optional(), _limit("signer_title")])
    signer_name = StringField(_l("Nama penanda tangan"), validators=[Optional(), _limit("signer_name")])

    def values(self, kind: str) -> dict[str, Any]:
        """Return the keywords of `draft_piece` and `edit_piece`, without campaign and version."""
        names = TEXT_FIELDS + (RELEASE_FIELDS if kind == PieceKind.PRESS_RELEASE else ())
        content: dict[str, Any] = {name: self[name].data for name in names if self[name].data}
        points = [line for line in (self.points.data or "").splitlines() if line.strip()]
        if points:
            content["points"] = points
        return {
            "title": self.title.data or "",
            "content": content,
            "columns": self.columns.data,
            "height_mm": self.height_mm.data,
            "image_id": picked_file("image_id"),
            "link_url": self.link_url.data,
        }

    @classmethod
    def of(cls, piece: PrintPiece) -> "PieceForm":
        """Fill a form from a saved piece."""
        content = {name: piece.content.get(name) for name in (*TEXT_FIELDS, *RELEASE_FIELDS)}
        form = cls(
            campaign_id=piece.campaign_id,
            version=piece.version,
            title=piece.title,
            points="\n".join(piece.content.get("points", ())),
            link_url=piece.link_url,
            columns=piece.columns,
            height_mm=piece.height_mm,
            **content,
        )
        form.campaign_id.choices = []
        return form


def picked_file(name: str) -> int | None:
    """Return the id that the upload field posts; the last one where several were chosen."""
    ids = [number for number in map(read_int, request.form.getlist(name)) if number is not None]
    return ids[-1] if ids else None


class ConfirmForm(Form):
    cost = RupiahField(_l("Biaya"), validators=[Optional()], description=_l("Kosongkan bila belum disebut."))
    note = TextAreaField(
        _l("Catatan"),
        validators=[Optional(), Length(max=2000)],
        description=_l("Misalnya nama yang menyanggupi dan tanggal terbitnya."),
    )


class ReasonForm(Form):
    reason = StringField(_l("Alasan"), validators=[InputRequired(), Length(max=300)])


class ProofForm(Form):
    piece_id = SelectField(_l("Cetakan"), coerce=listed_number, validators=[InputRequired()])
    order_id = SelectField(_l("Dari pesanan"), validators=[Optional()])
    placed_on = DateField(_l("Tanggal terbit, terpasang, atau dibagikan"), validators=[InputRequired()])
    copies = IntegerField(
        _l("Jumlah"),
        validators=[InputRequired(), NumberRange(min=1, max=1_000_000)],
        description=_l("Lembar yang terpasang atau dibagikan. Untuk koran: jumlah terbitan."),
    )
    villages = SelectMultipleField(_l("Desa dan kelurahan"), choices=[], validate_choice=False)
    photo_id = HiddenField(_l("Foto bukti"))
    note = TextAreaField(_l("Catatan"), validators=[Optional(), Length(max=2000)])

    def village_codes(self) -> list[str]:
        return list(dict.fromkeys(self.villages.data or ()))

    def on(self) -> date:
        chosen: date = self.placed_on.data
        return chosen
