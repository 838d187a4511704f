"""One breaker per account: what closes it, what opens it again, and what becomes of the rows that wait for it.

An account is closed by the platform's word (`AccountPaused`, a throttle with its end), by keys that no longer open it,
or by SETBACKS failures in a row. Nothing of it is tried then: the rows stay queued, untouched and uncounted. When the
pause is over one row goes ahead as a probe; if it gets through, the others follow, spaced.
"""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.outlets import closing
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import (
    AccountPaused,
    HandOver,
    NeedsSignIn,
    NotReady,
    NotSent,
    Receipt,
    Rejected,
    Undecided,
)
from app.outreach.publishing import alerts
from app.outreach.publishing.gate import Gate
from app.outreach.publishing.ledger import still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S

log = logging.getLogger(__name__)

SETBACKS = 5
"""Failures of one account in a row after which it is closed by itself."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
"""Such a pause doubles with each probe that fails."""
WELL_AHEAD = timedelta(minutes=1)
"""A throttle that lasts longer than this holds for the whole account."""
TOLD_AFTER = timedelta(minutes=30)
"""A pause that ends by itself is told to a person once it lasts this long; the pages say it from its first second."""
SPACE, LONGEST_SPREAD = timedelta(seconds=2), timedelta(minutes=5)
"""Between two rows that waited, and over how long they are spread at most."""
AT_ONCE = 1000
LATEST = datetime.max.replace(tzinfo=UTC)

TROUBLED = T("Saluran ini berkali-kali tidak dapat dihubungi atau sedang terganggu.")
THROTTLED = T("Saluran ini sedang membatasi jumlah kiriman.")
MISSED = T(
    "Tidak terbit: %(outlet)s tidak menerima kiriman sampai batas waktu bergunanya lewat. Alasannya: %(reason)s "
    "Jadwalkan ulang bila masih perlu."
)
SIGNED_OUT = T("Akunnya perlu dihubungkan ulang.")

ANSWERED = (Receipt, Rejected, Undecided, HandOver, NotReady)
"""What shows that the account takes calls, whatever it thinks of the content."""

_STATE = select(Outlet.paused_at, Outlet.probe_id, Outlet.setbacks).where(Outlet.id == bindparam("outlet"))
_WAITING = (S.QUEUED, S.RETRYING)


def note(session: Session, outlet_id: int, delivery_id: int, result: Any, *, now: datetime) -> None:
    """Note for the account what came of publishing one of its rows.

    A result that says nothing about the account (a lost claim, a file that could not be made) changes nothing. While
    it is closed only the probe counts: the other calls began before. It never raises: what came of the row is written
    down whatever becomes of its account.
    """
    state = session.connection().execute(_STATE, {"outlet": outlet_id}).one()
    if isinstance(result, ANSWERED) and state.paused_at is None and not state.setbacks:
        return
    try:
        with session.begin_nested():
            _note(session, outlet_id, state.probe_id == delivery_id, state.paused_at is not None, result, now)
    except Exception:
        log.exception("account %s could not be closed or opened", outlet_id)


def _note(session: Session, outlet_id: int, probing: bool, closed: bool, result: Any, now: datetime) -> None:
    if isinstance(result, AccountPaused):
        _close(session, outlet_id, result.sentence, result.retry_at, now, tell=True)
    elif isinstance(result, NotSent) and result.retry_at is not None and result.retry_at - now > WELL_AHEAD:
        _close(session, outlet_id, THROTTLED, result.retry_at, now)
    elif isinstance(result, ANSWERED):
        if probing or not closed:
            _answered(session, outlet_id, now)
    elif _is_setback(result) and (probing or not closed):
        _setback(session, outlet_id, now)


def may_close(result: Any) -> bool:
    """Decide whether a result may close its account: it is written down before another row of it is called."""
    return isinstance(result, NeedsSignIn) or _is_setback(result)


def _is_setback(result: Any) -> bool:
    """A refused connection, a 5xx, an answer that got lost, also one of a kind that nobody foresaw."""
    about_account = not isinstance(result, (*ANSWERED, NeedsSignIn)) and not getattr(result, "ours", False)
    return isinstance(result, Exception) and about_account


def _setback(session: Session, outlet_id: int, now: datetime) -> None:
    counted = update(Outlet).where(Outlet.id == outlet_id).values(setbacks=Outlet.setbacks + 1)
    number = session.execute(
        counted.returning(Outlet.setbacks).execution_options(synchronize_session=False)
    ).scalar_one()
    if number >= SETBACKS:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(number - SETBACKS, 10))
        _close(session, outlet_id, TROUBLED, now + pause, now)


def _close(
    session: Session, outlet_id: int, reason: T, resume_at: datetime | None, now: datetime, *, tell: bool = False
) -> None:
    outlet = closing.close(session, outlet_id, reason, resume_at=resume_at, now=now)
    since = outlet.paused_at or now
    if tell or outlet.resume_at is None or outlet.resume_at - since >= TOLD_AFTER:
        alerts.tell_paused(session, outlet, now=now)


def _answered(session: Session, outlet_id: int, now: datetime) -> None:
    outlet = session.get_one(Outlet, outlet_id, with_for_update=True, populate_existing=True)
    outlet.setbacks = 0
    _open(session, outlet, now)


def _open(session: Session, outlet: Outlet, now: datetime) -> None:
    since = outlet.paused_at
    closing.reopen(session, outlet, now=now)
    if since is not None:
        space_out(session, outlet.id, over=min(LONGEST_SPREAD, now - since), now=now)


def let_probes(session: Session, gate: Gate, *, now: datetime) -> Gate:
    """Let one due row go ahead at each account whose pause is over; return the gate with them.

    Where nothing waits the account is open again, and the next failure closes it.
    """
    if gate.closed:
        return gate
    over = session.scalars(
        select(Outlet)
        .where(Outlet.paused_at.is_not(None), Outlet.resume_at <= now, Outlet.status != OutletStatus.NEEDS_SIGN_IN)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for outlet in over:
        if outlet.probe_id is not None and _is_under_way(session, outlet.probe_id):
            continue
        outlet.probe_id = _first_waiting(session, outlet.id, gate, now)
        if outlet.probe_id is None:
            outlet.setbacks = max(outlet.setbacks, SETBACKS - 1)
            closing.reopen(session, outlet, now=now)
    session.flush()
    opened = {outlet.id for outlet in over if outlet.paused_at is None}
    probes = {outlet.probe_id for outlet in over if outlet.probe_id is not None}
    return replace(gate, accounts=gate.accounts - opened, probes=gate.probes | probes) if over else gate


def _is_under_way(session: Session, delivery_id: int) -> bool:
    return session.scalar(select(Delivery.status).where(Delivery.id == delivery_id)) == S.SENDING


def _first_waiting(session: Session, outlet_id: int, gate: Gate, now: datetime) -> int | None:
    """The due row that failed least: one that nothing lets through does not keep the account closed for the others."""
    return session.scalar(
        select(Delivery.id)
        .where(
            Delivery.outlet_id == outlet_id,
            Delivery.status.in_(_WAITING),
            Delivery.wake_at <= now,
            Delivery.useful_until >= now,
            still_approved(gate.to_miss()),
        )
        .order_by(Delivery.tries, Delivery.useful_until, Delivery.wake_at, Delivery.id)
        .limit(1)
    )


def space_out(session: Session, outlet_id: int, *, over: timedelta, now: datetime) -> None:
    """Give the rows that waited for an account times of their own from now on, the soonest useful-until first."""
    due = session.execute(
        select(Delivery.id, Delivery.useful_until)
        .where(Delivery.outlet_id == outlet_id, Delivery.status.in_(_WAITING), Delivery.wake_at <= now)
        .order_by(Delivery.useful_until, Delivery.due_at, Delivery.id)
        .limit(AT_ONCE)
    ).all()
    if len(due) < 2:
        return
    step = min(SPACE, over / len(due))
    moved = []
    for number, row in enumerate(due):
        last = max(now, row.useful_until - WELL_AHEAD) if row.useful_until else LATEST
        moved.append({"row": row.id, "wake": min(now + number * step, last)})
    session.connection().execute(
        update(Delivery)
        .where(Delivery.id == bindparam("row"), or_(*(Delivery.status == status for status in _WAITING)))
        .values(wake_at=bindparam("wake")),
        moved,
    )


def explain_missed(session: Session, ids: Collection[int]) -> None:
    """Say of missed deliveries whose account was closed that this was why."""
    if not ids:
        return
    closed = session.execute(
        select(Delivery, Outlet)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.id.in_(ids), closing.takes_nothing())
        .execution_options(populate_existing=True)
    ).all()
    for delivery, outlet in closed:
        reason = outlet.pause_reason or SIGNED_OUT
        delivery.problem = T(MISSED.msgid, outlet=outlet.name, reason=reason)
    session.flush()
