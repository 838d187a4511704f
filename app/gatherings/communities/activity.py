"""Compute whether a group is active from what it did: events that took place. The rule is the office's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.gatherings.communities.access import to_keep
from app.gatherings.communities.models import ActivityRule
from app.gatherings.communities.states import Activity
from app.gatherings.events.models import Event
from app.gatherings.events.reach import took_place
from app.kernel import audit
from app.kernel.db import wait_for_turn
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T

MOST_EVENTS = 366
MOST_DAYS = 3660


@dataclass(frozen=True)
class Rule:
    """Active from `active_events` events within `days` days; with fewer, but one at least, quiet."""

    active_events: int = 3
    days: int = 180


@dataclass(frozen=True)
class GroupActivity:
    """The activity of a group. `recent`: events within the rule's days; `last`: when the last one began, however long
    ago."""

    recent: int = 0
    last: datetime | None = None
    state: Activity = Activity.NEVER


def rule_in_force(session: Session) -> Rule:
    """Return the latest rule, or the one that the code brings along."""
    row = session.scalar(select(ActivityRule).order_by(ActivityRule.id.desc()).limit(1))
    return Rule(row.active_events, row.days) if row else Rule()


def rule_history(session: Session) -> list[tuple[ActivityRule, str | None]]:
    """Return (rule, name of who set it), the latest first."""
    rows = session.execute(
        select(ActivityRule, User.name)
        .outerjoin(User, User.id == ActivityRule.created_by_id)
        .order_by(ActivityRule.id.desc())
        .limit(100)
    )
    return [(rule, name) for rule, name in rows]


def set_rule(session: Session, actor: Actor, *, active_events: int | None, days: int | None, now: datetime) -> Rule:
    """Set a new rule from now on; the old ones stay in the history. The same again adds nothing. Raises Invalid."""
    to_keep(actor)
    if active_events is None or not 1 <= active_events <= MOST_EVENTS:
        raise Invalid(T("Isi jumlah kegiatan antara 1 dan %(n)s.", n=MOST_EVENTS), field="active_events")
    if days is None or not 1 <= days <= MOST_DAYS:
        raise Invalid(T("Isi jumlah hari antara 1 dan %(n)s.", n=MOST_DAYS), field="days")
    wait_for_turn(session, "activity rule")
    old, new = rule_in_force(session), Rule(active_events, days)
    if new == old:
        return old
    row = ActivityRule(active_events=active_events, days=days, created_by_id=actor.id, created_at=now)
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "rule.set", row, now=now,
        before={"active_events": old.active_events, "days": old.days},
        after={"active_events": active_events, "days": days},
    )  # fmt: skip
    return new


def select_activity(rule: Rule, now: datetime, organisation_ids: Iterable[int] | None = None) -> Subquery:
    """Select rows (organisation_id, recent, last) of the groups that ever held an event. One that is dated after now
    does not count yet: a phone's clock may be wrong."""
    recent = case((Event.starts_at >= now - timedelta(days=rule.days), 1))
    query: Any = (
        select(Event.organisation_id, func.count(recent).label("recent"), func.max(Event.starts_at).label("last"))
        .where(took_place(now))
        .group_by(Event.organisation_id)
    )
    if organisation_ids is not None:
        query = query.where(Event.organisation_id.in_(list(organisation_ids)))
    rows: Subquery = query.subquery("doings")
    return rows


def state_column(rows: Subquery, rule: Rule) -> ColumnElement[str]:
    """Return the state of a group that is outer-joined to `select_activity`."""
    return case(
        (rows.c.recent >= rule.active_events, literal(str(Activity.ACTIVE))),
        (rows.c.recent > 0, literal(str(Activity.QUIET))),
        (and_(rows.c.recent == 0, rows.c.last.is_not(None)), literal(str(Activity.ASLEEP))),
        else_=literal(str(Activity.NEVER)),
    )


def state_of(rule: Rule, recent: int, last: datetime | None) -> Activity:
    if recent >= rule.active_events:
        return Activity.ACTIVE
    if recent:
        return Activity.QUIET
    return Activity.ASLEEP if last else Activity.NEVER


def activity_of(
    session: Session, organisation_ids: Iterable[int], *, rule: Rule, now: datetime
) -> dict[int, GroupActivity]:
    """Return the activity of each of these groups, in one query; a group that never held anything is there as well."""
    ids = list(organisation_ids)
    rows = select_activity(rule, now, ids)
    found = {
        row.organisation_id: GroupActivity(row.recent, row.last, state_of(rule, row.recent, row.last))
        for row in session.execute(select(rows))
    }
    return {number: found.get(number, GroupActivity()) for number in ids}
