"""A practice server of one's own for a test, on free loopback ports.

```python
with running_practice(tmp_path) as practice:
    settings = replace(settings, **practice.settings)   # x_api_url, graph_url, smtp_…
    practice.fault("x", "balasan_hilang", times=1)
    assert practice.posts("x")[0]["text"] == …
```
The fixture `practice` (tests/practice/conftest.py, tests/channels/conftest.py) is the same thing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.kernel.clock import Clock
from app.practice.accounts import PRACTICE_CREDENTIALS, PRACTICE_SETTINGS
from app.practice.server import PracticeServer


class RunningPractice:
    def __init__(self, server: PracticeServer) -> None:
        self.server = server
        self.http_url = server.http_url
        self.smtp_port = server.smtp_port
        self._http = httpx.Client(base_url=server.http_url, trust_env=False, timeout=10)

    @property
    def settings(self) -> dict[str, Any]:
        """The fields of config.Settings that point at this server."""
        return {
            "practice": True,
            "practice_wall_url": self.http_url,
            "x_api_url": self.http_url,
            "graph_url": self.http_url,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp_port,
            "smtp_tls": False,
            "smtp_user": "",
        }

    def credentials(self, kind: str) -> dict[str, str]:
        return dict(PRACTICE_CREDENTIALS.get(kind, {}))

    def account(self, kind: str) -> dict[str, str]:
        return dict(PRACTICE_SETTINGS.get(kind, {}))

    def posts(self, platform: str | None = None) -> list[dict[str, Any]]:
        """Newest first: platform, id, account, text, link, images (url, alt_text), created_at."""
        return self._http.get("/api/posts", params={"platform": platform} if platform else {}).json()

    def mails(self) -> list[dict[str, Any]]:
        """Newest first: message_id, subject, sender, recipients, text, attachments (name, mime, size, url)."""
        return self._http.get("/api/mails").json()

    def fault(self, platform: str, kind: str, times: int | None = 1, **more: Any) -> None:
        """Kinds: app.practice.faults.Kind; more: seconds, scope ("publish", "upload", "read", "any")."""
        self._http.post(
            "/api/faults", json={"platform": platform, "kind": kind, "times": times, **more}
        ).raise_for_status()

    def faults(self) -> list[dict[str, Any]]:
        return self._http.get("/api/faults").json()

    def get(self, path: str) -> httpx.Response:
        return self._http.get(path)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._http.post(path, **options)

    def close(self) -> None:
        self._http.close()


@contextmanager
def running_practice(tmp_path: Path, clock: Clock | None = None, *, strict: bool = False) -> Iterator[RunningPractice]:
    with PracticeServer(tmp_path / "practice.sqlite", clock=clock, strict=strict) as server:
        running = RunningPractice(server)
        try:
            yield running
        finally:
            running.close()
