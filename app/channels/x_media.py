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

from app.channels.wire import ONE_UPLOAD
from app.channels.x_wire import BAD_PICTURE
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits, read_int
from app.outreach.outlets.ports import NotReady, NotSent, Outgoing, OutgoingFile, Rejected, Remember

ONE_REQUEST = 1024 * 1024
"""Up to here a picture goes in one request; above, in pieces of this size, so that a thin line gets through."""
SAFETY = timedelta(minutes=10)
LONGEST_LIFE = 86_400  # seconds that an upload waits for its post
LONGEST_PAUSE = 600  # seconds between two looks at one that X works on

Ask = Callable[..., Any]
"""`ask(method, route, json=…, params=…)` → x_line.Answer, or a ChannelError."""


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
                    json={"media": _text(file.data), "media_category": "tweet_image"},
                )
            )
        description = {"media_type": file.mime, "total_bytes": len(file.data), "media_category": "tweet_image"}
        media_id = self._entry(self._ask("POST", "/2/media/upload/initialize", json=description))["id"]
        for segment, start in enumerate(range(0, len(file.data), ONE_REQUEST)):
            piece = {"media": _text(file.data[start : start + ONE_REQUEST]), "segment_index": segment}
            self._ask("POST", f"/2/media/upload/{media_id}/append", json=piece)
        return self._entry(self._ask("POST", f"/2/media/upload/{media_id}/finalize"))

    def _entry(self, answer: Any) -> dict[str, Any]:
        data = answer.data()
        if not are_digits(str(data.get("id"))):
            raise NotSent("X menjawab unggahan gambar tanpa nomor", request_id=answer.request_id)
        seconds = read_int(data.get("expires_after_secs"), most=LONGEST_LIFE)
        life = timedelta(seconds=LONGEST_LIFE if seconds is None else seconds)
        until = (self.now + life - SAFETY).isoformat()
        return {"id": str(data["id"]), "until": until, "waiting": bool(data.get("processing_info"))}

    def _wait(self, media_id: str) -> None:
        """Returns once X is done with a picture; holds no thread while it is not."""
        answer = self._ask("GET", "/2/media/upload", params={"command": "STATUS", "media_id": media_id})
        progress = answer.data().get("processing_info")
        state = progress.get("state") if isinstance(progress, dict) else "succeeded"
        if state == "failed":
            raise Rejected(BAD_PICTURE)
        if state != "succeeded":
            after = read_int(progress.get("check_after_secs"), least=1, most=LONGEST_PAUSE)
            raise NotReady("X masih mengolah gambar", after=float(after or 3))

    def _ask(self, method: str, route: str, **options: Any) -> Any:
        if time.monotonic() > self.until:
            raise NotSent("Unggahan gambar terlalu lama; dilanjutkan pada percobaan berikutnya")
        return self.ask(method, route, seconds=ONE_UPLOAD, **options)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
