"""Images as a channel wants them, made from the kept ones and cached; and their signed public addresses."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from PIL import Image

from app.base.media.check import MAX_BYTES, flattened
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.errors import Invalid, NotFound
from app.kernel.text import T

QUALITIES = (90, 82, 74, 66, 58, 50)
LOWEST = (40, 30, 20, 10)  # of WebP, which stays readable
SMALLEST_SIDE = 320  # pixels; below that nobody can read a poster
THUMBNAIL_SIDE = 320
THUMBNAIL_BYTES = 60_000
_SALT = "media-public"


@dataclass(frozen=True)
class Rendition:
    """`max_bytes` in bytes, `max_side` in pixels; None means as it is kept."""

    mimes: tuple[str, ...] | None = None
    max_bytes: int | None = None
    max_side: int | None = None


def derive(
    storage: Storage, file: StoredFile, *, mimes: Sequence[str], max_bytes: int, max_side: int
) -> tuple[bytes, str]:
    """Return the image as one of `mimes`, within `max_bytes` and with no side over `max_side` pixels; and its type.

    What fits already is given as it is. Otherwise it is scaled down, then saved as PNG where that fits, then as JPEG
    (or as WebP, where nothing else is wanted) in falling quality, then smaller still. An animation that does not fit
    becomes its first picture. Raises Invalid when the file is no image or nothing fits.
    """
    if not file.mime.startswith("image/"):
        raise Invalid(T("“%(name)s” bukan gambar, jadi tidak bisa dipakai di saluran ini.", name=file.name))
    side = max(file.width or 0, file.height or 0)
    if file.mime in mimes and file.size <= max_bytes and side <= max_side:
        return storage.read(file), file.mime
    key = f"{','.join(mimes)}|{max_bytes}|{max_side}"
    cached = storage.derived(file, key)
    if cached is None:
        cached = _fit(storage.read(file), file, mimes, max_bytes, max_side)
        storage.keep_derived(file, key, cached)
    return cached, _mime(cached)


def _mime(data: bytes) -> str:
    return "image/png" if data.startswith(b"\x89PNG") else "image/webp" if data.startswith(b"RIFF") else "image/jpeg"


def thumbnail(storage: Storage, file: StoredFile) -> tuple[bytes, str]:
    """Return a small JPEG for lists."""
    return derive(storage, file, mimes=("image/jpeg",), max_bytes=THUMBNAIL_BYTES, max_side=THUMBNAIL_SIDE)


def public_path(
    secret_key: str,
    file_id: int,
    *,
    mimes: Sequence[str] | None = None,
    max_bytes: int | None = None,
    max_side: int | None = None,
) -> str:
    """Return the path, from the site's root, under which anybody who has it can fetch this form of the file.

    Nobody can make up another one: it is signed with the installation's secret key.
    """
    wanted = asdict(Rendition(tuple(mimes) if mimes else None, max_bytes, max_side))
    token = _signer(secret_key).dumps([file_id, *wanted.values()])
    return f"/m/{token if isinstance(token, str) else token.decode()}"


def read_token(secret_key: str, token: str) -> tuple[int, Rendition]:
    """Return the file's id and its form. Raises NotFound for a token that was not made by `public_path`."""
    try:
        file_id, mimes, max_bytes, max_side = _signer(secret_key).loads(token)
    except BadSignature as error:
        raise NotFound(T("Gambar ini tidak ada.")) from error
    return file_id, Rendition(tuple(mimes) if mimes else None, max_bytes, max_side)


def read_rendition(storage: Storage, file: StoredFile, wanted: Rendition) -> tuple[bytes, str]:
    """Return the bytes and type for a public address."""
    if wanted.mimes is None or not file.mime.startswith("image/"):
        return storage.read(file), file.mime
    return derive(
        storage,
        file,
        mimes=wanted.mimes,
        max_bytes=wanted.max_bytes or MAX_BYTES,
        max_side=wanted.max_side or max(file.width or 1, file.height or 1),
    )


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key or "development-only", salt=_SALT)


def _fit(data: bytes, file: StoredFile, mimes: Sequence[str], max_bytes: int, max_side: int) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        for candidate in _candidates(image, mimes, max_side):
            if len(candidate) <= max_bytes:
                return candidate
    raise Invalid(
        T(
            "Gambar “%(name)s” tidak bisa dibuat cukup kecil untuk saluran ini. Pakai gambar yang lebih sederhana.",
            name=file.name,
        )
    )


def _candidates(image: Image.Image, mimes: Sequence[str], max_side: int) -> Iterator[bytes]:
    """Ever smaller encodings, best first."""
    side = min(max_side, max(image.size))
    while True:
        scaled = image.copy()
        if scaled.mode == "P":
            scaled = scaled.convert("RGBA" if "transparency" in scaled.info else "RGB")
        scaled.thumbnail((side, side), Image.Resampling.LANCZOS)
        drawing = image.format in {"PNG", "GIF"} or "image/jpeg" not in mimes
        if tuple(mimes) == ("image/webp",):
            for quality in (*QUALITIES, *LOWEST):
                yield _saved(scaled, "WEBP", quality=quality, method=6)
        if "image/png" in mimes and drawing:
            yield _saved(scaled, "PNG")
        if "image/jpeg" in mimes:
            flat = flattened(scaled)
            for quality in QUALITIES:
                yield _saved(flat, "JPEG", quality=quality, progressive=True)
        if side <= SMALLEST_SIDE:
            return
        side = max(SMALLEST_SIDE, side * 3 // 4)


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
