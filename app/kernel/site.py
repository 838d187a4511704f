"""The installation as a session knows it: how times are written, the key that own links are signed with, and whether it
is one for practice.

Services write mails without a request; the one place that makes sessions (app/base/web/db.py) hands this in.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy.orm import Session

LOCALE = "id"
"""The language of documents, and of pages where an installation names no other."""


@dataclass(frozen=True)
class Site:
    """The defaults serve sessions outside an application: links signed with them open nothing."""

    tz: str = "Asia/Makassar"
    tz_label: str = "WITA"
    secret_key: str = "development-only"  # noqa: S105 (no installation signs with it)
    practice: bool = False
    locale: str = LOCALE

    def when(self, starts_at: datetime, ends_at: datetime | None = None) -> str:
        """Say a time: `Selasa, 24 November 2026 pukul 08.00–10.00 WITA`; the second day too where it is another one."""
        zone = ZoneInfo(self.tz)
        begins = format_datetime(starts_at, "EEEE, d MMMM y 'pukul' HH.mm", zone, self.locale)
        if ends_at is None or ends_at == starts_at:
            return f"{begins} {self.tz_label}"
        same_day = starts_at.astimezone(zone).date() == ends_at.astimezone(zone).date()
        ends = format_datetime(ends_at, "HH.mm" if same_day else "EEEE, d MMMM y 'pukul' HH.mm", zone, self.locale)
        return f"{begins}{'–' if same_day else ' sampai '}{ends} {self.tz_label}"


def site_of(session: Session) -> Site:
    found: Site | None = session.info.get("site")
    return found or Site()
