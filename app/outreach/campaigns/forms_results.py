"""What a person enters about what came out of a goal."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.base.web.forms import VersionedForm
from app.outreach.campaigns.forms import CommaFloatField
from app.outreach.campaigns.goal_results import MAX_NOTE, Offer, ResultValues
from app.outreach.campaigns.models import Goal


class ResultForm(VersionedForm):
    result = CommaFloatField(
        _l("Hasil"),
        validators=[InputRequired()],
        description=_l("Angka yang diukur, juga bila di bawah target."),
    )
    result_on = DateField(_l("Diukur tanggal"), validators=[InputRequired()])
    note = TextAreaField(
        _l("Asal angkanya"),
        validators=[InputRequired(), Length(max=MAX_NOTE)],
        description=_l("Dari catatan atau survei mana. Misalnya “daftar hadir kegiatan, 12 desa”."),
        render_kw={"rows": 3},
    )
    taken = HiddenField()

    def show(self, goal: Goal) -> None:
        self.result.data, self.result_on.data, self.note.data = goal.result, goal.result_on, goal.result_note

    def take(self, offer: Offer) -> None:
        """Fill in what a survey says; the person still looks at it and saves."""
        self.result.data, self.result_on.data, self.note.data = offer.value, offer.on, offer.note
        self.taken.data = offer.key

    @property
    def values(self) -> ResultValues:
        return ResultValues(
            result=self.result.data,
            result_on=self.result_on.data,
            note=self.note.data or "",
            taken=self.taken.data or "",
        )
