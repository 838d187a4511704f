from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.gatherings.events.models import AgeBand, Sex
from app.gatherings.events.registration.details import MAX_NAME, Person
from app.gatherings.events.states import AGE_BANDS, SEXES


class ContactForm(Form):
    """What somebody may correct later."""

    name = StringField(
        _l("Nama"), validators=[InputRequired(), Length(max=MAX_NAME)], render_kw={"autocomplete": "name"}
    )
    phone = TelField(
        _l("Nomor telepon atau WhatsApp"),
        validators=[Length(max=40)],
        description=_l("Isi paling sedikit satu: telepon atau surel."),
        render_kw={"autocomplete": "tel", "placeholder": "0812-3456-7890"},
    )
    email = EmailField(
        _l("Alamat surel"),
        validators=[Length(max=254)],
        description=_l("Pengingat dan kabar perubahan dikirim ke sini."),
        render_kw={"autocomplete": "email"},
    )

    def contact(self) -> Person:
        return Person(name=self.name.data or "", phone=self.phone.data or "", email=self.email.data or "")


class RegisterForm(ContactForm):
    village = StringField(
        _l("Desa atau kelurahan"),
        validators=[Optional(), Length(max=200)],
        render_kw={"list": "daftar-desa", "autocomplete": "off"},
    )
    sex = SelectField(_l("Jenis kelamin"), validators=[Optional()])
    age_band = SelectField(_l("Kelompok umur"), validators=[Optional()])
    guardian = StringField(_l("Nama orang tua atau wali"), validators=[Length(max=MAX_NAME)])
    guardian_consent = BooleanField(_l("Saya orang tua atau wali anak ini dan menyetujui keikutsertaannya."))
    consent = BooleanField(
        _l("Saya setuju data ini disimpan untuk mengurus kegiatan ini, sesuai pemberitahuan privasi.")
    )

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.sex.choices = _choices(SEXES, Sex.UNKNOWN)
        self.age_band.choices = _choices(AGE_BANDS, AgeBand.UNKNOWN)

    def person(self, village_code: str) -> Person:
        return Person(
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            village_code=village_code,
            sex=self.sex.data or Sex.UNKNOWN,
            age_band=self.age_band.data or AgeBand.UNKNOWN,
            guardian=self.guardian.data or "",
            guardian_consent=bool(self.guardian_consent.data),
            consent=bool(self.consent.data),
        )


class ByHandForm(RegisterForm):
    """The organiser enters somebody who asked for it."""

    consent = BooleanField(_l("Orangnya sudah tahu dan setuju datanya dicatat untuk kegiatan ini."))


def _choices(labels: object, unknown: str) -> list[tuple[str, str]]:
    """The unknown one first: nobody has to say it."""
    words = {str(value): sentence(label) for value, label in dict(labels).items()}  # type: ignore[call-overload]
    return [(unknown, words.pop(unknown)), *words.items()]
