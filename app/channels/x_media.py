"""Pictures to X: `POST /2/media/upload`, in pieces where large, each with its alternative text.

An upload shows nothing to anybody, so it may be repeated. Ids are remembered at once, by the hash of the picture, and
used again by the next try. Source: docs.x.com/x-api/media (2026-11).
"""

import base64
import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.kernel.clock import Clock
from app.kernel.text import T
from app.outreach.outlets.ports import NotReady, NotSent, Outgoing, OutgoingFile, Rejected, Remember

ONE_REQUEST = 1024 * 1024
"""Up to here a picture goes in one request; above, in pieces of this size, so that a thin line gets through."""
SAFETY = timedelta(minutes=10)

Ask = Callable[..., Any]
"""`ask(method, route, json=…, params=…)` → requests.Response, or a ChannelError."""


class Uploader:
    def __init__(self, ask: Ask, out: Outgoing, remember: Remember, *, until: float) -> None:
        self.ask = ask
        self.files: Sequence[OutgoingFile] = out.files
        self.now = out.now or Clock().now()
        self.until = until  # time.monotonic
        self._keep = remember
        self._known: dict[str, dict[str, Any]] = dict(out.remembered.get("media", {}))

    def upload(self) -> list[str]:
        """Return the media ids in picture order; raises NotReady while X still works on one."""
        return [self._one(file) for file in self.files]

    def _one(self, file: OutgoingFile) -> str:
        name = hashlib.sha256(file.data + file.alt_text.encode()).hexdigest()[:32]
        known = self._known.get(name)
        if known is None or datetime.fromisoformat(known["until"]) < self.now:
            known = self._send(file)
            self._remember(name, known)
        if known.get("waiting"):
            self._wait(str(known["id"]))
            known = {**known, "waiting": False}
            self._remember(name, known)
        if file.alt_text and not known.get("described"):
            text = {"alt_text": {"text": file.alt_text}}
            self._ask("POST", "/2/media/metadata", json={"id": known["id"], "metadata": text})
            self._remember(name, {**known, "described": True})
        return str(known["id"])

    def _remember(self, name: str, entry: dict[str, Any]) -> None:
        self._known[name] = entry
        self._keep({"media": dict(self._known)})

    def _send(self, file: OutgoingFile) -> dict[str, Any]:
        if len(file.data) <= ONE_REQUEST:
            return self._entry(
                self._ask(
                    "POST",
                    "/2/media/upload",
                    json={"media": _text(file.data), "media_category": "tweet_image", "media_type": file.mime},
                )
            )
        description = {"media_type": file.mime, "total_bytes": len(file.data), "media_category": "tweet_image"}
        media_id = self._entry(self._ask("POST", "/2/media/upload/initialize", json=description))["id"]
        for segment, start in enumerate(range(0, len(file.data), ONE_REQUEST)):
            piece = {"media": _text(file.data[start : start + ONE_REQUEST]), "segment_index": segment}
            self._ask("POST", f"/2/media/upload/{media_id}/append", json=piece)
        return self._entry(self._ask("POST", f"/2/media/upload/{media_id}/finalize"))

    def _entry(self, answer: Any) -> dict[str, Any]:
        try:
            data = answer.json()["data"]
            life = timedelta(seconds=int(data.get("expires_after_secs", 86_400)))
            entry = {"id": str(data["id"]), "until": (self.now + life - SAFETY).isoformat()}
        except (ValueError, KeyError, TypeError) as error:
            raise NotSent("X menjawab unggahan gambar tanpa nomor") from error
        return {**entry, "waiting": "processing_info" in data}

    def _wait(self, media_id: str) -> None:
        """Returns once X is done with a picture; holds no thread while it is not."""
        answer = self._ask("GET", "/2/media/upload", params={"command": "STATUS", "media_id": media_id})
        progress = answer.json().get("data", {}).get("processing_info", {"state": "succeeded"})
        if progress.get("state") == "failed":
            raise Rejected(T("X tidak dapat memakai gambarnya. Ganti gambar itu, lalu ajukan lagi."))
        if progress.get("state") != "succeeded":
            raise NotReady("X masih mengolah gambar", after=float(progress.get("check_after_secs", 3)))

    def _ask(self, method: str, route: str, **options: Any) -> Any:
        if time.monotonic() > self.until:
            raise NotSent("Unggahan gambar terlalu lama; dilanjutkan pada percobaan berikutnya")
        return self.ask(method, route, **options)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
