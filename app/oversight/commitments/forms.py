from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, IntegerField, VersionedForm
from app.kernel.numbers import chosen_number
from app.oversight.commitments import clauses, service
from app.oversight.commitments.clauses import ClauseValues
from app.oversight.commitments.evidence import MAX_WHAT, EvidenceValues
from app.oversight.commitments.models import Clause, Commitment
from app.oversight.commitments.service import CommitmentValues
from app.oversight.commitments.states import KINDS, LABELS
from app.oversight.commitments.wording import MAX_ADDRESS

Choices = Iterable[tuple[int, str]]
FILE_HINT = _l("PDF atau foto, paling besar 20 MB.")


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class CommitmentForm(VersionedForm):
    kind = SelectField(_l("Jenis"), validators=[InputRequired()])
    title = StringField(
        _l("Tentang apa"),
        validators=[InputRequired(), Length(max=service.LIMITS["title"])],
        description=_l("Judulnya, misalnya “Gerakan Menuju 100 Smart City”."),
    )
    number = StringField(
        _l("Nomor"),
        validators=[Optional(), Length(max=service.LIMITS["number"])],
        description=_l("Seperti tertulis di dokumennya; bila dua pihak memberi nomor, tulis keduanya."),
    )
    parties = TextAreaField(
        _l("Para pihak"), validators=[Optional(), Length(max=service.LIMITS["parties"])], render_kw={"rows": 2}
    )
    signed_on = DateField(
        _l("Ditandatangani"), validators=[Optional()], description=_l("Kosongkan bila tanggalnya belum diketahui.")
    )
    ends_on = DateField(_l("Berakhir"), validators=[Optional()])
    source = StringField(
        _l("Sumber"),
        validators=[Optional(), Length(max=service.LIMITS["source"])],
        description=_l("Dari mana isi catatan ini diketahui, misalnya nama arsip atau alamat JDIH."),
    )
    file = FileField(_l("Salinan dokumen"), validators=[Optional()], description=FILE_HINT)

    def offer(self) -> None:
        """Fill the choices."""
        self.kind.choices = [(str(key), sentence(label)) for key, label in KINDS.items()]

    def show(self, held: Commitment) -> None:
        for name in ("version", *CommitmentValues.__dataclass_fields__):
            self[name].data = getattr(held, name)

    @property
    def values(self) -> CommitmentValues:
        return CommitmentValues(
            title=self.title.data or "",
            kind=self.kind.data or "",
            number=self.number.data or "",
            parties=self.parties.data or "",
            signed_on=self.signed_on.data,
            ends_on=self.ends_on.data,
            source=self.source.data or "",
        )


class ClauseForm(VersionedForm):
    number = StringField(
        _l("Nomor butir"),
        validators=[Optional(), Length(max=clauses.LIMITS["number"])],
        description=_l("Seperti di dokumennya, misalnya “Pasal 3 ayat (1)”."),
    )
    text = TextAreaField(
        _l("Isi butir"),
        validators=[InputRequired(), Length(max=clauses.LIMITS["text"])],
        description=_l("Apa yang harus dikerjakan."),
        render_kw={"rows": 4},
    )
    organisation_id = SelectField(
        _l("OPD penanggung jawab"),
        coerce=_number,
        validators=[Optional()],
        description=_l("Narahubung OPD ini melihat butirnya dan melaporkan kemajuannya."),
    )
    person_id = SelectField(_l("Orangnya"), coerce=_number, validators=[Optional()])
    person_text = StringField(
        _l("Atau jabatannya"),
        validators=[Optional(), Length(max=clauses.LIMITS["person_text"])],
        description=_l("Bila orangnya belum punya akun di sini."),
    )
    due_on = DateField(
        _l("Selesai paling lambat"), validators=[Optional()], description=_l("Kosongkan bila belum disepakati.")
    )

    def offer(self, owners: Choices, people: Choices) -> None:
        """Fill the choices."""
        self.organisation_id.choices = [("", _l("belum dicatat")), *owners]
        self.person_id.choices = [("", _l("belum dicatat")), *people]

    def show(self, clause: Clause) -> None:
        for name in ("version", *ClauseValues.__dataclass_fields__):
            self[name].data = getattr(clause, name)

    @property
    def values(self) -> ClauseValues:
        return ClauseValues(
            text=self.text.data or "",
            number=self.number.data or "",
            organisation_id=self.organisation_id.data,
            person_id=self.person_id.data,
            person_text=self.person_text.data or "",
            due_on=self.due_on.data,
        )


class ReportForm(VersionedForm):
    status = RadioField(_l("Keadaan sekarang"), validators=[InputRequired()])
    note = TextAreaField(
        _l("Catatan kemajuan"),
        validators=[Optional(), Length(max=clauses.LIMITS["note"])],
        description=_l("Apa yang sudah dikerjakan, apa yang menghambat, apa langkah berikutnya."),
        render_kw={"rows": 4},
    )

    def offer(self) -> None:
        """Fill the choices."""
        self.status.choices = [(str(key), sentence(label)) for key, label in LABELS.items()]


class EvidenceForm(Form):
    """The form of evidence. Of a record only the number counts; of a file or an address what it shows is asked for."""

    record_id = IntegerField(validators=[Optional()], label=_l("Yang dipilih"))
    file = FileField(_l("Berkas"), description=FILE_HINT)
    url = URLField(
        _l("Alamat"),
        validators=[Length(max=MAX_ADDRESS)],
        description=_l("Diawali https://, misalnya halaman berita atau dokumen di situs resmi."),
    )
    what = StringField(
        _l("Apa yang ditunjukkannya"),
        validators=[Length(max=MAX_WHAT)],
        description=_l("Misalnya “berita acara serah terima data”."),
    )
    on = DateField(_l("Tanggal"), validators=[Optional()], description=_l("Kosongkan bila belum diketahui."))
    done = BooleanField(_l("Dengan bukti ini, butirnya selesai"))

    def values(self, kind: str) -> EvidenceValues:
        return EvidenceValues(
            kind=kind,
            what=self.what.data or "",
            on=self.on.data,
            record_id=self.record_id.data,
            url=self.url.data or "",
            done=bool(self.done.data),
        )
