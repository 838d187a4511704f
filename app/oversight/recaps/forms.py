from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.forms import Form, IntegerField, VersionedForm
from app.kernel.numbers import chosen_number, read_int
from app.outreach.campaigns.forms import CommaFloatField
from app.oversight.recaps import evidence
from app.oversight.recaps.evaluations import LARGEST, MAX_SOURCE, MAX_TEXT, MAX_TITLE, MAX_UNIT, CellValues, Weights
from app.oversight.recaps.models import Evaluation, EvaluationCell


def _record_number(value: str | int | None) -> int | None:
    return chosen_number(value)


class RowForm(VersionedForm):
    dimension_key = SelectField(_l("Dimensi"), [InputRequired()])
    campaign_id = SelectField(
        _l("Program sosialisasi"), [Optional()], coerce=_record_number,
        description=_l("Angka usulan diambil dari catatan program ini. Tanpa program, hanya dari survei dimensinya."),
    )  # fmt: skip
    title = StringField(
        _l("Nama program di lembar evaluasi"), [Optional(), Length(max=MAX_TITLE)],
        description=_l("Kosongkan untuk memakai nama program sosialisasinya."),
    )  # fmt: skip

    def offer(self, dimensions: Sequence[tuple[str, str]], campaigns: Sequence[tuple[int, str]]) -> "RowForm":
        self.dimension_key.choices = list(dimensions)
        self.campaign_id.choices = [("", _("Tidak ada")), *campaigns]
        return self


def _beside_each_other(form: Form, names: Sequence[str]) -> None:
    """Narrow fields do not say one by one that they may stay empty: the words above them do."""
    for name in names:
        form[name].flags.optional = False


class CellForm(VersionedForm):
    text = TextAreaField(_l("Uraian"), [Optional(), Length(max=MAX_TEXT)], render_kw={"rows": 6})
    number = CommaFloatField(_l("Angka"), [Optional(), NumberRange(min=-LARGEST, max=LARGEST)],
                             render_kw={"inputmode": "decimal"})  # fmt: skip
    unit = StringField(
        _l("Satuan"), [Optional(), Length(max=MAX_UNIT)], description=_l("Misalnya persen, desa, orang.")
    )
    n = IntegerField(_l("Dari berapa (n)"), [Optional(), NumberRange(min=1)],
                     description=_l("Berapa orang menjawab, atau berapa catatan."))  # fmt: skip

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        _beside_each_other(self, ("number", "unit", "n"))

    @classmethod
    def of(cls, cell: EvaluationCell | None, version: int) -> "CellForm":
        values = {} if cell is None else {"text": cell.text, "number": cell.number, "unit": cell.unit, "n": cell.n}
        return cls(formdata=None, version=version, **values)

    @property
    def values(self) -> CellValues:
        return CellValues(self.text.data or "", self.number.data, self.unit.data or "", self.n.data)


class EvidenceForm(Form):
    title = StringField(_l("Bukti apa"), [Optional(), Length(max=evidence.MAX_TITLE)])
    address = StringField(
        _l("Alamat halamannya di aplikasi ini"), [Optional(), Length(max=evidence.MAX_ADDRESS)],
        description=_l("Salin dari bilah alamat peramban."),
    )  # fmt: skip
    file_id = HiddenField(_l("Berkas"))


def picked_file() -> int | None:
    """Return the id that the upload field posts, or None."""
    ids = [number for number in map(read_int, request.form.getlist("file_id")) if number is not None]
    return ids[-1] if ids else None


def weights_form(evaluation: Evaluation) -> Any:
    """Make a form class with a field for the weight of every part of the year."""
    fields = {
        f"w_{part['key']}": CommaFloatField(
            part["title"], [Optional(), NumberRange(min=0, max=100)], render_kw={"inputmode": "decimal"}
        )
        for part in evaluation.parts
    }
    return type("YearWeightsForm", (WeightsForm,), fields)


class WeightsForm(VersionedForm):
    weights = HiddenField(_l("Bobot"))  # names the parts together in messages
    source = StringField(
        _l("Tercantum di"), [Optional(), Length(max=MAX_SOURCE)],
        description=_l("Nama dan nomor dokumen kementerian untuk tahun itu."),
    )  # fmt: skip

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        _beside_each_other(self, [field.name for field in self if field.name.startswith("w_")])

    @property
    def values(self) -> Weights:
        given = {field.name[2:]: field.data for field in self if field.name.startswith("w_")}
        return Weights(given, self.source.data or "")
