from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField
from app.learning.certificates.facts import Signer
from app.learning.certificates.outcomes import MAX_REASON
from app.learning.certificates.revoking import MAX_REASON as MAX_REVOKE
from app.learning.certificates.rule import Rule
from app.learning.programmes.states import SCORES
from app.learning.training.models import Outcome
from app.learning.training.participants.people import MAX_NAME
from app.learning.training.states import OUTCOMES

PERCENT = NumberRange(min=0, max=100, message=_l("Isi angka 0 sampai 100."))


class RuleForm(Form):
    min_attendance = IntegerField(
        _l("Kehadiran paling sedikit (%)"),
        [InputRequired(), PERCENT],
        description=_l("Persen dari pertemuan yang terlaksana. 0: kehadiran tidak disyaratkan."),
        render_kw={"inputmode": "numeric"},
    )
    min_score = IntegerField(
        _l("Nilai paling sedikit (0–100)"),
        [Optional(), PERCENT],
        description=_l("Kosongkan bila nilai tidak disyaratkan."),
        render_kw={"inputmode": "numeric"},
    )
    score_from = SelectField(_l("Nilai dihitung dari"))
    work_share = IntegerField(
        _l("Bagian tugas praktik (%)"),
        [Optional(), PERCENT],
        description=_l("Hanya dipakai bila nilainya dari tes akhir dan tugas praktik; sisanya dari tes akhir."),
        render_kw={"inputmode": "numeric"},
    )
    sure = HiddenField()

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.score_from.choices = [(str(key), sentence(words)) for key, words in SCORES.items()]

    def rule(self, old: Rule) -> Rule:
        share = self.work_share.data if self.work_share.data is not None else old.work_share
        return Rule(self.min_attendance.data, self.min_score.data, self.score_from.data, share)


class SignerForm(Form):
    """Fields named as facts.Signer names them."""

    person = SelectField(_l("Ambil dari daftar pejabat"), default="")
    name = StringField(_l("Nama penanda tangan"), [InputRequired(), Length(max=120)])
    title = StringField(_l("Jabatan"), [InputRequired(), Length(max=160)])
    number = StringField(_l("NIP"), [Optional(), Length(max=40)])
    city = StringField(
        _l("Tempat"), [InputRequired(), Length(max=60)], description=_l("Kota penandatanganan, misalnya Tenggarong.")
    )

    def signer(self) -> Signer:
        return Signer(self.name.data, self.title.data, self.city.data, self.number.data or "")


class RevokeForm(Form):
    reason = TextAreaField(
        _l("Alasan pencabutan"),
        [InputRequired(), Length(max=MAX_REVOKE)],
        description=_l(
            "Terbaca oleh siapa pun yang memeriksa sertifikat ini. Jangan menulis hal pribadi, misalnya penyakit, "
            "nomor HP, atau nama orang lain."
        ),
        render_kw={"rows": 3},
    )


class NameForm(Form):
    name = StringField(
        _l("Nama yang benar"),
        [InputRequired(), Length(max=MAX_NAME)],
        description=_l("Seperti akan dicetak, dengan gelar bila ada."),
        render_kw={"autocomplete": "off"},
    )


class DecisionForm(Form):
    outcome = RadioField(_l("Keputusan"), [InputRequired()])
    reason = TextAreaField(
        _l("Alasan"),
        [InputRequired(), Length(max=MAX_REASON)],
        description=_l("Misalnya “sakit, ada surat dokter tanggal 3 November”. Alasan ini ikut dicatat."),
        render_kw={"rows": 3},
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.outcome.choices = [(str(key), sentence(OUTCOMES[key])) for key in (Outcome.COMPLETED, Outcome.INCOMPLETE)]
