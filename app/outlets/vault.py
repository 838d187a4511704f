"""Credentials at rest: a JSON object under Fernet (AES-128-CBC with HMAC), with keys that can be rotated."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.kernel.errors import GaungError
from app.kernel.text import T


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
            raise VaultClosed(
                T(
                    "Kunci akun yang tersimpan tidak bisa dibuka karena GAUNG_CREDENTIAL_KEYS sudah berganti. "
                    "Kembalikan kunci lama pada pengaturan itu, atau hubungkan ulang saluran ini."
                )
            ) from error
        return opened

    def rotate(self, token: str) -> str:
        """The same content under the first key."""
        try:
            return self._fernet().rotate(token.encode()).decode()
        except InvalidToken as error:
            raise VaultClosed(T("Ada kunci akun yang tidak bisa dibuka dengan GAUNG_CREDENTIAL_KEYS.")) from error

    def _fernet(self) -> MultiFernet:
        if not self._keys:
            raise VaultClosed(
                T(
                    "Kunci akun belum bisa disimpan karena GAUNG_CREDENTIAL_KEYS belum diisi. "
                    "Minta pengelola aplikasi mengisinya; “make run” membuatnya sendiri."
                )
            )
        try:
            return MultiFernet([Fernet(key) for key in self._keys])
        except ValueError as error:
            raise VaultClosed(
                T(
                    "GAUNG_CREDENTIAL_KEYS berisi kunci yang salah bentuk. Setiap kunci adalah 32 bita dalam base64, "
                    "dipisahkan koma."
                )
            ) from error
