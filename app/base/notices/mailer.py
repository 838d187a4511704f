"""Mail the notices that wait, one SMTP connection a run.

At least once: when the connection breaks after the message left, it is sent again. The Message-ID is the same each
time, so that most mail programs show it once; a notice seen twice harms nobody, one never seen does.

A try is counted when there is an answer, or when the connection breaks in the middle of it. A process that was killed
and a server that cannot be reached use none up.
"""

import hashlib
import logging
import random
import smtplib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.attachments import Attachment, Gone, make_attachment, tell_sent
from app.base.notices.connection import MAIL_WITHIN, Connection, Unreachable, connected
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.text import T, stored

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # outlives a run
RUN = timedelta(minutes=2)  # what is left after that waits for the next run
MAX_TRIES = 12  # about seven hours with the pauses below
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0  # seconds
TOO_OLD = timedelta(days=3)  # news of last week is no news: it stays in the inbox only
LONGEST_PROBLEM = 300


@dataclass(frozen=True)
class Mail:
    """A claimed notice as plain values; `lease_until` proves the claim. `attempts`: tries before this one. `outside`:
    to somebody without an account."""

    notice_id: int
    dedupe_key: str
    address: str | None
    subject: str
    body: str
    path: str | None
    attempts: int
    created_at: datetime
    lease_until: datetime
    outside: bool = False
    attachment: str | None = None  # as notices/attachments.py names it


class Outcome(StrEnum):
    """What came of one try. The notice's e-mail status follows from it."""

    SENT = "sent"
    RETRY = "queued"
    FAILED = "failed"
    INBOX_ONLY = "none"  # this person has no address any more


Verdict = tuple[Outcome, T | None]
Lost = Callable[[Session, str, str], None]
"""Told of (dedupe_key, address) of a mail to somebody without an account that never arrives. It must not raise."""


def _kept(problem: T | str | None) -> str | None:
    """Return what the column holds of it: in words where its key and parameters are too long."""
    if not problem:
        return None
    kept = stored(problem)
    return kept if len(kept) <= LONGEST_PROBLEM else str(problem)[:LONGEST_PROBLEM]


@dataclass
class Run:
    """One run over the due notices, and what it came to."""

    sessions: sessionmaker[Session]
    settings: Any
    clock: Clock
    lost: Lost | None = None
    stopping: Callable[[], bool] = lambda: False
    sent: int = 0
    retrying: int = 0
    failed: int = 0

    def settle(self, mail: Mail, verdict: Verdict) -> None:
        """Write the outcome of a try once: back to the queue with a growing pause, or an end."""
        outcome, problem = verdict
        tries = mail.attempts + 1
        if outcome is Outcome.RETRY and tries >= MAX_TRIES:
            outcome = Outcome.FAILED
            problem = T("%(problem)s Sudah dicoba %(tries)s kali.", problem=problem, tries=MAX_TRIES)
        values: dict[str, Any] = {"email_status": str(outcome), "problem": _kept(problem), "attempts": tries}
        if outcome is Outcome.RETRY:
            values["next_at"] = self._after(FIRST_PAUSE * 2 ** (tries - 1))
        self._write(mail, values)
        self.sent += outcome is Outcome.SENT
        self.retrying += outcome is Outcome.RETRY
        self.failed += outcome is Outcome.FAILED

    def put_back(self, mail: Mail) -> None:
        """Return a mail to the queue that was not tried."""
        self._write(mail, {"email_status": "queued"})

    def postpone(self, mail: Mail, problem: T) -> None:
        """Leave a mail that no server could be asked about for later; the pause grows with its age, until too old."""
        age = self.clock.now() - mail.created_at
        if age > TOO_OLD:
            self.settle(mail, (Outcome.FAILED, problem))
            return
        wait = self._after(max(FIRST_PAUSE, age.total_seconds() / 4))
        self._write(mail, {"email_status": "queued", "problem": _kept(problem), "next_at": wait})
        self.retrying += 1

    def may_go_on(self, deadline: datetime) -> bool:
        return self.clock.now() < deadline and not self.stopping()

    def _after(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=min(seconds, LONGEST_PAUSE) * random.uniform(0.9, 1.1))

    def _write(self, mail: Mail, values: dict[str, Any]) -> None:
        """Only under the claim: a run whose lease is over changes nothing."""
        claimed = and_(
            Notice.id == mail.notice_id, Notice.email_status == "sending", Notice.lease_until == mail.lease_until
        )
        with unit_of_work(self.sessions) as session:
            written = session.execute(
                update(Notice).where(claimed).values(lease_until=None, **values).returning(Notice.id),
                execution_options={"synchronize_session": False},
            ).all()
            gone = values["email_status"] == Outcome.FAILED and mail.outside
            if written and gone and self.lost is not None:
                self.lost(session, mail.dedupe_key, mail.address or "")
            if written and mail.attachment and values["email_status"] == Outcome.SENT:
                tell_sent(session, mail.attachment, self.clock.now())


