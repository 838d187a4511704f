"""What the public sees of batches: which take participants, and how many places there honestly are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from app.base.areas.models import District, Village
from app.gatherings.events.models import Event, EventStatus
from app.kernel.text import T
from app.learning.programmes.models import Module, Prerequisite, Programme
from app.learning.training.admission.quotas import count_taken_by_batch, places_left, unreserved_places
from app.learning.training.admission.service import closed_because
from app.learning.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus


@dataclass(frozen=True)
class Places:
    """Places of a batch: `free` of all; `anybody`: of those the ones that are kept for no group. `waiting`: people in
    the queue."""

    free: int
    anybody: int
    waiting: int


def select_offered(q: str = "", *, practice: bool = False) -> Select[Any]:
    """Select rows (Batch, taken): batches that take participants, the next one first. `practice` as in
    `public_batch`."""
    accepted = (
        select(func.count())
        .where(Enrolment.batch_id == Batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
        .correlate(Batch)
        .scalar_subquery()
    )
    query: Any = (
        select(Batch, accepted.label("taken"))
        .join(Programme, Programme.id == Batch.programme_id)
        .where(Batch.status == BatchStatus.OPEN, _shown(practice))
        .order_by(Batch.starts_on, Batch.id)
        .options(selectinload(Batch.quotas))
    )
    words = q.strip()
    if words:
        like = (Batch.name, Programme.title, Programme.summary, Batch.place)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in like)))
    found: Select[Any] = query
    return found


def public_batch(session: Session, code: str, *, practice: bool = False) -> Batch | None:
    """Return one that was opened. Simulated ones are nobody's business, but where the whole application is for
    `practice`."""
    return session.scalar(select(Batch).where(Batch.code == code, Batch.status != BatchStatus.DRAFT, _shown(practice)))


def _shown(practice: bool) -> ColumnElement[bool]:
    return true() if practice else Batch.simulated.is_(False)


def places_of(session: Session, batch: Batch) -> Places:
    return places_of_all(session, [batch])[batch.id]


def places_of_all(session: Session, batches: Sequence[Batch]) -> dict[int, Places]:
    """Count the places by the batch's id; two queries, and one where quotas were not read yet."""
    ids = [batch.id for batch in batches]
    count = count_taken_by_batch(session, ids)
    waiting = (
        select(Enrolment.batch_id, func.count())
        .where(Enrolment.batch_id.in_(ids), Enrolment.status == EnrolmentStatus.WAITING)
        .group_by(Enrolment.batch_id)
    )
    queued = dict(session.execute(waiting).tuples().all())
    return {
        one.id: Places(places_left(one, count[one.id]), unreserved_places(one, count[one.id]), queued.get(one.id, 0))
        for one in batches
    }


def admission_state(batch: Batch, places: Places, now: datetime) -> str:
    """Return the state for the public: closed, chosen (somebody decides), queue (full for now), open."""
    if closed_because(batch, now) is not None:
        return "closed"
    if batch.selection:
        return "chosen"
    return "open" if places.anybody else "queue"


def describe_places(batch: Batch, places: Places, now: datetime) -> T:
    """Say how many places there are, or why there are none, in one sentence."""
    closed = closed_because(batch, now)
    if closed is not None:
        return closed
    if batch.selection:
        return T("%(n)s tempat. Penyelenggara memilih di antara yang mendaftar.", n=batch.capacity)
    if not places.free:
        return T("Penuh. %(n)s orang di daftar tunggu.", n=places.waiting)
    if not places.anybody:
        return T(
            "%(n)s tempat tersisa, disimpan untuk kelompok tertentu. Yang lain masuk daftar tunggu.", n=places.free
        )
    if places.anybody < places.free:
        return T("%(n)s tempat tersisa, %(kept)s di antaranya disimpan untuk kelompok tertentu.", n=places.free,
                 kept=places.free - places.anybody)  # fmt: skip
    return T("%(n)s dari %(all)s tempat tersisa.", n=places.free, all=batch.capacity)


def meetings(session: Session, batch: Batch) -> list[tuple[Event, str]]:
    """List the sessions in their order, each with the title of its module."""
    rows = session.execute(
        select(Event, Module.title)
        .join(BatchSession, BatchSession.event_id == Event.id)
        .outerjoin(Module, Module.id == BatchSession.module_id)
        .where(BatchSession.batch_id == batch.id, Event.status != EventStatus.MERGED)
        .order_by(Event.starts_at, Event.id)
    )
    return [(event, title or event.title) for event, title in rows]


def modules(session: Session, batch: Batch) -> list[Module]:
    query = select(Module).where(Module.programme_id == batch.programme_id, Module.archived_at.is_(None))
    return list(session.scalars(query.order_by(Module.position, Module.id)))


def prerequisites(session: Session, batch: Batch) -> list[Prerequisite]:
    query = select(Prerequisite).where(Prerequisite.programme_id == batch.programme_id).order_by(Prerequisite.id)
    return list(session.scalars(query))


def location_of(session: Session, batch: Batch) -> str:
    """Return place and village as one line; a meeting by link has none to tell the public."""
    return locations_of(session, [batch])[batch.id]


def locations_of(session: Session, batches: Sequence[Batch]) -> dict[int, str]:
    """Return place and village as one line, by the batch's id; one query."""
    rows = session.execute(
        select(Village.code, Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code.in_({one.village_code for one in batches if one.village_code}))
    )
    names = {code: (village, district) for code, village, district in rows}
    return {
        one.id: ", ".join(part for part in (one.place, *names.get(one.village_code or "", ())) if part)
        for one in batches
    }
