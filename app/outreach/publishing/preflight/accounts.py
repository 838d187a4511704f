"""What an account says before anything goes out: its keys and their end, its rights, its quota."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kernel.text import T
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.outlets.models import OutletStatus
from app.outreach.outlets.ports import AccountPaused, AccountReport, ChannelError, Inspectable, NeedsSignIn
from app.outreach.publishing.preflight.findings import Finding
from app.outreach.publishing.preflight.models import Level

log = logging.getLogger(__name__)

ANNOUNCED = (14, 7, 1)
"""Days before the end of its keys on which an account is announced."""

REFUSED = T("Akun ini menolak kunci yang tersimpan. Hubungkan ulang; yang menunggu lalu dikirim dengan sendirinya.")
OVER = T("Kunci akun ini sudah berakhir. Hubungkan ulang; yang menunggu lalu dikirim dengan sendirinya.")
AWAY = T("Belum dapat diperiksa: layanan akun ini sedang tidak menjawab. Diperiksa lagi dengan sendirinya.")
NO_MAIL = T(
    "Server surel tidak menjawab atau menolak masuk, jadi pesanan cetak belum dapat dikirim. Minta pengelola server "
    "memeriksanya."
)
LAST_DAY = T("Kunci akun ini berakhir dalam waktu kurang dari sehari. Hubungkan ulang hari ini.")
ENDS = T("Kunci akun ini berakhir %(days)s hari lagi. Hubungkan ulang sebelum itu.")
RIGHTS = T(
    "Izin “%(names)s” belum diberikan kepada aplikasi ini, jadi materi akan ditolak. Hubungkan ulang dan setujui "
    "semua izinnya."
)
USED_UP = T("Jatah unggahan akun ini sudah habis. Yang dijadwalkan menunggu sampai jatahnya ada lagi.")
SCARCE = T(
    "Jatah unggahan akun ini tinggal %(left)s, sedangkan %(planned)s materi dijadwalkan dalam sehari. Pindahkan "
    "sebagian ke hari lain."
)
RENAMED = T("Akun ini sekarang bernama “%(name)s”, di sini masih “%(known)s”. Tekan Uji sambungan di Saluran.")
PAUSED = T("Akun ini sedang tidak menerima kiriman. %(reason)s")


@dataclass(frozen=True)
class AccountQuestion:
    """An outlet as plain values. `credentials` None: they cannot be opened. `planned`: what leaves within a day."""

    outlet_id: int
    kind: str
    status: str
    channel: str
    settings: Mapping[str, Any]
    credentials: Mapping[str, Any] | None
    planned: int = 0
    pause_reason: T | None = None
    paused: bool = False


@dataclass(frozen=True)
class AccountAnswer:
    """`dead`: the platform refuses the keys. `report` None: it was not asked or did not answer."""

    findings: list[Finding] = field(default_factory=list)
    report: AccountReport | None = None
    dead: bool = False


def inspect_account(question: AccountQuestion, channel: object, *, now: datetime) -> AccountAnswer:
    """Ask one account; outside any transaction. Never raises."""
    if question.status == OutletStatus.NEEDS_SIGN_IN:
        return AccountAnswer([Finding("token", Level.BAD, REFUSED, "token")], dead=True)
    standing = []
    if question.paused:
        standing.append(Finding("paused", Level.WARN, T(PAUSED.msgid, reason=question.pause_reason or ""), "paused"))
    if not isinstance(channel, Inspectable):
        return AccountAnswer(standing)
    if question.credentials is None:
        return AccountAnswer([Finding("token", Level.BAD, REFUSED, "token")], dead=True)
    try:
        report = channel.inspect(question.credentials, question.settings, now=now)
    except NeedsSignIn as error:
        return AccountAnswer([Finding("token", Level.BAD, error.sentence or REFUSED, "token")], dead=True)
    except AccountPaused as error:
        return AccountAnswer([Finding("paused", Level.WARN, T(PAUSED.msgid, reason=error.sentence), "paused")])
    except ChannelError:
        if question.kind in ORDERED_PRINT:
            return AccountAnswer([*standing, Finding("mail", Level.BAD, NO_MAIL, "mail")])
        return AccountAnswer([*standing, Finding("away", Level.UNKNOWN, AWAY, "away")])
    except Exception:
        log.exception("outlet %s could not be inspected", question.outlet_id)
        return AccountAnswer([*standing, Finding("away", Level.UNKNOWN, AWAY, "away")])
    found = [*standing, *_of_name(report.name, str(question.settings.get("account_name") or ""))]
    return AccountAnswer([*found, *_of_report(report, question.planned, now)], report)


def _of_name(name: str, known: str) -> list[Finding]:
    if not (name.strip("@") and known) or name == known:
        return []
    return [Finding("renamed", Level.WARN, T(RENAMED.msgid, name=name, known=known), f"renamed:{name[:40]}")]


def _of_report(report: AccountReport, planned: int, now: datetime) -> list[Finding]:
    found = []
    if report.expires_at is not None:
        found += _of_end(report.expires_at, now)
    if report.missing:
        names = ", ".join(report.missing)
        found.append(Finding("right", Level.BAD, T(RIGHTS.msgid, names=names), "right"))
    if report.quota_left == 0:
        found.append(Finding("quota", Level.WARN, USED_UP, "quota"))
    elif report.quota_left is not None and report.quota_left < planned:
        found.append(Finding("quota", Level.WARN, T(SCARCE.msgid, left=report.quota_left, planned=planned), "quota"))
    return found


def _of_end(end: datetime, now: datetime) -> list[Finding]:
    """The keys' end, from the first day on which it is announced; `cause` names the announcement."""
    left = (end - now).total_seconds() / 86_400
    if left <= 0:
        return [Finding("token", Level.BAD, OVER, "token")]
    announced = [days for days in ANNOUNCED if left <= days]
    if not announced:
        return []
    sentence = LAST_DAY if left <= 1 else T(ENDS.msgid, days=int(left))
    return [Finding("ending", Level.WARN, sentence, f"ending:{end:%Y%m%d}:{min(announced)}")]
