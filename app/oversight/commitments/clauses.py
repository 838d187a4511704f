"""The clauses of an agreement: what somebody is obliged to, who answers for it, by when, and how far it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.commitments.access import (
    CLAUSE_MISSING,
    check_may_keep,
    clause_to_keep,
    clause_to_report,
    commitment_to_keep,
)
from app.oversight.commitments.models import Clause, ClauseStatus, Evidence
from app.oversight.commitments.wording import line, paragraph

LIMITS = {"number": 40, "text": 3000, "person_text": 200, "note": 3000}
FIRST_YEAR, LAST_YEAR = 1945, 2100
MOST_CLAUSES = 200
NEEDS_EVIDENCE = T("Tambahkan dahulu buktinya, lalu tandai selesai. Isian lain di halaman ini belum tersimpan.")


@dataclass(frozen=True)
class ClauseValues:
    """What a person enters. The owner is an OPD, with a person (`person_id`) or a post in words (`person_text`)."""

    text: str = ""
    number: str = ""
    organisation_id: int | None = None
    person_id: int | None = None
    person_text: str = ""
    due_on: date | None = None


def add(session: Session, actor: Actor, commitment_id: int, values: ClauseValues, *, now: datetime) -> Clause:
    """Add a clause to an agreement. Raises Invalid with its field, NotFound, Forbidden, Refused where there are too
    many."""
    held = commitment_to_keep(session, actor, commitment_id)
    columns = _checked(session, values)
    places = select(func.count(), func.max(Clause.position)).where(Clause.commitment_id == commitment_id)
    count, last = session.execute(places).one()
    if count >= MOST_CLAUSES:
        raise Refused(T("Paling banyak %(n)s butir dalam satu perjanjian.", n=MOST_CLAUSES))
    clause = Clause(commitment_id=held.id, position=(last or 0) + 1, **columns)
    session.add(clause)
    session.flush()
    audit.record(session, actor, "clause.added", clause, now=now, after=facts(clause))
    return clause


def edit(
    session: Session, actor: Actor, clause_id: int, values: ClauseValues, *, seen: int | None = None, now: datetime
) -> Clause:
    """Change a clause. Raises Invalid with its field, Stale, NotFound, Forbidden."""
    clause = clause_to_keep(session, actor, clause_id, seen=seen)
    columns, before = _checked(session, values), facts(clause)
    for name, value in columns.items():
        setattr(clause, name, value)
    session.flush()
    after = facts(clause)
    if after != before:
        audit.record(session, actor, "clause.edited", clause, now=now, before=before, after=after)
    return clause


def report(
    session: Session,
    actor: Actor,
    clause_id: int,
    *,
    status: str,
    note: str = "",
    seen: int | None = None,
    now: datetime,
) -> Clause:
    """Say how far it is. Raises Invalid (status, note); done without evidence is refused at `status`."""
    clause = clause_to_report(session, actor, clause_id, seen=seen)
    if status not in set(ClauseStatus):
        raise Invalid(T("Pilih keadaannya."), field="status")
    text = paragraph(note, "note", LIMITS["note"])
    if status == ClauseStatus.STOPPED and not text:
        raise Invalid(T("Tulis mengapa tidak dilanjutkan."), field="note")
    if status == ClauseStatus.DONE and not has_evidence(session, clause.id):
        raise Invalid(NEEDS_EVIDENCE, field="status")
    before = facts(clause)
    clause.status, clause.note = status, text or None
    clause.reported_at, clause.reported_by_id = now, actor.id
    session.flush()
    audit.record(session, actor, "clause.reported", clause, now=now, before=before, after=facts(clause))
    return clause


def remove(session: Session, actor: Actor, clause_id: int, *, now: datetime) -> Clause:
    """Remove a clause; `restore` brings it back with its evidence. Raises NotFound, Forbidden."""
    clause = clause_to_keep(session, actor, clause_id)
    clause.removed_at = now
    session.flush()
    audit.record(session, actor, "clause.removed", clause, now=now, before=facts(clause))
    return clause


def restore(session: Session, actor: Actor, clause_id: int, *, now: datetime) -> Clause:
    """Bring a removed clause back; a second time changes nothing. Raises NotFound, Forbidden."""
    check_may_keep(actor)
    clause = session.get(Clause, clause_id)
    if clause is None or clause.commitment.removed_at is not None:
        raise NotFound(CLAUSE_MISSING)
    if clause.removed_at is not None:
        clause.removed_at = None
        session.flush()
        audit.record(session, actor, "clause.restored", clause, now=now)
    return clause


def has_evidence(session: Session, clause_id: int) -> bool:
    shown = exists().where(Evidence.clause_id == clause_id, Evidence.removed_at.is_(None))
    return bool(session.scalar(select(shown)))


def facts(clause: Clause) -> dict[str, Any]:
    """Return what the trail keeps of a clause."""
    return {
        "number": clause.number,
        "text": clause.text,
        "organisation_id": clause.organisation_id,
        "responsible_id": clause.person_id,
        "responsible_text": clause.person_text,
        "due_on": clause.due_on.isoformat() if clause.due_on else None,
        "status": str(clause.status) if clause.status else None,
        "note": clause.note,
    }


def _checked(session: Session, values: ClauseValues) -> dict[str, Any]:
    text = paragraph(values.text, "text", LIMITS["text"])
    if not text:
        raise Invalid(T("Tulis isi butirnya: apa yang harus dikerjakan."), field="text")
    person_text = line(values.person_text, "person_text", LIMITS["person_text"])
    if values.person_id is not None and person_text:
        raise Invalid(T("Pilih orangnya atau tulis jabatannya, salah satu saja."), field="person_text")
    if values.due_on is not None and not FIRST_YEAR <= values.due_on.year <= LAST_YEAR:
        raise Invalid(T("Periksa tahunnya."), field="due_on")
    with session.no_autoflush:
        _check_records(session, values)
    return {
        "text": text,
        "number": line(values.number, "number", LIMITS["number"]) or None,
        "organisation_id": values.organisation_id,
        "person_id": values.person_id,
        "person_text": person_text or None,
        "due_on": values.due_on,
    }


def _check_records(session: Session, values: ClauseValues) -> None:
    owner = session.get(Organisation, values.organisation_id) if values.organisation_id else None
    if values.organisation_id and (owner is None or owner.kind not in {"opd", "bidang"}):
        raise Invalid(T("Pilih OPD dari daftar."), field="organisation_id")
    if values.person_id is not None and session.get(User, values.person_id) is None:
        raise Invalid(T("Pilih orangnya dari daftar."), field="person_id")
