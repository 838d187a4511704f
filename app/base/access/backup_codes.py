"""Kode cadangan: codes on paper for the day on which the phone is lost. Each counts once, and is kept as a hash only.

59 bits each, hashed under the installation's salt, so that a stolen database alone gives none of them away.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.base.access.factor_models import BackupCode

OWN, OFFICE, SEALED = "own", "office", "sealed"
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which look alike on paper
SHEET = 10  # codes on a person's sheet
OFFICE_LIFE = timedelta(days=7)
JOINTS = re.compile(r"[\s\-–—.]+")


def make_sheet(session: Session, user_id: int, *, salt: str, now: datetime) -> list[str]:
    """Return a new sheet of codes; those of an older sheet count no more."""
    session.execute(delete(BackupCode).where(BackupCode.user_id == user_id, BackupCode.kind == OWN))
    return _add(session, user_id, OWN, SHEET, salt=salt, now=now, ends_at=None)


def make_office_code(
    session: Session, user_id: int, *, salt: str, now: datetime, life: timedelta | None = OFFICE_LIFE
) -> str:
    """Return one code that the office prints for a person; one printed before counts no more.

    `life` None: for the sealed envelope, which has no end and outlives codes of a day.
    """
    kind = OFFICE if life else SEALED
    session.execute(
        delete(BackupCode).where(BackupCode.user_id == user_id, BackupCode.kind == kind, BackupCode.used_at.is_(None))
    )
    return _add(session, user_id, kind, 1, salt=salt, now=now, ends_at=now + life if life else None)[0]


def _code() -> str:
    """Three groups of four signs: `k7mp-x2he-9wrt`."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


def _add(
    session: Session, user_id: int, kind: str, count: int, *, salt: str, now: datetime, ends_at: datetime | None
) -> list[str]:
    codes = [_code() for _ in range(count)]
    session.add_all(
        BackupCode(user_id=user_id, kind=kind, code_hash=hashed_code(code, salt), created_at=now, ends_at=ends_at)
        for code in codes
    )
    session.flush()
    return codes


def hashed_code(code: str, salt: str) -> str:
    """Hash a code, however it was typed: with or without hyphens, in capitals."""
    return hmac.new(salt.encode(), b"backup-code:" + JOINTS.sub("", code).lower().encode(), hashlib.sha256).hexdigest()


def use_code(session: Session, user_id: int, code: str, *, salt: str, now: datetime) -> str | None:
    """Use the code up and return its kind; None where it is wrong, used, or over. One statement: it counts once."""
    return session.scalar(
        update(BackupCode)
        .where(BackupCode.user_id == user_id, BackupCode.code_hash == hashed_code(code, salt), *_good(now))
        .values(used_at=now)
        .returning(BackupCode.kind),
        execution_options={"synchronize_session": False},
    )


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (BackupCode.used_at.is_(None), or_(BackupCode.ends_at.is_(None), BackupCode.ends_at > now))


def codes_left(session: Session, user_id: int, *, kind: str = OWN, now: datetime) -> int:
    return (
        session.scalar(select(func.count()).where(BackupCode.user_id == user_id, BackupCode.kind == kind, *_good(now)))
        or 0
    )


def forget_codes(session: Session, user_id: int) -> None:
    session.execute(delete(BackupCode).where(BackupCode.user_id == user_id))
