"""Settle which of two versions of an answer stands: a person decides."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.evidence.responses.models import Resolution, Response, ResponseConflict
from app.evidence.responses.service import VERSION, conflict_of, receipt_of
from app.evidence.responses.tally import take_turn, untally
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Wave
from app.kernel import audit
from app.kernel.errors import NotFound, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T


def settle(session: Session, actor: Actor, wave_id: int, conflict_id: int, *, take: bool, now: datetime) -> Response:
    """Decide between the answers that count (`take` False) and those that came under the same number later.

    Those that are not chosen stay where the others were: nothing is lost, and the counts follow. Raises NotFound,
    Forbidden, Stale where somebody has decided already.
    """
    wave = to_manage(session, actor, wave_id)
    take_turn(session, wave)  # before any row is held: who counts holds the turn and then the rows
    conflict = session.scalar(
        select(ResponseConflict)
        .where(ResponseConflict.id == conflict_id, ResponseConflict.wave_id == wave.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
    if conflict is None:
        raise NotFound(T("Perbedaan ini tidak ada, atau bukan dari survei ini."))
    if conflict.resolution is not None:
        raise Stale(T("Perbedaan ini sudah diputuskan orang lain. Tidak ada yang berubah."))
    row = session.scalars(
        select(Response).where(Response.uuid == conflict.uuid, Response.wave_id == wave.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if row.pending:
        raise Refused(T("Berkas yang berisi jawaban ini masih dimasukkan. Coba lagi sebentar lagi."))
    if take:
        _swap(session, wave, row, conflict)
    conflict.resolution = Resolution.TAKEN if take else Resolution.KEPT
    conflict.resolved_by_id, conflict.resolved_at = actor.id, now
    after = {"resolution": conflict.resolution, "number": row.sheet or receipt_of(row.uuid)}
    audit.record(session, actor, "survey.conflict_settled", wave, now=now, after=after)
    session.flush()
    return row


def keep_first(session: Session, actor: Actor, wave_id: int, *, now: datetime) -> int:
    """Keep what counts already in every conflict that waits; returns how many. Raises NotFound, Forbidden."""
    wave = to_manage(session, actor, wave_id)
    take_turn(session, wave)
    waiting = (ResponseConflict.wave_id == wave.id, ResponseConflict.resolution.is_(None))
    decided = {"resolution": Resolution.KEPT, "resolved_by_id": actor.id, "resolved_at": now}
    done: list[int] = list(session.scalars(
        update(ResponseConflict).where(*waiting).values(**decided).returning(ResponseConflict.id),
        execution_options={"synchronize_session": False},
    ))  # fmt: skip
    if done:
        audit.record(session, actor, "survey.conflicts_kept", wave, now=now, after={"n": len(done)})
    session.flush()
    return len(done)


def replace_answer(session: Session, wave: Wave, row: Response, conflict: ResponseConflict) -> None:
    """Put the other version in the place of what stands there, which goes. Whoever calls has the turn."""
    _swap(session, wave, row, conflict)
    row.again_import_id = None
    session.delete(conflict)


def _swap(session: Session, wave: Wave, row: Response, conflict: ResponseConflict) -> None:
    """The two change places whole: way, times, marks and sheet go with the answers."""
    untally(session, wave, row)
    theirs = conflict.payload
    conflict.payload = conflict_of(vars(row))["payload"]
    texts = {key for key in row.codes if row.answers.get(key) == theirs["answers"].get(key)}
    row.codes = {key: codes for key, codes in row.codes.items() if key in texts}
    for name in VERSION:
        if name in theirs:
            setattr(row, name, _read(name, theirs[name]))
    for name in ("mode", "content_hash", "by_id", "received_at", "import_id"):
        mine, other = getattr(row, name), getattr(conflict, name)
        setattr(row, name, other)
        setattr(conflict, name, mine)
    row.checked_by_id = None


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value else value
