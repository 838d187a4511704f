"""The worker's part: before a round claims, what is late at an account gets times of its own.

A time is `wake_at`, which every claim asks for anyhow: a plan needs no second gate, and whoever changes it changes a
row that waits. The account is locked first, so that of two workers one plans and the other finds it done; rows that
somebody is at are left to the next round.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.outreach.outlets.models import Outlet
from app.outreach.publishing.gate import Gate, read_gate
from app.outreach.publishing.ledger import still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.spacing.queries import (
    COLUMNS,
    Spacing,
    is_late,
    late_rows,
    online,
    waits_by_plan,
)
from app.outreach.publishing.spacing.times import spread
from app.outreach.publishing.spacing.words import tell_planned

log = logging.getLogger(__name__)

MOST_PORTIONS = 50
"""How many portions of late rows are planned in one round; more wait for the next one."""


def crowded(session: Session, spacing: Spacing, gate: Gate, *, now: datetime) -> dict[int, list[int]]:
    """Return the late rows of accounts where they are to be spaced: more than a handful, or beside a plan."""
    if not spacing.gap:
        return {}
    late = late_rows(session, spacing, gate, now=now)
    if not late:
        return {}
    accounts = online(session, list(late))
    return {
        outlet_id: ids
        for outlet_id, ids in sorted(late.items())
        if outlet_id in accounts and (len(ids) > spacing.after or _waiting(session, outlet_id, now=now, lock=False))
    }


def space_late(sessions: "sessionmaker[Session]", clock: Clock, spacing: Spacing, late: dict[int, list[int]]) -> None:
    """Plan these rows, each account in a transaction of its own, and what more there is.

    A plan that fails keeps nothing back: posts that leave close together are better than none.
    """
    for _ in range(MOST_PORTIONS):
        try:
            planned = [_plan_one(sessions, clock, spacing, *one) for one in late.items()]
            if not any(planned):
                return
            with sessions() as session:
                now = clock.now_in(session)
                late = crowded(session, spacing, read_gate(session, now=now), now=now)
        except OperationalError:
            raise  # the database is at fault, and the round with it
        except Exception:
            log.exception("late posts could not be spaced")
            return


def _plan_one(
    sessions: "sessionmaker[Session]", clock: Clock, spacing: Spacing, outlet_id: int, ids: Sequence[int]
) -> int:
    with unit_of_work(sessions) as session:
        return plan_account(session, outlet_id, ids, spacing, clock=clock)


def plan_account(session: Session, outlet_id: int, ids: Sequence[int], spacing: Spacing, *, clock: Clock) -> int:
    """Give these rows of an account times, together with those that wait by its plan; return how many got one.

    A row that a person moved keeps its time. Whoever looks after the account is told once for each plan.
    """
    locked = select(Outlet).where(Outlet.id == outlet_id).with_for_update(key_share=True)
    outlet = session.scalars(locked.execution_options(populate_existing=True)).one()
    now = clock.now_in(session)
    gate = read_gate(session, now=now)
    if gate.closed:
        return 0
    query = select(*COLUMNS).where(Delivery.id.in_(ids), *is_late(spacing, now=now), still_approved(gate))
    late = session.execute(query.with_for_update(skip_locked=True, of=Delivery)).all()
    waiting = _waiting(session, outlet_id, now=now, lock=True)
    if not late or (len(late) <= spacing.after and not waiting):
        return 0
    rows = sorted([*late, *waiting], key=_order)
    first = min(row.wake_at for row in waiting) if waiting else now
    times = spread([row.useful_until for row in rows], start=first, gap=spacing.gap)
    written = write_times(session, rows, times, now=now)
    if not waiting or any(row.spaced_at for row in late):
        closer = any(later - sooner < spacing.gap for sooner, later in pairwise(times))
        tell_planned(session, outlet, len(rows), times[0], spacing, closer=closer, now=now)
    return written


def _waiting(session: Session, outlet_id: int, *, now: datetime, lock: bool) -> Sequence[Any]:
    """Return the rows of an account's plan that nobody moved."""
    query = select(*COLUMNS).where(
        Delivery.outlet_id == outlet_id, waits_by_plan(now=now), Delivery.settled_by_id.is_(None)
    )
    if not lock:
        return session.execute(query.limit(1)).all()
    return session.execute(query.with_for_update(skip_locked=True, of=Delivery)).all()


def _order(row: Any) -> tuple[bool, datetime, datetime, int]:
    return row.useful_until is None, row.useful_until or row.due_at, row.due_at, row.id


def write_times(session: Session, rows: Sequence[Any], times: Sequence[datetime], *, now: datetime) -> int:
    """Write the times of locked rows that are not theirs yet; return how many there were."""
    moved = [
        {"row": row.id, "was": row.status, "of": row.token, "at": at, "now": now}
        for row, at in zip(rows, times, strict=True)
        if row.spaced_at is None or row.wake_at != at
    ]
    if moved:
        statement = (
            update(Delivery)
            .where(
                Delivery.id == bindparam("row"),
                Delivery.status == bindparam("was"),
                Delivery.token.is_not_distinct_from(bindparam("of")),
            )
            .values(wake_at=bindparam("at"), spaced_at=bindparam("now"))
        )
        session.connection().execute(statement, moved)
    return len(moved)
