"""The code of six digits that a phone shows, by Flask-Security's Totp: every 30 seconds another one (RFC 6238).

The secret is kept sealed by the vault, and a code counts once: the step that was used last is remembered.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from flask_security.totp import Totp
from passlib.totp import TOTP, TotpMatch

from app.base.access.factor_models import SecondFactor
from app.kernel.vault import Vault

WINDOW = 180
"""Seconds that a phone's clock may be off, before or behind: two minutes, and the time it takes to type."""
DIGITS = 6


class PhoneCodes(Totp):
    """`clock` gives the present; `issuer` is the name that the phone shows above the code."""

    def __init__(self, issuer: str, clock: Callable[[], datetime]) -> None:
        # secrets are sealed by our own vault, whose keys rotate; so the wallet of the base class is left out
        self._totp = TOTP.using(issuer=issuer.replace(":", " "), now=lambda: clock().timestamp())

    def get_last_counter(self, user: Any) -> int | None:  # user: a SecondFactor
        return cast("int | None", user.totp_counter)

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        user.totp_counter = tmatch.counter

    def new_key(self) -> str:
        """Make a fresh secret of 160 bits in base32."""
        return str(self._totp.new().base32_key)

    def address_of(self, key: str, username: str) -> str:
        """Return the otpauth:// address that a phone reads from the picture."""
        return str(self.get_totp_uri(username.replace(":", " "), _source(key)))

    def fits(self, code: str, key: str, row: SecondFactor) -> bool:
        """Tell whether the phone shows this code now; then neither it nor an older one fits again."""
        return bool(self.verify_totp(code, _source(key), cast("Any", row), window=WINDOW))


def seal_key(vault: Vault, key: str, **more: Any) -> str:
    return vault.seal({"totp": key, **more})


def open_key(vault: Vault, sealed: str) -> str:
    return str(vault.open(sealed)["totp"])


def _source(key: str) -> str:
    """The secret as the library reads it."""
    return json.dumps({"v": 1, "type": "totp", "key": key})
