"""Points for practical work, criterion by criterion of the programme's rubric."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import line, paragraph
from app.learning.assessments.models import Mark, Work
from app.learning.assessments.works.rubric import counts_for_batch, criteria_of
from app.learning.assessments.works.service import (
    NOT_HANDED_IN,
    TAKING,
    given_marks,
    open_criteria,
    participant_of,
    work_of,
)
from app.learning.programmes.models import Criterion
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee

NUMBER = re.compile(r"\d{1,4}([.,]\d{1,3})?\Z", re.ASCII)
MAX_NOTE, MAX_COMMENT = 500, 4000


@dataclass(frozen=True)
class Marking:
    """Marks as they were typed. `points`: criterion's id → what was typed ("" for none yet); `notes` likewise.
    `version`: of the work as it was seen."""

    points: Mapping[int, str]
    notes: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""
    version: int = 0


def points_of(text: str, most: int, name: str) -> float | None:
    """Read points as they were typed, "3", "3,5" or "3.5": from 0 to `most` in halves; None where nothing was typed.

    Raises Invalid with the field "points_ID" (`name`).
    """
    typed = text.strip()
    if not typed:
        return None
    if not NUMBER.match(typed):
        raise Invalid(T("Isi dengan angka dari 0 sampai %(most)s, misalnya 3 atau 3,5.", most=most), field=name)
    points = float(typed.replace(",", "."))
    if points > most:
        raise Invalid(T("Nilai paling tinggi untuk bagian ini adalah %(most)s.", most=most), field=name)
    if points * 2 != int(points * 2):
        raise Invalid(T("Isi dengan nilai penuh atau setengah, misalnya 3 atau 3,5."), field=name)
    return points


def mark(session: Session, actor: Actor, batch_id: int, enrolment_id: int, given: Marking, *, now: datetime) -> Work:
    """Set the points, notes and comment of a work. A criterion left open has none yet, and the work waits.

    Raises Invalid (field points_ID), Refused once the batch is finished, Stale, NotFound, Forbidden.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    enrolment = participant_of(session, batch_id, enrolment_id)
    work = work_of(session, enrolment_id)
    if work is None:
        raise NotFound(NOT_HANDED_IN)
    _may_mark(batch)
    if given.version != work.version:
        raise Stale(T("Tugas ini berubah sejak halaman dibuka. Periksa lagi sebelum memberi nilai."))
    criteria = criteria_of(session, batch)
    points = {one.id: points_of(given.points.get(one.id, ""), one.most, f"points_{one.id}") for one in criteria}
    before = _told(work)
    for criterion in criteria:
        _set(work, criterion, points[criterion.id], line(given.notes.get(criterion.id, ""))[:MAX_NOTE], actor, now)
    work.comment, work.updated_at = paragraph(given.comment)[:MAX_COMMENT], now
    flag_modified(work, "updated_at")  # points alone change no column, and the version has to rise all the same
    session.flush()
    if (after := _told(work)) != before:
        audit.record(session, actor, "work.marked", enrolment, now=now, before=before, after=after)
    return work


def give_back(session: Session, actor: Actor, batch_id: int, enrolment_id: int, *, now: datetime) -> Work:
    """Take all points away, so that the participant may change the work; the comment stays to be read."""
    batch = to_manage(session, actor, batch_id, lock=True)
    enrolment = participant_of(session, batch_id, enrolment_id)
    work = work_of(session, enrolment_id)
    if work is None or not work.marks:
        raise Refused(T("Tugas ini belum dinilai."))
    _may_mark(batch)
    before = _told(work)
    work.marks.clear()
    work.updated_at = now
    flag_modified(work, "updated_at")
    session.flush()
    audit.record(session, actor, "work.given_back", enrolment, now=now, before=before, after=_told(work))
    return work


def _may_mark(batch: Batch) -> None:
    if batch.status not in TAKING:
        raise Refused(T("Angkatan ini sudah selesai atau dibatalkan, jadi nilainya tidak diubah lagi."))


def _set(work: Work, criterion: Criterion, points: float | None, note: str, actor: Actor, now: datetime) -> None:
    known = next((one for one in work.marks if one.criterion_id == criterion.id), None)
    if points is None:
        if known is not None:
            work.marks.remove(known)
        return
    if known is None:
        known = Mark(criterion_id=criterion.id, points=points, most=criterion.most, note="", at=now)
        work.marks.append(known)
    elif (known.points, known.most, known.note) == (points, criterion.most, note):
        return
    known.points, known.most, known.note, known.by_id, known.at = points, criterion.most, note, actor.id, now


def _told(work: Work) -> dict[str, Any]:
    """Points by criterion, and whether there is a comment."""
    marks = sorted(work.marks, key=lambda one: one.criterion_id)
    return {"points": {str(one.criterion_id): one.points for one in marks}, "comment": bool(work.comment)}


def is_fully_marked(work: Work | None, criteria: Sequence[Criterion]) -> bool:
    """Return whether every criterion has points."""
    marked = {one.criterion_id for one in work.marks} if work is not None else set()
    return bool(criteria) and all(one.id in marked for one in criteria)


def percent_of(work: Work | None, criteria: Sequence[Criterion]) -> float | None:
    """Return the percentage, 0 to 100: points of what the criteria (rubric.py) give, each as when it was marked. None
    until all are marked."""
    if work is None or not is_fully_marked(work, criteria):
        return None
    counting = {one.id for one in criteria}
    marks = [one for one in work.marks if one.criterion_id in counting]
    return 100 * sum(one.points for one in marks) / sum(one.most for one in marks)


def percent_by_enrolment(session: Session, batch_ids: Collection[int]) -> dict[int, float]:
    """Map the enrolment's id to the percent of the work, of those that are wholly marked; one query for any number of
    batches."""
    query = (
        select(Enrolment.id, func.sum(Mark.points), func.sum(Mark.most))
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Work, Work.enrolment_id == Enrolment.id)
        .join(Mark, Mark.work_id == Work.id)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Enrolment.batch_id.in_(batch_ids), counts_for_batch())
        .group_by(Enrolment.id, Batch.id, Batch.programme_id)
        .having(func.count() >= open_criteria())
    )
    return {enrolment_id: 100 * points / most for enrolment_id, points, most in session.execute(query) if most}


def next_unmarked(session: Session, batch: Batch, after: Enrolment | None = None) -> int | None:
    """Return the enrolment whose work waits for points: the next by name after this one, or the first of all."""
    query = (
        select(Enrolment.id, Trainee.name)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .join(Work, Work.enrolment_id == Enrolment.id)
        .where(
            Enrolment.batch_id == batch.id,
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            open_criteria() > 0,
            given_marks() < open_criteria(),
        )
        .order_by(func.lower(Trainee.name), Enrolment.id)
    )
    waiting = list(session.execute(query).all())
    if after is not None:
        here = (after.trainee.name.lower(), after.id)
        later = [row for row in waiting if (row.name.lower(), row.id) > here]
        waiting = later + [row for row in waiting if (row.name.lower(), row.id) < here]
    return waiting[0].id if waiting else None
