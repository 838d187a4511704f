"""Points that applicants get where somebody chooses."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.training.models import Batch, Enrolment


def checked_points(batch: Batch, points: dict[str, float]) -> dict[str, float]:
    """Check points: only criteria of the batch, each between 0 and its most. Raises Invalid (field points)."""
    most = {str(one["key"]): float(one["most"]) for one in batch.criteria}
    for key, value in points.items():
        if key not in most:
            raise Invalid(T("Kriteria ini tidak ada lagi. Muat ulang halaman."), field="points")
        if not 0 <= value <= most[key]:
            raise Invalid(T("Nilai paling sedikit 0 dan paling banyak %(most)g.", most=most[key]), field="points")
    return dict(points)


def save_points(
    session: Session, actor: Actor, batch: Batch, given: dict[int, dict[str, float]], *, now: datetime
) -> None:
    """Save points of several applicants, by the id of the enrolment. Raises Invalid (field points)."""
    found = session.scalars(select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.id.in_(given)))
    changed = 0
    for one in found:
        points = checked_points(batch, given[one.id])
        changed += one.points != points
        one.points = points
    session.flush()
    if changed:
        audit.record(session, actor, "training.points_given", batch, now=now, after={"people": changed})
