"""A line between a browser and the application that a test can cut: also for what a service worker does by itself."""

import contextlib
import select
import socket
import threading


class Line:
    """Listens on a port of its own and hands everything through while it is up."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        self._up = True
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._up = False
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._up = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            if self._up:
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()
            else:
                near.close()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._target), 10) as far:
            ends = {near: far, far: near}
            self._open |= set(ends)
            try:
                while self._up:
                    for end in select.select(list(ends), [], [], 30)[0]:
                        data = end.recv(65536)
                        if not data or not self._up:
                            return
                        ends[end].sendall(data)
            finally:
                self._open -= set(ends)
