"""Print orders to a newspaper or printer: one mail with the press-ready PDF, by SMTP (RFC 5321).

"Sent" means that the order left; whether something was printed is told by a proof. A mailbox cannot be looked into, so
a reply lost after the data is for a person to settle.
"""

import email.policy
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from app.channels.by_person import ByPerson
from app.channels.print_order import MAX_ATTACHED_BYTES, attached_bytes, message_id, recipient_of, too_large_sentence
from app.kernel.clock import Clock
from app.kernel.text import T
from app.outreach.outlets.ports import (
    AccountReport,
    ChannelError,
    CredentialField,
    Identity,
    Limits,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Problem,
    Receipt,
    Rejected,
    Remember,
)

SMTP_SECONDS = 20.0
CHUNK_BYTES = 64 * 1024  # one timeout each: a slow line that moves on is not a broken one
SLOWEST_LINE = 500_000  # bit/s with which the largest letter still gets through
BODY_SECONDS = MAX_ATTACHED_BYTES * 1.4 * 8 / SLOWEST_LINE  # base64, line ends and headers add less than 40 %
REPLY_SECONDS = 120.0
"""For the answer after the last dot: on a slow line some megabytes still wait in the system's buffer by then."""
TOO_LARGE, MAILBOX_FULL = 552, b"5.2.2"  # 552 says both (RFC 5321); its longer code tells them apart (RFC 3463)


class PrintOrderChannel(ByPerson):
    limits = Limits(takes_text=False, takes_piece=True)
    # connection, greeting, EHLO, STARTTLS, handshake, EHLO, login (3), MAIL, RCPT, DATA, the last chunk and dot, QUIT
    seconds = 15 * SMTP_SECONDS + BODY_SECONDS + REPLY_SECONDS
    can_look = False
    tells_begin = True
    credential_fields: Sequence[CredentialField] = ()
    setting_fields: Sequence[CredentialField] = (
        CredentialField(
            "email",
            T("Alamat surel pesanan"),
            T("Ke sinilah berkas siap cetak dan surat pesanannya dikirim."),
            secret=False,
        ),
    )

    def __init__(
        self, host: str, port: int, *, user: str = "", password: str = "", tls: bool = True, sender: str
    ) -> None:
        self.host = host
        self.port = port
        self.sender = sender
        self._user = user
        self._password = password
        self._tls = tls

    def __repr__(self) -> str:
        return f"PrintOrderChannel({self.host!r}, {self.port})"

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self._problems(out))

    def _problems(self, out: Outgoing) -> Iterator[Problem]:
        if not self.host:
            yield Problem(
                T("Server surel belum diatur, jadi pesanan tidak dapat dikirim. Minta admin mengaturnya."), "outlet"
            )
        if not recipient_of(out):
            yield Problem(
                T("Alamat surel penerima pesanan belum ada atau tidak benar. Lengkapi di halaman saluran."), "outlet"
            )
        size = attached_bytes(out)
        if size > MAX_ATTACHED_BYTES:
            yield Problem(too_large_sentence(size), "piece")

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        recipient = recipient_of(out)
        if not recipient:
            raise Rejected(T("Alamat surel penerima pesanan tidak benar. Perbaiki di halaman saluran."))
        size = attached_bytes(out)
        if size > MAX_ATTACHED_BYTES:
            raise Rejected(too_large_sentence(size))
        message = self.letter(out, recipient)
        raw = message.as_bytes(policy=email.policy.SMTP)
        with self._session() as session:
            _mail_and_recipient(session, parseaddr(self.sender)[1], recipient, len(raw), size)
            said = _data(session, raw, size, out.begin)
        return Receipt(str(message["Message-ID"]), None, said)

    def letter(self, out: Outgoing, recipient: str) -> EmailMessage:
        """Write the order as a mail. Its Message-ID stays the same over all tries of one delivery."""
        message = EmailMessage(policy=email.policy.SMTP)
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        message["Message-ID"] = message_id(out.key, domain)
        message["Date"] = format_datetime(out.now or Clock().now())
        message["From"] = self.sender
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = " ".join((out.subject or "Pesanan cetak").split())
        message.set_content(out.text)
        for file in out.files:
            kind, _, subkind = file.mime.partition("/")
            name = re.sub(r"[^\w.() -]", "_", file.name) or "berkas"
            message.add_attachment(file.data, maintype=kind, subtype=subkind, filename=name)
        return message

    def find(self, out: Outgoing) -> Receipt | None:
        raise NotSent("Kotak surel penerima tidak dapat dilihat; tanyakan kepada penerimanya")

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        """Check only that the mail server answers: EHLO, sign-in and NOOP; no mail goes out."""
        with self._session() as session:
            try:
                session.noop()
            except (smtplib.SMTPException, OSError) as error:
                raise NotSent(f"Server surel tidak menjawab ({type(error).__name__})") from None
        return Identity(self.host, self.host)

    fetches_media = False

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        """Check that the mail server answers and lets us in; the recipient's address is checked with each order."""
        self.identify(credentials, settings)
        return AccountReport()

    def _session(self) -> "_Session":
        return _Session(self)

    def connect(self) -> smtplib.SMTP:
        """Open a greeted, encrypted (where set) and signed-in connection; raises NotSent."""
        if not self.host:
            raise NotSent("Server surel belum diatur (GAUNG_SMTP_HOST)")
        session: smtplib.SMTP | None = None
        try:
            if self._tls and self.port == 465:
                context = ssl.create_default_context()
                session = smtplib.SMTP_SSL(self.host, self.port, timeout=SMTP_SECONDS, context=context)
            else:
                session = smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS)
                session.ehlo_or_helo_if_needed()
                if self._tls:
                    session.starttls(context=ssl.create_default_context())
            session.ehlo_or_helo_if_needed()  # what was said before the encryption counts no more
            if self._user:
                session.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise _closed(
                session, NotSent(f"Server surel menolak nama atau kata sandinya ({error.smtp_code})")
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _closed(session, NotSent(f"Server surel tidak dapat dihubungi ({type(error).__name__})")) from None
        return session


def _closed(session: smtplib.SMTP | None, error: ChannelError) -> ChannelError:
    if session is not None:
        session.close()
    return error


class _Session:
    """A connection that is closed whatever happens; a QUIT that fails changes nothing."""

    def __init__(self, channel: PrintOrderChannel) -> None:
        self._channel = channel

    def __enter__(self) -> smtplib.SMTP:
        self._smtp = self._channel.connect()
        return self._smtp

    def __exit__(self, *error: object) -> None:
        try:
            if error[0] is None:
                self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            self._smtp.close()


def _mail_and_recipient(session: smtplib.SMTP, sender: str, recipient: str, length: int, attached: int) -> None:
    """Everything before the data: nothing has been taken yet, so a broken line is simply not sent.

    The server hears the letter's `length` first (RFC 1870), and can refuse it before minutes were spent on it.
    """
    try:
        code, said = session.mail(sender, [f"size={length}"] if session.has_extn("size") else [])
        if code == 250:
            code, said = session.rcpt(recipient)
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"Sambungan surel terputus sebelum isi surat ({type(error).__name__})") from None
    if code not in {250, 251}:
        raise _refused(code, said, recipient, attached)


