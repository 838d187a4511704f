"""Files made on the spot: no picture of anybody lies in the repository."""

import io

import pikepdf
from PIL import Image

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options) -> bytes:
    image = Image.effect_noise(size, 60).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def flat(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "navy" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


def phone_photo() -> bytes:
    """A photo held upright: stored lying, with its turn, its maker and its place in EXIF."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Ponsel Rahasia"
    exif[GPS] = {1: "S", 2: (0.0, 25.0, 0.0), 3: "E", 4: (117.0, 0.0, 0.0)}
    return flat(size=(400, 300), exif=exif)


def moving(frames: int = 3) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (40, 30), (number % 256, 80, number // 256)) for number in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    return out.getvalue()


def pdf(password: str = "") -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
