"""Outlets that a person serves: at the hour they get text and files to copy, and paste link or photo back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.channels.by_person import ByPerson
from app.channels.checks import text_problems
from app.kernel.text import T
from app.outreach.outlets.ports import (
    CredentialField,
    HandOver,
    Identity,
    Limits,
    NotSent,
    Outgoing,
    Problem,
    Receipt,
    Remember,
    Sighting,
)


class AssistedChannel(ByPerson):
    seconds = 1.0
    can_look = False
    credential_fields: Sequence[CredentialField] = ()
    setting_fields: Sequence[CredentialField] = (
        CredentialField(
            "notes",
            T("Catatan untuk petugas"),
            T("Misalnya nama grup, atau jam siaran. Tampil saat materi diserahkan untuk diunggah."),
            secret=False,
        ),
    )

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self._problems(out))

    def _problems(self, out: Outgoing) -> Iterator[Problem]:
        files = out.files if self.limits.takes_images else ()
        if self.limits.takes_text and not out.text.strip() and not files:
            yield Problem(T("Materi ini masih kosong. Tulis teks atau tambahkan gambar."))
        yield from text_problems(self.name, self.limits, self.count(out.text))
        if not self.limits.takes_piece and len(files) > self.limits.max_images:
            sentence = T(
                "%(name)s menerima paling banyak %(limit)s gambar. Lepas %(over)s gambar.",
                name=self.name,
                limit=self.limits.max_images,
                over=len(files) - self.limits.max_images,
            )
            yield Problem(sentence, "media")

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        raise HandOver("Diserahkan kepada petugas")

    def find(self, out: Outgoing) -> Receipt | None:
        raise NotSent("Hanya petugasnya yang tahu; tanyakan kepadanya")

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        """Return an empty identity: a person serves this outlet, there is no account to open."""
        return Identity("", self.name)

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        raise NotSent("Hanya petugasnya yang tahu; tanyakan kepadanya")
