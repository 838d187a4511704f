"""Loopback listeners that behave badly: nobody there, hangs up, says nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
