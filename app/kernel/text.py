"""Sentences for people, raised by code that knows no Flask.

A `T` is written in Indonesian (the source language of the catalogue) and carries its parameters, so that the
web layer can look up another language and everything else can simply use `str()`.
"""

import json
import unicodedata
from typing import Any

KEPT = '{"key": '
"""How a sentence with parameters begins where it is kept."""


class T:
    """A translatable sentence: `T("Berkas %(name)s terlalu besar.", name=...)`."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, **params: Any) -> None:
        self.msgid = msgid
        self.params = params

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid

    def __repr__(self) -> str:
        return f"T({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def stored(text: T | str) -> str:
    """Return what the database keeps of a sentence: its key, and as JSON with its parameters where it has any."""
    if isinstance(text, T) and text.params:
        return json.dumps(_plain(text), ensure_ascii=False)
    return text.msgid if isinstance(text, T) else text


def restored(text: str) -> T:
    """Return the sentence that was kept; what was kept in words only is its own key."""
    if not text.startswith(KEPT):
        return T(text)
    try:
        found = _read(json.loads(text))
        str(found)  # a key whose parameters are missing cannot be said
    except (ValueError, KeyError, TypeError, AttributeError):
        return T(text)
    return found


def _plain(text: T) -> dict[str, Any]:
    return {"key": text.msgid, "with": {name: _value(value) for name, value in text.params.items()}}


def _value(value: Any) -> Any:
    if isinstance(value, T):
        return _plain(value)
    return value if isinstance(value, int | float) else str(value)


def _read(kept: dict[str, Any]) -> T:
    return T(kept["key"], **{name: _read(value) if isinstance(value, dict) else value
                             for name, value in kept["with"].items()})  # fmt: skip


def storable(text: str, most: int | None = None) -> str:
    """Return a text from outside as every database and page takes it: without NUL and halves of characters, and with
    `most` signs at most."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def same_words(one: str, other: str) -> bool:
    """Compare two texts, whatever a platform did to spaces, line ends and accents."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
