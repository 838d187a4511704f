"""What several channels refuse in the same way, as sentences that say the way out."""

import io
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from app.kernel.text import T
from app.outreach.outlets.ports import Limits, Outgoing, OutgoingFile, Problem


def text_problems(name: str, limits: Limits, length: int) -> Iterator[Problem]:
    """Yield a problem for a text that is too long, as the platform counts."""
    if limits.max_text is not None and length > limits.max_text:
        yield Problem(
            T(
                "Teks untuk %(name)s kelebihan %(over)s karakter (batasnya %(limit)s). Pendekkan, lalu simpan lagi.",
                name=name,
                over=_number(length - limits.max_text),
                limit=_number(limits.max_text),
            )
        )


def _number(value: int) -> str:
    """As Indonesians write it: 63.206."""
    return f"{value:,}".replace(",", ".")


def hashtag_problems(name: str, limits: Limits, text: str) -> Iterator[Problem]:
    number = count_hashtags(text)
    if limits.max_hashtags is not None and number > limits.max_hashtags:
        yield Problem(
            T(
                "Ada %(number)s tagar, paling banyak %(limit)s di %(name)s. Hapus %(over)s tagar.",
                number=number,
                limit=limits.max_hashtags,
                name=name,
                over=number - limits.max_hashtags,
            )
        )


def count_hashtags(text: str) -> int:
    return sum(word.startswith("#") and len(word) > 1 for word in text.replace("#", " #").split())


def image_problems(name: str, limits: Limits, files: list[OutgoingFile]) -> Iterator[Problem]:
    """Yield the problems of number, kind, size and alternative text of the pictures."""
    if len(files) > limits.max_images:
        yield Problem(
            T(
                "%(name)s menerima paling banyak %(limit)s gambar. Lepas %(over)s gambar.",
                name=name,
                limit=limits.max_images,
                over=len(files) - limits.max_images,
            ),
            "media",
        )
    if len(files) < limits.min_images:
        yield Problem(T("%(name)s memerlukan paling sedikit satu gambar. Tambahkan gambar.", name=name), "media")
    for file in files:
        yield from _file_problems(name, limits, file)


def _file_problems(name: str, limits: Limits, file: OutgoingFile) -> Iterator[Problem]:
    if file.mime not in limits.image_mimes:
        yield Problem(
            T("Berkas %(file)s tidak dapat dipakai di %(name)s. Pakai gambar JPG.", file=file.name, name=name), "media"
        )
    if not file.alt_text.strip():
        yield Problem(
            T("Gambar %(file)s belum punya teks alternatif. Tuliskan apa yang tampak di gambar.", file=file.name),
            "media",
        )
    if len(file.data) > limits.max_image_bytes:
        yield Problem(
            T(
                "Gambar %(file)s terlalu besar untuk %(name)s (paling besar %(limit)s MB). Kecilkan gambarnya.",
                file=file.name,
                name=name,
                limit=limits.max_image_bytes // (1024 * 1024),
            ),
            "media",
        )


def image_ratio(file: OutgoingFile) -> float | None:
    """Return width by height; None where neither is told and the bytes are no picture (or were not handed in)."""
    if file.width and file.height:
        return file.width / file.height
    try:
        with Image.open(io.BytesIO(file.data)) as image:
            return image.width / image.height
    except (UnidentifiedImageError, OSError, ValueError):
        return None


def empty_problems(out: Outgoing) -> Iterator[Problem]:
    if not out.text.strip() and not out.files:
        yield Problem(T("Materi ini masih kosong. Tulis teks atau tambahkan gambar."))
