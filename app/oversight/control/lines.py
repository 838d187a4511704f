"""The select that every source of late things gives, with the same columns, so that they can be counted as one list."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, String, Subquery, cast, func, literal, null, select

from app.base.people.signers import Signers
from app.kernel import workdays
from app.oversight.control.items import KINDS

LONGEST = 200
"""Letters of a title."""


@dataclass(frozen=True)
class Moment:
    """The moment of which the list is made, and who signs on that day. `made`: the lists that were put together for it
    already, which takes longer than to ask for them."""

    today: date
    now: datetime
    zone: ZoneInfo
    signers: Signers
    made: dict[str, Subquery] = field(default_factory=dict, compare=False)

    def listed_until(self, kind: str) -> date:
        """Return the latest day of a source that stands on the list, late or at risk."""
        return _latest(KINDS[kind].grace, workdays.after(self.today, KINDS[kind].ahead))

    def late_until(self, kind: str) -> date:
        """Return the latest day of a source that is late."""
        return _latest(KINDS[kind].grace, self.today - timedelta(days=1))

    def overdue_until(self, kind: str, days: int) -> date:
        """Return the latest day of a source that is overdue for so many working days."""
        last = self.today - timedelta(days=1)
        while workdays.between(last, self.today) < days:
            last -= timedelta(days=1)
        return _latest(KINDS[kind].grace, last)


def due_of(kind: str, since: date) -> date:
    return workdays.after(since, KINDS[kind].grace)


@lru_cache(maxsize=512)
def _latest(grace: int, due: date) -> date:
    """The latest day whose due day is not after `due`."""
    day = due
    while workdays.after(day, grace) > due:
        day -= timedelta(days=1)
    return day


def line(
    moment: Moment,
    kind: str,
    subject: Any,
    since: Any,
    *,
    title: Any,
    detail: Any = None,
    target: Any = None,
    organisation: Any = None,
    owner: Any = None,
    owner_text: Any = None,
    late: Any = None,
) -> Select[Any]:
    """Select the lines of one source. `since` is a day; `target` the number for the address where it is not the
    subject's; `late` where it follows from something else than the day."""
    return select(
        literal(kind, String).label("kind"),
        subject.label("subject_id"),
        (subject if target is None else target).label("target_id"),
        func.substr(title, 1, LONGEST, type_=String).label("title"),
        (cast(null(), String) if detail is None else func.substr(detail, 1, LONGEST, type_=String)).label("detail"),
        since.label("since"),
        cast(organisation, Integer).label("organisation_id"),
        cast(owner, Integer).label("owner_id"),
        cast(owner_text, String).label("owner_text"),
        (since <= moment.late_until(kind) if late is None else late).label("late"),
    )
