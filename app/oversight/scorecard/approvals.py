"""How long approval of posts takes, in the working hours of the office."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.kernel import workdays
from app.kernel.paging import Page
from app.kernel.text import T
from app.outreach.posts.access import visible_to
from app.outreach.posts.models import Post, PostStatus, Review
from app.oversight.scorecard.changes import format_number
from app.oversight.scorecard.measures import Button, MeasureResult, Record, ScorecardScope

OFFICE_OPENS = time(7, 30)
"""Eight hours a day, Monday to Friday. From when an office counts differs; the hours of one day stay eight."""
HOURS_A_DAY = 8.0
SINCE = date(2015, 1, 1)


def approved_at() -> ColumnElement[Any]:
    """Return the moment of the last signature of a post's present round; NULL before the first."""
    return (
        select(func.max(Review.at))
        .where(Review.post_id == Post.id, Review.round == Post.round, Review.decision == "approved")
        .correlate(Post)
        .scalar_subquery()
    )


@lru_cache(maxsize=8192)
def _day(day: date) -> tuple[int, bool]:
    """(working days since long ago until this day, with it; whether it is one)."""
    return workdays.between(SINCE, day), workdays.is_working_day(day)


def _clock(moment: datetime, zone: ZoneInfo) -> float:
    """Working hours since long ago, up to this moment."""
    local = moment.astimezone(zone)
    days, works = _day(local.date())
    if not works:
        return days * HOURS_A_DAY
    hours = (local - datetime.combine(local.date(), OFFICE_OPENS, zone)) / timedelta(hours=1)
    return (days - 1) * HOURS_A_DAY + min(max(hours, 0.0), HOURS_A_DAY)


def working_hours(first: datetime, last: datetime, zone: ZoneInfo) -> float:
    """Count the working hours between two moments, never below 0: nights, weekends and public holidays do not count."""
    return max(0.0, _clock(last, zone) - _clock(first, zone))


def median(values: Sequence[float]) -> float | None:
    return quantile(values, 0.5)


def quantile(values: Sequence[float], part: float) -> float | None:
    """Return the smallest value that at least this part does not exceed; of the median of an even number the middle of
    two."""
    ordered = sorted(values)
    if not ordered:
        return None
    if part == 0.5:
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    place = -(-part * len(ordered) // 1)
    return ordered[max(0, int(place) - 1)]


def _approved(scope: ScorecardScope) -> Select[Any]:
    """Rows (post id, submitted, approved): what got its last signature in the period and still has it."""
    later, first_last = aliased(Review), scope.borders
    more = exists().where(
        later.post_id == Review.post_id, later.round == Review.round, later.decision == "approved",
        later.step > Review.step,
    )  # fmt: skip
    found: Any = (
        select(Post.id, Post.submitted_at, Review.at)
        .join(Post, and_(Post.id == Review.post_id, Post.round == Review.round))
        .where(
            Review.decision == "approved", Review.at >= first_last[0], Review.at < first_last[1], ~more,
            Post.status == PostStatus.APPROVED, Post.submitted_at.is_not(None), visible_to(scope.actor),
        )
    )  # fmt: skip
    listed: Select[Any] = found
    return listed


def _times(scope: ScorecardScope) -> list[tuple[float, int]]:
    times: list[tuple[float, int]] = scope.cached("times", _read)
    return times


def _read(scope: ScorecardScope) -> list[tuple[float, int]]:
    """(working hours, post id), the longest first."""
    rows = scope.session.execute(_approved(scope))
    return sorted(((working_hours(sent, signed, scope.zone), post_id) for post_id, sent, signed in rows), reverse=True)


def find_lead(part: float) -> Callable[[ScorecardScope], MeasureResult]:
    def find(scope: ScorecardScope) -> MeasureResult:
        times = _times(scope)
        value = quantile([hours for hours, _post in times], part)
        if value is None:
            return MeasureResult(unsure=T("belum ada materi yang disetujui pada periode ini"))
        return MeasureResult(
            round(value, 1), len(times),
            raises=T("Yang terlama menunggu %(hours)s jam kerja. Tunjuk Plh. saat penyetuju berhalangan, dan kurangi "
                     "langkah yang tidak perlu.", hours=format_number(times[0][0], 1)),
            do=Button(
                T("Lihat yang terlama"), "scorecard.data", {"indikator": "lead_median", "periode": str(scope.period)}
            ),
        )  # fmt: skip

    return find


def lead_records(scope: ScorecardScope, _only_lacking: bool, page: int, size: int) -> Page[Record]:
    times = _times(scope)
    page = min(max(1, page), max(1, -(-len(times) // size)))
    shown = times[(page - 1) * size : page * size]
    wanted = select(Post.id, Post.title).where(Post.id.in_([post for _hours, post in shown]))
    titles = {row.id: row.title for row in scope.session.execute(wanted)}
    rows = [
        Record(
            titles[post], T("%(hours)s jam kerja", hours=format_number(hours, 1)), None, "posts.show", {"post_id": post}
        )
        for hours, post in shown
    ]
    return Page(rows, len(times), page, size)
