"""The signs that the font of our documents has. One that no font has is printed as an empty box, without a warning."""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools import ttLib

from app.base.documents.render import FONTS

FONT = FONTS / "PlusJakartaSans[wght].ttf"
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def unprintable(text: str) -> list[str]:
    """Return the signs of a text that the font lacks, each once: they come out in another type, or as an empty box."""
    known = signs_of(FONT)
    written = unicodedata.normalize("NFC", text)
    lacking = (one for one in written if ord(one) not in known and unicodedata.category(one) not in INVISIBLE)
    return list(dict.fromkeys(lacking))


@cache
def signs_of(font: Path) -> frozenset[int]:
    """Return the Unicode signs for which a font has a glyph."""
    with ttLib.TTFont(font, lazy=True) as file:
        return frozenset(file.getBestCmap())
