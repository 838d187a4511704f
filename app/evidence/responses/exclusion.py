"""Exclude answers from the counts, for a reason, and count them again; which of two versions stands is in review.py.

Whoever decides holds the turn of the wave's counts, so that nothing is counted meanwhile, and an answer leaves the
counts before anything of it changes (tally.py).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response
from app.evidence.responses.queries import LONGEST_REASON, suspected_repeats
from app.evidence.responses.service import receipt_of
from app.evidence.responses.tally import take_turn, untally
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Wave
from app.kernel.audit import record as note
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import required_line

AT_ONCE = 1000


def exclude(session: Session, actor: Actor, wave_id: int, uuid: str, reason: str, *, now: datetime) -> Response:
    """Exclude this answer from the counts; it stays, with the reason.

    Raises Invalid without a reason, Refused if it is excluded already.
    """
    wave = to_manage(session, actor, wave_id)
    reason = _reason(reason)
    response = _locked(session, wave, uuid)
    if response.set_aside is not None and not response.held:
        raise Refused(T("Jawaban ini sudah dikesampingkan."))
    _exclude(session, actor, wave, response, reason, now)
    return response


def include(session: Session, actor: Actor, wave_id: int, uuid: str, *, now: datetime) -> Response:
    """Count an excluded answer again. Raises Refused if it counts."""
    wave = to_manage(session, actor, wave_id)
    response = _locked(session, wave, uuid)
    if response.set_aside is None:
        raise Refused(T("Jawaban ini memang dihitung."))
    before, response.set_aside, response.set_aside_by_id = response.set_aside, None, None
    response.held = False
    session.flush()
    note(session, actor, "response.taken_back", wave, now=now, before={"answer": receipt_of(uuid), "reason": before})
    return response


def exclude_repeats(session: Session, actor: Actor, wave_id: int, reason: str, *, now: datetime) -> int:
    """Exclude every answer that is marked as a suspected repeat and still counts; returns how many."""
    wave = to_manage(session, actor, wave_id)
    reason = _reason(reason)
    take_turn(session, wave)
    done = 0
    while rows := session.scalars(
        suspected_repeats(wave).limit(AT_ONCE).with_for_update(), execution_options={"populate_existing": True}
    ).all():
        untally(session, wave, *rows)
        for row in rows:
            row.set_aside, row.set_aside_by_id = reason, actor.id
        session.flush()
        done += len(rows)
    if done:
        note(session, actor, "response.repeats_set_aside", wave, now=now, after={"n": done, "reason": reason})
    return done


def _locked(session: Session, wave: Wave, uuid: str) -> Response:
    """The answer as it is now, which nobody counts or changes until the end of this transaction."""
    take_turn(session, wave)
    query = select(Response).where(Response.uuid == uuid, Response.wave_id == wave.id, Response.pending.is_(False))
    response = session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if response is None:
        raise NotFound(T("Jawaban ini tidak ada, atau sudah dihapus karena masa simpannya lewat."))
    return response


def _exclude(session: Session, actor: Actor, wave: Wave, response: Response, reason: str, now: datetime) -> None:
    untally(session, wave, response)
    response.set_aside, response.set_aside_by_id, response.held = reason, actor.id, False
    session.flush()
    note(
        session,
        actor,
        "response.set_aside",
        wave,
        now=now,
        after={"answer": receipt_of(response.uuid), "reason": reason},
    )


def _reason(text: str) -> str:
    too_long = T("Alasan ini terlalu panjang. Paling banyak %(n)s huruf.")
    return required_line(text, LONGEST_REASON, "reason", T("Tulis alasannya."), too_long)
