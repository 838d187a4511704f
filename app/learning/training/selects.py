"""What rooms below ask of batches, as parts of their own queries; app/joints.py hands them over."""

from sqlalchemy import func, select, true

from app.learning.programmes.models import Programme
from app.learning.training.models import Batch, BatchSession, BatchStatus

MEETINGS = select(BatchSession.event_id)
"""Ids of the events that are sessions."""
SIMULATED_MEETINGS = MEETINGS.join(Batch, Batch.id == BatchSession.batch_id).where(Batch.simulated == true())
"""Those of practice batches."""
BATCHES_HELD = (
    select(func.count(Batch.id))
    .where(Batch.programme_id == Programme.id, Batch.status != BatchStatus.CANCELLED)
    .correlate(Programme)
    .scalar_subquery()
)
"""Beside a programme: how many batches of it were not cancelled."""
