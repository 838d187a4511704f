"""The sheet of Kode cadangan until it is saved: sealed in the person's session, so that reloading shows it again."""

from datetime import datetime, timedelta

from flask import session
from sqlalchemy import select

from app.base.access.backup_codes import OWN
from app.base.access.factor_models import BackupCode
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.wiring import now, wired
from app.kernel.vault import VaultClosed

SHEET = "unsaved_sheet"
LIFE = timedelta(minutes=15)


def keep_sheet(user: User, codes: list[str]) -> None:
    """Keep the sheet that was just made. Where the installation has no key to seal with, it is shown once."""
    try:
        session[SHEET] = wired().vault.seal({"codes": codes, "user": user.id, "at": now().isoformat()})
    except VaultClosed:
        session.pop(SHEET, None)


def read_sheet(user: User) -> list[str] | None:
    """Return the codes, for a quarter of an hour, and only while no newer sheet counts."""
    sealed = session.get(SHEET)
    if not sealed:
        return None
    try:
        sheet = wired().vault.open(sealed)
    except VaultClosed:
        return None
    made = datetime.fromisoformat(sheet["at"])
    if sheet["user"] != user.id or now() - made > LIFE:
        return None
    query = select(BackupCode.id).where(
        BackupCode.user_id == user.id, BackupCode.kind == OWN, BackupCode.created_at == made
    )
    return sheet["codes"] if db.session.scalar(query.limit(1)) is not None else None


def forget_sheet() -> None:
    session.pop(SHEET, None)