def send_due(
    sessions: sessionmaker[Session],
    settings: Any,
    clock: Clock,
    limit: int = 50,
    *,
    lost: Lost | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Run:
    """Mail up to `limit` due notices. Without a mail server in the settings nothing is tried or lost.

    Speaks to the server outside any transaction; one bad address or message keeps nobody else waiting. `lost` is called
    in the transaction that gives a mail up. `stopping` is asked between mails: the rest goes back untried.
    """
    run = Run(sessions, settings, clock, lost, stopping)
    if not settings.smtp_host:
        return run
    mails = deque(_claim(sessions, clock.now(), limit))
    deadline = clock.now() + RUN
    while mails and run.may_go_on(deadline):
        try:
            with connected(settings) as server:
                _send_while_connected(server, mails, run, deadline)
        except Unreachable as error:
            while mails:
                run.postpone(mails.popleft(), error.sentence)
    for mail in mails:
        run.put_back(mail)
    return run


def _send_while_connected(server: Connection, mails: deque[Mail], run: Run, deadline: datetime) -> None:
    while mails and run.may_go_on(deadline):
        mail = mails.popleft()
        server.limit(MAIL_WITHIN)
        try:
            run.settle(mail, _try(server, mail, run))
        except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError):
            run.settle(mail, (Outcome.RETRY, T("Sambungan ke server surel terputus.")))
            return


def _try(server: smtplib.SMTP, mail: Mail, run: Run) -> Verdict:
    """Hand one message to the server. Raises when the connection breaks."""
    now = run.clock.now()
    if not mail.address:
        return Outcome.INBOX_ONLY, None
    if now - mail.created_at > TOO_OLD:
        return Outcome.FAILED, T("Tidak disurelkan karena sudah lebih dari tiga hari.")
    try:
        attached = make_attachment(run.sessions, mail.attachment, run.settings) if mail.attachment else None
    except Gone as error:
        return Outcome.FAILED, error.sentence
    except Exception:
        log.exception("attachment %s", mail.attachment)
        return Outcome.RETRY, T("Lampirannya belum bisa dibuat.")
    return _hand_over(server, mail, run.settings, now, attached)


def _hand_over(server: smtplib.SMTP, mail: Mail, settings: Any, now: datetime, attached: Attachment | None) -> Verdict:
    try:
        server.send_message(compose(mail, settings, now, attached))
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        return _refusal(error, mail)
    except (MessageError, ValueError, IndexError):
        if mail.outside:
            return Outcome.FAILED, T("Alamat surel ini tidak bisa dipakai.")
        return Outcome.FAILED, T("Alamat surel pada akun tidak bisa dipakai. Perbaiki alamatnya.")
    return Outcome.SENT, None


