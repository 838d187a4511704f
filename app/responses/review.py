"""What a person decides about answers that came in: which of two that contradict each other stand."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.instruments.versions import definition_of
from app.kernel import audit
from app.kernel.errors import NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.responses.models import Response, ResponseConflict
from app.responses.quality import marks
from app.responses.service import Submission, left_open
from app.responses.tally import take_turn, untally
from app.surveys.access import to_manage
from app.surveys.models import Wave

KEPT, TAKEN = "kept", "taken"
OF_ANSWERS = {"fast", "straight", "decoy", "blank"}
"""Marks that are made from the answers themselves."""


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
    row = session.get_one(Response, conflict.uuid, with_for_update=True, populate_existing=True)
    if take:
        _swap(session, wave, row, conflict)
    conflict.resolution = TAKEN if take else KEPT
    conflict.resolved_by_id, conflict.resolved_at = actor.id, now
    after = {"resolution": conflict.resolution, "number": row.sheet or row.uuid[:8].upper()}
    audit.record(session, actor, "survey.conflict_settled", wave, now=now, after=after)
    session.flush()
    return row


def _swap(session: Session, wave: Wave, row: Response, conflict: ResponseConflict) -> None:
    untally(session, wave, row)
    mine = {"place": row.place, "sex": row.sex, "age_band": row.age_band, "answers": row.answers}
    theirs = conflict.payload
    texts = {key for key in row.codes if row.answers.get(key) == theirs["answers"].get(key)}
    row.codes = {key: codes for key, codes in row.codes.items() if key in texts}
    row.place, row.sex, row.age_band = theirs["place"], theirs["sex"], theirs["age_band"]
    row.answers, conflict.payload = theirs["answers"], mine
    row.content_hash, conflict.content_hash = conflict.content_hash, row.content_hash
    row.by_id, conflict.by_id = conflict.by_id, row.by_id
    row.checked_by_id = None
    row.flags = [flag for flag in row.flags if flag not in OF_ANSWERS] + _flags(session, wave, row)


def _flags(session: Session, wave: Wave, row: Response) -> list[str]:
    definition = definition_of(session, wave.instrument_version_id)
    every = frozenset(definition.by_key)
    sent = Submission(row.uuid, row.mode, row.place, row.sex, row.age_band, row.answers, blank=every)
    found = marks(definition, row.answers, row.started_at, row.ended_at)
    return found + (["blank"] if left_open(definition, sent) else [])
