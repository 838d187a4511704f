"""Reading what a person typed: trimmed in one way, and measured before it is kept."""

from app.kernel.errors import Invalid
from app.kernel.text import T

TOO_LONG = T("Isian ini terlalu panjang. Paling banyak %(n)s huruf.")
REASON_TOO_LONG = T("Alasan terlalu panjang. Paling banyak %(n)s huruf.")
NAME_TOO_LONG = T("Nama terlalu panjang. Paling banyak %(n)s huruf.")
NOTE_TOO_LONG = T("Catatan terlalu panjang. Paling banyak %(n)s huruf.")


def line(text: str | None) -> str:
    """Return a text on one line, with single blanks between its words."""
    return " ".join((text or "").split())


def paragraph(text: str | None) -> str:
    """Return a text of several lines with one kind of line end, and nothing blank around it."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def at_most(text: str, most: int, field: str | None, long: T = TOO_LONG) -> str:
    """Return a text that has at most so many signs. Raises Invalid with the sentence `long`; its `n` is `most`."""
    if len(text) > most:
        raise Invalid(T(long.msgid, **{"n": most, **long.params}), field=field)
    return text


def required_line(text: str | None, most: int, field: str, missing: T, long: T = TOO_LONG) -> str:
    """Return a text on one line that is neither empty nor longer than `most`. Raises Invalid."""
    words = line(text)
    if not words:
        raise Invalid(missing, field=field)
    return at_most(words, most, field, long)
