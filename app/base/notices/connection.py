"""A conversation with the mail server of the settings, which ends in time whatever the server does."""

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from app.kernel.text import T

log = logging.getLogger(__name__)

TIMEOUT = 20.0  # seconds for every step of the conversation
CONNECT_WITHIN, MAIL_WITHIN, QUIT_WITHIN = 40.0, 60.0, 5.0
"""Seconds in all for connecting and signing in, for one mail, and for the last word. Together less than a worker that
is told to stop has left."""
TLS_PORT = 465


class Unreachable(Exception):
    """The mail server cannot be talked to now; `sentence` says why."""

    def __init__(self, sentence: T) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class Connection(smtplib.SMTP):
    """A conversation that is cut when its time is over: the timeout of a socket begins anew with every byte."""

    _timer: threading.Timer | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        self.limit(CONNECT_WITHIN)
        try:
            super().__init__(*given, **named)
        except BaseException:
            self.limit(0)
            raise

    def limit(self, seconds: float) -> None:
        """Give what follows so many seconds in all; 0 ends the watch."""
        if self._timer is not None:
            self._timer.cancel()
        if seconds:
            self._timer = threading.Timer(seconds, self._cut)
            self._timer.daemon = True
            self._timer.start()

    def _cut(self) -> None:
        """Wake whoever waits for this socket; closing it would not."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class SecureConnection(Connection, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


@contextmanager
def connected(settings: Any) -> Iterator[Connection]:
    """Open a connection and sign in. Raises Unreachable when there is none; closing never raises."""
    try:
        if settings.smtp_port == TLS_PORT and settings.smtp_tls:
            server: Connection = SecureConnection(
                settings.smtp_host, TLS_PORT, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = Connection(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(T("Server surel belum bisa dihubungi.")) from error
    try:
        _sign_in(server, settings)
        yield server
    finally:
        server.limit(QUIT_WITHIN)
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.limit(0)
        server.close()


def _sign_in(server: smtplib.SMTP, settings: Any) -> None:
    try:
        if settings.smtp_tls and settings.smtp_port != TLS_PORT:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except smtplib.SMTPAuthenticationError as error:
        log.warning("the mail server refuses GAUNG_SMTP_USER or its password: %s", error.smtp_code)
        raise Unreachable(
            T("Server surel menolak nama pengguna atau kata sandi aplikasi. Minta pengelola server memeriksanya.")
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(T("Server surel belum bisa dihubungi dengan aman.")) from error
