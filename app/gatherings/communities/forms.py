from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.base.people.identity import shown_phone
from app.base.people.models import Organisation
from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, VersionedForm
from app.base.web.query import number_of
from app.gatherings.communities import states
from app.gatherings.communities.members import MemberDetails, is_erased
from app.gatherings.communities.models import Group, Membership
from app.gatherings.communities.rubric import POINTS, Rubric
from app.gatherings.communities.service import LIMITS, Details
from app.kernel.numbers import LARGEST, read_int, read_ints

CONSENT = _l("Orangnya setuju nomor telepon atau surel ini disimpan dan dihubungi oleh kantor")


def _short(name: str) -> list[Any]:
    return [Optional(), Length(max=LIMITS[name])]


class ContactForm(VersionedForm):
    """What a KIM changes of its own group."""

    address = TextAreaField(_l("Alamat sekretariat"), _short("address"), render_kw={"rows": 2})
    contact_name = StringField(_l("Nama narahubung"), _short("contact_name"))
    phone = TelField(_l("Nomor telepon"), [Optional(), Length(max=30)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("Surel"), [Optional(), Length(max=254)], render_kw={"autocomplete": "off"})
    contact_consent = BooleanField(
        CONSENT, description=_l("Tanpa persetujuan, nomor dan surel tidak disimpan. Boleh ditarik kapan saja.")
    )

    def details(self) -> Details:
        return Details(
            address=self.address.data or "",
            contact_name=self.contact_name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            contact_consent=bool(self.contact_consent.data),
        )

    def seen_version(self) -> int:
        return self.version.data or 0


class GroupForm(ContactForm):
    doubles_seen = HiddenField()
    kind = SelectField(_l("Jenis"), [InputRequired()])
    name = StringField(
        _l("Nama kelompok"), [InputRequired(), Length(max=LIMITS["name"])],
        description=_l("Lengkap seperti pada SK, misalnya “KIM Lembur Kuring”."),
    )  # fmt: skip
    short_name = StringField(_l("Nama pendek"), _short("short_name"))
    village_code = StringField(_l("Desa atau kelurahan"), [Optional()])
    kim_number = StringField(
        _l("Nomor kim.id"), _short("kim_number"), description=_l("Nomor pendaftaran di kim.id, bila sudah ada.")
    )
    decree_number = StringField(_l("Nomor SK"), _short("decree_number"))
    decree_issuer = StringField(
        _l("Penerbit SK"), _short("decree_issuer"), render_kw={"list": "penerbit-sk", "autocomplete": "off"},
        description=_l("Lurah, kepala desa, camat, Diskominfo, bupati, atau lainnya."),
    )  # fmt: skip
    decree_on = DateField(_l("Tanggal SK"), [Optional()])
    decree_file_id = HiddenField(_l("Berkas SK"))
    founded_year = IntegerField(_l("Tahun berdiri"), [Optional()])
    note = TextAreaField(_l("Catatan kantor"), _short("note"), render_kw={"rows": 3})

    def details(self) -> Details:
        return Details(
            name=self.name.data or "",
            kind=self.kind.data or "",
            short_name=self.short_name.data or "",
            village_code=self.village_code.data or None,
            address=self.address.data or "",
            kim_number=self.kim_number.data or "",
            decree_number=self.decree_number.data or "",
            decree_issuer=self.decree_issuer.data or "",
            decree_on=self.decree_on.data,
            decree_file_id=picked_decree(),
            founded_year=self.founded_year.data,
            contact_name=self.contact_name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            contact_consent=bool(self.contact_consent.data),
            note=self.note.data or "",
        )

    def with_choices(self) -> "GroupForm":
        self.kind.choices = [(kind, sentence(label)) for kind, label in states.SHORT_KINDS.items()]
        return self

    def duplicates_known(self) -> set[int]:
        """Return the ids of the groups that the page showed as perhaps the same."""
        return read_ints(self.doubles_seen.data)

    def show_doubles(self, ids: Iterable[int]) -> None:
        self.doubles_seen.raw_data = None
        self.doubles_seen.data = ",".join(str(number) for number in ids)


def picked_decree() -> int | None:
    """Return the id that the upload field posts; the last one where several were chosen."""
    ids = [number for number in map(read_int, request.form.getlist("decree_file_id")) if number is not None]
    return ids[-1] if ids else None


def filled_form(form: type[ContactForm], organisation: Organisation, group: Group | None) -> Any:
    """Return the form filled from the stored group."""
    values: dict[str, Any] = {
        "name": organisation.name, "kind": group.kind if group else organisation.kind,
        "short_name": organisation.short_name, "village_code": organisation.village_code or "",
        "address": organisation.address, "phone": shown_phone(organisation.phone), "email": organisation.email,
    }  # fmt: skip
    if group is not None:
        names = ("kim_number", "decree_number", "decree_issuer", "decree_on", "founded_year", "contact_name", "note")
        values |= {name: getattr(group, name) for name in names}
        values |= {"version": group.version, "contact_consent": group.contact_consent_at is not None}
    return form(formdata=None, **values)


class MemberForm(Form):
    name = StringField(_l("Nama"), [InputRequired(), Length(max=200)])
    role = SelectField(_l("Peran"), [InputRequired()])
    sex = RadioField(_l("Jenis kelamin"), default="u")
    starts_on = DateField(_l("Mulai"), [Optional()], description=_l("Kosongkan bila tidak diketahui."))
    ends_on = DateField(_l("Sampai"), [Optional()], description=_l("Kosongkan bila masih menjabat."))
    phone = TelField(_l("Nomor telepon"), [Optional(), Length(max=30)], render_kw={"autocomplete": "off"})
    contact_consent = BooleanField(
        _l("Orangnya setuju nomor ini disimpan"), description=_l("Tanpa persetujuan, nomor tidak disimpan.")
    )
    user_id = SelectField(
        _l("Akun pengguna"), [Optional()], description=_l("Bila orang ini masuk ke aplikasi dengan akun kelompok.")
    )

    def with_choices(self, accounts: list[tuple[int, str]]) -> "MemberForm":
        self.role.choices = [(role, sentence(label)) for role, label in states.MEMBER_ROLES.items()]
        self.sex.choices = [(sex, sentence(label)) for sex, label in states.SEXES.items()]
        self.user_id.choices = [("", _("tanpa akun")), *((str(number), name) for number, name in accounts)]
        return self

    def person(self) -> MemberDetails:
        return MemberDetails(
            name=self.name.data or "",
            role=self.role.data or "",
            sex=self.sex.data or "u",
            phone=self.phone.data or "",
            contact_consent=bool(self.contact_consent.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            user_id=number_of("user_id", request.form),
        )

    @classmethod
    def of(cls, member: Membership) -> "MemberForm":
        return cls(
            formdata=None, name="" if is_erased(member) else member.name, role=member.role, sex=member.sex,
            starts_on=member.starts_on, ends_on=member.ends_on, phone=shown_phone(member.phone),
            contact_consent=member.contact_consent_at is not None, user_id=str(member.user_id or ""),
        )  # fmt: skip


class EndForm(Form):
    ends_on = DateField(_l("Hari terakhir"), [InputRequired()])


class RuleForm(Form):
    active_events = IntegerField(_l("Jumlah kegiatan"), [InputRequired()])
    days = IntegerField(_l("Dalam berapa hari terakhir"), [InputRequired()])


class RubricForm(Form):
    """The lines themselves are read by `typed_criteria` and `typed_levels`; here their errors find a place."""

    base_id = HiddenField()
    criteria = HiddenField(_l("Unsur penilaian"))
    levels = HiddenField(_l("Tingkat"))


def typed_criteria() -> list[dict[str, Any]]:
    """Return the criteria as they were typed; `weight` is a number, or the text where it is none."""
    given = request.form
    lines = zip(
        given.getlist("c_key"), given.getlist("c_label"), given.getlist("c_weight"), given.getlist("c_help"),
        strict=False,
    )  # fmt: skip
    return [
        {"key": key, "label": label, "weight": number_or_text(weight), "help": words}
        for key, label, weight, words in lines
    ]  # fmt: skip


def typed_levels() -> list[dict[str, Any]]:
    lines = zip(request.form.getlist("l_from"), request.form.getlist("l_label"), strict=False)
    return [{"from": number_or_text(start), "label": label} for start, label in lines]


def number_or_text(text: str) -> int | str:
    """Return a whole number, or the text where it is none."""
    text = text.strip()
    number = read_int(text)
    return text if number is None else number


def score_form(rubric: Rubric) -> type[Form]:
    """Make a form with one choice of points for every criterion (`k_KEY`), the day and a note."""
    fields: dict[str, Any] = {
        f"k_{one['key']}": RadioField(
            one["label"], [InputRequired()], choices=[(str(number), str(number)) for number in POINTS]
        )
        for one in rubric.criteria
    }
    fields["rubric_id"] = HiddenField()
    fields["scored_on"] = DateField(_l("Tanggal penilaian"), [InputRequired()])
    fields["note"] = TextAreaField(_l("Catatan"), [Optional(), Length(max=4000)], render_kw={"rows": 3})
    return type("ScoreForm", (Form,), fields)


def record_number(text: str | None) -> int | None:
    number = number_or_text(text or "")
    return number if isinstance(number, int) and 1 <= number <= LARGEST else None
