"""Public addresses of a survey: for everybody, for one village or OPD, for one person; their QR codes and texts."""

import secrets
from collections.abc import Sequence
from urllib.parse import quote

from itsdangerous import BadData, URLSafeSerializer

from app.surveys.models import Wave

SALT = "survey-link"
MOST_LINKS = 5000


def address(public_url: str, wave: Wave, place: str = "", key: str = "") -> str:
    """The whole address, as it stands in a QR code."""
    path = f"{public_url.rstrip('/')}/s/{wave.code}"
    path += f"/{quote(place, safe=':')}" if place else ""
    return f"{path}?k={key}" if key else path


def new_keys(secret_key: str, wave: Wave, count: int) -> list[str]:
    """As many new links for one person each. Nothing is stored: an answer keeps a hash of the link it came by."""
    signer = URLSafeSerializer(secret_key, salt=SALT)
    return [str(signer.dumps([wave.code, secrets.token_urlsafe(6)])) for _ in range(count)]


def is_key(secret_key: str, wave: Wave, key: str) -> bool:
    """Whether this installation made this link for this survey."""
    try:
        found = URLSafeSerializer(secret_key, salt=SALT).loads(key)
    except (BadData, ValueError):
        return False
    return isinstance(found, list) and found[:1] == [wave.code]


def whatsapp(text: str) -> str:
    """Opens WhatsApp with the text, to be sent to whomever one chooses."""
    return f"https://wa.me/?text={quote(text)}"


def rows(public_url: str, wave: Wave, keys: Sequence[str]) -> list[tuple[int, str]]:
    """(number, address) of each link, for a list to send them from."""
    return [(number, address(public_url, wave, key=key)) for number, key in enumerate(keys, 1)]
