"""Puts the practice platforms together: one HTTP server and one SMTP sink, on loopback only."""

import os
import re
import socket
import threading
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.serving import WSGIRequestHandler, make_server

from app.kernel.clock import Clock
from app.practice import instagram, page, wall, x
from app.practice.faults import Faults
from app.practice.mailbox import HOST, MailSink
from app.practice.oauth import OAuth
from app.practice.store import Store
from app.practice.wire import Practice

POLL_SECONDS = 0.05  # how soon a stop is noticed
MAX_REQUEST_BYTES = 32 * 1024 * 1024
POLICY = (
    "default-src 'none'; img-src 'self'; font-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'"
)


class VersionConverter(BaseConverter):
    """`v26.0` and its kin."""

    regex = r"v\d{1,3}\.\d"


def create_practice_app(parts: Practice, *, tz: str = "Asia/Makassar", tz_label: str = "WITA") -> Flask:
    app = Flask(__name__)
    app.extensions["practice"] = parts
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MAX_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False  # facebook-business ends its addresses with a slash
    app.url_map.converters["any_version"] = VersionConverter
    wall.init_wall(app, ZoneInfo(tz), tz_label)
    for blueprint in (x.bp, instagram.bp, page.bp, wall.bp):
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _in_the_callers_tongue)
    app.before_request(_refuse_cross_site)
    app.after_request(_harden)
    return app


def _in_the_callers_tongue(error: HTTPException) -> HTTPException | tuple[Response, int]:
    """A path that no platform has, or a body too large: clients of the platforms can read JSON only."""
    status, said = error.code or 500, str(error.name)
    if request.path.startswith("/2/"):
        return jsonify({"title": said, "detail": said, "type": "about:blank", "status": status}), status
    if re.match(r"/v\d", request.path):
        body = {"message": f"Unknown path components: {request.path}", "type": "OAuthException", "code": 2500}
        return jsonify({"error": body}), status
    return error


def _refuse_cross_site() -> None:
    """A page of another site, open in the same browser, may not press our buttons."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method != "GET":
        abort(403)


def _harden(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


class _QuietHandler(WSGIRequestHandler):
    """Writes no request lines: they would hold what was posted, and tokens that an SDK puts into addresses."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - named by werkzeug
        return


class PracticeServer:
    """`with PracticeServer(path) as server:` serves until the block ends. Ports 0 take free ones."""

    def __init__(
        self,
        state: Path | str,
        *,
        http_port: int = 0,
        smtp_port: int = 0,
        clock: Clock | None = None,
        tz: str = "Asia/Makassar",
        tz_label: str = "WITA",
        strict: bool = False,
    ) -> None:
        self.store = Store(state, clock or Clock())
        self.faults = Faults(self.store)
        self._mail = MailSink(self.store, self.faults, smtp_port)
        self._socket = socket.create_server((HOST, http_port))
        os.set_inheritable(self._socket.fileno(), False)
        self.http_port: int = self._socket.getsockname()[1]
        self._parts = Practice(self.store, self.faults, OAuth(self.store), strict)
        self.app = create_practice_app(self._parts, tz=tz, tz_label=tz_label)
        self._http = make_server(
            HOST,
            self.http_port,
            self.app,
            threaded=True,
            request_handler=_QuietHandler,
            fd=self._socket.fileno(),
        )
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(POLL_SECONDS,), name="practice-http", daemon=True
        )

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def smtp_port(self) -> int:
        return self._mail.port

    def start(self) -> None:
        self._mail.start()
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._socket.close()
        self._mail.stop()
        self.store.close()

    def __enter__(self) -> "PracticeServer":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
