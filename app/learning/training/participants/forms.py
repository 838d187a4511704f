"""What is entered about a person: by that person, and by the office."""

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from app.base.people.models import Organisation
from app.base.web.formats import sentence
from app.base.web.forms import Form
from app.gatherings.events.models import AgeBand, Sex
from app.gatherings.events.states import AGE_BANDS, SEXES
from app.kernel.numbers import read_int
from app.learning.training.admission.quotas import WHY_ASKED
from app.learning.training.models import Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.people import MAX_MOTIVATION, MAX_NAME, MAX_OCCUPATION, Applicant
from app.learning.training.states import ENROLMENTS

NO_OPD = "0"
"""The choice of one who is of no OPD, where that has to be said."""
ADULT = (AgeBand.UNKNOWN, AgeBand.YOUTH, AgeBand.ADULT, AgeBand.ELDER)


class OwnContactForm(Form):
    """What participants correct by themselves."""

    phone = TelField(
        _l("Nomor telepon atau WhatsApp"),
        validators=[Length(max=40)],
        description=_l("Isi paling sedikit satu: telepon atau surel."),
        render_kw={"autocomplete": "tel", "placeholder": "0812-3456-7890"},
    )
    email = EmailField(
        _l("Alamat surel"),
        validators=[Length(max=254)],
        description=_l("Keputusan, pengingat, dan sertifikat dikirim ke sini."),
        render_kw={"autocomplete": "email"},
    )


class PersonForm(OwnContactForm):
    name = StringField(
        _l("Nama lengkap"),
        validators=[InputRequired(), Length(max=MAX_NAME)],
        description=_l("Seperti yang akan tertulis di sertifikat, boleh dengan gelar."),
        render_kw={"autocomplete": "name"},
    )
    sex = SelectField(_l("Jenis kelamin"), validators=[Optional()])
    age_band = SelectField(_l("Kelompok umur"), validators=[Optional()])
    village = StringField(
        _l("Desa atau kelurahan"),
        validators=[Optional(), Length(max=200)],
        render_kw={"list": "daftar-desa", "autocomplete": "off"},
    )
    organisation_id = SelectField(_l("OPD tempat bekerja"), validators=[Optional()])
    occupation = StringField(_l("Pekerjaan atau jabatan"), validators=[Optional(), Length(max=MAX_OCCUPATION)])
    motivation = TextAreaField(
        _l("Alasan ingin ikut"), validators=[Optional(), Length(max=MAX_MOTIVATION)], render_kw={"rows": 3}
    )

    def __init__(self, opds: Iterable[Organisation], asked: Collection[str] = frozenset(), **values: object) -> None:
        """`asked`: the fields by which places are divided (quotas.required_fields), which cannot be left empty."""
        super().__init__(**values)
        sexes, ages = dict(SEXES), dict(AGE_BANDS)
        self.sex.choices = [(str(key), sentence(sexes[key])) for key in (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE)]
        self.age_band.choices = [(str(key), sentence(ages[key])) for key in ADULT]
        nobody = [("", _("Pilih OPD")), (NO_OPD, _("Bukan dari OPD"))]
        self.organisation_id.choices = [
            *(nobody if "organisation_id" in asked else [("", _("Bukan dari OPD"))]),
            *((str(one.id), one.name) for one in opds),
        ]
        for name in asked:
            self._require(self[name], sentence(WHY_ASKED[name]))

    def _require(self, field: Field, why: str) -> None:
        missing = Sex.UNKNOWN if field is self.sex else ""

        def given(_form: Form, one: Field) -> None:
            if (one.data or missing) == missing:
                raise StopValidation(why)

        # in place of Optional, which would not come to it
        field.validators = [given, *(one for one in field.validators if not isinstance(one, Optional))]
        field.flags.optional, field.flags.required = False, True
        field.description = why

    def applicant(self, village_code: str, *, consent: bool) -> Applicant:
        chosen = self.organisation_id.data or ""
        return Applicant(
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            sex=self.sex.data or Sex.UNKNOWN,
            age_band=self.age_band.data or AgeBand.UNKNOWN,
            village_code=village_code,
            organisation_id=read_int(chosen) if chosen != NO_OPD else None,
            occupation=self.occupation.data or "",
            motivation=self.motivation.data or "",
            consent=consent,
        )


class ByHandForm(PersonForm):
    """The organiser enters or corrects somebody."""

    consent = BooleanField(_l("Orangnya sudah tahu dan setuju datanya dicatat untuk pelatihan ini."))
    certain = BooleanField(_l("Saya yakin: nama atau kontak yang sama ini memang benar."))


def values_of(enrolment: Enrolment, trainee: Trainee, village: str, phone: str) -> dict[str, object]:
    """Return what the form of a person begins with."""
    return {
        "name": trainee.name,
        "phone": phone,
        "email": trainee.email,
        "sex": trainee.sex,
        "age_band": trainee.age_band,
        "village": village,
        "organisation_id": str(trainee.organisation_id or ""),
        "occupation": trainee.occupation,
        "motivation": enrolment.motivation,
    }


REASONS = (
    _l("Peserta dari OPD atau desa Anda sudah cukup. Anda kami dahulukan pada angkatan berikutnya."),
    _l("Pelatihan ini lanjutan. Ikuti dulu pelatihan dasarnya."),
    _l("Isi pelatihan ini belum sesuai dengan pekerjaan Anda."),
    _l("Tempat terbatas. Silakan mendaftar lagi pada angkatan berikutnya."),
)
"""To begin with; whoever decides changes them as needed."""


class DecideForm(Form):
    status = SelectField(_l("Keputusan"), validators=[InputRequired()])
    reason = StringField(
        _l("Alasan"),
        validators=[Optional(), Length(max=500)],
        description=_l("Dibaca oleh orangnya. Wajib bila belum terpilih."),
        render_kw={"list": "alasan-umum"},
    )
    certain = BooleanField(_l("Terima meskipun bentrok dengan pelatihan lain"))

    def __init__(self, allowed: Iterable[EnrolmentStatus], **values: object) -> None:
        super().__init__(**values)
        self.status.choices = [
            ("", _("Pilih keputusan")),
            *((str(one), DECISIONS.get(one, sentence(ENROLMENTS[one]))) for one in allowed),
        ]


DECISIONS = {
    EnrolmentStatus.ACCEPTED: _l("Terima"),
    EnrolmentStatus.WAITING: _l("Masukkan ke daftar tunggu"),
    EnrolmentStatus.REJECTED: _l("Belum terpilih"),
    EnrolmentStatus.WITHDRAWN: _l("Batalkan keikutsertaan"),
    EnrolmentStatus.APPLIED: _l("Kembalikan ke “menunggu keputusan”"),
}
