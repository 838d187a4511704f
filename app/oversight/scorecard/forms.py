from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from app.base.web.forms import Form, VersionedForm
from app.outreach.campaigns.forms import CommaFloatField
from app.oversight.scorecard.targets import LONGEST_NOTE


class TargetForm(VersionedForm):
    indikator = HiddenField()
    target = CommaFloatField(_l("Target"), [InputRequired(_l("Tulis targetnya."))])
    note = StringField(_l("Dasar atau alasan"), [Length(max=LONGEST_NOTE)])


class ReadingForm(Form):
    """The choices of a page of posts are read by their names; see pages.py."""
