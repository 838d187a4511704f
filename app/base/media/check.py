"""Checking a file by its content; and images made harmless: re-encoded, upright, without EXIF.

Pure work on bytes, no database: call it outside a transaction.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.base.media.headers import measure
from app.kernel.errors import Invalid
from app.kernel.text import T

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000  # a photo of 8,000 × 6,000, which is decoded at half its size or less
MAX_WHOLE = 20_000_000  # of what can only be decoded whole, at four bytes a pixel: an A3 poster has 17 million
MAX_MOVING = 16_000_000  # of all frames together: each is decoded and written again
MAX_SIDE = 4096  # what is kept; no platform and no A3 poster needs more
MAX_FRAMES = 300
READABLE = ("JPEG", "PNG", "WEBP", "GIF")  # Pillow opens an MPO as a JPEG
MIMES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept. `width` and `height` in pixels, None for a PDF."""

    data: bytes
    mime: str
    name: str
    width: int | None = None
    height: int | None = None


def check_file(data: bytes, name: str) -> Checked:
    """Check an image or a PDF. Raises Invalid with a sentence that says what to do."""
    return check_pdf(data, name) if _is_pdf(data) else check_image(data, name)


def check_image(data: bytes, name: str) -> Checked:
    """Read, turn upright, strip and re-encode a JPEG, PNG, WebP or GIF. Raises Invalid for anything else.

    The name says nothing about the content and is only shown to people.
    """
    name = clean_name(name)
    _check_size(data, name)
    if _is_pdf(data):
        raise _wrong(
            T(
                "“%(name)s” adalah dokumen PDF, bukan gambar. Simpan halamannya sebagai JPG atau PNG, "
                "lalu unggah gambar itu.",
                name=name,
            )
        )
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        raise _wrong(
            T(
                "“%(name)s” adalah foto HEIC dari iPhone. Ubah dulu menjadi JPG: di iPhone buka Pengaturan, Kamera, "
                "Format, pilih Paling Kompatibel, lalu ambil foto lagi.",
                name=name,
            )
        )
    _check_moving(data, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=READABLE) as image:
                return _reencode(image, name)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(name) from error
        except UnidentifiedImageError as error:
            raise _wrong(
                T(
                    "“%(name)s” bukan gambar yang dikenal. Pakai gambar JPG, PNG, WebP, atau GIF.",
                    name=name,
                )
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError) as error:
            raise _wrong(
                T(
                    "Gambar “%(name)s” rusak atau terpotong, jadi tidak bisa dibaca. Salin atau kirim ulang "
                    "gambarnya, lalu unggah lagi.",
                    name=name,
                )
            ) from error


def check_pdf(data: bytes, name: str) -> Checked:
    """Check that this is a readable PDF without a password. Raises Invalid for anything else."""
    name = clean_name(name)
    _check_size(data, name)
    if not _is_pdf(data):
        raise _wrong(T("“%(name)s” bukan dokumen PDF. Simpan dokumennya sebagai PDF, lalu unggah lagi.", name=name))
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise _wrong(
            T("PDF “%(name)s” memakai kata sandi. Simpan tanpa kata sandi, lalu unggah lagi.", name=name)
        ) from error
    except pikepdf.PdfError as error:
        raise _wrong(T("PDF “%(name)s” rusak, jadi tidak bisa dibaca. Simpan ulang sebagai PDF.", name=name)) from error
    if not pages:
        raise _wrong(T("PDF “%(name)s” tidak berisi halaman. Simpan ulang sebagai PDF.", name=name))
    return Checked(data=data, mime="application/pdf", name=name)


def clean_name(name: str) -> str:
    """Return the last part of a path, printable, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:200] or "berkas"


def flattened(image: Image.Image) -> Image.Image:
    """Return an image in RGB on white: what a JPEG can hold."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return ground
    return image.convert("RGB")


