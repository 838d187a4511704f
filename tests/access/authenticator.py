"""A key as a phone keeps it, in a few lines: makes and signs what WebAuthn Level 2 (§6.5, §7) asks for, with ES256."""

import hashlib
import json
import os
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Phone:
    """One key for one site. `origin` and `rp_id` are what the browser says; a page cannot change them."""

    def __init__(self, origin: str = "http://localhost", rp_id: str = "localhost", *, verifies: bool = True) -> None:
        self.origin, self.rp_id = origin, rp_id
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.count = 0
        self.flags = PRESENT | (VERIFIED if verifies else 0)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _head(self, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def make(self, options: str) -> str:
        """What navigator.credentials.create() answers."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        head = self._head(self.flags | ATTESTED) + bytes(16) + struct.pack(">H", len(self.credential_id))
        data = head + self.credential_id + encode_cbor(public)
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer(
            {"clientDataJSON": bytes_to_base64url(client), "attestationObject": bytes_to_base64url(made)}
        )

    def sign(self, options: str) -> str:
        """What navigator.credentials.get() answers."""
        client, head = self._client("webauthn.get", options), self._head(self.flags)
        signature = self.key.sign(head + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "authenticatorData": bytes_to_base64url(head),
                "signature": bytes_to_base64url(signature),
                "userHandle": None,
            }
        )
