"""Targets of the indicators: the default, or what the office set, with who set it and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.oversight.scorecard.measures import PERCENT, Measure
from app.oversight.scorecard.models import IndicatorTarget

MOST = 10_000
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Target:
    """The target of an indicator. `row` None: the default."""

    target: float
    row: IndicatorTarget | None = None

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0


def targets(session: Session, measures: Iterable[Measure]) -> dict[str, Target]:
    """Return the target of each measure, by its key; one query."""
    rows = {row.key: row for row in session.scalars(select(IndicatorTarget))}
    return {
        one.key: Target(rows[one.key].target, rows[one.key]) if one.key in rows else Target(one.target)
        for one in measures
    }


def set_target(
    session: Session,
    actor: Actor,
    measure: Measure | None,
    *,
    target: float | None,
    note: str = "",
    version: int | None,
    now: datetime,
) -> IndicatorTarget:
    """Set the target of an indicator; the same again changes nothing. Raises Invalid (target, note), Forbidden,
    NotFound, Stale."""
    if not actor.can(Can.ADMINISTER):
        raise Forbidden(T("Hanya admin yang bisa mengubah target."))
    if measure is None:
        raise NotFound(T("Indikator ini tidak ada."))
    wanted, said = _checked(measure, target, note)
    row = session.scalar(select(IndicatorTarget).where(IndicatorTarget.key == measure.key).with_for_update())
    if (row.version if row else 0) != (version or 0):
        raise Stale(T("Target ini baru saja diubah orang lain. Periksa targetnya, lalu simpan sekali lagi."))
    before = {"target": row.target if row else measure.target, "note": row.note if row else ""}
    if row is not None and before == {"target": wanted, "note": said}:
        return row
    if row is None:
        row = IndicatorTarget(key=measure.key)
        session.add(row)
    row.target, row.note = wanted, said
    row.changed_by_id, row.changed_by_name, row.changed_at = actor.id, actor.name, now
    session.flush()
    audit.record(session, actor, "target.set", row, now=now, before=before, after={"target": wanted, "note": said})
    return row


def _checked(measure: Measure, target: float | None, note: str) -> tuple[float, str]:
    most = 100 if measure.unit == PERCENT else MOST
    if target is None or not 0 <= target <= most:
        raise Invalid(T("Tulis angka dari 0 sampai %(most)s.", most=most), field="target")
    said = " ".join(note.split())
    if len(said) > LONGEST_NOTE:
        raise Invalid(T("Alasan paling panjang %(n)s huruf.", n=LONGEST_NOTE), field="note")
    return float(target), said


def histories(session: Session) -> dict[str, list[AuditEntry]]:
    """Return key → every change of its target, the latest first; one query."""
    found: dict[str, list[AuditEntry]] = {}
    query = select(AuditEntry).where(AuditEntry.subject_kind == IndicatorTarget.__tablename__)
    for entry in session.scalars(query.order_by(AuditEntry.id.desc())):
        found.setdefault(entry.subject_id, []).append(entry)
    return found
