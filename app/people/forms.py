"""What people type about people."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.forms import Form


def number_or_none(value: str | int | None) -> int | None:
    """What a select of records gives: the id, or None for the line that asks to choose."""
    return int(value) if value else None


PASSWORD_LENGTH = Length(max=200)


class SignInForm(Form):
    identity = StringField(
        _l("Nama pengguna, nomor telepon, atau surel"),
        [InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Kata sandi"), [InputRequired(), PASSWORD_LENGTH], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(_l("Ingat saya di perangkat ini selama 7 hari"))
    next = HiddenField()
    parked = HiddenField()


class NewPasswordForm(Form):
    """The first password of one's own, after the one from the slip."""

    new_password = PasswordField(
        _l("Kata sandi baru"), [InputRequired(), PASSWORD_LENGTH], render_kw={"autocomplete": "new-password"}
    )
    repeat_password = PasswordField(
        _l("Ulangi kata sandi baru"),
        [InputRequired(), EqualTo("new_password", message=_l("Kedua kata sandi baru belum sama. Ketik ulang."))],
        render_kw={"autocomplete": "new-password"},
    )
    next = HiddenField()
    parked = HiddenField()


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField(
        _l("Kata sandi sekarang"), [InputRequired(), PASSWORD_LENGTH], render_kw={"autocomplete": "current-password"}
    )


class ContactForm(Form):
    """The password is asked for once more: a phone number is a way to sign in."""

    phone = TelField(_l("Nomor telepon"), [Optional(), Length(max=30)], render_kw={"autocomplete": "tel"})
    email = EmailField(_l("Surel"), [Optional(), Length(max=254)], render_kw={"autocomplete": "email"})
    old_password = PasswordField(
        _l("Kata sandi sekarang"),
        [InputRequired(), PASSWORD_LENGTH],
        id="contact_old_password",
        render_kw={"autocomplete": "current-password"},
    )


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
