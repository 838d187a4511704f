"""Detect answers that come too quickly by one link, from one browser or from one address: held, never refused.

Whoever answers is thanked as anybody. What is held is stored and not counted until somebody who keeps the survey
looks at the burst (holding.py). What came before a burst could be seen is gathered by the worker a moment later.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response, ResponseBurst
from app.evidence.responses.queries import has_flag
from app.evidence.responses.service import Submission
from app.evidence.surveys.models import Wave
from app.kernel.db import insert_missing
from app.kernel.limits import Hit, Verdict, hit_all
from app.kernel.slots import Slot

HELD = "Datang beruntun; ditahan sampai diperiksa"
DISCARDED = "Datang beruntun; dibuang sesudah diperiksa"
ACCEPTED, THROWN = "accepted", "discarded"
LINK, DEVICE, ADDRESS = "link", "device", "address"
DEFAULT_LIMITS = {
    LINK: ((3, timedelta(days=1)),),
    DEVICE: ((8, timedelta(hours=1)),),
    ADDRESS: ((30, timedelta(minutes=2)), (150, timedelta(hours=1))),
}
"""Answers within a time: a family on one phone, a hall in which everybody answers over one line."""
EVENT_FACTOR = 4
"""So many times as many from an address while an event is held in the village that was answered for."""
EVENT_MARGIN = timedelta(hours=1)
"""Before and after an event."""
REMEMBERED = timedelta(days=2)

GATHERINGS = Slot[Callable[[Session, str, datetime, datetime], bool]]("responses.gatherings")
"""(session, village's code, since, until) → whether people were called together there within that time."""


def watch(session: Session, wave: Wave, sent: Submission, *, now: datetime) -> str | None:
    """Count an answer that was just stored, and hold it where it is one of a burst; returns the burst's id.

    One statement; more only where there is a burst.
    """
    marks = {LINK: sent.link_mark, DEVICE: sent.device_mark, ADDRESS: sent.origin_mark}
    hits = [
        Hit(f"answers.{kind}.{int(per.total_seconds())}", mark, most, per)
        for kind, mark in marks.items()
        if mark
        for most, per in DEFAULT_LIMITS[kind]
    ]
    for verdict in hit_all(session, hits, now=now):
        kind = verdict.hit.name.split(".")[1]
        if verdict.over and not (kind == ADDRESS and _excused(session, sent, verdict, now)):
            return _hold(session, wave, sent.uuid, kind, verdict, now)
    return None


def _excused(session: Session, sent: Submission, verdict: Verdict, now: datetime) -> bool:
    if verdict.count > EVENT_FACTOR * verdict.hit.limit:
        return False
    return any(gather(session, sent.place, now - EVENT_MARGIN, now + EVENT_MARGIN) for gather in GATHERINGS)


def _hold(session: Session, wave: Wave, uuid: str, kind: str, verdict: Verdict, now: datetime) -> str:
    number = _number(wave, kind, verdict.hit.key, now)
    began = now + verdict.wait - verdict.hit.per
    row = {"id": number, "wave_id": wave.id, "kind": kind, "mark": verdict.hit.key, "began_at": began}
    if not insert_missing(session, ResponseBurst, [{**row, "gather_since": began}]):
        _gather_again(session, number, began, verdict)
    session.execute(
        update(Response).where(Response.uuid == uuid).values(held=True, set_aside=HELD, burst_id=number),
        execution_options={"synchronize_session": False},
    )
    return number


def _gather_again(session: Session, number: str, began: datetime, verdict: Verdict) -> None:
    """Another window of a day that had a burst before is over its limit: its first ones are to be held too."""
    if verdict.count not in {verdict.hit.limit + 1, EVENT_FACTOR * verdict.hit.limit + 1}:
        return
    session.execute(
        update(ResponseBurst)
        .where(ResponseBurst.id == number)
        .values(gather_since=func.coalesce(ResponseBurst.gather_since, began), decision=None),
        execution_options={"synchronize_session": False},
    )


def _number(wave: Wave, kind: str, mark: str, now: datetime) -> str:
    return hashlib.sha256(f"{wave.code}:{kind}:{mark}:{now:%Y%m%d}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Burst:
    """One burst for who looks at it. `answers` are all of it, `held` those that wait; the others are how many differ.

    `most_alike`: how many have the same answers as most have. `fast`: how many were answered quicker than one reads.
    """

    row: ResponseBurst
    answers: int
    held: int
    first_at: datetime
    last_at: datetime
    contents: int
    most_alike: int
    devices: int
    places: int
    fast: int

    @property
    def seconds(self) -> int:
        return int((self.last_at - self.first_at).total_seconds())

    @property
    def is_open(self) -> bool:
        return self.held > 0


def bursts(session: Session, wave: Wave, *, most: int = 100) -> Sequence[Burst]:
    """Return the bursts of a wave, those that wait first, then newest first; two queries."""
    mine = (Response.wave_id == wave.id, Response.burst_id.is_not(None))
    alike = (
        select(Response.burst_id.label("burst_id"), func.count().label("n"))
        .where(*mine)
        .group_by(Response.burst_id, Response.content_hash)
        .subquery()
    )
    most_alike = select(alike.c.burst_id, func.max(alike.c.n).label("n")).group_by(alike.c.burst_id).subquery()
    waits = func.sum(case((Response.held, 1), else_=0))
    query = (
        select(
            ResponseBurst,
            func.count().label("answers"),
            waits.label("held"),
            func.min(Response.received_at).label("first_at"),
            func.max(Response.received_at).label("last_at"),
            func.count(Response.content_hash.distinct()).label("contents"),
            most_alike.c.n.label("most_alike"),
            func.count(Response.device_mark.distinct()).label("devices"),
            func.count(Response.place.distinct()).label("places"),
            func.sum(case((has_flag("fast"), 1), else_=0)).label("fast"),
        )
        .join(Response, Response.burst_id == ResponseBurst.id)
        .join(most_alike, most_alike.c.burst_id == ResponseBurst.id)
        .where(*mine)
        .group_by(ResponseBurst.id, most_alike.c.n)
        .order_by(case((waits > 0, 0), else_=1), func.max(Response.received_at).desc())
        .limit(most)
    )
    return [Burst(*row) for row in session.execute(query).tuples()]


def held_count(session: Session, wave: Wave) -> int:
    return session.scalar(select(func.count()).where(Response.wave_id == wave.id, Response.held.is_(True))) or 0
