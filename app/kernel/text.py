"""Sentences for people, raised by code that knows no Flask.

A `T` is written in Indonesian (the source language of the catalogue) and carries its parameters, so that the
web layer can look up another language and everything else can simply use `str()`.
"""

from typing import Any


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
