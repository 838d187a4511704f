"""The worker's part: ask the platform to take down what is asked for, and look where the answer was lost.

    claim (token and lease, committed) ─▶ [call, outside any transaction] ─▶ settle (under the token)

A killed worker leaves a lease that runs out: whether the post is still there is then looked up, never guessed. To ask
again does no harm, since a call names one post.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.service import notify
from app.kernel import audit
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM, Actor
from app.kernel.text import T
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Channel, ChannelError, Gone, NeedsSignIn, NotSent, OutcomeUnknown
from app.outreach.posts.models import Post
from app.outreach.publishing.backoff import backoff
from app.outreach.publishing.models import Attempt, Delivery, Measurement, MeasureState
from app.outreach.publishing.outgoing import channel_key, open_keys
from app.outreach.publishing.removal import words
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.removal.models import RemovalState as R

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=6)  # a look may take ten calls of 25 s
LOOK_SOON = timedelta(seconds=5)
MOST_TRIES = 8
AT_ONCE = 50
LOOK, REMOVE = "look", "remove"


@dataclass(frozen=True)
class Job:
    """A claimed removal as plain values. `step`: "remove", or "look" whether the post is still there."""

    removal_id: int
    delivery_id: int
    token: str
    step: str
    channel: str
    remote_id: str
    credentials: Mapping[str, Any] | None  # None: cannot be opened
    settings: Mapping[str, Any]
    refused: bool  # the platform refused before, and only the look was left


def remove_due(
    sessions: "sessionmaker[Session]",
    channels: Mapping[str, Channel],
    vault: Vault,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Work on what is due, one after the other, until nothing is or `stopping`; return how many calls were made."""
    for done in range(AT_ONCE):
        if stopping():
            return done
        with unit_of_work(sessions) as session:
            expire(session, now=clock.now())
            job = claim(session, vault, now=clock.now())
        if job is None:
            return done
        started = clock.now()
        answer = _ask(job, channels, started)
        with unit_of_work(sessions) as session:
            settle(session, job, answer, started=started, now=clock.now())
    return AT_ONCE


def expire(session: Session, *, now: datetime) -> None:
    """Take back calls whose worker is gone: the post may be down, so it is looked up."""
    session.execute(
        update(Removal)
        .where(Removal.state == R.REMOVING, Removal.lease_until < now)
        .values(state=R.UNKNOWN, token=None, lease_until=None, wake_at=now, problem=words.LOST)
        .execution_options(synchronize_session=False)
    )


