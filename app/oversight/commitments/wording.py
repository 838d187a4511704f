"""Read what people typed in the forms of agreements: lines, paragraphs and addresses, tidied and measured."""

from urllib.parse import urlsplit

from app.kernel import typed
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import at_most

MAX_ADDRESS = 500
WRONG_ADDRESS = T("Tulis alamat lengkap yang diawali https://, misalnya https://jdih.contoh.go.id/peraturan.")


def line(text: str, field: str, most: int) -> str:
    """Return one line without doubled blanks. Raises Invalid where it is too long."""
    return at_most(typed.line(text), most, field)


def paragraph(text: str, field: str, most: int) -> str:
    """Return several lines with one kind of line end. Raises Invalid where they are too long."""
    return at_most(typed.paragraph(text), most, field)


def address(text: str, field: str) -> str:
    """Return an https address that a browser may open. Raises Invalid for any other, e.g. javascript:."""
    given = at_most(text.strip(), MAX_ADDRESS, field)
    try:
        parts = urlsplit(given)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid(WRONG_ADDRESS, field=field) from error
    odd = any(sign.isspace() or not sign.isprintable() for sign in given)
    if parts.scheme.lower() != "https" or not host or parts.username is not None or odd:
        raise Invalid(WRONG_ADDRESS, field=field)
    return given
