"""A platform that can be told what to answer to `identify`."""

from collections.abc import Mapping
from typing import Any

from app.kernel.text import T
from app.outreach.outlets.ports import CredentialField, Identity, Limits


class Platform:
    limits = Limits(max_text=280)
    seconds = 1.0
    can_look = True
    can_measure = False
    can_remove = False
    credential_fields = (CredentialField("key", T("Kunci")), CredentialField("secret", T("Rahasia"), T("Dari portal.")))
    setting_fields = (CredentialField("page_id", T("Nomor Halaman"), secret=False),)

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.answer: Identity | Exception = Identity("42", "@diskominfo", {"user_id": "42"})
        self.during: Any = None

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        self.asked.append((dict(credentials), dict(settings)))
        if self.during:
            self.during()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
