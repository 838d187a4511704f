"""A batch is over: what higher rooms do then (results, certificates) is registered here."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event
from app.gatherings.events.states import UPCOMING
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.kernel.text import T
from app.kernel.transitions import move
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus
from app.learning.training.participants.news import TOO_LATE, tell
from app.learning.training.states import LABELS, MOVES

Hook = Callable[[Session, Actor, Batch, datetime], None]

FINISHED = Slot[Hook]("training.finished")
"""Called inside `finish`, once the batch is finished: (session, actor, batch, now)."""
RESUMED = Slot[Hook]("training.resumed")
"""Called inside `reopen_finished`, once the batch runs again."""


def finish(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Finish a batch: outcomes are set, and who still waits hears that it is over. Raises Refused while a session lies
    ahead."""
    batch = to_manage(session, actor, batch_id, lock=True)
    ahead = sessions_ahead(session, batch, now)
    if ahead:
        raise Refused(
            T(
                "Masih ada %(n)s pertemuan yang belum selesai. Selesaikan setelah pertemuan terakhir, atau batalkan "
                "pertemuan yang tidak jadi.",
                n=ahead,
            )
        )
    if batch.status in (BatchStatus.OPEN, BatchStatus.RUNNING) and not _has_sessions(session, batch):
        raise Refused(T("Angkatan ini belum punya pertemuan, jadi belum bisa diselesaikan. Batalkan bila tidak jadi."))
    move(batch, MOVES, BatchStatus.FINISHED, LABELS)
    batch.finished_at = batch.updated_at = now
    session.flush()
    audit.record(session, actor, "batch.finished", batch, now=now)
    for one in _people(session, batch, EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING):
        one.status, one.reason, one.decided_at, one.decided_by_id = EnrolmentStatus.REJECTED, str(TOO_LATE), now, None
        _tell(session, batch, one, now)
    for hook in FINISHED:
        hook(session, actor, batch, now)
    return batch


def reopen_finished(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Set a batch that was finished too early back to running. Who had waited then waits for a decision again."""
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status != BatchStatus.FINISHED:
        raise Refused(T("Hanya angkatan yang sudah selesai yang bisa dibuka kembali."))
    move(batch, MOVES, BatchStatus.RUNNING, LABELS)
    ended, batch.finished_at, batch.updated_at = batch.finished_at, None, now
    session.flush()
    audit.record(session, actor, "batch.taken_up", batch, now=now)
    for one in _people(session, batch, EnrolmentStatus.REJECTED):
        if one.decided_by_id is None and one.decided_at == ended:
            one.status, one.reason, one.decided_at = EnrolmentStatus.APPLIED, "", None
            _tell(session, batch, one, now)
    for hook in RESUMED:
        hook(session, actor, batch, now)
    return batch


def _people(session: Session, batch: Batch, *statuses: EnrolmentStatus) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.status.in_(statuses))
    return list(session.scalars(query.order_by(Enrolment.queue_no, Enrolment.id)))


def _tell(session: Session, batch: Batch, one: Enrolment, now: datetime) -> None:
    session.flush()
    if not batch.simulated:
        tell(session, batch, one, now=now)


def sessions_ahead(session: Session, batch: Batch, now: datetime) -> int:
    """Count the sessions that are planned and not over."""
    query = (
        select(func.count())
        .select_from(BatchSession)
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id == batch.id, Event.status.in_(UPCOMING), Event.ends_at > now)
    )
    return session.scalar(query) or 0


def _has_sessions(session: Session, batch: Batch) -> bool:
    query = (
        select(BatchSession.id)
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id == batch.id, Event.status != "cancelled")
    )
    return session.scalar(query.limit(1)) is not None
