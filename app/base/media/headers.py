"""Measuring the pixels of a moving picture, by its headers alone: nothing is decoded and nothing allocated.

GIF: GIF89a specification, sections 17 to 24. WebP: RFC 9649, section 2.7. Pillow counts a GIF's frames by walking
through all of them, and makes two canvases of the size that a WebP states, before anybody can ask how large it is.
"""

from typing import NamedTuple

GIF_EXTENSION, GIF_IMAGE = 0x21, 0x2C


class Moving(NamedTuple):
    """Size of the canvas in pixels, and the number of frames, counted no further than was asked."""

    width: int
    height: int
    frames: int


def measure(data: bytes, most: int) -> Moving | None:
    """Measure a GIF or a WebP with frames, of which at most `most` + 1 are counted; None for anything else."""
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) > 12:
        return _gif(data, most)
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        return _webp(data, most)
    return None


def _gif(data: bytes, most: int) -> Moving:
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    at, frames = 13 + _colours(data[10]), 0
    while at < len(data) and frames <= most:
        if data[at] == GIF_IMAGE and at + 9 < len(data):
            left, top, wide, high = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (1, 3, 5, 7))
            width, height = max(width, left + wide), max(height, top + high)  # Pillow's canvas grows with its frames
            frames += 1
            at = _past_blocks(data, at + 11 + _colours(data[at + 9]))
        elif data[at] == GIF_EXTENSION:
            at = _past_blocks(data, at + 2)
        else:
            at += 1  # its end, or bytes that Pillow passes over too
    return Moving(width, height, frames)


def _colours(packed: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _past_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _webp(data: bytes, most: int) -> Moving:
    width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    at, frames = 12, 0
    while at + 8 <= len(data) and frames <= most:
        frames += data[at : at + 4] == b"ANMF"
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return Moving(width, height, frames)
