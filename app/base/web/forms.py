"""Forms with CSRF, Indonesian messages, and errors of the services beside their fields."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import lokal
from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from wtforms import DateTimeLocalField, StringField
from wtforms import IntegerField as AnyIntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.base.web.editing import Undone, undoing
from app.base.web.formats import sentence, zone
from app.base.web.messages import Messages
from app.kernel.errors import GaungError, Stale
from app.kernel.numbers import LARGEST, read_int

INPUT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
LARGEST_RUPIAH = 10**15 - 1  # Numeric(15, 0)


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form."""

    class Meta:
        def get_translations(self, _form: Any) -> Messages:
            return Messages()

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """Return what a form sends, and never JSON, whose values may be anything but texts."""
            if formdata is not _Auto or request.method != "POST":
                return None if formdata is _Auto else formdata
            return CombinedMultiDict([request.files, request.form]) if request.files else request.form

    def is_posted_and_valid(self) -> bool:
        return bool(self.validate_on_submit())

    @contextmanager
    def catching(self) -> Iterator[Undone[GaungError]]:
        """Turn an error of the service into an error of the form, and undo what was half done.

        Forbidden and NotFound pass through to their own pages. After the block the view answers 422 with this form.
        """
        with undoing(GaungError) as undone:
            yield undone
        if undone.error is not None:
            self.refuse(undone.error)

    def refuse(self, error: GaungError) -> None:
        """Put an error beside its field, or on top of the form where it belongs to none of them."""
        message = sentence(error.sentence)
        if error.field and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, message]
        else:
            self.form_errors.append(message)


class Versioned(Protocol):
    """A record that counts its changes."""

    version: Any


class IntegerField(AnyIntegerField):  # type: ignore[misc]
    """A whole number that a column can hold, in the digits 0 to 9."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = read_int(valuelist[0], -LARGEST)
        if self.data is None:
            raise ValueError(self.gettext("Not a valid integer value."))


class VersionedForm(Form):
    """A form that carries the version of the record it changes, as its page showed it."""

    version: Any = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @contextmanager
    def saving(self, record: Versioned) -> Iterator[Undone[GaungError]]:
        """Do as `catching`; after Stale what was typed stays, and saving once more is meant to replace what is
        there."""
        with self.catching() as undone:
            yield undone
        if isinstance(undone.error, Stale):
            self.follow(record)

    def follow(self, record: Versioned) -> None:
        """Carry the version that stands now: saving once more is saving over it, knowingly."""
        self.version.raw_data, self.version.data = None, record.version


class LocalDateTimeField(DateTimeLocalField):  # type: ignore[misc]
    """Shows and reads a time in the regency's zone; `data` is aware UTC."""

    data: datetime | None

    def __init__(self, label: str | None = None, validators: Sequence[Any] | None = None, **options: Any) -> None:
        options.setdefault("format", list(INPUT_FORMATS))
        super().__init__(label, validators, **options)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(zone()).strftime(INPUT_FORMATS[0]) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)
        if self.data is not None:
            try:
                self.data = self.data.replace(tzinfo=zone()).astimezone(UTC)
            except OverflowError:
                self.data = None
                raise ValueError(_("Tanggal atau jam ini tidak bisa dipakai.")) from None


class RupiahField(StringField):  # type: ignore[misc]
    """Whole rupiah, typed as the office types them: "1.500.000", "Rp1.500.000" or "1,5 juta"; `data` is an int."""

    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else lokal.format_rupiah(self.data).removeprefix("Rp")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        parsed = None if "-" in text else lokal.parse_rupiah(text)
        if parsed is None or parsed.amount != int(parsed.amount):
            raise ValueError(_("Tulis jumlah rupiah bulat tanpa sen, misalnya 1.500.000."))
        if parsed.amount > LARGEST_RUPIAH:
            raise ValueError(_("Jumlah rupiah ini terlalu besar. Periksa banyaknya angka nol."))
        self.data = int(parsed.amount)
