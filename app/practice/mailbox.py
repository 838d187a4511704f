"""An SMTP sink: takes every order mail, sends none on."""

import asyncio
import threading
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.practice.faults import Faults, Kind, Scope
from app.practice.store import Store

HOST = "127.0.0.1"


class _Handler:
    def __init__(self, store: Store, faults: Faults) -> None:
        self.store = store
        self.faults = faults

    def on(self, kind: Kind) -> Any:
        return self.faults.take("smtp", Scope.PUBLISH, kind)

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        slow = self.on(Kind.SLOW)
        if slow:
            await asyncio.sleep(slow.seconds)
        if self.on(Kind.REFUSED):
            return "451 4.7.1 Greylisted, please try again later"
        if self.on(Kind.NO_SUCH_BOX):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        identity = self.store.add_mail(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        if self.on(Kind.REPLY_LOST):
            cast("asyncio.WriteTransport", server.transport).abort()
        return f"250 2.0.0 Ok: queued as {identity}"


class _Server(SMTP):
    """Drops a caller before the greeting while "mati" is on."""

    def connection_made(self, transport: Any) -> None:
        if self.event_handler.on(Kind.DOWN):
            transport.abort()
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is not None:
            super().connection_lost(error)


class MailSink:
    """Runs the sink in a thread of its own; `port` is the real one after `start`."""

    def __init__(self, store: Store, faults: Faults, port: int = 0) -> None:
        self.port = port
        self._handler = _Handler(store, faults)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="practice-smtp", daemon=True)

    def start(self) -> None:
        """Start the sink. Raises OSError when the port is taken."""
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        self.port = server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: _Server(self._handler, hostname="simulasi.invalid", ident="Simulasi", loop=self._loop),
            HOST,
            self.port,
        )

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
