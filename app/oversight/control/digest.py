"""The weekly summary of what is late, to those who supervise, on the first working day of the week.

A regency's goes to the office's readers and approvers; who heads a bidang or an OPD gets its own instead. A week in
which nothing is late is told once, after one in which something was; then there is silence until something is late.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import NoticePreference
from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.base.people.signers import signers
from app.kernel import workdays
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.paging import Page
from app.kernel.roles import SYSTEM, Position, Role
from app.kernel.slots import Slot
from app.kernel.text import T
from app.oversight.control import queries
from app.oversight.control.escalation import Address
from app.oversight.control.items import KINDS, NOBODY, Item, UnitTally
from app.oversight.control.lines import Moment
from app.oversight.control.models import Digest
from app.oversight.control.queries import LateFilters

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Week:
    """The moment of a summary, and of which regency."""

    today: date
    now: datetime
    zone: ZoneInfo
    regency_code: str

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())


OPENINGS = Slot[Callable[[Session, Week], Sequence[T]]]("control.openings")
"""What stands before the figures of the regency's summary."""
REGENCY = 0
HEADS = (Position.KABID, Position.KADIS)
OLDEST = 10
PAGE = "/perlu-dikejar"


@dataclass(frozen=True)
class Summary:
    """What one summary says. `unit`: the name of the bidang or OPD, "" for the regency."""

    unit: str
    units: Sequence[UnitTally]
    oldest: Sequence[Item]
    opening: Sequence[str] = ()

    @property
    def total(self) -> int:
        return sum(one.total for one in self.units)

    @property
    def at_risk(self) -> int:
        return sum(one.at_risk for one in self.units)


def send_weekly(
    sessions: "sessionmaker[Session]", *, now: datetime, tz: str, regency_code: str, site: str, address: Address
) -> int:
    """Send this week's summary to everybody who has not got it, and count the new notices. `site`: the address of this
    site.

    To be called on every hour of work: a worker that was down on Monday catches up in the same week, and only then.
    """
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    week = Week(today, now, zone, regency_code)
    if not workdays.is_working_day(today):
        return 0
    with sessions() as session:
        sent = set(session.scalars(select(Digest.unit_id).where(Digest.monday == week.monday)))
        people = {unit: ids for unit, ids in readers(session, today).items() if unit not in sent}
    opening = _opening(sessions, week) if REGENCY in people else ()

    def link(item: Item) -> str:
        return site.rstrip("/") + address(item.endpoint, item.values)

    told = 0
    for unit_id, ids in people.items():
        try:
            with unit_of_work(sessions) as session:
                moment = queries.moment_of(session, today=today, now=now, zone=zone)
                told += _send(session, moment, week.monday, unit_id, ids, opening, link)
        except Exception:  # whatever it is, the next run tries again
            log.exception("no summary of unit %s", unit_id)
    return told


def readers(session: Session, today: date) -> dict[int, tuple[int, ...]]:
    """Return unit (0: the regency) → who gets its summary; without those who switched it off."""
    off = set(session.scalars(select(NoticePreference.user_id).where(NoticePreference.digest.is_(False))))
    return {unit: tuple(sorted(ids - off)) for unit, ids in entitled_readers(session, today).items() if ids - off}


def is_offered(session: Session, user_id: int, today: date) -> bool:
    """Tell whether this person gets a summary, or would if it were not switched off."""
    return any(user_id in ids for ids in entitled_readers(session, today).values())


def entitled_readers(session: Session, today: date) -> dict[int, set[int]]:
    """Return unit (0: the regency) → who is entitled to its summary, also those who switched it off."""
    places = signers(session, today)
    found: dict[int, set[int]] = defaultdict(set)
    found[REGENCY] = set(session.scalars(_managers(places.office_id)))
    units = set(session.scalars(select(Organisation.id).where(Organisation.kind.in_(queries.UNITS))))
    for (place, position), ids in places.by_place.items():
        if position in HEADS and place in units and place != places.office_id:
            found[place].update(ids)
    return found


def _managers(office_id: int | None) -> Select[Any]:
    """The office's readers and approvers; who heads one of its bidang gets that one's instead, see `signers`."""
    heads_bidang = and_(
        func.coalesce(User.position, "") == str(Position.KABID),
        User.organisation_id != office_id,
        Organisation.kind.in_(queries.UNITS),
        User.roles.any(RoleRow.name == str(Role.APPROVER)),
    )
    return (
        select(User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.active,
            or_(Organisation.is_office, Organisation.parent_id == office_id),
            User.roles.any(RoleRow.name.in_((str(Role.VIEWER), str(Role.APPROVER)))),
            ~heads_bidang,
        )
    )


