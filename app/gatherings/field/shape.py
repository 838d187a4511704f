"""Read what a device sent. Nothing is trusted: a wrong type, long text or unknown name is Invalid, with its field."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import at_most, line

Content = dict[str, Any]
"""Plain JSON values, always with the same keys, so that the same content always has the same hash."""
Read = TypeVar("Read")

LARGEST = 2**31 - 1
MOST_PHOTOS = 5
YEARS = (2000, 2100)
ENVELOPE = frozenset({"uuid", "kind", "organisation_id", "saved_at", "replaces", "photos", "content"})
STRANGE = T("Isi catatan ini tidak dikenali. Muat ulang halaman Catat Kegiatan, buka catatan ini, lalu simpan lagi.")


@dataclass(frozen=True)
class Record:
    """What a device sent: `saved_at` by its own clock, `replaces` the hash of the content that it means to change."""

    uuid: str
    kind: str
    organisation_id: int
    photos: tuple[str, ...]
    content: Content
    saved_at: datetime | None = None
    replaces: str | None = None

    @property
    def payload(self) -> Content:
        return {
            "kind": self.kind,
            "organisation_id": self.organisation_id,
            "photos": list(self.photos),
            "content": self.content,
        }

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical JSON of the payload; when it was saved is no part of it."""
        text = json.dumps(self.payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class Reader:
    """Takes values out of a JSON object by name."""

    def __init__(self, values: object, known: frozenset[str]) -> None:
        if not isinstance(values, dict) or not set(values) <= known:
            raise Invalid(STRANGE)
        self._values: Mapping[str, Any] = values

    def given(self, name: str) -> Any:
        return self._values.get(name)

    def text(self, name: str, label: T, most: int, *, required: bool = False, lines: bool = False) -> str:
        """Return a text within its length. `lines`: line breaks stay. Raises Invalid."""
        value = self._values.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str) or not is_storable(value):
            raise Invalid(STRANGE, field=name)
        value = value.replace("\r\n", "\n").strip() if lines else line(value)
        if required and not value:
            raise Invalid(T("%(label)s belum diisi.", label=str(label)), field=name)
        return at_most(value, most, name, T("%(label)s terlalu panjang. Paling banyak %(n)s huruf.", label=str(label)))

    def number(self, name: str, label: T, most: int = LARGEST, *, least: int = 1) -> int | None:
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid(T("%(label)s harus berupa angka bulat.", label=str(label)), field=name)
        if not least <= value <= most:
            raise Invalid(
                T("%(label)s harus antara %(least)s dan %(most)s.", label=str(label), least=least, most=most),
                field=name,
            )
        return value

    def rows(self, name: str, most: int, read: Callable[[Any], Read]) -> list[Read]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(STRANGE, field=name)
        if len(value) > most:
            raise Invalid(T("Terlalu banyak baris. Paling banyak %(n)s.", n=most), field=name)
        return [read(row) for row in value]

    def day(self, name: str, label: T, *, required: bool) -> str | None:
        """Return an ISO date, None where there is none. Raises Invalid."""
        value = self.text(name, label, 10, required=required)
        if not value:
            return None
        try:
            read = date.fromisoformat(value)
        except ValueError:
            read = None
        if read is None or not YEARS[0] <= read.year <= YEARS[1]:
            raise Invalid(T("%(label)s tidak bisa dibaca. Pilih dari kalender.", label=str(label)), field=name)
        return read.isoformat()

    def hour(self, name: str, label: T, *, required: bool) -> str | None:
        """Return a local time as HH:MM, None where there is none. Raises Invalid."""
        value = self.text(name, label, 8, required=required)
        if not value:
            return None
        try:
            return time.fromisoformat(value).strftime("%H:%M")
        except ValueError:
            raise Invalid(
                T("%(label)s tidak bisa dibaca. Tulis seperti 09.30.", label=str(label)), field=name
            ) from None


def read_envelope(raw: object, kinds: Mapping[str, Callable[[object], Content]]) -> Record:
    """Read a record and its content. `kinds`: how the content of each kind is read. Raises Invalid."""
    reader = Reader(raw, ENVELOPE)
    kind = reader.given("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise Invalid(STRANGE, field="kind")
    organisation_id = reader.number("organisation_id", T("Kelompok"))
    if organisation_id is None:
        raise Invalid(T("Pilih kelompoknya."), field="organisation_id")
    photos = reader.rows("photos", MOST_PHOTOS, read_uuid)
    replaces = reader.text("replaces", T("Catatan"), 64)
    return Record(
        uuid=read_uuid(reader.given("uuid")),
        kind=kind,
        organisation_id=organisation_id,
        photos=tuple(dict.fromkeys(photos)),
        content=kinds[kind](reader.given("content")),
        saved_at=read_moment(reader.given("saved_at")),
        replaces=replaces or None,
    )


def read_uuid(value: object) -> str:
    """Return a UUID in its usual form. Raises Invalid."""
    try:
        if isinstance(value, str) and len(value) == 36:
            return str(uuid.UUID(value))
    except ValueError:
        pass
    raise Invalid(STRANGE, field="uuid")


def read_moment(value: object) -> datetime | None:
    """Return a device's time, with its offset; None where it cannot be read: a strange clock loses no record."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read.astimezone(UTC) if read is not None and read.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def uuid_of(raw: object) -> str:
    """Return what the device may know the record by, even where nothing else can be read."""
    given = raw.get("uuid") if isinstance(raw, dict) else None
    return given[:36] if isinstance(given, str) and is_storable(given) else ""


def check_texts(rows: Sequence[Any]) -> list[str]:
    """Return the rows if all are strings. Raises Invalid."""
    if any(not isinstance(row, str) for row in rows):
        raise Invalid(STRANGE)
    return list(rows)


def is_storable(text: str) -> bool:
    """Decide whether a database takes the text: no NUL and no half of a surrogate pair."""
    return "\0" not in text and not any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)
