"""A provider on this machine that does as it is told, also what no honest one does: for the faults."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

Claims = dict[str, Any]


@dataclass
class SmallProvider:
    """`subject` signs in at `authorize`. `spoil`: changes the claims of the ID token before it is signed; `answers`:
    what a path answers instead (status, body); `slow`: paths that take seconds; `asked`: what came, by path."""

    url: str = ""
    at: Callable[[], float] = time.time
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one", "use": "sig"}))
    claims: Claims = field(default_factory=lambda: {"sub": "elsewhere-1"})
    userinfo: Claims | None = None
    spoil: Callable[[Claims], Claims] = field(default=lambda claims: claims)
    algorithm: str = "ES256"
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    asked: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str, **more: str) -> str:
        """Sign in as a browser would that was sent to `address`, and return where it is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"], **more})

    def discovery(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
        }

    def tokens(self, posted: Mapping[str, str]) -> tuple[int, Any]:
        """One use a code, and the verifier must be that of its challenge (RFC 7636)."""
        query = self.codes.pop(posted.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(posted.get("code_verifier", "").encode()).digest())
        if query is None or query.get("code_challenge") != challenge.rstrip(b"=").decode():
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "secret-token", "token_type": "Bearer", "id_token": self.id_token(query)}

    def id_token(self, query: Mapping[str, str]) -> str:
        moment = int(self.at())
        claims = {
            "iss": self.url,
            "aud": query["client_id"],
            "iat": moment,
            "exp": moment + 300,
            "nonce": query.get("nonce"),
            **self.claims,
        }
        claims = self.spoil(claims)
        if self.algorithm == "none":
            parts = [{"alg": "none", "kid": self.key.kid}, claims]
            return ".".join(base64.urlsafe_b64encode(json.dumps(x).encode()).rstrip(b"=").decode() for x in parts) + "."
        return str(jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key))

    def answer(self, path: str, given: dict[str, str]) -> tuple[int, Any]:
        self.asked.setdefault(path, []).append(given)
        time.sleep(self.slow.get(path, 0))
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/token":
            return self.tokens(given)
        if path == "/userinfo":
            signed_in = given.get("Authorization") == "Bearer secret-token"
            return (200, self.userinfo or self.claims) if signed_in else (401, {})
        return 404, {}


@contextmanager
def running() -> Iterator[SmallProvider]:
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({"Authorization": self.headers.get("Authorization", "")})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posted = {name: values[0] for name, values in parse_qs(body).items()}
            self._reply({**posted, "Authorization": self.headers.get("Authorization", "")})

        def _reply(self, given: dict[str, str]) -> None:
            status, body = provider.answer(urlsplit(self.path).path, given)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except OSError:
                pass  # nobody waited

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