def _reencode(image: Image.Image, name: str) -> Checked:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name)
    kind = image.format or ""
    photo = kind in {"JPEG", "MPO"} and not image.info.get("progressive")
    if width * height > MAX_WHOLE and not photo:  # progressive: all its coefficients are held until the last is read
        raise _too_many_pixels(name, MAX_WHOLE)
    mime = MIMES[kind]
    if kind in {"GIF", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        return _reencode_animation(image, name)
    if kind in {"JPEG", "MPO"}:
        # decodes a huge photo at half or a quarter of its size, at not less than three quarters of what is kept
        shrink = 0.75 * MAX_SIDE / max(width, height)
        image.draft(None, (int(width * shrink), int(height * shrink)))
    image.load()
    upright = ImageOps.exif_transpose(image)
    if mime == "image/jpeg":
        upright = flattened(_to_srgb(upright))
    elif mime == "image/png":
        upright = _to_srgb(upright)
        if upright.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
            upright = upright.convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return Checked(_encode(upright, mime), mime, name, *upright.size)


def _encode(image: Image.Image, mime: str) -> bytes:
    for key in ("exif", "comment", "xmp", "icc_profile"):
        image.info.pop(key, None)
    out = io.BytesIO()
    if mime == "image/jpeg":
        image.save(out, "JPEG", quality=92, progressive=True)
    elif mime == "image/png":
        image.save(out, "PNG")
    elif mime == "image/webp":
        image.save(out, "WEBP", quality=90, method=2)
    else:
        image.save(out, "GIF")
    return out.getvalue()


def _reencode_animation(image: Image.Image, name: str) -> Checked:
    frames = int(getattr(image, "n_frames", 1))
    width, height = image.size
    for frame in range(frames):
        image.seek(frame)
        image.load()
    image.seek(0)
    for key in ("exif", "comment", "xmp", "icc_profile"):
        image.info.pop(key, None)
    out = io.BytesIO()
    image.save(out, image.format, save_all=True)
    return Checked(out.getvalue(), MIMES[image.format or "GIF"], name, width, height)


def _check_moving(data: bytes, name: str) -> None:
    """Before Pillow opens it. Raises Invalid for more pixels, over all frames, than are decoded here."""
    found = measure(data, MAX_FRAMES)
    if found is None:
        return
    pixels = found.width * found.height
    if found.frames <= 1:
        if pixels > MAX_WHOLE:
            raise _too_many_pixels(name, MAX_WHOLE)
        return
    if max(found.width, found.height) > MAX_SIDE or found.frames > MAX_FRAMES or pixels * found.frames > MAX_MOVING:
        raise _wrong(
            T(
                "Gambar bergerak “%(name)s” terlalu besar. Perkecil ukurannya atau jumlah gambarnya, lalu unggah lagi.",
                name=name,
            )
        )


def _to_srgb(image: Image.Image) -> Image.Image:
    """Colours of another profile (a camera's Adobe RGB, a printer's CMYK) as a screen shows them."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L", "RGBA"}:
        return image
    try:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile is no reason to refuse a good photo
    return converted or image


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]


def _check_size(data: bytes, name: str) -> None:
    if not data:
        raise _wrong(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    if len(data) > MAX_BYTES:
        raise too_large(name, len(data))


def too_large(name: str, size: int) -> Invalid:
    """Return the error for a file that is too large; `size` in bytes."""
    return _wrong(
        T(
            "Berkas “%(name)s” berukuran %(size)s MB; paling besar %(limit)s MB. Perkecil dulu, misalnya dengan "
            "mengirimnya lewat WhatsApp lalu mengunduhnya lagi, kemudian unggah hasilnya.",
            name=name,
            size=f"{size / 1e6:.0f}",
            limit=f"{MAX_BYTES / 1e6:.0f}",
        )
    )


def _too_many_pixels(name: str, most: int = MAX_PIXELS) -> Invalid:
    return _wrong(
        T(
            "Gambar “%(name)s” terlalu lebar atau tinggi; paling banyak %(limit)s juta piksel. Perkecil ukurannya "
            "(misalnya menjadi 4.000 × 3.000), lalu unggah lagi.",
            name=name,
            limit=f"{most / 1e6:.0f}",
        )
    )


def _wrong(sentence: T) -> Invalid:
    return Invalid(sentence, field="file")
