"""What platforms and our short links say about what was sent: of one delivery, of a post, of a campaign.

Showings and accounts of two platforms are two things and never one sum; what a platform does not give is None and
never 0; a sum says how many of its deliveries it is made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.campaigns.models import LinkVisits, ShortLink
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.queries import in_figures
from app.outreach.posts.models import Post
from app.outreach.publishing.keys import delivery_key
from app.outreach.publishing.measuring import NAMES
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement, MeasureState

LABELS: Mapping[str, T] = {
    "views": T("Ditampilkan"),
    "reach": T("Akun terjangkau"),
    "reactions": T("Suka dan reaksi"),
    "comments": T("Komentar"),
    "shares": T("Dibagikan"),
    "saves": T("Disimpan"),
    "clicks": T("Klik"),
}
AGES: Mapping[int, T] = {
    1: T("1 jam"),
    24: T("24 jam"),
    7 * 24: T("7 hari"),
    28 * 24: T("28 hari"),
}
MISSING_REASONS: Mapping[str, T] = {
    MeasureState.LATE: T("Tidak sempat diambil"),
    MeasureState.CLOSED: T("Akunnya tidak terhubung"),
    MeasureState.GONE: T("Sudah dihapus di saluran"),
}


@dataclass(frozen=True)
class AgeFigures:
    """The figures of a delivery at one age.

    `fell`: names whose count is lower than at the age before (the platform corrected it).
    """

    measurement: Measurement
    fell: frozenset[str]

    def count(self, name: str) -> int | None:
        value: int | None = getattr(self.measurement, name)
        return value


def of_delivery(session: Session, delivery_id: int) -> list[AgeFigures]:
    """Return the figures of a delivery at its four ages, the youngest first; empty where nothing is asked."""
    query = select(Measurement).where(Measurement.delivery_id == delivery_id).order_by(Measurement.age)
    rows, before = [], dict.fromkeys(NAMES, -1)
    for one in session.scalars(query):
        counts = {name: getattr(one, name) for name in NAMES if getattr(one, name) is not None}
        rows.append(AgeFigures(one, frozenset(name for name, count in counts.items() if count < before[name])))
        before |= counts
    return rows


@dataclass(frozen=True)
class FigureSum:
    """A sum over the newest figures of deliveries: None where none of them has this count. `of`: how many have it."""

    total: int | None
    of: int


@dataclass(frozen=True)
class ByPlatform:
    """The figures of one kind of outlet. `sent`: its deliveries; `measured`: those with any figure."""

    kind: str
    sent: int
    measured: int
    counts: Mapping[str, FigureSum]


def of_campaign(session: Session, campaign_id: int) -> list[ByPlatform]:
    """Return the newest figures of a campaign's deliveries, by kind of outlet; one query."""
    return _by_platform(session, Post.campaign_id == campaign_id)


def of_period(session: Session, begin: datetime, end: datetime) -> list[ByPlatform]:
    """Return the newest figures of what was due from `begin` until before `end` and went out, then or later."""
    return _by_platform(session, Delivery.due_at >= begin, Delivery.due_at < end, in_figures(session))


def of_post(session: Session, post_id: int) -> list[ByPlatform]:
    """Return the newest figures of a post's deliveries, by kind of outlet; one query."""
    return _by_platform(session, Post.id == post_id)


def _by_platform(session: Session, *wanted: ColumnElement[bool]) -> list[ByPlatform]:
    columns: list[Any] = [func.count(Delivery.id.distinct()), func.count(Measurement.id)]
    for name in NAMES:
        column = getattr(Measurement, name)
        columns += [func.sum(column), func.count(column)]
    query = (
        select(Outlet.kind, *columns)
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(Measurement, (Measurement.delivery_id == Delivery.id) & Measurement.latest)
        # without statistics SQLite would take the index of states, and with it everything that was ever sent
        .where(func.coalesce(Delivery.status, "") == DeliveryStatus.SENT, *wanted)
        .group_by(Outlet.kind)
        .order_by(Outlet.kind)
    )
    found = []
    for kind, sent, measured, *sums in session.execute(query):
        pairs = zip(NAMES, sums[::2], sums[1::2], strict=True)
        counts = {name: FigureSum(None if total is None else int(total), of) for name, total, of in pairs}
        found.append(ByPlatform(kind, sent, measured, counts))
    return found


def visits_of(session: Session, deliveries: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int | None]:
    """Return (post, outlet) → visits by the link that went out with it, over all its addresses; None without a link."""
    if not deliveries:
        return {}
    keys = {delivery_key(post_id, outlet_id): (post_id, outlet_id) for post_id, outlet_id in deliveries}
    wanted = [or_(ShortLink.purpose == key, ShortLink.purpose.startswith(f"{key}@")) for key in keys]
    query = (
        select(ShortLink.purpose, func.coalesce(func.sum(LinkVisits.count), 0))
        .outerjoin(LinkVisits, LinkVisits.code == ShortLink.code)
        .where(or_(*wanted))
        .group_by(ShortLink.purpose)
    )
    found: dict[tuple[int, int], int | None] = dict.fromkeys(keys.values())
    for purpose, visits in session.execute(query):
        pair = keys[purpose.partition("@")[0]]
        found[pair] = (found[pair] or 0) + int(visits)
    return found


def visits_of_post(session: Session, post_id: int) -> int | None:
    """Count the visits by all links that went out with a post; None where none has one."""
    query = (
        select(func.count(ShortLink.code.distinct()), func.coalesce(func.sum(LinkVisits.count), 0))
        .outerjoin(LinkVisits, LinkVisits.code == ShortLink.code)
        .where(ShortLink.purpose.startswith(f"post:{post_id}:"))
    )
    links, visits = session.execute(query).one()
    return int(visits) if links else None


@dataclass(frozen=True)
class Visits:
    """Visits of printed codes and links of a campaign; `village`: None for a link that is of no village."""

    medium: str
    village: str | None
    links: int
    visits: int


def visits_of_campaign(session: Session, campaign_id: int) -> list[Visits]:
    """Count visits by medium and village version, most visited first; one query. They are openings and not people."""
    visits = func.coalesce(func.sum(LinkVisits.count), 0)
    query = (
        select(ShortLink.medium, ShortLink.village_code, func.count(ShortLink.code.distinct()), visits)
        .outerjoin(LinkVisits, LinkVisits.code == ShortLink.code)
        .where(ShortLink.campaign_id == campaign_id)
        .group_by(ShortLink.medium, ShortLink.village_code)
        .order_by(visits.desc(), ShortLink.medium, ShortLink.village_code)
    )
    return [Visits(medium, village, links, int(count)) for medium, village, links, count in session.execute(query)]


def deliveries_of_campaign(campaign_id: int) -> Select[*tuple[Any, ...]]:
    """Select rows (Delivery, Post.title, Outlet, Measurement | None: the newest), the latest sent first."""
    return (
        select(Delivery, Post.title, Outlet, Measurement)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(Measurement, (Measurement.delivery_id == Delivery.id) & Measurement.latest)
        .where(Post.campaign_id == campaign_id, Delivery.status == DeliveryStatus.SENT, Outlet.kind.not_in(PRINT))
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
    )
