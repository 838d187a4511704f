"""What every step of a chain needs to know: who looks, on which day, and the months that small charts show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func

from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.oversight.insights.chain_steps import Action, Trend, month, month_alone, number

MOST_MONTHS = 12


@dataclass(frozen=True)
class ChainScope:
    """For whom, when and of which campaign a chain is made. `months`: of the campaign until today, at most the last
    twelve. `may_edit`: goals, budget and spending are this person's to enter. `alive`: the campaign was not called off,
    so that something can still be added."""

    actor: Actor
    campaign: Campaign
    today: date
    now: datetime
    zone: ZoneInfo
    months: Sequence[Period]
    may_edit: bool
    alive: bool

    def edit_action(self, label: T, endpoint: str, **values: Any) -> Action | None:
        """Return a button that changes the campaign itself; who may not is told who does."""
        if not self.alive:
            return None
        return Action(label, endpoint, {"campaign_id": self.campaign.id, **values}, allowed=self.may_edit)

    def add_action(self, label: T, endpoint: str, **values: Any) -> Action | None:
        """Return a button that adds something to the campaign in another room."""
        return Action(label, endpoint, values) if self.alive else None

    def monthly(self, column: Any, value: Any = 1) -> list[ColumnElement[Any]]:
        """Return sums of `value` by month of a column of days or of moments, one column of the query each."""
        return [func.coalesce(func.sum(case((self._within(column, one), value), else_=0)), 0) for one in self.months]

    def _within(self, column: Any, period: Period) -> ColumnElement[bool]:
        if column.type.python_type is date:
            days: ColumnElement[bool] = column.between(period.first, period.last)
            return days
        first, end = period.borders(self.zone)
        return and_(column >= first, column < end)

    def trend(self, sums: Sequence[Any], months: Sequence[Period] = ()) -> Trend | None:
        """Compare the last of the sums by month (of the last `months`) with the one before; None where there is no
        month before."""
        months, values = months or self.months, [float(one or 0) for one in sums]
        if len(values) < 2 or not any(values):
            return None
        last, before = months[-1].first, months[-2].first
        write = month_alone if before.year == last.year == self.today.year else month
        told = T(
            "%(last)s: %(n)s; %(before)s: %(m)s",
            last=write(last), n=number(values[-1]), before=write(before), m=number(values[-2]),
        )  # fmt: skip
        return Trend(told, [(one.first, value) for one, value in zip(months, values, strict=True)])


def scope_of(actor: Actor, campaign: Campaign, *, today: date, now: datetime, zone: ZoneInfo) -> ChainScope:
    """Return what the steps of this campaign's chain need to know."""
    alive = campaign.status != CampaignStatus.CANCELLED
    return ChainScope(
        actor, campaign, today, now, zone, months_of(campaign, today),
        may_edit=alive and rules.may_edit(actor, campaign), alive=alive,
    )  # fmt: skip


def months_of(campaign: Campaign, today: date) -> list[Period]:
    """Return the months from the campaign's first to this one or its last; none before it begins."""
    last = min(today, campaign.ends_on)
    if last < campaign.starts_on:
        return []
    found = [Period.month(last.year, last.month)]
    while found[0].first > campaign.starts_on and len(found) < MOST_MONTHS:
        found.insert(0, found[0].before)
    return found
