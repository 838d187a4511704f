"""Forms of outlets. The form that connects one is made from what its channel asks for."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField
from app.kernel.numbers import chosen_number, listed_number
from app.outreach.outlets.kinds import FIELDS, KINDS
from app.outreach.outlets.ports import CredentialField

SECRET, SETTING = "secret-", "setting-"
LONGEST_SECRET = 4000


def _id_or_none(value: Any) -> int | None:
    return chosen_number(None if value == "None" else value)


class OutletForm(Form):
    """Fields of every kind; `for_kind` takes away what a kind does not have."""

    name = StringField(
        _l("Nama saluran"),
        validators=[InputRequired(), Length(max=120)],
        description=_l("Nama yang dikenal rekan kerja, misalnya “Instagram Diskominfo”."),
    )
    handle = StringField(
        _l("Nama akun"), validators=[Optional(), Length(max=120)], description=_l("Misalnya @diskominfokukar.")
    )
    organisation_id = SelectField(_l("Milik"), coerce=listed_number, validators=[InputRequired()])
    vendor_id = SelectField(
        _l("Penerima pesanan"),
        coerce=_id_or_none,
        validators=[InputRequired()],
        description=_l("Pesanan cetak dikirim ke alamat surelnya."),
    )
    responsible_id = SelectField(
        _l("Penanggung jawab"),
        coerce=_id_or_none,
        validators=[Optional()],
        description=_l("Orang yang diberi tahu bila ada masalah, dan yang menayangkan sendiri bila perlu."),
    )
    url = StringField(
        _l("Alamat halaman"),
        validators=[Optional(), Length(max=300)],
        description=_l("Misalnya https://instagram.com/…"),
    )
    columns = IntegerField(_l("Jumlah kolom koran"), validators=[Optional(), NumberRange(min=1, max=20)])
    column_mm = IntegerField(_l("Lebar satu kolom (mm)"), validators=[Optional(), NumberRange(min=10, max=500)])
    notes = TextAreaField(
        _l("Catatan"),
        validators=[Optional(), Length(max=2000)],
        description=_l("Misalnya tenggat kirim materi, atau cara menayangkannya."),
    )

    def for_kind(self, kind: str) -> "OutletForm":
        for name in set(FIELDS) - set(KINDS[kind].fields):
            del self[name]
        return self

    def choose_from(
        self, owners: Sequence[tuple[int, str]], people: Sequence[tuple[int, str]], vendors: Sequence[Any]
    ) -> None:
        """Fill the selects: (id, name) of organisations and people, and Organisations that take orders."""
        self.organisation_id.choices = list(owners)
        self.responsible_id.choices = [("", _("belum ditentukan")), *people]
        if "vendor_id" in self:
            names = [
                (vendor.id, vendor.name if vendor.email else _("%(name)s (belum ada surel)", name=vendor.name))
                for vendor in vendors
            ]
            self.vendor_id.choices = [("", _("pilih …")), *names]

    def values(self) -> dict[str, Any]:
        """Return the keywords for `service.add` and `service.edit`."""
        settings = {name: self[name].data for name in SETTINGS if name in self}
        return {
            "name": self.name.data,
            "handle": self.handle.data if "handle" in self else None,
            "organisation_id": self.organisation_id.data,
            "vendor_id": self.vendor_id.data if "vendor_id" in self else None,
            "responsible_id": self.responsible_id.data,
            "settings": settings,
        }


SETTINGS = ("url", "columns", "column_mm", "notes")


class ConnectForm(Form):
    """The form that connects an outlet.

    `sealed` carries what was typed before, encrypted, so that one wrong key does not cost the others.
    """

    sealed = HiddenField()
    reason = TextAreaField(
        _l("Alasan menghubungkan akun ini"),
        validators=[Optional(), Length(max=500)],
        render_kw={"rows": 2, "autocomplete": "off"},
    )

    credential_fields: Sequence[CredentialField] = ()
    setting_fields: Sequence[CredentialField] = ()

    def typed(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return (credentials, settings) that were typed; fields left empty are not among them."""
        credentials = {field.name: self[SECRET + field.name].data for field in self.credential_fields}
        settings = {field.name: self[SETTING + field.name].data for field in self.setting_fields}
        return _filled(credentials), _filled(settings)

    def require(self, credentials: Mapping[str, Any]) -> bool:
        """Check that every credential is there and write a sentence at each missing one; True where none is missing.

        Settings may be learnt by the channel.
        """
        missing = [field.name for field in self.credential_fields if not credentials.get(field.name)]
        for name in missing:
            self[SECRET + name].errors = [_("Bagian ini wajib diisi.")]
        return not missing


def connect_form(channel: Any, settings: Mapping[str, Any], kept: frozenset[str] = frozenset()) -> ConnectForm:
    """Make a form of the channel's own fields. `kept`: names of credentials that are stored and may stay empty."""
    fields: dict[str, Any] = {
        "credential_fields": tuple(channel.credential_fields),
        "setting_fields": tuple(channel.setting_fields),
    }
    stays = _("Kosong berarti kunci lama tetap dipakai.")
    for asked in channel.credential_fields:
        widget = PasswordField if asked.secret else StringField
        fields[SECRET + asked.name] = widget(
            sentence(asked.label),
            validators=[*([Optional()] if asked.name in kept else []), Length(max=LONGEST_SECRET)],
            description=" ".join(filter(None, [sentence(asked.hint), stays if asked.name in kept else ""])),
            render_kw={
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": _("tersimpan") if asked.name in kept else "",
            },
        )
    for asked in channel.setting_fields:
        fields[SETTING + asked.name] = StringField(
            sentence(asked.label),
            validators=[Optional(), Length(max=200)],
            description=sentence(asked.hint),
            default=settings.get(asked.name, ""),
        )
    made = type("ChannelConnectForm", (ConnectForm,), fields)
    return cast("ConnectForm", made())


def _filled(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value.strip() for name, value in values.items() if value and value.strip()}
