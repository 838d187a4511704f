"""Loopback listeners that behave badly: nobody there, hangs up, says nothing, gives one answer to all."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def dropping_server() -> Iterator[str]:
    """Takes a request and closes the connection without an answer."""
    with _listening(answer_after_read=True) as address:
        yield address


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes a request and never answers."""
    with _listening(answer_after_read=False) as address:
        yield address


@contextmanager
def _listening(*, answer_after_read: bool) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(65_536)
            if answer_after_read:
                connection.close()
            else:
                held.append(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for connection in held:
        connection.close()


@contextmanager
def trickling_server(head: bytes, pause: float = 0.05) -> Iterator[str]:
    """Takes a request, answers with `head` and then a byte in every `pause` seconds, for half a minute at most."""
    listener = socket.create_server(("127.0.0.1", 0))
    until = time.monotonic() + 30

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(head)
                while time.monotonic() < until:
                    time.sleep(pause)
                    connection.sendall(b"a")
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@contextmanager
def mail_server(
    *, pause: float = 0.0, at_mail: str = "250 OK", after_data: str | None = "250 OK", size: int | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """An SMTP server; gives its port and the letters it took. Reads 128 KiB of a letter in every `pause` seconds.

    `at_mail` answers MAIL, `after_data` the last dot (None: hangs up there); `size` is announced after EHLO.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # so that a slow reader is felt at once
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    taken: list[bytes] = []
    hello = "250 uji" if size is None else f"250-uji\r\n250 SIZE {size}"
    replies = {"EHLO": hello, "MAIL": at_mail, "RCPT": "250 OK", "DATA": "354 go on", "QUIT": "221 bye"}

    def read_letter(connection: socket.socket) -> bytes:
        letter = b""
        while not letter.endswith(b"\r\n.\r\n"):
            time.sleep(pause)
            part = connection.recv(128 * 1024)
            if not part:
                raise ConnectionError
            letter += part
        return letter

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 uji\r\n")
                while line := connection.recv(4096):
                    word = line[:4].decode().upper()
                    connection.sendall(f"{replies.get(word, '250 OK')}\r\n".encode())
                    if word == "DATA":
                        taken.append(read_letter(connection))
                        if after_data is None:
                            return
                        connection.sendall(f"{after_data}\r\n".encode())
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], taken
    listener.close()


@contextmanager
def answering(status: int, body: object, headers: dict[str, str] | None = None) -> Iterator[str]:
    """Gives every request this one answer; a `body` that is no text becomes JSON."""
    with routed({"": (status, body, headers or {})}) as address:
        yield address


@contextmanager
def routed(routes: Mapping[str, tuple[int, object, dict[str, str]]], asked: list[str] | None = None) -> Iterator[str]:
    """Answers by the longest beginning of "POST /path?query" among `routes`, and notes into `asked` what was asked."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line = f"{self.command} {self.path}"
            if asked is not None:
                asked.append(line)
            status, body, headers = routes[max((one for one in routes if line.startswith(one)), key=len)]
            content = body if isinstance(body, str) else json.dumps(body)
            (self.send_response_only if "Date" in headers else self.send_response)(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        do_GET = do_POST = _answer  # noqa: N815 - named by http.server

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
