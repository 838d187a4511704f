"""How posts are doing: asked 1 hour, 24 hours, 7 days and 28 days after they were sent, and kept as given.

    plan (rows that wait) ─ due ─▶ [call the channel, outside any transaction] ─▶ keep

A figure belongs to its hour: one that could not be asked in time is LATE and never made up from a later one.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import insert_missing, unit_of_work
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Channel, ChannelError, Gone, Metrics, NeedsSignIn
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement
from app.outreach.publishing.models import MeasureState as M
from app.outreach.publishing.outgoing import channel_key, open_keys

log = logging.getLogger(__name__)

SLACK: Mapping[int, timedelta] = {
    1: timedelta(hours=1),
    24: timedelta(hours=12),
    7 * 24: timedelta(days=2),
    28 * 24: timedelta(days=1),  # X tells the author's own counts for 30 days
}
"""Age in hours → how much later a figure still counts as of that age."""
OLDEST = timedelta(days=29)
AT_ONCE = 40
ASKED_BY_ONE = timedelta(minutes=2)
RETRY_PAUSE = timedelta(minutes=10)
NAMES = tuple(one.name for one in fields(Metrics))


@dataclass(frozen=True)
class _Question:
    measurement_id: int
    remote_id: str
    channel: str
    credentials: Mapping[str, Any] | None  # None: cannot be opened
    settings: Mapping[str, Any]
    too_late: datetime


def measure_due(
    sessions: "sessionmaker[Session]",
    channels: Mapping[str, Channel],
    vault: Vault,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Ask for what is due, one after the other. Returns how many answers were kept.

    A process that is killed in between loses nothing: the rows wait, two minutes longer. Of several workers one asks.
    `stopping` is asked before each question; the rest waits too.
    """
    asked = [key for key, channel in channels.items() if channel.can_measure]
    with unit_of_work(sessions) as session:
        plan(session, asked, now=clock.now())
        questions = _due(session, vault, now=clock.now())
    kept = 0
    for question in questions:
        if stopping():
            break
        answer = _ask(question, channels, clock.now())
        try:
            with unit_of_work(sessions) as session:
                kept += keep(session, question.measurement_id, answer, now=clock.now(), too_late=question.too_late)
        except Exception:  # one that cannot be kept stands in no other's way
            log.exception("measurement %s could not be kept", question.measurement_id)
    return kept


def plan(session: Session, channels: Sequence[str], *, now: datetime) -> None:
    """Add four rows that wait, for each delivery of a channel that tells figures and has none yet."""
    new = (
        select(Delivery.id, Delivery.sent_at)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(
            Delivery.status == DeliveryStatus.SENT,
            Delivery.remote_id.is_not(None),
            Delivery.removed_at.is_(None),
            Delivery.settled_by_id.is_(None),  # what a person said has no number that the platform knows
            Delivery.sent_at > now - OLDEST,
            Outlet.kind.in_(channels),
            ~exists().where(Measurement.delivery_id == Delivery.id),
        )
    )
    rows = [
        {"delivery_id": delivery_id, "age": age, "due_at": due_at, "wake_at": due_at}
        for delivery_id, sent_at in session.execute(new).tuples()
        if sent_at is not None
        for age in SLACK
        for due_at in [sent_at + timedelta(hours=age)]
    ]
    if rows:
        insert_missing(session, Measurement, rows)


def _due(session: Session, vault: Vault, *, now: datetime) -> list[_Question]:
    rows = session.execute(
        select(Measurement, Delivery.remote_id, Outlet)
        .join(Delivery, Delivery.id == Measurement.delivery_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Measurement.state == M.DUE, Measurement.wake_at <= now)
        .order_by(Measurement.wake_at, Measurement.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Measurement)
    ).all()
    for row, _remote, _outlet in rows:
        row.wake_at = now + ASKED_BY_ONE  # another worker leaves it meanwhile: each question at X costs money
    opened = {outlet.id: open_keys(outlet, vault) for _row, _remote, outlet in rows}
    return [
        _Question(
            measurement_id=row.id,
            remote_id=remote_id,
            channel=channel_key(outlet.kind, outlet.status),
            credentials=opened[outlet.id],
            settings=outlet.settings,
            too_late=row.due_at + SLACK[row.age],
        )
        for row, remote_id, outlet in rows
        if remote_id is not None
    ]


def _ask(question: _Question, channels: Mapping[str, Channel], now: datetime) -> Metrics | Exception | None:
    """What the platform says; None where its hour went by."""
    if now > question.too_late:
        return None
    channel = channels.get(question.channel)
    if channel is None or not channel.can_measure or question.credentials is None:
        return NeedsSignIn("Akunnya tidak terhubung")
    try:
        return channel.measure(question.remote_id, question.credentials, now=now, settings=question.settings)
    except ChannelError as error:
        return error
    except Exception as error:
        # an answer of another shape than foreseen: asked again, then given up; the other rows go on
        log.exception("a figure could not be read")
        return error


def keep(
    session: Session, measurement_id: int, answer: Metrics | Exception | None, *, now: datetime, too_late: datetime
) -> bool:
    """Write an answer once; return True where a figure was kept.

    What cannot be had now waits until its hour is over.
    """
    row = session.scalar(
        select(Measurement).where(Measurement.id == measurement_id, Measurement.state == M.DUE).with_for_update()
    )
    if row is None:
        return False
    match answer:
        case Metrics():
            _take(session, row, answer, now)
            return True
        case None:
            row.state = M.LATE
        case Gone():
            row.state, row.detail = M.GONE, answer.detail[:500]
            _close_the_rest(session, row)
        case _:
            _wait_or_give_up(row, answer, now, too_late)
    session.flush()
    return False


def _take(session: Session, row: Measurement, answer: Metrics, now: datetime) -> None:
    session.execute(update(Measurement).where(Measurement.delivery_id == row.delivery_id).values(latest=False))
    for name in NAMES:
        setattr(row, name, getattr(answer, name))
    row.state, row.taken_at, row.latest, row.detail = M.TAKEN, now, True, None
    session.flush()


def _close_the_rest(session: Session, row: Measurement) -> None:
    later = (Measurement.delivery_id == row.delivery_id, Measurement.state == M.DUE, Measurement.id != row.id)
    session.execute(update(Measurement).where(*later).values(state=M.GONE, detail=row.detail))


def _wait_or_give_up(row: Measurement, error: Exception, now: datetime, too_late: datetime) -> None:
    row.tries += 1
    row.detail = error.detail[:500] if isinstance(error, ChannelError) else type(error).__name__
    again = max(now + RETRY_PAUSE * min(row.tries, 6), getattr(error, "retry_at", None) or now)
    if again > too_late:
        row.state = M.CLOSED if isinstance(error, NeedsSignIn) else M.LATE
    else:
        row.wake_at = again
