"""What people typed, tidied and measured."""

from urllib.parse import urlsplit

from app.kernel.errors import Invalid
from app.kernel.text import T

MAX_ADDRESS = 500
WRONG_ADDRESS = T("Tulis alamat lengkap yang diawali https://, misalnya https://jdih.contoh.go.id/peraturan.")


def line(text: str, field: str, most: int) -> str:
    """One line, without doubled blanks. Raises Invalid where it is too long."""
    return measured(" ".join(text.split()), field, most)


def paragraph(text: str, field: str, most: int) -> str:
    """Several lines with one kind of line end, and none blank around them. Raises Invalid where it is too long."""
    return measured(text.replace("\r\n", "\n").replace("\r", "\n").strip(), field, most)


def measured(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(T("Isian ini terlalu panjang. Paling banyak %(n)s huruf.", n=most), field=field)
    return text


def address(text: str, field: str) -> str:
    """An https address that a browser may open. Raises Invalid for any other, e.g. javascript:."""
    typed = measured(text.strip(), field, MAX_ADDRESS)
    try:
        parts = urlsplit(typed)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid(WRONG_ADDRESS, field=field) from error
    odd = any(sign.isspace() or not sign.isprintable() for sign in typed)
    if parts.scheme.lower() != "https" or not host or parts.username is not None or odd:
        raise Invalid(WRONG_ADDRESS, field=field)
    return typed
