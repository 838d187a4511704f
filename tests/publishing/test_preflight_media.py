"""Whether a picture can be fetched through the public address, over real loopback HTTP."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from app.outreach.publishing.preflight import media
from app.outreach.publishing.preflight.models import Level
from tests.listeners import closed_port


@pytest.fixture
def host() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/lambat":
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.end_headers()
                for _ in range(40):
                    self.wfile.write(b"x")
                    time.sleep(0.05)
                return
            self.send_response(404 if self.path == "/hilang" else 200)
            self.send_header("Content-Type", "text/html" if self.path == "/masuk" else "image/jpeg")
            self.end_headers()
            self.wfile.write(b"x" * 2000)

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_picture_that_can_be_fetched_is_no_finding(host: str) -> None:
    assert media.fetched(f"{host}/gambar", "a.jpg", max_bytes=5000) is None


@pytest.mark.parametrize(("path", "said"), [("hilang", "404"), ("masuk", "text/html"), ("gambar", "terlalu besar")])
def test_what_the_platform_would_refuse_is_found(host: str, path: str, said: str) -> None:
    finding = media.fetched(f"{host}/{path}", "a.jpg", max_bytes=1000)
    assert finding is not None
    assert finding.level == Level.BAD
    assert said in str(finding.sentence)


def test_a_picture_that_trickles_ends_within_its_time(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "SECONDS", 0.3)
    finding = media.fetched(f"{host}/lambat", "a.jpg", max_bytes=5000)
    assert finding is not None
    assert finding.level == Level.BAD


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000/m/x", "http://localhost/m/x", "http://10.1.2.3/m/x", "http://tidak-ada.invalid/m/x"]
)
def test_an_address_that_only_we_know_cannot_be_checked_and_is_no_error(url: str) -> None:
    finding = media.fetch_finding(url, "a.jpg", max_bytes=1000)
    assert finding is not None
    assert finding.level == Level.UNKNOWN
    assert "tidak dapat diperiksa" in str(finding.sentence)


def test_an_address_that_does_not_answer_from_here_is_no_error_of_the_picture() -> None:
    finding = media.fetched(f"http://127.0.0.1:{closed_port()}/m/x", "a.jpg", max_bytes=1000)
    assert finding is not None
    assert finding.level == Level.UNKNOWN
