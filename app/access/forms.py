"""What people type to sign in, and about their own account."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from app.web.forms import Form

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


class EmployeeNumberForm(Form):
    number = StringField(
        _l("Nomor pegawai"), [Optional(), Length(max=60)], render_kw={"autocomplete": "off", "inputmode": "numeric"}
    )
