"""Shared by several pages of events: signed links, the public address, and the invitation that carries it."""

from datetime import datetime
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext as _

from app.base.web.formats import local
from app.base.web.wiring import settings
from app.gatherings.events.registration.tokens import Tokens


def tokens() -> Tokens:
    return Tokens(settings().secret_key)


def public_address(code: str) -> str:
    """Return the whole address of the public page of an event that was announced."""
    return f"{settings().public_url.rstrip('/')}{url_for('events.public', code=code)}"


def whatsapp_link(title: str, starts_at: datetime, address: str) -> str:
    """Return a link that opens WhatsApp with an invitation, on a phone or a computer."""
    words = _("%(title)s, %(when)s. Selengkapnya: %(url)s", title=title, when=local(starts_at), url=address)
    return "https://wa.me/?text=" + quote(words)
