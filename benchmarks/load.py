"""A bounded load on one loopback server: `python -m benchmarks.load PORT CONNECTIONS REQUESTS < paths`.

Every connection is kept alive and asks one path after the other, waiting for each answer. Prints one JSON object: the
wall seconds of all together, and the milliseconds of every request. Plain sockets, so that little of the machine goes
to asking.
"""

import json
import socket
import sys
import threading
import time
from itertools import cycle, islice

HEAD_END = b"\r\n\r\n"


class Connection:
    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def get(self, path: str) -> int:
        """Bytes of the answer's body. Raises RuntimeError for any status but 200."""
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\n\r\n"
        head, body = self.exchange(asked.encode())
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head.splitlines()[0]!r}")
        return len(body)

    def exchange(self, asked: bytes) -> tuple[bytes, bytes]:
        """(head, body as it came over the line) of the answer to a request."""
        try:
            self._socket.sendall(asked)
            head, body = self._answer()
        except ConnectionError:
            self._socket = self._connect()  # the worker closed it between two requests
            self._socket.sendall(asked)
            head, body = self._answer()
        if b"connection: close" in head.lower():
            self._socket.close()
            self._socket = self._connect()
        return head, body

    def _answer(self) -> tuple[bytes, bytes]:
        data = b""
        while HEAD_END not in data:
            data += self._more()
        head, _end, body = data.partition(HEAD_END)
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return head, body

    def _more(self) -> bytes:
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionError("closed")
        return got


def run(port: int, connections: int, requests: int, paths: list[str]) -> dict[str, object]:
    """`requests` in all, shared evenly by the connections."""
    times: list[float] = []
    sizes: list[int] = []
    faults: list[str] = []

    def ask(first: int) -> None:
        try:
            line = Connection(port)
            for path in islice(cycle(paths[first:] + paths[:first]), requests // connections):
                began = time.perf_counter()
                sizes.append(line.get(path))
                times.append(1000 * (time.perf_counter() - began))
        except Exception as error:
            faults.append(repr(error))

    threads = [
        threading.Thread(target=ask, args=(number * len(paths) // connections,)) for number in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "times": times, "bytes": max(sizes, default=0), "faults": faults}


if __name__ == "__main__":
    port, connections, requests = (int(each) for each in sys.argv[1:4])
    print(json.dumps(run(port, connections, requests, sys.stdin.read().split())))
