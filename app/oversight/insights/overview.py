"""What a manager knows on Monday in three sentences: does awareness move, where was nobody, what is overdue.

Each is asked of the room that owns it (insights.awareness, reports.contacts, control), so that a number stands here as
on the page behind it. What nobody has entered is said to be missing and never counted as 0.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.evidence.results.words import number
from app.gatherings.reports.contacts import VillageRow, contacts, village_rows
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.oversight.control.items import UnitTally
from app.oversight.control.queries import tally
from app.oversight.insights.awareness import AwarenessSummary, summarise_awareness
from app.oversight.mosaic.squares import NOBODY_YET

NAMED_DISTRICTS, NAMED_UNITS = 3, 2
"""How many a sentence names."""
LISTED = 6
RUNNING = 5

ALL_REACHED = T("Semua %(of)s desa/kelurahan sudah terjangkau dalam %(period)s.")
UNREACHED = T("%(n)s dari %(of)s desa/kelurahan belum terjangkau dalam %(period)s: %(where)s.")
NOTHING_LATE = T("Tidak ada yang terlambat.")
LATE = T("%(n)s hal terlambat: %(who)s.")
OTHERS = T("%(names)s, dan %(n)s lainnya")


@dataclass(frozen=True)
class DistrictReach:
    """Villages of a district that were not reached in the period, and all it has."""

    code: str
    name: str
    unreached: int
    villages: int


@dataclass(frozen=True)
class VillageReach:
    """How many villages were not reached: `unreached` in the period, of which `never` were not reached before either,
    and `blank` have no network, or only some, as far as is known. `recorded` False: nothing at all was recorded in the
    period, so that nobody knows."""

    villages: int
    unreached: int
    never: int
    blank: int
    recorded: bool
    districts: Sequence[DistrictReach]

    def sentence(self, period: str) -> T:
        """Say how many villages were not reached. `period`: as it stands within a sentence, “tahun 2026”."""
        if not self.recorded:
            return T(NOBODY_YET.msgid, period=period)
        if not self.unreached:
            return T(ALL_REACHED.msgid, of=number(self.villages), period=period)
        where = [f"{one.name} ({number(one.unreached)})" for one in self.districts]
        return T(
            UNREACHED.msgid,
            n=number(self.unreached),
            of=number(self.villages),
            period=period,
            where=_first(where, NAMED_DISTRICTS),
        )


@dataclass(frozen=True)
class Overdue:
    """What is late, by bidang or OPD, the most first."""

    units: Sequence[UnitTally]

    @property
    def late(self) -> int:
        return sum(one.total for one in self.units)

    @property
    def at_risk(self) -> int:
        return sum(one.at_risk for one in self.units)

    @property
    def behind(self) -> Sequence[UnitTally]:
        return [one for one in self.units if one.total]

    def sentence(self, nobody: str) -> T:
        """Say what is late and with whom. `nobody`: how what belongs to no bidang is called."""
        if not self.late:
            return NOTHING_LATE
        who = [f"{one.name or nobody} ({number(one.total)})" for one in self.behind]
        return T(LATE.msgid, n=number(self.late), who=_first(who, NAMED_UNITS))


@dataclass(frozen=True)
class RunningCampaign:
    """A campaign that goes on now."""

    id: int
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Overview:
    awareness: AwarenessSummary
    reach: VillageReach
    overdue: Overdue
    running: Sequence[RunningCampaign]
    running_total: int


def overview(
    session: Session, actor: Actor, *, regency_code: str, period: Period, today: date, now: datetime, zone: ZoneInfo
) -> Overview:
    """Return the whole of Ikhtisar, in a fixed number of queries, whatever there is."""
    running, total = _running(session)
    return Overview(
        summarise_awareness(session, actor, today=today),
        reach_of(session, regency_code, period, now=now, zone=zone),
        Overdue(tally(session, actor, today=today, now=now, zone=zone)),
        running,
        total,
    )


def reach_of(session: Session, regency_code: str, period: Period, *, now: datetime, zone: ZoneInfo) -> VillageReach:
    rows = village_rows(session, regency_code, zone, now=now, period=period)
    missed = [row for row in rows if row.last is None]
    ever = contacts(session, zone, now) if missed else {}
    return VillageReach(
        villages=len(rows),
        unreached=len(missed),
        never=sum(row.code not in ever for row in missed),
        blank=sum(row.is_blank for row in missed),
        recorded=len(missed) < len(rows),
        districts=_by_district(rows, missed),
    )


def _by_district(rows: Sequence[VillageRow], missed: Sequence[VillageRow]) -> list[DistrictReach]:
    """Those with villages not reached: the most first, then the largest part of the district."""
    every, names = Counter(row.district_code for row in rows), {row.district_code: row.district for row in rows}
    without = Counter(row.district_code for row in missed)
    found = [DistrictReach(code, names[code], count, every[code]) for code, count in without.items()]
    return sorted(found, key=lambda one: (-one.unreached, one.villages, one.name))


def _running(session: Session) -> tuple[list[RunningCampaign], int]:
    query = (
        select(Campaign.id, Campaign.name, Campaign.starts_on, Campaign.ends_on, func.count().over().label("total"))
        .where(Campaign.status == CampaignStatus.ACTIVE)
        .order_by(Campaign.ends_on, Campaign.name)
        .limit(RUNNING)
    )
    rows = session.execute(query).all()
    return [RunningCampaign(row.id, row.name, row.starts_on, row.ends_on) for row in rows], rows[0].total if rows else 0


def _first(names: Sequence[str], most: int) -> str | T:
    told = ", ".join(names[:most])
    return T(OTHERS.msgid, names=told, n=number(len(names) - most)) if len(names) > most else told
