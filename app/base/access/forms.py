"""The forms to sign in, and about one's own account."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.forms import Form, IntegerField

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
    shared = BooleanField(_l("Ini komputer bersama"))
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


class SecondForm(Form):
    """One way of several: the code of the phone, a code on paper, or the answer of a passkey (put in by the script)."""

    code = StringField(
        _l("Kode 6 angka dari HP"),
        [Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    backup = StringField(
        _l("Kode cadangan"),
        [Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Kata sandi sekarang"), [PASSWORD_LENGTH], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(_l("Ini HP atau komputer saya sendiri: ingat 30 hari"))
    answer = HiddenField(validators=[Length(max=20_000)])
    state = HiddenField(validators=[Length(max=1000)])
    next = HiddenField()
    parked = HiddenField()


class PhoneForm(Form):
    """The first code that the phone shows. `sealed` carries the secret until then."""

    code = StringField(
        _l("Kode 6 angka dari HP"),
        [InputRequired(), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    sealed = HiddenField(validators=[Length(max=1000)])
    parked = HiddenField()


class PasskeyForm(Form):
    label = StringField(_l("Nama perangkat ini"), [Optional(), Length(max=60)])
    answer = HiddenField(validators=[Length(max=20_000)])
    state = HiddenField(validators=[Length(max=1000)])
    parked = HiddenField()


class PolicyForm(Form):
    required = SelectMultipleField(
        _l("Peran yang wajib"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    days = IntegerField(
        _l("Waktu untuk memasang, dalam hari"),
        [InputRequired(), NumberRange(0, 60, message=_l("Isi 0 sampai 60 hari."))],
        render_kw={"inputmode": "numeric"},
    )


class EmployeeNumberForm(Form):
    number = StringField(
        _l("Nomor pegawai"), [Optional(), Length(max=60)], render_kw={"autocomplete": "off", "inputmode": "numeric"}
    )
