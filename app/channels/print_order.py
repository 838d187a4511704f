"""A print order as a letter: whom it goes to, what it may weigh, its number."""

import hashlib
import re
from email.errors import MessageError
from email.headerregistry import Address

from app.kernel.text import T
from app.outreach.outlets.ports import (
    Outgoing,
)

MAX_ATTACHED_BYTES = 15 * 1024 * 1024
"""Many mailboxes refuse above 20–25 MB, and base64 adds a third."""


def attached_bytes(out: Outgoing) -> int:
    return sum(len(file.data) for file in out.files)


def too_large_sentence(size: int) -> T:
    """Return the sentence for `size` bytes of attachments that no mailbox takes."""
    megabytes = f"{size / 1024 / 1024:.1f}".replace(".", ",")
    return T("PDF terlalu besar untuk surel (%(size)s MB). Perkecil gambarnya.", size=megabytes)


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a delivery: the same each time, whatever stands in its key."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-")[:60]
    return f"<pesanan-{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}@{domain}>"


def recipient_of(out: Outgoing) -> str | None:
    """Return the one address that the order goes to, or None where it cannot be one."""
    text = (out.recipient or str(out.settings.get("email") or "")).strip()
    if not text or any(letter.isspace() or ord(letter) < 32 for letter in text) or not text.isascii():
        return None
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        return None
    return text if address.username and ("." in address.domain or address.domain == "localhost") else None
