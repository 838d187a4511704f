"""What all practice batches share: people, places and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.base.people.models import Organisation, User
from app.kernel.roles import Actor


@dataclass(frozen=True)
class Room:
    """What all practice batches share. `villages`: codes over which participants are spread; `office`: who holds the
    batches."""

    session: Session
    storage: Storage
    organisations: Mapping[str, Organisation]
    villages: Sequence[str]
    office: int
    editor: Actor
    trainer: User
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, hour: int = 8) -> datetime:
        return datetime.combine(day, time(hour), self.zone)

    def day(self, weeks: int, weekday: int = 2) -> date:
        """Return that weekday (0 is Monday), so many weeks from this one."""
        return self.today + timedelta(weeks=weeks, days=weekday - self.today.weekday())
