"""What people change in a plan: one row's time, the distance, or everything at once.

Whoever decides about a delivery may; each change stands in its history. A row that a worker has in hand keeps its state
and its time: it is on its way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.publishing import decisions
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.spacing.queries import planned
from app.outreach.publishing.spacing.times import MARGIN, spread

RESCHEDULE = "reschedule"


@dataclass(frozen=True)
class Changed:
    """`done` rows have another time; `left` were shown and are not there any more, or are being sent."""

    done: int
    left: int


def move(session: Session, actor: Actor, delivery: Delivery, *, at: datetime, seen: str, now: datetime) -> None:
    """Give one delivery of a plan another time. Raises Stale where it is being sent, Invalid for a time that is over or
    past "still useful until"."""
    decisions.check(session, actor, delivery, seen)
    if delivery.spaced_at is None or delivery.status != S.QUEUED:
        raise Refused(T("Hanya kiriman tertunda yang menunggu giliran dapat dipindah di sini."))
    if at < now:
        raise Invalid(T("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="at")
    if delivery.useful_until is not None and at > delivery.useful_until - MARGIN:
        raise Invalid(
            T("Melewati batas bergunanya. Pilih waktu sebelum itu, atau jadwalkan ulang materinya."), field="at"
        )
    _write(session, actor, delivery, at, now)


def send_now(session: Session, actor: Actor, *, account: int | None, shown: int, now: datetime) -> Changed:
    """Let everything of a plan leave at once, of one account or of all."""
    rows = _rows(session, actor, account, now)
    for row in rows:
        _write(session, actor, row, now, now)
    return Changed(len(rows), max(0, shown - len(rows)))


def change_gap(
    session: Session, actor: Actor, *, account: int | None, gap: timedelta, shown: int, now: datetime
) -> Changed:
    """Give the rows of a plan times that are `gap` apart, in the order in which they stand; the first keeps its own."""
    rows = _rows(session, actor, account, now)
    for of_account in _by_account(rows):
        first = max(now, of_account[0].wake_at)
        times = spread([row.useful_until for row in of_account], start=first, gap=gap)
        for row, at in zip(of_account, times, strict=True):
            _write(session, actor, row, at, now)
    return Changed(len(rows), max(0, shown - len(rows)))


def _rows(session: Session, actor: Actor, account: int | None, now: datetime) -> Sequence[Delivery]:
    """Lock the rows about which this person decides; those that a worker or another person is at are passed over."""
    query = planned(actor, now=now).where(Delivery.status == S.QUEUED, decisions.decidable_by(actor))
    if account is not None:
        query = query.where(Delivery.outlet_id == account)
    locked = query.with_only_columns(Delivery).with_for_update(skip_locked=True, of=Delivery)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _by_account(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    found: dict[int, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row.outlet_id, []).append(row)
    return list(found.values())


def _write(session: Session, actor: Actor, row: Delivery, at: datetime, now: datetime) -> None:
    row.wake_at, row.spaced_at = at, now
    decisions.note(session, actor, row, row.status, RESCHEDULE, now)
