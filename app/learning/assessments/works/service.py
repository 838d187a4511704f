"""Practical work: what a participant hands in, from the own page or through whoever keeps the batch.

One work for a participant: an address (a repository, a page), or a file, or both. It may be changed until somebody gave
points for it, or the batch is finished. Addresses are only shown; nothing here ever opens one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.base.media.check import Checked
from app.base.media.models import StoredFile
from app.base.media.service import keep
from app.base.media.storage import Storage
from app.gatherings.events.photos import forget_file
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import line, paragraph
from app.learning.assessments.models import Mark, Work
from app.learning.assessments.works.rubric import counts_for_batch
from app.learning.programmes.models import Criterion
from app.learning.programmes.wording import read_link
from app.learning.training.access import may_manage, visible_to
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Trainee

MAX_TITLE, MAX_NOTE = 200, 4000
TAKING = (BatchStatus.OPEN, BatchStatus.RUNNING)
"""A batch in these states takes works and points; a finished one has its outcomes, which these would belie."""
PARTICIPANT = Actor(id=None, name="Peserta lewat halaman sendiri")
"""Who hands in by the own link; without the name, which the trail would outlive."""
NONE, HANDED_IN, MARKED = "none", "handed_in", "marked"
STATES = {NONE: T("Belum dikumpulkan"), HANDED_IN: T("Dikumpulkan"), MARKED: T("Dinilai")}
BADGES = {NONE: "muted", HANDED_IN: "wait", MARKED: "ok"}
NOT_HANDED_IN = T("Peserta ini belum mengumpulkan tugas.")
MISSING = T("Peserta ini tidak ada di angkatan ini, atau tidak lagi diterima.")


@dataclass(frozen=True)
class HandIn:
    """What is handed in. `keeps_file`: a file that lies there already stays unless a new one comes."""

    title: str = ""
    link: str = ""
    note: str = ""
    keeps_file: bool = True


def refusal(batch: Batch, work: Work | None) -> T | None:
    """Return why this work cannot be handed in or changed now; None where it can."""
    if batch.status not in TAKING:
        return T("Angkatan ini tidak menerima tugas praktik: belum dibuka, sudah selesai, atau dibatalkan.")
    if work is not None and work.marks:
        return T("Tugas ini sudah dinilai, jadi tidak bisa diubah lagi.")
    return None


def hand_in(
    session: Session,
    storage: Storage,
    actor: Actor,
    enrolment_id: int,
    given: HandIn,
    *,
    file: Checked | None = None,
    now: datetime,
) -> tuple[Work, str | None]:
    """Keep what a participant hands in, or changes of it; `actor` is PARTICIPANT or who enters it for them.

    Gives the work and, where a file was replaced that nothing else holds, the SHA-256 to be removed from the storage
    once this is committed. Raises Invalid (fields title, link, file), Refused, NotFound.
    """
    enrolment = _participant(session, enrolment_id)
    batch = session.get_one(Batch, enrolment.batch_id, populate_existing=True)
    work = work_of(session, enrolment_id)
    if (reason := refusal(batch, work)) is not None:
        raise Refused(reason)
    values = _read(given)
    if work is None:
        work = Work(enrolment_id=enrolment_id, updated_at=now)
        session.add(work)
    before = _told(work)
    dropped = _take_file(session, storage, actor, batch, work, given, file, now)
    if not (values["repository"] or work.file_id):
        raise Invalid(T("Isi tautannya, atau pilih berkasnya."), field="link")
    for name, value in values.items():
        setattr(work, name, value)
    work.handed_in_at, work.updated_at = work.handed_in_at or now, now
    session.flush()
    gone = forget_file(session, dropped) if dropped is not None else None
    if (after := _told(work)) != before or file is not None:
        audit.record(session, actor, "work.handed_in", enrolment, now=now, before=before or None, after=after)
    return work, gone


def _participant(session: Session, enrolment_id: int) -> Enrolment:
    """Locked, so that a second click waits for the first; behind its batch, which is not finished meanwhile (the order
    of papers.to_change)."""
    query = select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    its_batch = select(Enrolment.batch_id).where(Enrolment.id == enrolment_id).scalar_subquery()
    session.execute(select(Batch.id).where(Batch.id == its_batch).with_for_update(read=True, of=Batch))
    found = session.scalar(query.with_for_update(of=Enrolment), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(MISSING)
    return found


def _read(given: HandIn) -> dict[str, str]:
    title, note = line(given.title), paragraph(given.note)
    if not title:
        raise Invalid(T("Beri nama tugasnya, misalnya “Halaman pendaftaran posyandu”."), field="title")
    if len(title) > MAX_TITLE:
        raise Invalid(T("Terlalu panjang: paling banyak %(n)s huruf.", n=MAX_TITLE), field="title")
    if len(note) > MAX_NOTE:
        raise Invalid(T("Terlalu panjang: paling banyak %(n)s huruf.", n=MAX_NOTE), field="note")
    return {"title": title, "repository": read_link(given.link, "link"), "note": note}


def _take_file(
    session: Session,
    storage: Storage,
    actor: Actor,
    batch: Batch,
    work: Work,
    given: HandIn,
    file: Checked | None,
    now: datetime,
) -> int | None:
    """Put the new file in, and give the id of the one that was there and goes."""
    old = work.file_id
    if file is not None:
        kept = keep(session, storage, actor, file, now=now, organisation_id=batch.organisation_id)
        work.file_id = kept.id
    elif not given.keeps_file:
        work.file_id = None
    return old if old is not None and old != work.file_id else None


def _told(work: Work) -> dict[str, Any]:
    """For the trail: that there is an address, a file, a note; what they say is the participant's own."""
    if not work.title:
        return {}
    return {"title": work.title, "link": bool(work.repository), "file": work.file_id is not None}


