"""Names of columns, sheets and languages, the same for writing and reading an XLSForm.

What XLSForm has no place for stands in columns and sheets whose names begin with "gaung"; other programs leave them be.
"""

import re
from collections.abc import Collection

from app.kernel.numbers import are_digits

ABOUT = ("tempat", "jenis_kelamin", "kelompok_umur")
"""Who answered: asked first, and no questions of the instrument."""
FRAME = {"gaung_intro": "intro", "gaung_consent": "consent", "gaung_thanks": "thanks"}
"""Notes of the form that are texts of the instrument."""
EXTRA_COLUMNS = (
    "gaung_kind", "gaung_key", "gaung_aloud", "gaung_back", "gaung_shuffle", "gaung_when", "gaung_dimension",
    "gaung_service", "gaung_decoy", "gaung_picture", "gaung_impersonal", "gaung_points", "gaung_untranslated",
)  # fmt: skip
EXTRA_CHOICE_COLUMNS = ("gaung_exclusive", "gaung_other", "gaung_fixed", "gaung_right", "gaung_untranslated")
MEASURES, CODES, TEXTS = "gaung_measures", "gaung_codes", "gaung"
YES = "yes"

LANGUAGES = {
    "id": "Bahasa Indonesia",
    "kut": "Kutai",
    "bjn": "Banjar",
    "jv": "Jawa",
    "bug": "Bugis",
    "mad": "Madura",
    "su": "Sunda",
    "ban": "Bali",
    "sas": "Sasak",
    "tsg": "Tausug",
    "en": "Inggris",
    "ar": "Arab",
    "zh": "Mandarin",
}
"""Languages by their code. "kut" is what the region uses for Kutai."""
_NAMED = {
    "indonesia": "id", "indonesian": "id", "bahasa indonesia": "id", "bahasa": "id", "english": "en",
    **{name.lower(): code for code, name in LANGUAGES.items()},
}  # fmt: skip
_CODED = re.compile(r"\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})\s*\)\s*\Z")


def heading(language: str) -> str:
    """Write a language as it stands behind "label::"."""
    return f"{LANGUAGES.get(language, language)} ({language})"


def language_of(said: str) -> str | None:
    """Return the code of "Kutai (kut)", "kut" or "English"; None for what is not known."""
    coded = _CODED.search(said)
    if coded:
        return coded[1].lower() if "-" not in coded[1] else coded[1]
    plain = said.strip().lower()
    if plain in _NAMED:
        return _NAMED[plain]
    return plain if re.fullmatch(r"[a-z]{2,3}", plain) else None


class Names:
    """Names that are handed out, each once."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.taken = set(taken)

    def free(self, wanted: str, *, most: int = 200) -> str:
        name, number = wanted[:most], 1
        while name in self.taken:
            number += 1
            name = f"{wanted[: most - 4]}_{number}"
        self.taken.add(name)
        return name


def key_from(name: str, *, option: bool = False) -> str:
    """Make a key that this program takes, as near to the name as can be."""
    key = re.sub(r"[^a-z0-9_-]" if option else r"[^a-z0-9_]", "_", name.strip().lower())
    if option:
        key = re.sub(r"^-", "n", key).lstrip("_")
    elif not key[:1].isalpha():
        key = f"q{key}" if are_digits(key[:1]) else key.lstrip("_")
    return (key or "x")[:40]
