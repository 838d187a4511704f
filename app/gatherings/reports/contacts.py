"""Compute when each village was last reached, and by what; and those where nobody was for long.

A source gives the last day by village of one kind of contact that really happened. Planned, announced or ordered
reaches nobody. Surveys and training join by a source of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import REGISTER_2021, UNSERVED
from app.base.areas.models import Connectivity, District, Village
from app.base.areas.queries import latest_statements
from app.gatherings.events import reach as event_reach
from app.gatherings.events.models import Event
from app.gatherings.events.states import UPCOMING
from app.kernel.periods import Period
from app.kernel.slots import Slot
from app.kernel.text import T
from app.outreach.printing import reach as printing

LastDays = Callable[[Session, ZoneInfo, datetime, int | None, Period | None], Mapping[str, date]]
"""(session, zone, now, campaign or None for all, period or None for ever) → village code → the last local day of a
contact in it; one query."""


@dataclass(frozen=True)
class Source:
    key: str
    label: T
    last_days: LastDays


def _held(
    session: Session, zone: ZoneInfo, now: datetime, campaign_id: int | None, period: Period | None
) -> Mapping[str, date]:
    during = event_reach.within(period, zone) if period else None
    last = event_reach.reached_villages(session, now, campaign_id=campaign_id, during=during)
    return {code: moment.astimezone(zone).date() for code, moment in last.items()}


def _proved(
    session: Session, _zone: ZoneInfo, _now: datetime, campaign_id: int | None, period: Period | None
) -> Mapping[str, date]:
    return printing.reached_villages(session, campaign_id=campaign_id, period=period)


EVENT_CONTACTS = Source("event", T("Kegiatan berlangsung"), _held)
PRINT_CONTACTS = Source("print", T("Cetakan terbukti terpasang"), _proved)
SOURCES = Slot[Source]("reports.sources")
"""Every kind of contact that counts, those of higher rooms among them."""


@dataclass(frozen=True)
class Contact:
    """The last contact: its day, and the sources that had one on it."""

    on: date
    sources: tuple[Source, ...]


def contacts(
    session: Session,
    zone: ZoneInfo,
    now: datetime,
    *,
    campaign_id: int | None = None,
    sources: Sequence[Source] | None = None,
    period: Period | None = None,
) -> dict[str, Contact]:
    """Return village code → its last contact of any source; one query a source. Villages without any are left out.

    With a period: the last one on its days. A village where somebody was in it and again afterwards counts in it.
    """
    last: dict[str, Contact] = {}
    for source in SOURCES if sources is None else sources:
        for code, day in source.last_days(session, zone, now, campaign_id, period).items():
            known = last.get(code)
            if known is None or day > known.on:
                last[code] = Contact(day, (source,))
            elif day == known.on:
                last[code] = Contact(day, (*known.sources, source))
    return last


@dataclass(frozen=True)
class VillageRow:
    """A village on the list. `network`: a key of NETWORK, "" where nothing speaks of a blank spot, and `network_on`
    the date of the statement that says so; `planned`: the next event there."""

    code: str
    name: str
    kind: str
    district_code: str
    district: str
    network: str
    network_on: date | None
    last: Contact | None
    planned: datetime | None
    days: int | None  # since the last contact

    def without_for(self, days: int) -> bool:
        return self.days is None or self.days > days

    @property
    def is_blank(self) -> bool:
        """As far as is known today."""
        return self.network in UNSERVED

    @property
    def order(self) -> tuple[int, bool, date, str, str]:
        """No network first, then some, then once a blank spot; those never reached before the others, then the
        longest without contact."""
        day = self.last.on if self.last else date.min
        return (ORDER.get(self.network, len(ORDER)), self.last is not None, day, self.district, self.name)


@dataclass(frozen=True)
class Summary:
    """Counts of villages: all, reached ever, within the days, never; and the blank spots among each."""

    villages: int
    reached: int
    recent: int
    never: int
    blank: int
    blank_reached: int
    blank_recent: int

    @property
    def without(self) -> int:
        return self.villages - self.recent


def village_rows(
    session: Session,
    regency_code: str,
    zone: ZoneInfo,
    *,
    now: datetime,
    campaign_id: int | None = None,
    period: Period | None = None,
) -> list[VillageRow]:
    """Return every village of the regency with its last contact (in the period), the most neglected first. A fixed
    number of queries."""
    today = now.astimezone(zone).date()
    last, known = contacts(session, zone, now, campaign_id=campaign_id, period=period), networks(session)
    planned = next_planned(session, now, campaign_id=campaign_id)
    listed = session.execute(
        select(Village.code, Village.name, Village.kind, Village.district_code, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code.startswith(f"{regency_code}.", autoescape=True))
    )
    rows = [
        VillageRow(
            code=row.code,
            name=row.name,
            kind=row.kind,
            district_code=row.district_code,
            district=row.district,
            network=known[row.code].key if row.code in known else "",
            network_on=known[row.code].on if row.code in known else None,
            last=last.get(row.code),
            planned=planned.get(row.code),
            days=(today - last[row.code].on).days if row.code in last else None,
        )
        for row in listed
    ]
    return sorted(rows, key=lambda row: row.order)


def summary(rows: Iterable[VillageRow], days: int) -> Summary:
    every = list(rows)
    blank = [row for row in every if row.is_blank]
    return Summary(
        villages=len(every),
        reached=sum(row.last is not None for row in every),
        recent=sum(not row.without_for(days) for row in every),
        never=sum(row.last is None for row in every),
        blank=len(blank),
        blank_reached=sum(row.last is not None for row in blank),
        blank_recent=sum(not row.without_for(days) for row in blank),
    )


NETWORK: Mapping[str, T] = {
    "none": T("Tanpa jaringan"),
    "partial": T("Jaringan sebagian"),
    "once": T("Dulu blank spot (2021), dilaporkan terlayani"),
}
ORDER = {key: place for place, key in enumerate(NETWORK)}


class Network(NamedTuple):
    """`key` of NETWORK; the date of the latest statement, and how much of it is known: year, month or day."""

    key: str
    on: date
    precision: str


def networks(session: Session) -> dict[str, Network]:
    """Return village code → network. "once": it stood in the register of 2021, and the latest statement says that it is
    served. Villages that were never a blank spot are left out."""
    latest = latest_statements()
    listed = select(Connectivity.village_code).where(Connectivity.register == REGISTER_2021)
    rows = session.execute(
        select(latest.c.village_code, Connectivity.status, Connectivity.as_of, Connectivity.as_of_precision)
        .join(Connectivity, Connectivity.id == latest.c.id)
        .where(Connectivity.status.in_(UNSERVED) | latest.c.village_code.in_(listed))
    )
    return {
        code: Network(str(status) if status in UNSERVED else "once", as_of, precision)
        for code, status, as_of, precision in rows
    }


def next_planned(
    session: Session, now: datetime, *, campaign_id: int | None = None, village_code: str | None = None
) -> dict[str, datetime]:
    """Return village code → the beginning of the next event planned or announced there."""
    query = (
        select(Event.village_code, func.min(Event.starts_at).label("starts_at"))
        .where(Event.status.in_(UPCOMING), Event.starts_at >= now, Event.village_code.is_not(None))
        .group_by(Event.village_code)
    )
    if campaign_id is not None:
        query = query.where(Event.campaign_id == campaign_id)
    if village_code is not None:
        query = query.where(Event.village_code == village_code)
    return {str(row.village_code): row.starts_at for row in session.execute(query)}


def last_contact(session: Session, zone: ZoneInfo, now: datetime, village_code: str) -> Contact | None:
    """Return the last contact of one village, for its page."""
    return contacts(session, zone, now).get(village_code)
