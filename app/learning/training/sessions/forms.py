"""The forms of sessions: the rhythm of all, the list that is looked at before it is saved, and a single one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.base.web.formats import zone
from app.base.web.forms import INPUT_FORMATS, Form, IntegerField, LocalDateTimeField
from app.gatherings.events.planning.forms import WEEKDAYS, Checkboxes
from app.gatherings.events.service import MAX_TITLE
from app.kernel.errors import Invalid
from app.kernel.numbers import chosen_number, listed_number, read_int
from app.kernel.text import T
from app.learning.programmes.models import Module
from app.learning.training.models import Batch
from app.learning.training.sessions.service import MOST, MOST_A_DAY, Proposal, Rhythm, SessionPlan

ROW = ("baris_modul", "baris_judul", "baris_mulai", "baris_selesai")


def _number(value: str | int | None) -> int | None:
    return chosen_number(value)


class RhythmForm(Form):
    first = DateField(_l("Mulai tanggal"), validators=[InputRequired()])
    at = TimeField(_l("Jam mulai"), validators=[InputRequired()])
    weekdays = Checkboxes(
        _l("Pada hari"), coerce=listed_number, choices=list(enumerate(WEEKDAYS)), validators=[Optional()]
    )
    a_day = IntegerField(
        _l("Pertemuan sehari"),
        default=1,
        validators=[InputRequired(), NumberRange(min=1, max=MOST_A_DAY)],
        description=_l("Lebih dari satu: berurutan, dengan jeda 15 menit."),
    )
    skip_holidays = BooleanField(_l("Lewati hari libur nasional"), default=True)
    clashes_seen = HiddenField()

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(
            self.first.data, self.at.data, self.weekdays.data or (), self.a_day.data or 1, self.skip_holidays.data
        )  # fmt: skip


class SessionForm(Form):
    module_id = SelectField(_l("Modul"), coerce=_number, validators=[Optional()])
    title = StringField(
        _l("Judul"),
        validators=[Optional(), Length(max=MAX_TITLE)],
        description=_l("Kosongkan: memakai judul modulnya."),
    )
    starts_at = LocalDateTimeField(_l("Mulai"), validators=[InputRequired()])
    ends_at = LocalDateTimeField(_l("Selesai"), validators=[InputRequired()])
    village_code = StringField(_l("Desa/kelurahan"), validators=[Optional(), Length(max=13)])
    place = StringField(_l("Nama tempat"), validators=[Optional(), Length(max=200)])
    clashes_seen = HiddenField()

    def offer(self, modules: Sequence[Module]) -> None:
        self.module_id.choices = [("", _l("Tanpa modul")), *((one.id, one.title) for one in modules)]

    def show(self, batch: Batch, module: Module | None, starts_at: datetime) -> None:
        self.village_code.data, self.place.data = batch.village_code, batch.place
        self.module_id.data = module.id if module else None
        self.starts_at.data = starts_at
        self.ends_at.data = starts_at + timedelta(minutes=module.minutes if module else 120)

    @property
    def plan(self) -> SessionPlan:
        return SessionPlan(
            self.module_id.data, self.title.data or "", self.starts_at.data, self.ends_at.data,
            self.place.data or "", self.village_code.data or None,
        )  # fmt: skip


def previewed_rows() -> list[Proposal] | None:
    """Return the rows of the preview as they were changed; None where none was shown yet. Raises Invalid (first)."""
    columns = [request.form.getlist(name)[:MOST] for name in ROW]
    if not columns[2]:
        return None
    return [
        Proposal(_id(module), title.strip(), _moment(starts), _moment(ends))
        for module, title, starts, ends in zip_longest(*columns, fillvalue="")
    ]


def ticked_rows() -> set[int]:
    """Return the places of the rows that are to be saved."""
    places = (read_int(text, most=999) for text in request.form.getlist("baris"))
    return {place for place in places if place is not None}


def _id(text: str) -> int | None:
    return read_int(text)


def _moment(text: str) -> datetime:
    for pattern in INPUT_FORMATS:
        try:
            return datetime.strptime(text.strip(), pattern).replace(tzinfo=zone()).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Invalid(T("Isi tanggal dan jam setiap pertemuan yang dicentang."), field="first")