def _refusal(error: smtplib.SMTPException, mail: Mail) -> Verdict:
    """What a refusal of the server means: 5xx is for good, anything else may pass (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPSenderRefused):
        log.warning("the mail server refuses the sender in GAUNG_MAIL_FROM: %s", error.smtp_code)
        return Outcome.RETRY, T("Server surel menolak alamat pengirim aplikasi. Minta pengelola server memeriksanya.")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        sentence = _refused_address(mail)
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        sentence = T("Server surel menolak pesan ini (%(code)s).", code=code)
    else:
        return Outcome.FAILED, T("Server surel tidak menerima huruf khusus pada alamat ini.")
    return (Outcome.FAILED if code >= 500 else Outcome.RETRY), sentence


def _refused_address(mail: Mail) -> T:
    if mail.outside:
        return T("Server surel menolak alamat %(address)s.", address=mail.address)
    return T("Server surel menolak alamat %(address)s. Perbaiki alamat surel pada akun.", address=mail.address)


def compose(mail: Mail, settings: Any, now: datetime, attached: Attachment | None = None) -> EmailMessage:
    """Write the message. Raises ValueError or IndexError for an address that is none; line breaks cannot enter a
    header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=_line(settings.app_title), addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=mail.address or "")
    message["Subject"] = _line(mail.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(mail, settings.mail_from)
    message["Auto-Submitted"] = "auto-generated"
    site = settings.public_url.rstrip("/")
    opening = str(T("Buka: %(address)s", address=f"{site}{mail.path}")) if mail.path else ""
    footer = str(_footer(mail, site))
    parts = [mail.body.strip(), opening, f"-- \n{settings.app_title}\n{footer}"]
    message.set_content("\n\n".join(part for part in parts if part) + "\n")
    if attached is not None:
        maintype, _slash, subtype = attached.mime.partition("/")
        message.add_attachment(attached.data, maintype=maintype, subtype=subtype, filename=attached.name)
    return message


def _footer(mail: Mail, site: str) -> T:
    if mail.outside:
        return T("Anda menerima surel ini karena alamat Anda dipakai untuk mendaftar di %(address)s", address=site)
    return T("Surel ini bisa dimatikan di %(address)s", address=f"{site}/pemberitahuan")


def message_id(mail: Mail, mail_from: str) -> str:
    """Return the Message-ID, the same for every try of one notice."""
    mark = hashlib.sha256(mail.dedupe_key.encode()).hexdigest()[:16]
    return f"<notice-{mail.notice_id}-{mark}@{mail_from.rpartition('@')[2] or 'localhost'}>"


def _claim(sessions: sessionmaker[Session], now: datetime, limit: int) -> list[Mail]:
    """Take due notices under a lease; those of a run that died come back when its lease is over."""
    due = (
        select(Notice.id)
        .where(
            or_(
                and_(Notice.email_status == "queued", Notice.next_at <= now),
                and_(Notice.email_status == "sending", Notice.lease_until <= now),
            )
        )
        .order_by(Notice.next_at, Notice.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with unit_of_work(sessions) as session:
        ids = list(session.scalars(due))
        session.execute(
            update(Notice).where(Notice.id.in_(ids)).values(email_status="sending", lease_until=now + LEASE),
            execution_options={"synchronize_session": False},
        )
        rows = session.execute(
            select(Notice, User.email)
            .outerjoin(User, User.id == Notice.user_id)
            .where(Notice.id.in_(ids))
            .order_by(Notice.created_at, Notice.id)
        ).all()
        return [
            Mail(
                notice_id=notice.id,
                dedupe_key=notice.dedupe_key,
                address=notice.address if notice.user_id is None else address,
                outside=notice.user_id is None,
                subject=notice.subject,
                body=notice.body,
                path=notice.path,
                attempts=notice.attempts,
                created_at=notice.created_at,
                lease_until=now + LEASE,
                attachment=notice.attachment,
            )
            for notice, address in rows
        ]


def _line(text: str) -> str:
    return " ".join(text.split())
