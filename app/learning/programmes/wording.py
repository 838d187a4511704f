"""What people typed, tidied; short names made of it; links that may be opened."""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import at_most

MAX_LINK = 500
WRONG_LINK = T("Tulis alamat lengkap yang diawali https:// atau http://, misalnya https://contoh.go.id/materi.")


def free_key(text: str, taken: Collection[str], most: int) -> str:
    """Make of a text a short name that none of the others has, of at most `most` signs."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[: most - 6].strip("-") or "baru"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def read_link(text: str | None, field: str) -> str:
    """Read an address of the web that a browser may open, or "". Raises Invalid for any other scheme, e.g.
    javascript:."""
    address = (text or "").strip()
    if not address:
        return ""
    at_most(address, MAX_LINK, field, T("Alamat ini terlalu panjang. Paling banyak %(n)s huruf."))
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _port = parts.port
    except ValueError as error:
        raise Invalid(WRONG_LINK, field=field) from error
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        raise Invalid(WRONG_LINK, field=field)
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        raise Invalid(WRONG_LINK, field=field)
    return address
