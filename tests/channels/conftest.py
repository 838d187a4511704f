import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from app.channels.registry import make_channels
from app.outreach.outlets.ports import Channel, Outgoing, OutgoingFile
from config import Settings
from tests.practice_server import RunningPractice, running_practice


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[RunningPractice]:
    with running_practice(tmp_path) as running:
        yield running


@pytest.fixture
def channels(practice: RunningPractice) -> Mapping[str, Channel]:
    """All channels, pointed at the practice server."""
    return make_channels(replace(Settings(env="test", mail_from="Gaung <gaung@kukar.test>"), **practice.settings))


class Memory:
    """What `remember` would have committed."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, values: Mapping[str, Any]) -> None:
        self.values.update(json.loads(json.dumps(values)))  # as the ledger's JSON column gives it back


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def outgoing(practice: RunningPractice) -> Callable[..., Outgoing]:
    """An Outgoing for a kind of outlet, signed in to the practice account."""

    def make(kind: str, text: str = "Kukar menuju kota cerdas.", **values: Any) -> Outgoing:
        values.setdefault("key", "post:12:3")
        values.setdefault("credentials", practice.credentials(kind))
        values.setdefault("settings", practice.account(kind))
        values.setdefault("now", datetime.now(UTC))
        values.setdefault("first_tried_at", values["now"])
        return Outgoing(text=text, **values)

    return make


class PictureHost:
    """Serves pictures on loopback, as our own signed public addresses would."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = host.pictures.get(self.path)
                self.send_response(200 if found else 404)
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def add(self, name: str, data: bytes) -> str:
        self.pictures[f"/{name}"] = data
        return f"http://127.0.0.1:{self.server.server_address[1]}/{name}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def picture_host() -> Iterator[PictureHost]:
    host = PictureHost()
    yield host
    host.stop()


@pytest.fixture
def picture(picture_host: PictureHost) -> Callable[..., OutgoingFile]:
    """A real JPEG of this size, at a public address; `noisy` ones are large."""

    def make(width: int = 40, height: int = 40, alt_text: str = "Taman kota", noisy: bool = False) -> OutgoingFile:
        image = Image.effect_noise((width, height), 90) if noisy else Image.new("RGB", (width, height), "teal")
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=95)
        name = f"gambar-{len(picture_host.pictures)}.jpg"
        data = buffer.getvalue()
        return OutgoingFile(name, "image/jpeg", data, alt_text, picture_host.add(name, data))

    return make


@pytest.fixture
def channels_at() -> Callable[..., Any]:
    """Instagram's channel, an Outgoing and a memory for a practice server with a clock of its own."""

    def make(practice: RunningPractice, file: OutgoingFile, now: datetime) -> tuple[Channel, Outgoing, Memory]:
        found = make_channels(replace(Settings(env="test"), **practice.settings))["instagram"]
        out = Outgoing(
            "post:1:1",
            "Kukar",
            files=(file,),
            credentials=practice.credentials("instagram"),
            settings=practice.account("instagram"),
            now=now,
            first_tried_at=now,
        )
        return found, out, Memory()

    return make
