"""The head of a day, where it leaves the system: in the monthly report and, where the office wants, by mail.

Who changes the database cannot change paper or a foreign inbox.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.trail.models import AuditHead
from app.kernel.text import T

GROUP = 8


@dataclass(frozen=True)
class HeadMail:
    subject: T
    body: T
    dedupe_key: str


def group_hash(code: str) -> str:
    """Write a hash in groups of eight, as one can read it aloud; whoever checks it may leave the blanks in."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def head_until(session: Session, day: date) -> AuditHead | None:
    """Return the newest head of this day or before."""
    return session.scalar(select(AuditHead).where(AuditHead.day <= day).order_by(AuditHead.day.desc()).limit(1))


def head_mail_waits(session: Session) -> bool:
    return session.scalar(select(AuditHead.day).where(AuditHead.mailed.is_(False)).limit(1)) is not None


def next_head_mail(session: Session) -> HeadMail | None:
    """Return the mail of the newest head; all that were not mailed are now held to be."""
    unsent = select(AuditHead).where(AuditHead.mailed.is_(False)).order_by(AuditHead.day.desc())
    heads = session.scalars(unsent.with_for_update()).all()
    for head in heads:
        head.mailed = True
    session.flush()
    return _mail(heads[0]) if heads else None


def _mail(head: AuditHead) -> HeadMail:
    day = head.day.strftime("%d-%m-%Y")
    body = T(
        "Segel jejak pada akhir hari %(day)s:\n\nBaris: %(number)s\nKode: %(code)s\n\n"
        "Simpan surel ini. Bila suatu hari ada yang mengubah atau menghapus catatan di aplikasi, kode ini "
        "membuktikannya: flask audit verify --head %(iso)s:%(number)s:%(hash)s",
        day=day, number=head.number, code=group_hash(head.hash), iso=head.day.isoformat(), hash=head.hash,
    )  # fmt: skip
    return HeadMail(T("Segel jejak %(day)s", day=day), body, f"trail-head:{head.day.isoformat()}")


def parse_head(text: str) -> tuple[date, int, str]:
    """Read DAY:NUMBER:HASH as it stands in the mail. Raises ValueError."""
    day, number, code = text.split(":")
    code = "".join(code.split()).lower()
    if len(code) != 64 or set(code) - set("0123456789abcdef"):
        raise ValueError(text)
    return date.fromisoformat(day), int(number), code
