"""What the pages of posts post: the composer's fields, the dynamic parts of it, and the small forms of approval."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.web.formats import sentence
from app.base.web.forms import Form, LocalDateTimeField, VersionedForm
from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.roles import Position
from app.kernel.text import T
from app.outreach.posts.fields import Fields
from app.outreach.posts.models import Post
from app.outreach.posts.states import AUDIENCE_LABELS, STEP_LABELS


def _number(value: Any) -> int | None:
    """A whole number, or None for everything else: the service then says what to choose."""
    return read_int(value or None)


class Anchor(Field):  # type: ignore[misc]
    """A part of the composer that is not one input: has a name, an id and errors, and reads nothing itself."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        pass


class PostForm(VersionedForm):
    form_key = HiddenField()
    campaign_id = SelectField(
        _l("Program sosialisasi"),
        [InputRequired(_l("Pilih program sosialisasi dari daftar."))],
        coerce=_number,
        validate_choice=False,
    )
    title = StringField(
        _l("Judul"),
        [InputRequired(_l("Tulis judul materi."))],
        description=_l("Untuk daftar dan kalender; tidak ikut terbit."),
    )
    text = TextAreaField(_l("Teks dasar"))
    outlets = Anchor(_l("Saluran"))
    pieces = Anchor(_l("Cetakan"))
    media = Anchor(_l("Gambar"))
    link_url = StringField(
        _l("Tautan"),
        [Optional()],
        description=_l("Diganti tautan pendek. Tulis {tautan} di teks untuk menentukan tempatnya."),
    )
    scheduled_at = LocalDateTimeField(_l("Waktu tayang"), [Optional()])
    useful_until = LocalDateTimeField(
        _l("Masih berguna sampai"), [Optional()], description=_l("Sesudah ini materi tidak ditayangkan lagi.")
    )
    off_hours_reason = StringField(
        _l("Alasan tayang di luar jam"),
        [Optional()],
        description=_l("Hanya bila waktunya di luar jam pengiriman, waktu salat Jumat, atau hari libur."),
    )
    audience = SelectField(_l("Sasaran"), validate_choice=False)
    service_id = SelectField(_l("Layanan"), [Optional()], coerce=_number, validate_choice=False)
    village_codes = Anchor(_l("Desa/kelurahan yang dituju"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = [(key, sentence(label)) for key, label in AUDIENCE_LABELS.items()]
        if not self.form_key.data:
            self.form_key.data = uuid.uuid4().hex


@dataclass(frozen=True)
class Choices:
    """The parts of the composer whose number depends on the data: outlets with their texts, images, villages."""

    outlet_texts: Mapping[int, str | None] = field(default_factory=dict)
    pieces: Mapping[int, tuple[int, int | None]] = field(default_factory=dict)
    media: Sequence[tuple[int, str]] = ()
    village_codes: Sequence[str] = ()
    other_texts: Mapping[int, str] = field(
        default_factory=dict
    )  # typed for outlets that are not ticked: kept on screen

    def text_of(self, outlet_id: int) -> str:
        return self.outlet_texts.get(outlet_id) or self.other_texts.get(outlet_id) or ""


def choices_of(post: Post) -> Choices:
    return Choices(
        outlet_texts={v.outlet_id: v.text for v in post.variants},
        pieces={v.outlet_id: (v.piece_id, v.copies) for v in post.variants if v.piece_id},
        media=[(item.file_id, item.alt_text) for item in post.media],
        village_codes=[village.code for village in post.villages],
    )


def read_choices(posted: MultiDict[str, str]) -> Choices:
    """Read the dynamic parts as posted. An outlet with an empty text of its own uses the base text.

    Whatever is no number becomes id 0, which the service refuses with its sentence.
    """
    outlets = [_number(value) or 0 for value in posted.getlist("outlets")]
    own = {
        _number(name.removeprefix("text_")): text
        for name, text in posted.items()
        if name.startswith("text_") and text.strip()
    }
    pieces = {}
    for outlet_id in outlets:
        piece_id = posted.get(f"piece_{outlet_id}", "")
        if piece_id.strip():
            pieces[outlet_id] = (_number(piece_id) or 0, _copies(posted.get(f"copies_{outlet_id}", "")))
    files = [_number(value) or 0 for value in posted.getlist("file_ids") if value.strip()]
    return Choices(
        outlet_texts={outlet_id: own.get(outlet_id) for outlet_id in outlets},
        pieces=pieces,
        media=[(file_id, posted.get(f"alt_{file_id}", "")) for file_id in dict.fromkeys(files)],
        village_codes=[code for code in posted.getlist("villages") if code.strip()],
        other_texts={id_: text for id_, text in own.items() if id_ and id_ not in outlets},
    )


def _copies(text: str) -> int | None:
    if not text.strip():
        return None
    return _number(text.replace(".", "")) or 0


def fields_of(form: PostForm, choices: Choices) -> Fields:
    """Return what was entered as the service takes it."""
    return {
        "campaign_id": form.campaign_id.data or 0,
        "title": form.title.data or "",
        "text": form.text.data or "",
        "outlet_texts": choices.outlet_texts,
        "pieces": choices.pieces,
        "media": choices.media,
        "link_url": form.link_url.data,
        "scheduled_at": form.scheduled_at.data,
        "useful_until": form.useful_until.data,
        "off_hours_reason": form.off_hours_reason.data,
        "audience": form.audience.data or "residents",
        "service_id": form.service_id.data,
        "village_codes": choices.village_codes,
    }


def fill_form(form: PostForm, post: Post) -> None:
    """Show a post in an unposted form."""
    for name in ("campaign_id", "title", "text", "link_url", "scheduled_at", "useful_until", "off_hours_reason",
                 "audience", "service_id", "version"):  # fmt: skip
        form[name].data = getattr(post, name)


class ApproveForm(Form):
    seen_hash = HiddenField()
    new_time = LocalDateTimeField(_l("Waktu tayang baru"), [Optional()])


class ReturnForm(Form):
    seen_hash = HiddenField()
    note = TextAreaField(_l("Apa yang perlu diperbaiki?"))


class FillForm(Form):
    token = HiddenField()
    value = StringField(_l("Isi"))


class RescheduleForm(Form):
    scheduled_at = LocalDateTimeField(_l("Waktu tayang baru"))
    useful_until = LocalDateTimeField(_l("Masih berguna sampai"), [Optional()])
    off_hours_reason = StringField(_l("Alasan tayang di luar jam"), [Optional()])

    def new_time(self) -> Any:
        """Return the time, or raise Invalid where the field stayed empty."""
        if self.scheduled_at.data is None:
            raise Invalid(T("Isi tanggal dan jam tayang yang baru."), field="scheduled_at")
        return self.scheduled_at.data


class PolicyForm(Form):
    organisation_id = HiddenField()
    kind = HiddenField()
    steps = SelectMultipleField(
        _l("Langkah"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=False
    )
    owner_first = BooleanField(_l("Tanya dulu OPD pemilik layanan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps.choices = [(str(step), sentence(STEP_LABELS[step])) for step in Position]

    def organisation(self) -> int:
        return _number(self.organisation_id.data) or 0
