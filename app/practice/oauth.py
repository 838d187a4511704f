"""Checks an OAuth 1.0a signature as X does (RFC 5849), for the address that was called or one of X's public ones."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from app.practice import accounts
from app.practice.store import Store

PUBLIC_ADDRESSES = ("https://api.twitter.com", "https://api.x.com")
"""tweepy 4.17 as it comes signs for the first; the documentation names the second."""


class Signatures(RequestValidator):  # type: ignore[misc]
    """Knows one application and one account; every nonce counts once."""

    dummy_client = "tidak-ada"
    dummy_access_token = "tidak-ada"
    client_key_length = (1, 100)
    access_token_length = (1, 100)
    nonce_length = (1, 100)
    enforce_ssl = False  # whoever signs for the address on loopback signs for plain HTTP

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def check_client_key(self, client_key: str) -> bool:
        return bool(client_key)

    def check_access_token(self, request_token: str) -> bool:
        return bool(request_token)

    def check_nonce(self, nonce: str) -> bool:
        return bool(nonce)

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == accounts.X_CONSUMER_KEY

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == accounts.X_ACCESS_TOKEN

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return accounts.X_CONSUMER_SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return accounts.X_ACCESS_TOKEN_SECRET

    def validate_realms(self, client_key: str, token: str, request: Any, uri: Any = None, realms: Any = None) -> bool:
        return True

    def validate_timestamp_and_nonce(
        self,
        client_key: str,
        timestamp: str,
        nonce: str,
        request: Any,
        request_token: Any = None,
        access_token: Any = None,
    ) -> bool:
        """Look whether the nonce is new; `is_signed` uses it up once the signature is known to be right."""
        return not self.store.rows("SELECT 1 FROM nonces WHERE nonce = ?", f"{timestamp}:{nonce}")


class OAuth:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._endpoint = ResourceEndpoint(Signatures(store))

    def is_signed(self, method: str, path_and_query: str, body: bytes, headers: Mapping[str, str], host: str) -> bool:
        """Decide whether the practice account signed this request, for `host` (as http://127.0.0.1:8001) or either
        public address, and it is a new one."""
        text = body.decode("utf-8", "replace")
        for address in (host, *PUBLIC_ADDRESSES):
            valid, request = self._endpoint.validate_protected_resource_request(
                address + path_and_query, http_method=method, body=text, headers=dict(headers)
            )
            if valid:
                return self._first_use(f"{request.timestamp}:{request.nonce}")
        return False

    def _first_use(self, nonce: str) -> bool:
        try:
            self.store.write("INSERT INTO nonces VALUES (?, ?)", nonce, self.store.now().isoformat())
        except sqlite3.IntegrityError:
            return False
        return True
