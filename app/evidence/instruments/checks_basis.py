"""Shared parts of the checks of a definition: a notebook of findings, and checks of names, flags, keys and texts."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.evidence.instruments.definition import MOST_TEXT
from app.kernel.text import T

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z")
MOST_LANGUAGES = 10
MOST_FINDINGS = 200
PLAIN = frozenset("\n\r\t")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a definition.

    `where`: the place in the instrument in words, e.g. "Pertanyaan “p1”, pilihan 2"; empty for the whole.
    """

    where: str
    sentence: T


@dataclass
class Notebook:
    """Findings of one check, with what it needs to know.

    `languages`: the codes that a text may have. `draft`: it may still be unfinished.
    """

    languages: Collection[str] = ("id",)
    draft: bool = False
    findings: list[Finding] = field(default_factory=list)

    def note(self, where: str, msgid: str, **params: Any) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(where, T(msgid, **params)))

    def mapping(self, where: str, value: object, known: Iterable[str]) -> Mapping[str, Any] | None:
        """Return the value where it is an object, else None; note names that mean nothing."""
        if not isinstance(value, Mapping):
            self.note(where, "Bagian ini harus berupa isian bernama, bukan %(kind)s.", kind=kind_of(value))
            return None
        names = tuple(known)
        for name in value:
            if name in names:
                continue
            near = difflib.get_close_matches(str(name), names, 1)
            if near:
                self.note(where, "“%(name)s” tidak dikenal. Maksudnya “%(near)s”?", name=clipped(name), near=near[0])
            else:
                self.note(where, "“%(name)s” tidak dikenal. Hapus isian ini.", name=clipped(name))
        return value

    def sequence(self, where: str, value: object, most: int) -> list[Any]:
        """Return the items of a list; note anything else, which counts as empty."""
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.note(where, "Bagian ini harus berupa daftar, bukan %(kind)s.", kind=kind_of(value))
            return []
        if len(value) > most:
            self.note(where, "Terlalu banyak: ada %(count)s, paling banyak %(most)s.", count=len(value), most=most)
        return list(value[:most])

    def flag(self, where: str, raw: Mapping[str, Any], *names: str) -> None:
        for name in names:
            if raw.get(name) is not None and not isinstance(raw[name], bool):
                self.note(where, "“%(name)s” harus ya atau tidak (true atau false).", name=name)

    def key(self, where: str, value: object, shape: re.Pattern[str]) -> str:
        """Return a well-formed key, or "" where it is none."""
        if value in (None, ""):
            self.note(where, "Nama singkat (key) belum diisi.")
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            self.note(where, "Nama singkat (key) harus berupa tulisan. Tulis di antara tanda petik.")
            return ""
        if not shape.match(str(value)):
            self.note(
                where,
                "Nama singkat “%(key)s” tidak bisa dipakai. Pakai huruf kecil tanpa spasi, angka, atau garis bawah, "
                "paling panjang 40, dan mulai dengan huruf (nama pilihan boleh mulai dengan angka).",
                key=clipped(value),
            )
            return ""
        return str(value)

    def texts(self, where: str, value: object, *, needed: bool, what: T) -> None:
        """Check a text in Indonesian, and perhaps in other languages."""
        if value is None or value in ("", {}):
            if needed:
                self.note(where, "%(what)s belum diisi.", what=what)
            return
        if not isinstance(value, Mapping):
            self._text(where, value, what)
            return
        for language, text in value.items():
            if language not in self.languages:
                self.note(
                    where, "%(what)s ditulis dalam bahasa “%(language)s”, yang tidak ada di daftar bahasa.",
                    what=what, language=clipped(language),
                )  # fmt: skip
            if text not in (None, ""):
                self._text(where, text, what)
        if not str(value.get("id") or "").strip() and (needed or any(value.values())):
            self.note(where, "%(what)s dalam bahasa Indonesia belum diisi.", what=what)

    def _text(self, where: str, value: object, what: T) -> None:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.note(where, "%(what)s harus berupa tulisan, bukan %(kind)s.", what=what, kind=kind_of(value))
            return
        text = str(value)
        if not text.strip():
            self.note(where, "%(what)s hanya berisi spasi.", what=what)
        elif len(text) > MOST_TEXT:
            self.note(where, "%(what)s terlalu panjang: paling banyak %(most)s huruf.", what=what, most=MOST_TEXT)
        elif any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in PLAIN for sign in text):
            self.note(where, "%(what)s memuat tanda yang tidak bisa ditampilkan. Ketik ulang.", what=what)

    def words(self, where: str, raw: Mapping[str, Any], *names: str) -> None:
        """Check optional short strings, e.g. the key of a dimension."""
        for name in names:
            value = raw.get(name)
            if value is not None and not (isinstance(value, str) and 0 < len(value) <= 120 and "\0" not in value):
                self.note(where, "“%(name)s” harus berupa tulisan pendek.", name=name)

    def number(self, where: str, raw: Mapping[str, Any], *names: str) -> list[float | None]:
        """Return each value where it is a number, else None."""
        return [self._number(where, name, raw.get(name)) for name in names]

    def _number(self, where: str, name: str, value: object) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= 1e12:
            self.note(where, "“%(name)s” harus berupa angka.", name=name)
            return None
        return float(value)


def kind_of(value: object) -> T:
    """Say in words what kind of value this is."""
    if isinstance(value, bool):
        return T("ya/tidak")
    if isinstance(value, (int, float)):
        return T("angka")
    if isinstance(value, str):
        return T("tulisan")
    if isinstance(value, (list, tuple)):
        return T("daftar")
    return T("isian bernama") if isinstance(value, Mapping) else T("bentuk lain")


def clipped(value: object) -> str:
    """Shorten a value to one line of a sentence."""
    text = " ".join(str(value).split()) if isinstance(value, (str, int, float)) else "…"
    return text if len(text) <= 40 else f"{text[:39]}…"


def hashable(value: object) -> bool:
    return isinstance(value, (str, int, float, bool)) or value is None
