"""The forms about people, organisations and delegations."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.forms import Form
from app.kernel.numbers import chosen_number


def number_or_none(value: str | int | None) -> int | None:
    """Return what a select of records gives: the id, or None for the line that asks to choose."""
    return chosen_number(value)


class UserForm(Form):
    """An account. The choices of organisation, position and roles are set by the view."""

    name = StringField(_l("Nama lengkap"), [InputRequired(), Length(max=200)])
    username = StringField(
        _l("Nama pengguna"),
        [InputRequired(), Length(max=60)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    organisation_id = SelectField(_l("Organisasi"), [InputRequired()], coerce=number_or_none)
    phone = TelField(_l("Nomor telepon"), [Optional(), Length(max=30)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("Surel"), [Optional(), Length(max=254)], render_kw={"autocomplete": "off"})
    position = SelectField(_l("Jabatan yang menandatangani"), [Optional()])
    title = StringField(_l("Tulisan di bawah tanda tangan"), [Optional(), Length(max=200)])
    reason = TextAreaField(
        _l("Alasan memberi peran atau jabatan"),
        [Length(max=500)],  # not Optional: it would be labelled as one that may stay empty
        render_kw={"rows": 2, "autocomplete": "off"},
    )
    roles = SelectMultipleField(_l("Peran"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))


class OrganisationForm(Form):
    kind = SelectField(_l("Jenis"), [InputRequired()])
    name = StringField(_l("Nama"), [InputRequired(), Length(max=200)])
    short_name = StringField(_l("Nama pendek"), [Optional(), Length(max=60)])
    parent_id = SelectField(_l("Bagian dari OPD"), [Optional()])
    village_code = SelectField(_l("Desa atau kelurahan"), [Optional()])
    address = TextAreaField(_l("Alamat"), [Optional(), Length(max=500)], render_kw={"rows": 2})
    phone = TelField(_l("Nomor telepon"), [Optional(), Length(max=30)])
    email = EmailField(_l("Surel"), [Optional(), Length(max=254)])
    active = BooleanField(_l("Masih aktif"))


class DelegationForm(Form):
    kind = RadioField(_l("Jenis"), [InputRequired()])
    from_user_id = SelectField(_l("Pejabat yang digantikan"), [InputRequired()], coerce=number_or_none)
    to_user_id = SelectField(_l("Pengganti"), [InputRequired()], coerce=number_or_none)
    starts_on = DateField(_l("Hari pertama"), [InputRequired()])
    ends_on = DateField(_l("Hari terakhir"), [InputRequired()])
    decree = StringField(_l("Nomor surat perintah"), [InputRequired(), Length(max=120)])