def _refused(code: int, said: bytes, recipient: str, attached: int) -> ChannelError:
    detail = f"{code} {said.decode('utf-8', 'replace')}"[:300]
    if code == TOO_LARGE and not said.startswith(MAILBOX_FULL):
        return Rejected(too_large_sentence(attached), detail=detail)
    if 500 <= code < 600:
        sentence = T("Pesanan ke %(to)s ditolak server surelnya. Periksa alamatnya, lalu kirim ulang.", to=recipient)
        return Rejected(sentence, detail=detail)
    return NotSent(detail)


def _data(session: smtplib.SMTP, raw: bytes, attached: int, begin: Callable[[], None]) -> str:
    """Send the letter; the answer after its last dot decides. Returns what the server said.

    `begin` is called before that dot: without it no server takes a letter.
    """
    try:
        code, said = session.docmd("DATA")
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"Sambungan surel terputus sebelum isi surat ({type(error).__name__})") from None
    if code != 354:
        raise _refused(code, said, "penerima", attached)
    body = re.sub(rb"(?m)^\.", b"..", raw)
    _send_body(session, body if body.endswith(b"\r\n") else body + b"\r\n")
    begin()
    try:
        session.send(b".\r\n")
        _wait_up_to(session, REPLY_SECONDS)
        code, said = session.getreply()
        _wait_up_to(session, SMTP_SECONDS)
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown(f"Jawaban setelah isi surat tidak sampai ({type(error).__name__})") from None
    if code != 250:
        raise _refused(code, said, "penerima", attached)
    return said.decode("utf-8", "replace")[:200]


def _send_body(session: smtplib.SMTP, body: bytes) -> None:
    """In chunks, within `BODY_SECONDS`. Raises NotSent: without its last dot no server takes a letter."""
    until = time.monotonic() + BODY_SECONDS
    try:
        for start in range(0, len(body), CHUNK_BYTES):
            if time.monotonic() > until:
                raise NotSent("Sambungan internet terlalu lambat untuk mengirim berkas cetak")
            session.send(body[start : start + CHUNK_BYTES])
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"Sambungan surel terputus di tengah isi surat ({type(error).__name__})") from None


def _wait_up_to(session: smtplib.SMTP, seconds: float) -> None:
    if session.sock is not None:
        session.sock.settimeout(seconds)


def make(settings: Any) -> PrintOrderChannel:
    return PrintOrderChannel(
        settings.smtp_host,
        settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
        sender=settings.mail_from,
    )
