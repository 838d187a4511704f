"""Credentials at rest: a JSON object under Fernet (AES-128-CBC with HMAC), with keys that can be rotated."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.kernel.errors import GaungError
from app.kernel.text import T

log = logging.getLogger(__name__)
SETTING = "GAUNG_CREDENTIAL_KEYS"


class VaultClosed(GaungError):
    """The installation has no usable key, or this token was sealed with a key that is gone."""

    status = 503


class Vault:
    """Seals with the first key and opens with any: put a new key in front, rotate, then drop the old one.

    `keys` are Fernet keys (32 bytes in URL-safe base64). Without keys the vault can be made but not used.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys

    def seal(self, secrets: Mapping[str, Any]) -> str:
        """Encrypt a JSON object; the token is plain ASCII."""
        return self._fernet().encrypt(json.dumps(dict(secrets)).encode()).decode()

    def open(self, token: str) -> dict[str, Any]:
        """Decrypt what `seal` gave. Raises VaultClosed when no key fits."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet().decrypt(token.encode()))
        except InvalidToken as error:
            log.error("no key of %s opens what is stored", SETTING)
            raise VaultClosed(
                T(
                    "Kunci akun yang tersimpan tidak bisa dibuka karena kunci brankasnya sudah berganti. "
                    "Hubungkan ulang saluran ini, atau minta pengelola server mengembalikan kunci lama."
                )
            ) from error
        return opened

    def rotate(self, token: str) -> str:
        """Return the same content under the first key."""
        try:
            return self._fernet().rotate(token.encode()).decode()
        except InvalidToken as error:
            raise VaultClosed(T("Ada kunci akun yang tidak bisa dibuka dengan kunci brankas yang ada.")) from error

    def _fernet(self) -> MultiFernet:
        if not self._keys:
            log.error("%s is not set", SETTING)
            raise VaultClosed(
                T(
                    "Kunci akun belum bisa disimpan karena kunci brankas aplikasi belum diisi. "
                    "Minta pengelola server mengisinya."
                )
            )
        try:
            return MultiFernet([Fernet(key) for key in self._keys])
        except ValueError as error:
            log.error("%s holds a key that is not 32 bytes in base64; keys are separated by commas", SETTING)
            raise VaultClosed(
                T(
                    "Kunci brankas aplikasi salah bentuk, jadi kunci akun belum bisa disimpan. "
                    "Minta pengelola server memperbaikinya."
                )
            ) from error