def _opening(sessions: "sessionmaker[Session]", week: Week) -> list[str]:
    """A sentence that cannot be made now never keeps the summary from going out."""
    said: list[str] = []
    for opening in OPENINGS:
        try:
            with sessions() as session:
                said += [str(sentence) for sentence in opening(session, week)]
        except Exception:
            log.exception("opening of the summary")
    return said


def _send(
    session: Session, moment: Moment, monday: date, unit_id: int, ids: Sequence[int], opening: Sequence[str],
    link: Callable[[Item], str],
) -> int:  # fmt: skip
    summary = summary_of(session, moment, unit_id, opening if unit_id == REGENCY else ())
    row = {"monday": monday, "unit_id": unit_id, "total": summary.total, "at": moment.now}
    if not insert_missing(session, Digest, [row]) or not (summary.total or _was_late(session, unit_id, monday)):
        return 0
    return notify(
        session, user_ids=ids, kind="control.digest", subject=_subject(summary), body=compose_text(summary, link),
        path=PAGE if unit_id == REGENCY else f"{PAGE}?bidang={unit_id}&beserta=bidang",
        dedupe_key=f"digest:{monday}:{unit_id}", now=moment.now,
    )  # fmt: skip


def _was_late(session: Session, unit_id: int, monday: date) -> bool:
    """Whether the summary before told of something late."""
    before = select(Digest.total).where(Digest.unit_id == unit_id, Digest.monday < monday)
    return bool(session.scalar(before.order_by(Digest.monday.desc()).limit(1)))


def summary_of(session: Session, moment: Moment, unit_id: int, opening: Sequence[str] = ()) -> Summary:
    """Return the summary of a unit; that of an OPD covers its own bidang too."""
    filters = LateFilters(unit_id=unit_id or None, with_bidang=True)
    oldest: Page[Item] = queries.listed(session, SYSTEM, moment, replace(filters, late=True), size=OLDEST)
    name = session.scalar(select(Organisation.name).where(Organisation.id == unit_id)) if unit_id else ""
    return Summary(name or "", queries.tally_filtered(session, SYSTEM, moment, filters), oldest.items, opening)


def _subject(summary: Summary) -> T:
    unit = summary.unit or T("seluruh kabupaten")
    if not summary.total:
        return T("Ringkasan minggu ini, %(unit)s: tidak ada yang terlambat", unit=unit)
    return T("Ringkasan minggu ini, %(unit)s: %(n)s hal terlambat", unit=unit, n=summary.total)


def compose_text(summary: Summary, link: Callable[[Item], str]) -> str:
    """Write the summary as plain text, its parts divided by empty lines."""
    parts = ["\n".join(summary.opening), "\n".join(_figures(summary))]
    if summary.total:
        if not summary.unit:
            parts.append("\n".join([str(T("Menurut bidang:")), *_by_unit(summary)]))
        parts.append("\n".join([str(T("Menurut jenis:")), *_by_kind(summary)]))
        parts.append("\n".join([str(T("Yang paling lama:")), *_oldest(summary.oldest, link)]))
    else:
        parts.append(str(T("Ringkasan berikutnya datang bila ada lagi yang terlambat.")))
    parts.append(str(T("Ringkasan mingguan ini bisa dimatikan di halaman Pemberitahuan.")))
    return "\n\n".join(part for part in parts if part)


def _figures(summary: Summary) -> list[str]:
    oldest = max((one.oldest_days or 0 for one in summary.units), default=0)
    late = T("Terlambat: %(n)s hal, paling lama %(days)s hari kerja.", n=summary.total, days=oldest)
    said = [late if summary.total else T("Tidak ada yang terlambat.")]
    if summary.at_risk:
        said.append(T("Hampir lewat waktunya: %(n)s hal.", n=summary.at_risk))
    return [str(one) for one in said]


def _by_unit(summary: Summary) -> list[str]:
    return [
        str(T(
            "- %(unit)s: %(n)s (paling lama %(days)s hari kerja)", unit=one.name or NOBODY, n=one.total,
            days=one.oldest_days,
        ))
        for one in summary.units
        if one.total
    ]  # fmt: skip


def _by_kind(summary: Summary) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for one in summary.units:
        for kind, number in one.by_kind.items():
            counts[kind] += number
    return [str(T("- %(label)s: %(n)s", label=KINDS[kind].label, n=counts[kind])) for kind in KINDS if counts[kind]]


def _oldest(items: Sequence[Item], link: Callable[[Item], str]) -> list[str]:
    return [
        str(T(
            "%(place)s. %(title)s (%(kind)s), lewat %(n)s hari kerja. Penanggung jawab: %(owner)s\n   %(link)s",
            place=place, title=item.title, kind=KINDS[item.kind].label, n=item.days,
            owner=item.owner or item.organisation or NOBODY, link=link(item),
        ))
        for place, item in enumerate(items, start=1)
    ]  # fmt: skip
