"""Which signs the font of our documents has. A sign that no font has is printed as an empty box, without a warning."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

from app.documents.render import FONTS

FONT = FONTS / "PlusJakartaSans[wght].ttf"
UNICODE = {(3, 1), (3, 10), (0, 3), (0, 4)}
"""(platform, encoding) of the tables that tell Unicode signs."""
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def unprintable(text: str) -> list[str]:
    """The signs of a text that the font lacks, each once: they come out in another type, or as an empty box."""
    known = signs_of(FONT)
    written = unicodedata.normalize("NFC", text)
    lacking = (one for one in written if ord(one) not in known and unicodedata.category(one) not in INVISIBLE)
    return list(dict.fromkeys(lacking))


@cache
def signs_of(font: Path) -> frozenset[int]:
    """What the `cmap` of a TrueType file maps to a glyph (formats 4 and 12, OpenType 1.9)."""
    data = font.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    found = {data[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">I", data, 20 + 16 * n)[0] for n in range(tables)}
    start = found[b"cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    signs: set[int] = set()
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * number)
        if (platform, encoding) in UNICODE:
            signs |= _mapped(data, start + offset)
    return frozenset(signs)


def _mapped(data: bytes, at: int) -> set[int]:
    (kind,) = struct.unpack_from(">H", data, at)
    if kind == 4:
        return _segments(data, at)
    if kind == 12:
        (groups,) = struct.unpack_from(">I", data, at + 12)
        rows = (struct.unpack_from(">II", data, at + 16 + 12 * number) for number in range(groups))
        return {sign for first, last in rows for sign in range(first, last + 1)}
    return set()


def _segments(data: bytes, at: int) -> set[int]:
    """Format 4: runs of signs, each with a distance to its glyphs or a place in a list of them; glyph 0 is none."""
    (twice,) = struct.unpack_from(">H", data, at + 6)
    ends, starts = at + 14, at + 16 + twice
    deltas, offsets = starts + twice, starts + 2 * twice
    signs = set()
    for place in range(0, twice, 2):
        first, last, delta, offset = (
            struct.unpack_from(">H", data, start + place)[0] for start in (starts, ends, deltas, offsets)
        )
        for sign in range(first, last + 1):
            glyph = sign
            if offset:
                (glyph,) = struct.unpack_from(">H", data, offsets + place + offset + 2 * (sign - first))
                if glyph == 0:
                    continue
            if (glyph + delta) % 0x10000:
                signs.add(sign)
    return signs
