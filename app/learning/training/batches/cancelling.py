"""Cancelling a batch: its sessions are cancelled, and everybody in it hears of it once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.service import notify_address
from app.gatherings.events.planning.changes import cancel_event
from app.kernel import audit
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import REASON_TOO_LONG, required_line
from app.learning.training.access import to_manage
from app.learning.training.batches.announcing import as_holder
from app.learning.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus, Seat
from app.learning.training.participants.tokens import own_path
from app.learning.training.sessions.meetings import ahead, events_of
from app.learning.training.states import LABELS, MOVES

MAX_REASON = 500
WAITS = (EnrolmentStatus.APPLIED, EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING)


def cancel_batch(session: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime) -> Batch:
    """Cancel a batch for good. Sessions that took place stay. Raises Invalid (field reason), Refused once it is
    finished.

    Participants are told by one mail of the batch, not by one for each session; who cannot be mailed is to be told by
    hand (Enrolment.told). Others who registered at a session hear of that session as always.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    missing = T("Tulis alasannya. Semua peserta akan membacanya.")
    why = required_line(reason, MAX_REASON, "reason", missing, REASON_TOO_LONG)
    was_draft = batch.status == BatchStatus.DRAFT
    move(batch, MOVES, BatchStatus.CANCELLED, LABELS)
    batch.cancel_reason, batch.updated_at = why, now
    session.flush()
    for event in ahead(events_of(session, batch), now):
        seats = _seated(session, event.id)
        cancel_event(session, as_holder(actor, batch), event.id, reason=why, now=now, spare=seats)
    audit.record(session, actor, "batch.cancelled", batch, now=now, after={"reason": why})
    if not was_draft and not batch.simulated:
        _tell(session, batch, why, now)
    return batch


def _seated(session: Session, event_id: int) -> set[int]:
    """Registrations at this event that are seats of the batch."""
    query = (
        select(Seat.registration_id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .where(BatchSession.event_id == event_id)
    )
    return set(session.scalars(query))


def _tell(session: Session, batch: Batch, why: str, now: datetime) -> None:
    people = session.scalars(select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.status.in_(WAITS))).all()
    for one in people:
        address = one.trainee.email
        one.told = bool(address)
        if address:
            notify_address(
                session, address=address, kind="training", subject=T("Dibatalkan: %(title)s", title=batch.name),
                body=T(
                    "Halo %(name)s,\n\nPelatihan “%(title)s” dibatalkan.\nAlasan: %(reason)s\n\nSemua pertemuannya "
                    "ikut batal. Anda tidak perlu berbuat apa-apa.",
                    name=one.trainee.name, title=batch.name, reason=why,
                ),
                path=own_path(session, one.trainee), dedupe_key=f"enrolment:{one.id}:cancelled", now=now,
            )  # fmt: skip
    session.flush()
