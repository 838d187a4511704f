"""The watch from outside: the web process mails the admins when no worker gives a sign of life.

A worker cannot mail its own death, and the queue of notices is its own, so the mail goes out from here, directly. One
thread a machine watches: it holds a lock, and another process takes over when it ends. What it needs while the database
is away (whom to tell, what was told) stands in a file of the installation.
"""

import fcntl
import json
import logging
import smtplib
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.connection import MAIL_WITHIN, Unreachable, connected
from app.base.people.models import RoleRow, User
from app.kernel.clock import Clock
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.publishing import heartbeat

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0  # seconds
SILENT_LOOKS = 6  # three minutes: a restart or an update is no outage, and neither is a machine that slept
STOPPED = T("Pengirim berhenti sejak %(when)s")
ENDED = T("Pengirim dihentikan sejak %(when)s")
ENDED_BODY = T(
    "Pengirim dihentikan di server dengan sengaja, misalnya untuk pembaruan, dan belum dijalankan lagi. Tidak ada "
    "materi dan surel yang dikirim sampai saat itu. Tidak ada yang hilang.\n\n"
    "Di server, jalankan: systemctl start gaung-worker"
)
BACK = T("Pengirim berjalan lagi")
STOPPED_BODY = T(
    "Tidak ada materi dan surel yang dikirim sampai pengirim berjalan lagi. Tidak ada yang hilang.\n\n"
    "Di server, lihat keadaannya dengan: systemctl status gaung-worker\nlalu jalankan: systemctl restart gaung-worker"
)
BACK_BODY = T("Berhenti sejak %(when)s. Yang tertunda dikirim sekarang. Periksa halaman Penayangan.")


class Watch:
    """Looks at the signs of life; `look` is one look, `run` looks until it is told to end."""

    def __init__(self, sessions: "sessionmaker[Session]", settings: Any, clock: Clock) -> None:
        self._sessions, self._settings, self._clock = sessions, settings, clock
        self._kept = settings.var_dir / "watch.json"
        self._silent = 0

    def run(self, ended: threading.Event) -> None:
        """Watch while this process holds the lock of the machine, or gets it."""
        with (self._settings.var_dir / "watch.lock").open("w") as lock:
            while not ended.wait(LOOK_EVERY):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.look()
                except BlockingIOError:
                    continue  # another process watches
                except Exception:
                    log.exception("a look at the worker failed")

    def look(self) -> None:
        """Look once, and mail what has to be said: once for each outage, and once when it is over."""
        kept, now = _read(self._kept), self._clock.now()
        before = dict(kept)
        alive, last, ended = self._signs(kept, now)
        self._silent = 0 if alive else self._silent + 1
        if alive and kept.get("since"):
            when = self._local(datetime.fromisoformat(kept["since"]))
            # an outage that nobody could be told of while it lasted is told neither
            kept["told"] = self._tell(kept["told"], BACK, T(BACK_BODY.msgid, when=when), "back", kept["since"])
            if not kept["told"]:
                del kept["since"]
        elif self._silent >= SILENT_LOOKS:
            if not kept.get("since"):
                kept |= {"since": (last or now).isoformat(), "told": []}
                log.error("no worker has given a sign of life since %s", kept["since"])
            when = self._local(datetime.fromisoformat(kept["since"]))
            waiting = [address for address in kept.get("admins", ()) if address not in kept["told"]]
            subject, body = (ENDED, ENDED_BODY) if ended else (STOPPED, STOPPED_BODY)
            left = self._tell(waiting, T(subject.msgid, when=when), body, "stopped", kept["since"])
            kept["told"] = kept["told"] + [address for address in waiting if address not in left]
        if kept != before:
            _write(self._kept, kept)

    def _signs(self, kept: dict[str, Any], now: datetime) -> tuple[bool, datetime | None, bool]:
        """Whether a worker is alive, when one was last, and whether that one ended as it was told to.

        A database that is away is as silent as a worker.
        """
        try:
            with self._sessions() as session:
                kept["admins"] = _admins(session)
                rows = heartbeat.processes(session)
        except SQLAlchemyError:
            return False, None, False
        alive = any(heartbeat.is_alive(row, now=now) for row in rows)
        return (alive, rows[0].at, rows[0].stopped_at is not None) if rows else (False, None, False)

    def _tell(self, addresses: Sequence[str], subject: T, body: T, kind: str, since: str) -> list[str]:
        """Mail these; return those that the next look has to try again."""
        left = list(addresses)
        if not left or not self._settings.smtp_host:
            return []
        try:
            with connected(self._settings) as server:
                for address in addresses:
                    server.limit(MAIL_WITHIN)
                    with suppress(smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError, IndexError):
                        server.send_message(self._message(address, subject, body, f"{kind}:{since}"))
                    left.remove(address)
        except (Unreachable, smtplib.SMTPException, OSError) as error:
            log.warning("the admins could not be mailed: %s", error)
        return left

    def _message(self, address: str, subject: T, body: T, occasion: str) -> EmailMessage:
        settings, message = self._settings, EmailMessage(policy=SMTP)
        message["From"] = Address(display_name=settings.app_title, addr_spec=settings.mail_from)
        message["To"] = Address(addr_spec=address)
        message["Subject"] = str(subject)
        message["Date"] = format_datetime(self._clock.now())
        mark = sha256(f"{occasion}:{address}".encode()).hexdigest()[:24]
        message["Message-ID"] = f"<watch-{mark}@{settings.mail_from.rpartition('@')[2] or 'localhost'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{body}\n\n{settings.public_url.rstrip('/')}/tayang\n\n-- \n{settings.app_title}\n")
        return message

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(self._settings.tz)):%d-%m-%Y %H.%M} {self._settings.tz_label}"


def _admins(session: Session) -> list[str]:
    admin = User.roles.any(RoleRow.name == Role.ADMIN.value)
    return [one for one in session.scalars(select(User.email).where(User.active, admin).order_by(User.id)) if one]


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write(path: Path, kept: dict[str, Any]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(kept), encoding="utf-8")
    new.replace(path)
