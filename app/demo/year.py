"""The practice year: campaigns of every dimension, what went out, where somebody was, who was asked, what is late.

It ends today. Many rows come in at once through the rooms' models, as they would stand after a year of work; what needs
a verb's checks (groups, surveys, pieces) goes through it. Seeded: the same year in every installation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.storage import Storage
from app.base.people.actors import actor_of
from app.base.people.models import Organisation, User
from app.demo import planted
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.models import Outlet

SEED = 20261124


@dataclass
class Year:
    """What all parts of the year share. Days are counted from today: −30 is thirty days ago."""

    session: Session
    people: Mapping[str, User]
    organisations: Mapping[str, Organisation]
    storage: Storage
    now: datetime
    zone: ZoneInfo
    public_url: str
    luck: Random = field(default_factory=lambda: Random(SEED))

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def editor(self) -> Actor:
        return actor_of(self.session, self.people["editor"], self.today)

    @cached_property
    def names(self) -> dict[int | None, str]:
        return {user.id: user.name for user in self.people.values()}

    @cached_property
    def villages(self) -> dict[str, Village]:
        rows = self.session.scalars(select(Village).order_by(Village.code))
        return {village.code: village for village in rows}

    @cached_property
    def services(self) -> dict[str, Service]:
        return {service.key: service for service in self.session.scalars(select(Service))}

    @cached_property
    def outlets(self) -> dict[str, Outlet]:
        """The practice outlets by kind."""
        return {outlet.kind: outlet for outlet in self.session.scalars(select(Outlet).where(Outlet.practice))}

    @cached_property
    def office(self) -> Organisation:
        return next(one for one in self.organisations.values() if one.is_office)

    @cached_property
    def unvisited(self) -> frozenset[str]:
        return planted.unvisited_villages(list(self.villages))

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        return datetime.combine(self.day(days), time(hour, minute), self.zone)


def is_filled(session: Session) -> bool:
    return session.scalar(select(Campaign.id).where(Campaign.name == planted.TOUR).limit(1)) is not None