def claim(session: Session, vault: Vault, *, now: datetime) -> Job | None:
    """Take the removal that is due first for a token of its own; None where none is."""
    free = or_(Removal.lease_until.is_(None), Removal.lease_until < now)
    due = (
        select(Removal)
        .where(Removal.state.in_((R.QUEUED, R.UNKNOWN)), Removal.wake_at <= now, free)
        .order_by(Removal.wake_at, Removal.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(due)
    if row is None:
        return None
    step = REMOVE if row.state == R.QUEUED else LOOK
    row.token, row.lease_until = str(uuid.uuid4()), now + LEASE
    if step == REMOVE:
        row.state, row.tries = R.REMOVING, row.tries + 1
    session.flush()
    delivery = session.get_one(Delivery, row.delivery_id)
    outlet = session.get_one(Outlet, delivery.outlet_id)
    return Job(
        removal_id=row.id,
        delivery_id=delivery.id,
        token=row.token,
        step=step,
        channel=channel_key(outlet.kind, outlet.status),
        remote_id=delivery.remote_id or "",
        credentials=open_keys(outlet, vault),
        settings=outlet.settings,
        refused=row.problem == words.REFUSED,
    )


def _ask(job: Job, channels: Mapping[str, Channel], now: datetime) -> str | Exception:
    """What the platform says: "removed", "gone", "still there", or the error."""
    channel = channels.get(job.channel)
    if channel is None or not channel.can_remove or job.credentials is None:
        return NeedsSignIn("Akunnya tidak terhubung")
    try:
        if job.step == REMOVE:
            channel.remove(job.remote_id, job.credentials, job.settings, now=now)
            return "removed"
        channel.measure(job.remote_id, job.credentials, now=now, settings=job.settings)
    except Gone:
        return "gone"
    except ChannelError as error:
        return error
    except Exception as error:
        # an answer of another shape than foreseen: looked up as one that was lost
        log.exception("a removal")
        return OutcomeUnknown(type(error).__name__) if job.step == REMOVE else NotSent(type(error).__name__)
    return "still there"


def settle(session: Session, job: Job, answer: str | Exception, *, started: datetime, now: datetime) -> R | None:
    """Write what came of a call, once, under its token; None where the row has gone on without it.

    That the post is gone is true whoever learns it: a late "removed" is written over a state that still waits.
    """
    row = session.get_one(Removal, job.removal_id, with_for_update=True, populate_existing=True)
    session.execute(insert(Attempt), [_attempt(job, answer, started, now)])
    over = answer in ("removed", "gone")
    if row.state == R.REMOVED or (row.token != job.token and not over):
        return None
    row.token, row.lease_until = None, None
    if over:
        close(session, row, SYSTEM, now=now)
        return R.REMOVED
    row.state, row.problem, row.wake_at = _after(row, job, answer, now)
    session.flush()
    if row.state in {R.REFUSED, R.TASK}:
        tell(session, row, now=now)
    return R(row.state)


def _after(row: Removal, job: Job, answer: str | Exception, now: datetime) -> tuple[R, T | None, datetime]:
    """The state that follows, with its sentence and when it is looked at next."""
    if isinstance(answer, NeedsSignIn):
        return R.REFUSED, words.SIGN_IN, now
    if row.tries >= MOST_TRIES or row.lookups >= MOST_TRIES:
        return R.REFUSED, T(words.TIRED.msgid, n=max(row.tries, row.lookups)), now
    if job.step == LOOK:
        row.lookups += 1
        if answer == "still there":
            return (R.REFUSED, words.REFUSED, now) if job.refused else (R.QUEUED, words.LATER, now + LOOK_SOON)
        return R.UNKNOWN, row.problem, _later(row.lookups, answer, now)
    if isinstance(answer, OutcomeUnknown):
        return R.UNKNOWN, words.LOST, now + LOOK_SOON
    if isinstance(answer, NotSent) or getattr(answer, "retry_at", None) is not None:
        # some platforms say "not found" in the words of a trouble that passes: every second time a look comes first
        state = R.UNKNOWN if row.tries % 2 == 0 else R.QUEUED
        return state, words.LATER, _later(row.tries, answer, now)
    return R.UNKNOWN, words.REFUSED, now  # refused: is it there at all?


def _later(tries: int, answer: str | Exception, now: datetime) -> datetime:
    return max(now + backoff(tries), getattr(answer, "retry_at", None) or now)


def close(session: Session, row: Removal, actor: Actor, *, now: datetime) -> None:
    """Write that a post is gone: its figures end, what was measured stays, and it is nowhere shown as live."""
    row.state, row.problem, row.done_at, row.done_by_id = R.REMOVED, None, now, actor.id
    row.token, row.lease_until = None, None
    delivery = session.get_one(Delivery, row.delivery_id, populate_existing=True)
    delivery.removed_at = now
    waiting = (Measurement.delivery_id == row.delivery_id, Measurement.state == MeasureState.DUE)
    ended = update(Measurement).where(*waiting).values(state=MeasureState.GONE, detail=words.BY_REQUEST)
    session.execute(ended.execution_options(synchronize_session=False))
    session.flush()
    audit.record(session, actor, "removals.done", row, now=now)
    post, outlet = session.get_one(Post, delivery.post_id), session.get_one(Outlet, delivery.outlet_id)
    if row.asked_by_id is not None and row.asked_by_id != actor.id:
        notify(
            session, user_ids=[row.asked_by_id], kind="removal_done",
            subject=T("Sudah dihapus: %(title)s di %(outlet)s", title=post.title, outlet=outlet.name),
            body=T("Unggahan ini tidak ada lagi di salurannya."),
            path=f"/tayang/{delivery.id}", dedupe_key=f"removal:{row.id}:done", now=now,
        )  # fmt: skip


def tell(session: Session, row: Removal, *, now: datetime) -> None:
    """Tell whoever answers for the outlet, and whoever asked, that a person has to take it down."""
    delivery = session.get_one(Delivery, row.delivery_id)
    post, outlet = session.get_one(Post, delivery.post_id), session.get_one(Outlet, delivery.outlet_id)
    people = {person for person in (outlet.responsible_id, row.asked_by_id) if person is not None}
    notify(
        session, user_ids=sorted(people), kind="removal_task",
        subject=T("Hapus sendiri: %(title)s di %(outlet)s", title=post.title, outlet=outlet.name),
        body=row.problem or words.BY_HAND,
        path=f"/tayang/{delivery.id}", dedupe_key=f"removal:{row.id}:{row.state}:{row.tries}:{row.lookups}", now=now,
    )  # fmt: skip


def _attempt(job: Job, answer: str | Exception, started: datetime, now: datetime) -> dict[str, Any]:
    detail = getattr(answer, "detail", None)
    if isinstance(answer, OutcomeUnknown):
        outcome = "remove lost"
    elif isinstance(answer, NotSent):
        outcome = "not removed"
    else:
        outcome = answer if isinstance(answer, str) else "remove refused"
    return {
        "delivery_id": job.delivery_id,
        "action": job.step,
        "started_at": started,
        "finished_at": now,
        "outcome": outcome,
        "request_id": getattr(answer, "request_id", None),
        "detail": detail[:1000] if detail else None,
    }
