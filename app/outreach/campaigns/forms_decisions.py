"""What a person enters about a decision, and about what came of it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.base.web.forms import VersionedForm
from app.outreach.campaigns.decisions import MAX_OWNER_TEXT, MAX_TEXT, DecisionValues
from app.outreach.campaigns.models import Decision


class DecisionForm(VersionedForm):
    text = TextAreaField(
        _l("Apa yang diputuskan"),
        validators=[InputRequired(), Length(max=MAX_TEXT)],
        description=_l(
            "Satu keputusan, ditulis sebagai tindakan. Misalnya “tambah kunjungan ke Tabang sebelum akhir triwulan”."
        ),
        render_kw={"rows": 3},
    )
    owner_id = SelectField(_l("Penanggung jawab"), coerce=lambda value: int(value) if value else None)
    owner_text = StringField(
        _l("Atau jabatan penanggung jawab"),
        validators=[Length(max=MAX_OWNER_TEXT)],
        description=_l("Bila orangnya belum punya akun di sini. Isi salah satu saja."),
    )
    decided_on = DateField(_l("Diputuskan tanggal"), validators=[InputRequired()])
    due_on = DateField(_l("Selesai paling lambat"), validators=[InputRequired()])

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.owner_id.choices = [("", _("pilih orang")), *people]

    def show(self, decision: Decision) -> None:
        for name in ("version", *DecisionValues.__dataclass_fields__):
            self[name].data = getattr(decision, name)

    @property
    def values(self) -> DecisionValues:
        return DecisionValues(
            text=self.text.data or "",
            owner_id=self.owner_id.data,
            owner_text=self.owner_text.data or "",
            due_on=self.due_on.data,
            decided_on=self.decided_on.data,
        )


class OutcomeForm(VersionedForm):
    outcome = TextAreaField(
        _l("Apa hasilnya"),
        validators=[InputRequired(), Length(max=MAX_TEXT)],
        description=_l("Apa yang sudah dikerjakan dan apa yang sekarang berbeda. Dua kalimat cukup."),
        render_kw={"rows": 4},
    )
    done_on = DateField(_l("Selesai tanggal"), validators=[InputRequired()])
