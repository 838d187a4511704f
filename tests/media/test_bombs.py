"""A tiny file that would unpack to hundreds of megabytes, or take seconds, is refused by its headers."""

import io
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from app.base.media.check import MAX_FRAMES, check_image
from app.base.media.headers import Moving, measure
from app.kernel.errors import Invalid
from tests.media.images import moving

SECONDS = 0.5  # of the processor
MEGABYTE = 1_000_000


def flat_png(side: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def gif_of(frames: int, side: int) -> bytes:
    """Frames of the whole canvas, all cleared at once: a code to clear, a code to end."""
    size = struct.pack("<HH", side, side)
    frame = b"\x2c" + bytes(4) + size + b"\x00" + b"\x02\x01\x2c\x00"
    return b"GIF89a" + size + b"\x80\x00\x00" + bytes(6) + frame * frames + b"\x3b"


def growing_gif() -> bytes:
    """A canvas of one pixel, and frames far outside."""
    size, far = struct.pack("<HH", 1, 1), struct.pack("<HHHH", 60000, 60000, 1, 1)
    frame = b"\x2c" + far + b"\x00" + b"\x02\x01\x2c\x00"
    return b"GIF89a" + size + b"\x80\x00\x00" + bytes(6) + frame * 3 + b"\x3b"


def webp_of(frames: int, side: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    canvas = b"\x02\0\0\0" + (side - 1).to_bytes(3, "little") * 2
    body = b"WEBP" + part(b"VP8X", canvas) + part(b"ANIM", bytes(6)) + part(b"ANMF", bytes(16)) * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def real_webp(frames: int, side: int) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (side, side), (50 * number % 256, 0, 99)) for number in range(frames)]
    pictures[0].save(out, "WEBP", save_all=True, append_images=pictures[1:], duration=50)
    return out.getvalue()


def progressive() -> bytes:
    out = io.BytesIO()
    Image.new("L", (6900, 6900)).save(out, "JPEG", progressive=True, quality=10)
    return out.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG of 49 million pixels": lambda: flat_png(7000),
    "GIF of many large frames": lambda: gif_of(MAX_FRAMES, 800),
    "GIF of a million frames": lambda: gif_of(1_000_000, 1),
    "GIF that grows": growing_gif,
    "GIF of one huge frame": lambda: gif_of(1, 60_000),
    "WebP of a huge canvas": lambda: webp_of(2, 16_000),
    "WebP of many frames": lambda: webp_of(100_000, 2),
    "WebP of one frame on a huge canvas": lambda: webp_of(1, 16_000),
    "WebP that Pillow made": lambda: real_webp(30, 1000),
    "progressive JPEG": progressive,
}


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS)
def test_a_small_file_that_unpacks_to_much_is_refused_at_once(make: Callable[[], bytes]) -> None:
    data = make()
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(Invalid):
        check_image(data, "gambar")
    assert time.process_time() - begun < SECONDS
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MEGABYTE


def test_what_people_send_is_still_taken() -> None:
    assert check_image(moving(40), "gerak.gif").mime == "image/gif"
    assert check_image(real_webp(8, 480), "gerak.webp").mime == "image/webp"
    assert check_image(flat_png(4000), "poster.png").width == 4000


def test_frames_and_canvas_are_read_without_decoding() -> None:
    assert measure(moving(7), 300) == Moving(40, 30, 7)
    assert measure(moving(7), 3) == Moving(40, 30, 4)
    assert measure(real_webp(5, 64), 300) == Moving(64, 64, 5)
    assert measure(b"GIF89a", 3) is None
    for cut in range(13, 60):
        measure(gif_of(2, 9)[:cut], 3)
        measure(webp_of(2, 9)[:cut], 3)
