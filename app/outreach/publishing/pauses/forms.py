"""What the pages of a pause post: its scope and reason, and what becomes of what waited."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.base.web.formats import sentence
from app.base.web.forms import Form, LocalDateTimeField
from app.kernel.errors import Invalid
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.outreach.publishing.pauses.models import PauseReason, PauseScope
from app.outreach.publishing.pauses.resuming import GAPS, Choice, Plan
from app.outreach.publishing.pauses.words import REASONS

EVERYTHING = "semua"
WORDS: Mapping[str, PauseScope] = {
    EVERYTHING: PauseScope.ALL,
    "opd": PauseScope.ORGANISATION,
    "program": PauseScope.CAMPAIGN,
    "saluran": PauseScope.OUTLET,
}
"""How a scope is written in an address: "semua", "program:12"."""


class PauseForm(Form):
    scope = SelectField(_l("Yang dihentikan"), validate_choice=False, default=EVERYTHING)
    words = StringField(
        _l("Keterangan singkat"),
        [Optional(), Length(max=300, message=_l("Terlalu panjang."))],
        description=_l("Dibaca semua orang, misalnya “banjir di Tenggarong”. Untuk “Lain” harus diisi."),
    )
    reason = SelectField(
        _l("Alasan"), [InputRequired(_l("Pilih alasannya."))], choices=[one.value for one in PauseReason]
    )

    def stopped(self) -> tuple[PauseScope, int | None]:
        """Return the scope and the number of its record. Raises Invalid for what is neither."""
        word, _colon, number = (self.scope.data or EVERYTHING).partition(":")
        if word not in WORDS:
            raise Invalid(T("Pilih yang dihentikan dari daftar."), field="scope")
        return WORDS[word], read_int(number or None)


class ResumeForm(Form):
    everything = RadioField(_l("Untuk semua"), [Optional()], validate_choice=False)
    first = LocalDateTimeField(_l("Waktu pertama"), [Optional()])
    gap = SelectField(_l("Jarak antarmateri"), [Optional()], coerce=lambda value: read_int(value or None))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everything.choices = [(choice.value, sentence(words)) for choice, words in CHOICES.items()]
        self.gap.choices = [(minutes, _("%(n)s menit", n=minutes)) for minutes in GAPS]

    def plan(self, posted: MultiDict[str, str]) -> Plan:
        """Return what was decided: the fields, and what is named by campaign (`grup-3`) and by post (`materi-12`).

        Whoever types a time for a post (`waktu-12`) and chooses nothing else for it wants that time.
        """
        by_post = _choices(posted, "materi-")
        times = _times(posted, "waktu-", by_post)
        return Plan(
            everything=_choice(self.everything.data),
            by_campaign=_choices(posted, "grup-"),
            by_post=dict.fromkeys(times, Choice.NEW_TIME) | by_post,
            times=times,
            first=self.first.data,
            gap=timedelta(minutes=self.gap.data or 15),
            seen={number for text in posted.getlist("terlihat") if (number := read_int(text)) is not None},
        )


CHOICES = {
    Choice.NEW_TIME: T("Waktu baru, satu per satu"),
    Choice.SEND: T("Kirim sekarang, satu per menit"),
    Choice.CANCEL: T("Batalkan"),
}
EXCEPTIONS = {
    Choice.NEW_TIME: T("Waktu baru"),
    Choice.SEND: T("Kirim sekarang"),
    Choice.CANCEL: T("Batalkan"),
}
REASON_BUTTONS = tuple((reason.value, words) for reason, words in REASONS.items())


def _choice(text: str | None) -> Choice | None:
    return Choice(text) if text in set(Choice) else None


def _choices(posted: MultiDict[str, str], prefix: str) -> dict[int, Choice]:
    found = ((read_int(name.removeprefix(prefix)), _choice(text)) for name, text in _named(posted, prefix))
    return {number: choice for number, choice in found if number is not None and choice is not None}


def _times(posted: MultiDict[str, str], prefix: str, chosen: Mapping[int, Choice]) -> dict[int, datetime]:
    """The own times of posts for which nothing but a new time was chosen. Raises Invalid for what is no time."""
    times = {}
    for name, text in _named(posted, prefix):
        number = read_int(name.removeprefix(prefix))
        if number is None or chosen.get(number, Choice.NEW_TIME) != Choice.NEW_TIME or not text.strip():
            continue
        field = LocalDateTimeField(name=name).bind(Form(formdata=None), name)
        field.process(MultiDict({name: text}))
        if field.data is None:
            raise Invalid(T("Tanggal atau jam “%(said)s” tidak bisa dipakai. Perbaiki di materinya.", said=text[:30]))
        times[number] = field.data
    return times


def _named(posted: MultiDict[str, str], prefix: str) -> list[tuple[str, str]]:
    return [(name, text) for name, text in posted.items() if name.startswith(prefix)]
