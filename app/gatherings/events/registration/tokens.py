"""Signed values in the addresses that people get: the own page of a registration, its ticket, the door of an event.

Each kind has its own salt, so that none opens what another is for.
"""

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.gatherings.events.models import Event, Registration
from app.kernel.errors import NotFound
from app.kernel.text import T

REGISTRATION, TICKET, DOOR = "event-registration", "event-ticket", "event-door"


class Tokens:
    """Makes and reads the signed values. Every `read_…` raises NotFound for a value that this installation has not
    signed."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def registration(self, registration: Registration) -> str:
        """Return the token of the own page: see, change, cancel."""
        return self._sign(REGISTRATION, [registration.id, registration.link_no])

    def read_registration(self, token: str) -> tuple[int, int]:
        """Return (id of the registration, number of the link). Links of before they were numbered are the first."""
        read = self._read(REGISTRATION, token, T("Tautan pendaftaran ini tidak lengkap. Salin lagi seluruh tautannya."))
        registration_id, number = read if isinstance(read, list) else (read, 0)
        return int(registration_id), int(number)

    def ticket(self, registration: Registration) -> str:
        """Return the token that checks somebody in; shown as a QR code."""
        return self._sign(TICKET, [registration.event_id, registration.id])

    def read_ticket(self, token: str) -> tuple[int, int]:
        """Return (id of the event, id of the registration)."""
        event_id, registration_id = self._read(
            TICKET, token, T("Tiket ini tidak dikenal. Cari nama orangnya pada daftar, atau catat sebagai tamu.")
        )
        return int(event_id), int(registration_id)

    def door(self, event: Event) -> str:
        """Return the token at the entrance, by which people check themselves in."""
        return self._sign(DOOR, event.id)

    def read_door(self, token: str) -> int:
        """Return the id of the event."""
        return int(self._read(DOOR, token, T("Kode pintu ini tidak dikenal. Pindai lagi kode di tempat kegiatan.")))

    def _sign(self, salt: str, value: Any) -> str:
        return str(URLSafeSerializer(self._secret_key, salt=salt).dumps(value))

    def _read(self, salt: str, token: str, sentence: T) -> Any:
        try:
            return URLSafeSerializer(self._secret_key, salt=salt).loads(token)
        except (BadData, ValueError) as error:
            raise NotFound(sentence) from error
