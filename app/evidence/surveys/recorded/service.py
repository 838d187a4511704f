"""Record surveys that were done elsewhere; what is not known of them stays unknown and is never 0."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.base.people.models import Organisation
from app.evidence.instruments.access import may_plan_for
from app.evidence.surveys.models import RecordedResult
from app.evidence.surveys.recorded.values import Answer, ResultValues, check
from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor
from app.kernel.text import T

__all__ = ["Answer", "ResultValues", "check"]

STALE = T(
    "Hasil ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Isian Anda masih ada di halaman ini: "
    "bandingkan dengan keadaan terakhir, lalu simpan sekali lagi."
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return a condition for the results that a person may see: the office all, others those of their organisation."""
    if actor == SYSTEM or actor.of_office:
        return true()
    return RecordedResult.organisation_id.in_(actor.organisation_ids) if actor.organisation_ids else false()


def find(session: Session, actor: Actor, result_id: int) -> RecordedResult:
    result = session.scalar(select(RecordedResult).where(RecordedResult.id == result_id, visible_to(actor)))
    if result is None:
        raise NotFound(T("Hasil survei ini tidak ada, atau bukan milik organisasi Anda."))
    return result


def may_edit(actor: Actor, result: RecordedResult) -> bool:
    return may_plan_for(actor, result.organisation_id)


def find_to_edit(session: Session, actor: Actor, result_id: int, seen: int | None = None) -> RecordedResult:
    """Return the result to be edited. Raises NotFound, Forbidden, Stale.

    `seen`: the version on the person's screen (None: whatever it is now).
    """
    result = find(session, actor, result_id)
    if not may_edit(actor, result):
        raise Forbidden(T("Hasil survei ini hanya bisa diubah oleh organisasi pencatatnya atau staf kantor."))
    if seen is not None and seen != result.version:
        raise Stale(STALE)
    return result


def share(result: RecordedResult) -> tuple[int, int] | None:
    """Return (how many gave an answer that counts, how many were asked), None where either is unknown."""
    counted = [answer.get("count") for answer in result.answers if answer.get("counts")]
    if result.asked is None or not counted or any(count is None for count in counted):
        return None
    if result.several and len(counted) > 1:
        return None  # one person may stand in several of them
    return sum(count for count in counted if count is not None), result.asked


def record_result(
    session: Session, actor: Actor, values: ResultValues, *, today: date, now: datetime, kit_key: str | None = None
) -> RecordedResult:
    """Record a result; the same `kit_key` again gives the one that is there. `today` is the local day.

    Raises Invalid with its field, Forbidden.
    """
    known = session.scalar(select(RecordedResult).where(RecordedResult.kit_key == kit_key)) if kit_key else None
    if known is not None:
        return known
    owner_id = _owner_id(session, actor, values)
    check(session, actor, values, today=today)
    result = RecordedResult(
        organisation_id=owner_id, kit_key=kit_key, created_by_id=actor.id, created_at=now, updated_at=now,
        **_columns(values),
    )  # fmt: skip
    session.add(result)
    session.flush()
    audit.record(session, actor, "survey.result_recorded", result, now=now, after=recorded_facts(result))
    return result


def edit_result(
    session: Session, actor: Actor, result_id: int, values: ResultValues, *, seen: int | None, today: date,
    now: datetime,
) -> RecordedResult:  # fmt: skip
    """Change a result. Raises Stale where somebody was quicker, Invalid with its field."""
    result = find_to_edit(session, actor, result_id, seen)
    check(session, actor, values, today=today, kept=result)
    before = recorded_facts(result)
    for name, value in _columns(values).items():
        setattr(result, name, value)
    after = recorded_facts(result)
    if after == before:
        return result
    result.updated_at = now
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(STALE) from error
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        session, actor, "survey.result_edited", result, now=now,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    return result


def remove_result(
    session: Session, actor: Actor, result_id: int, *, seen: int | None = None, now: datetime
) -> None:  # fmt: skip
    """Remove a result; `restore_result` brings it back. Raises Stale, NotFound, Forbidden."""
    result = find_to_edit(session, actor, result_id, seen)
    audit.record(session, actor, "survey.result_removed", result, now=now, before=recorded_facts(result))
    session.delete(result)
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(STALE) from error


