"""Settle bursts: the worker gathers them, whoever keeps the survey accepts or discards them, and may undo that.

Whoever decides holds the turn of the wave's counts; an answer that is counted leaves the counts before it is held.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.service import notify
from app.evidence.responses.bursts.detection import ACCEPTED, ADDRESS, DEVICE, DISCARDED, HELD, REMEMBERED, THROWN
from app.evidence.responses.models import Response, ResponseBurst
from app.evidence.responses.tally import take_turn, untally
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import Mode, Wave
from app.evidence.surveys.waves.proposals import planners_of
from app.kernel.audit import record as note
from app.kernel.db import unit_of_work
from app.kernel.errors import NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.text import T

AT_ONCE = 1000


def gather(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Hold what came before a burst could be seen, each burst in its own transaction; returns how many."""
    with sessions() as session:
        query = select(ResponseBurst.id).where(ResponseBurst.gather_since.is_not(None))
        waiting = session.scalars(query.order_by(ResponseBurst.id)).all()
    return sum(_gather(sessions, number, now) for number in waiting)


def _gather(sessions: "sessionmaker[Session]", number: str, now: datetime) -> int:
    with unit_of_work(sessions) as session:
        burst = session.get_one(ResponseBurst, number)
        wave = session.get_one(Wave, burst.wave_id)
        take_turn(session, wave)
        session.refresh(burst, with_for_update=True)
        if burst.gather_since is None:
            return 0
        mark = {ADDRESS: Response.origin_mark, DEVICE: Response.device_mark}.get(burst.kind, Response.link_mark)
        came = Response.received_at >= burst.gather_since, Response.mode == Mode.LINK, mark == burst.mark
        done = _hold(session, wave, number, *came, Response.burst_id.is_(None), Response.set_aside.is_(None))
        burst.gather_since = None
        _tell(session, wave, now)
    return done


def _tell(session: Session, wave: Wave, now: datetime) -> None:
    """Tell who keeps the survey; several bursts of an hour are one notice."""
    if wave.simulated:
        return
    notify(
        session,
        user_ids=planners_of(session, wave.organisation_id),
        kind="survey",
        subject=T("Jawaban menunggu diperiksa: %(name)s", name=wave.name),
        body=T(
            "Untuk survei “%(name)s” datang banyak jawaban berturut-turut dari satu tautan, satu peramban, atau satu "
            "alamat. Jawaban itu tersimpan, tetapi belum dihitung. Periksa, lalu terima atau buang.",
            name=wave.name,
        ),
        path=f"/survei/{wave.id}/jawaban/ditahan",
        dedupe_key=f"held:{wave.id}:{now:%Y%m%d%H}",
        now=now,
    )


def _hold(session: Session, wave: Wave, number: str, *which: ColumnElement[bool]) -> int:
    done = 0
    query = select(Response).where(Response.wave_id == wave.id, Response.held.is_(False), *which).limit(AT_ONCE)
    while rows := session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all():
        untally(session, wave, *rows)
        for row in rows:
            row.held, row.set_aside, row.set_aside_by_id, row.burst_id = True, HELD, None, number
        session.flush()
        done += len(rows)
    return done


def accept(session: Session, actor: Actor, wave_id: int, number: str, *, now: datetime) -> int:
    """Count what is held of this burst; returns how many. Raises NotFound, Forbidden, Stale where nothing waits."""
    wave, burst = _to_decide(session, actor, wave_id, number)
    done = _release(session, burst, {"set_aside": None, "set_aside_by_id": None})
    return _decided(session, actor, wave, burst, ACCEPTED, "response.burst_accepted", done, now)


def discard(session: Session, actor: Actor, wave_id: int, number: str, *, now: datetime) -> int:
    """Set aside for good what is held of this burst; as `accept`."""
    wave, burst = _to_decide(session, actor, wave_id, number)
    done = _release(session, burst, {"set_aside": DISCARDED, "set_aside_by_id": actor.id})
    return _decided(session, actor, wave, burst, THROWN, "response.burst_discarded", done, now)


def undo(session: Session, actor: Actor, wave_id: int, number: str, *, now: datetime) -> int:
    """Hold again what was decided about this burst; what was set aside one by one stays so. As `accept`."""
    wave, burst = _to_decide(session, actor, wave_id, number)
    decided = or_(Response.set_aside.is_(None), Response.set_aside == DISCARDED)
    done = _hold(session, wave, number, Response.burst_id == number, decided)
    return _decided(session, actor, wave, burst, None, "response.burst_reopened", done, now)


def _to_decide(session: Session, actor: Actor, wave_id: int, number: str) -> tuple[Wave, ResponseBurst]:
    wave = to_manage(session, actor, wave_id)
    take_turn(session, wave)
    burst = session.scalar(
        select(ResponseBurst).where(ResponseBurst.id == number, ResponseBurst.wave_id == wave.id).with_for_update()
    )
    if burst is None:
        raise NotFound(T("Rentetan jawaban ini tidak ada, atau sudah dihapus karena masa simpannya lewat."))
    return wave, burst


def _release(session: Session, burst: ResponseBurst, values: dict[str, Any]) -> int:
    changed: Sequence[str] = session.scalars(
        update(Response)
        .where(Response.burst_id == burst.id, Response.held.is_(True))
        .values(held=False, **values)
        .returning(Response.uuid),
        execution_options={"synchronize_session": False},
    ).all()
    return len(changed)


def _decided(
    session: Session, actor: Actor, wave: Wave, burst: ResponseBurst, decision: str | None, action: str, done: int,
    now: datetime,
) -> int:  # fmt: skip
    if not done:
        raise Stale(T("Rentetan ini sudah diputuskan orang lain. Tidak ada yang berubah."))
    burst.decision, burst.decided_at = decision, now if decision else None
    burst.decided_by_id = actor.id if decision else None
    note(session, actor, action, wave, now=now, after={"n": done, "burst": burst.id[:8].upper()})
    session.flush()
    return done


def forget_origins(sessions: "sessionmaker[Session]", *, now: datetime) -> int:
    """Forget from which address answers came that are older than two days; returns of how many."""
    with unit_of_work(sessions) as session:
        forgotten = session.scalars(
            update(Response)
            .where(Response.origin_mark.is_not(None), Response.received_at < now - REMEMBERED)
            .values(origin_mark=None)
            .returning(Response.uuid),
            execution_options={"synchronize_session": False},
        ).all()
    return len(forgotten)