# --- finding ---


def work_of(session: Session, enrolment_id: int) -> Work | None:
    return session.scalar(select(Work).where(Work.enrolment_id == enrolment_id))


def works_of(session: Session, enrolment_ids: Sequence[int]) -> dict[int, Work]:
    """Map the enrolment's id to its work, where there is one."""
    query = select(Work).where(Work.enrolment_id.in_(enrolment_ids))
    return {work.enrolment_id: work for work in session.scalars(query)}


def participant_of(session: Session, batch_id: int, enrolment_id: int) -> Enrolment:
    """Return an accepted participant of this batch. Raises NotFound."""
    found = session.scalar(
        select(Enrolment).where(
            Enrolment.id == enrolment_id, Enrolment.batch_id == batch_id, Enrolment.status == EnrolmentStatus.ACCEPTED
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def file_of(session: Session, work: Work | None) -> StoredFile:
    file = session.get(StoredFile, work.file_id) if work is not None and work.file_id is not None else None
    if file is None:
        raise NotFound(T("Tugas ini tidak berisi berkas."))
    return file


def open_criteria() -> Any:
    """Count by how many criteria works in `Batch` are marked, as a subquery of a query that has Batch."""
    return select(func.count(Criterion.id)).where(counts_for_batch()).correlate(Batch).scalar_subquery()


def given_marks() -> Any:
    """Count for how many criteria of `Batch` `Work` has points, as a subquery of a query that has both."""
    return (
        select(func.count())
        .select_from(Mark)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Mark.work_id == Work.id, counts_for_batch())
        .correlate(Work, Batch)
        .scalar_subquery()
    )


def is_in_state(state: str) -> ColumnElement[bool]:
    """Return the condition that a work is in this state, for a query with Enrolment, Batch, and Work joined from
    outside. Without a rubric nothing can be marked."""
    whole = and_(open_criteria() > 0, given_marks() >= open_criteria())
    if state == NONE:
        return Work.id.is_(None)
    return and_(Work.id.is_not(None), whole if state == MARKED else ~whole)


def select_works(batch: Batch, *, state: str = "", q: str = "") -> Select[Any]:
    """Select (Enrolment, Work or None, points given, points wanted) of accepted participants by name."""
    query = (
        select(Enrolment, Work, given_marks().label("marks"), open_criteria().label("criteria"))
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .outerjoin(Work, Work.enrolment_id == Enrolment.id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    if state in STATES:
        query = query.where(is_in_state(state))
    if q.strip():
        word = q.strip()
        query = query.where(
            or_(Trainee.name.icontains(word, autoescape=True), Work.title.icontains(word, autoescape=True))
        )
    return query.order_by(func.lower(Trainee.name), Enrolment.id)


def state_of(work: Work | None, marks: int, criteria: int) -> str:
    if work is None:
        return NONE
    return MARKED if criteria and marks >= criteria else HANDED_IN


def count_by_state(session: Session, batch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Count participants by batch and state of their work; one query."""
    whole = and_(open_criteria() > 0, given_marks() >= open_criteria())
    each = (
        select(Enrolment.batch_id, Work.id.is_(None).label("none"), whole.label("whole"))
        .select_from(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .outerjoin(Work, Work.enrolment_id == Enrolment.id)
        .where(Enrolment.batch_id.in_(batch_ids), Enrolment.status == EnrolmentStatus.ACCEPTED)
        .subquery()
    )
    query = select(each, func.count().label("n")).group_by(each.c.batch_id, each.c.none, each.c.whole)
    found = {batch_id: dict.fromkeys(STATES, 0) for batch_id in batch_ids}
    for row in session.execute(query):
        found[row.batch_id][NONE if row.none else MARKED if row.whole else HANDED_IN] += row.n
    return found


def waits_for_points() -> ColumnElement[bool]:
    """Return the condition that a work was handed in and may still be marked, for a query with Enrolment, Batch and
    Work."""
    return and_(
        Batch.status.in_(TAKING),
        Enrolment.status == EnrolmentStatus.ACCEPTED,
        open_criteria() > 0,
        given_marks() < open_criteria(),
    )


def list_unmarked(session: Session, actor: Actor) -> list[tuple[Batch, int]]:
    """List batches that this person keeps with works that wait for points, and how many; simulated ones left out."""
    waits = (
        select(Enrolment.batch_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Work, Work.enrolment_id == Enrolment.id)
        .where(visible_to(actor), Batch.simulated.is_(False), waits_for_points())
    )
    many = Counter(session.scalars(waits))
    batches = session.scalars(
        select(Batch).options(selectinload(Batch.trainers)).where(Batch.id.in_(many)).order_by(Batch.ends_on, Batch.id)
    )
    return [(batch, many[batch.id]) for batch in batches if may_manage(actor, batch)]
