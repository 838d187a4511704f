"""Public addresses of a survey: for everybody, for one village or OPD, for one person; their QR codes and texts."""

import secrets
from collections.abc import Sequence
from urllib.parse import quote

from itsdangerous import BadData, BadSignature, Signer, URLSafeSerializer

from app.evidence.surveys.models import Wave

SALT = "survey-link"
RECEIPT_SALT = "survey-receipt"
MOST_LINKS = 5000


def address(public_url: str, wave: Wave, place: str = "", key: str = "") -> str:
    """Return the whole address, as it stands in a QR code."""
    path = f"{public_url.rstrip('/')}/s/{wave.code}"
    path += f"/{quote(place, safe=':')}" if place else ""
    return f"{path}?k={key}" if key else path


def new_keys(secret_key: str, wave: Wave, count: int) -> list[str]:
    """Make as many new links for one person each.

    Nothing is stored: an answer keeps a hash of the link it came by.
    """
    signer = URLSafeSerializer(secret_key, salt=SALT)
    return [str(signer.dumps([wave.code, secrets.token_urlsafe(6)])) for _ in range(count)]


def is_key(secret_key: str, wave: Wave, key: str) -> bool:
    """Decide whether this installation made this link for this survey."""
    try:
        found = URLSafeSerializer(secret_key, salt=SALT).loads(key)
    except (BadData, ValueError):
        return False
    return isinstance(found, list) and found[:1] == [wave.code]


def shown_receipt(secret_key: str, wave: Wave, receipt: str) -> str:
    """Sign a receipt for the address of the page that thanks: nobody makes up another."""
    return f"{receipt}.{_receipts(secret_key, wave).get_signature(receipt).decode()}"


def receipt_of(secret_key: str, wave: Wave, shown: str) -> str | None:
    try:
        return _receipts(secret_key, wave).unsign(shown).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def _receipts(secret_key: str, wave: Wave) -> Signer:
    return Signer(secret_key or "development-only", salt=f"{RECEIPT_SALT}:{wave.code}")


def whatsapp(text: str) -> str:
    """Return an address that opens WhatsApp with the text, to be sent to whomever one chooses."""
    return f"https://wa.me/?text={quote(text)}"


def rows(
    public_url: str, wave: Wave, keys: Sequence[str], place: str = "", name: str = ""
) -> list[tuple[int, str, str]]:
    """Yield (number, address, the place's name) of each link, for a list to send them from."""
    return [(number, address(public_url, wave, place, key), name) for number, key in enumerate(keys, 1)]