def last_removal(session: Session, actor: Actor, result_id: int) -> AuditEntry | None:
    """Return the trail's entry of a removal that can be undone, else None.

    It is the last thing that happened to this result, which was this person's to see.
    """
    last = session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == RecordedResult.__tablename__, AuditEntry.subject_id == str(result_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if last is None or last.action != "survey.result_removed" or not last.before:
        return None
    owner_id = last.before["organisation_id"]
    return last if actor.of_office or actor == SYSTEM or owner_id in actor.organisation_ids else None


def restore_result(session: Session, actor: Actor, result_id: int, *, now: datetime) -> RecordedResult:
    """Undo a removal. Raises NotFound where there is none of this person's, Refused where it is back already."""
    entry = last_removal(session, actor, result_id)
    if entry is None or entry.before is None:
        if session.scalar(select(RecordedResult.id).where(RecordedResult.id == result_id, visible_to(actor))):
            raise Refused(T("Hasil survei ini sudah ada lagi."))
        raise NotFound(T("Hasil survei ini tidak ada, atau bukan milik organisasi Anda."))
    values = dict(entry.before)
    if not may_plan_for(actor, values["organisation_id"]):
        raise Forbidden(T("Hasil survei ini hanya bisa dikembalikan oleh organisasi pencatatnya atau staf kantor."))
    values["done_on"] = date.fromisoformat(values["done_on"])
    result = RecordedResult(id=result_id, created_by_id=actor.id, created_at=now, updated_at=now, **values)
    session.add(result)
    session.flush()
    audit.record(session, actor, "survey.result_restored", result, now=now, after=recorded_facts(result))
    return result


def recorded_facts(result: RecordedResult) -> dict[str, Any]:
    """Return what is recorded, as JSON for the trail; enough to bring it back."""
    names = (
        "title", "campaign_id", "organisation_id", "done_precision", "audience", "method", "asked", "question",
        "several", "finding", "measure_key", "dimension_key", "source", "file_id", "kit_key",
    )  # fmt: skip
    return {
        **{name: getattr(result, name) for name in names},
        "done_on": result.done_on.isoformat(),
        "answers": [dict(answer) for answer in result.answers],
    }


def values_of(result: RecordedResult) -> ResultValues:
    """Return what is stored, as a form or a kit shows it."""
    return ResultValues(
        title=result.title, done_on=result.done_on, precision=result.done_precision, audience=result.audience,
        campaign_id=result.campaign_id, organisation_id=result.organisation_id, method=result.method,
        asked=result.asked, question=result.question, answers=[_answer(one) for one in result.answers],
        several=result.several, finding=result.finding, measure_key=result.measure_key,
        dimension_key=result.dimension_key, source=result.source, file_id=result.file_id,
    )  # fmt: skip


def _answer(stored: Mapping[str, Any]) -> Answer:
    return Answer(stored["text"], stored.get("count"), bool(stored.get("counts")))


def _columns(values: ResultValues) -> dict[str, Any]:
    answers = [
        {"text": answer.text.strip(), "count": answer.count, "counts": answer.counts} for answer in values.answers
    ]
    return {
        "title": values.title.strip(), "campaign_id": values.campaign_id, "done_on": values.done_on,
        "done_precision": str(values.precision), "audience": str(values.audience), "method": values.method.strip(),
        "asked": values.asked, "question": values.question.strip(), "answers": answers, "several": values.several,
        "finding": values.finding.strip(), "measure_key": values.measure_key or None,
        "dimension_key": values.dimension_key or None, "source": values.source.strip(), "file_id": values.file_id,
    }  # fmt: skip


def _owner_id(session: Session, actor: Actor, values: ResultValues) -> int:
    owner_id = values.organisation_id or actor.organisation_id
    if owner_id is None:
        owner_id = session.scalar(select(Organisation.id).where(Organisation.is_office).order_by(Organisation.id))
    if owner_id is None or not may_plan_for(actor, owner_id):
        raise Forbidden(T("Anda hanya bisa mencatat hasil survei untuk organisasi sendiri."))
    return owner_id
