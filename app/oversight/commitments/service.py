"""The verbs of an agreement: record, change, remove, restore. Its clauses: clauses.py, their evidence: evidence.py."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.commitments.access import MISSING, check_may_keep, commitment_to_keep
from app.oversight.commitments.models import Commitment, CommitmentKind
from app.oversight.commitments.wording import line, paragraph

LIMITS = {"title": 300, "number": 200, "parties": 2000, "source": 500}
FIRST_YEAR, LAST_YEAR = 1945, 2100


@dataclass(frozen=True)
class CommitmentValues:
    """What a person enters. What nobody knows stays empty; `source` says where it is known from."""

    title: str = ""
    kind: str = CommitmentKind.COOPERATION
    number: str = ""
    parties: str = ""
    signed_on: date | None = None
    ends_on: date | None = None
    source: str = ""


def record(
    session: Session, actor: Actor, values: CommitmentValues, *, file: StoredFile | None = None, now: datetime
) -> Commitment:
    """Record a new agreement, without clauses. `file`: the document, kept before. Raises Invalid with its field,
    Forbidden."""
    check_may_keep(actor)
    made = Commitment(created_by_id=actor.id, created_at=now, **_checked(values))
    made.file_id = file.id if file else None
    session.add(made)
    session.flush()
    audit.record(session, actor, "commitment.added", made, now=now, after=facts(made))
    return made


def edit(
    session: Session,
    actor: Actor,
    commitment_id: int,
    values: CommitmentValues,
    *,
    file: StoredFile | None = None,
    seen: int | None = None,
    now: datetime,
) -> Commitment:
    """Change an agreement. `file` replaces the document; None leaves it. Raises Invalid with its field, Stale,
    Forbidden, NotFound."""
    held = commitment_to_keep(session, actor, commitment_id, seen=seen)
    columns, before = _checked(values), facts(held)
    for name, value in columns.items():
        setattr(held, name, value)
    if file is not None:
        held.file_id = file.id
    session.flush()
    after = facts(held)
    if after != before:
        audit.record(session, actor, "commitment.edited", held, now=now, before=before, after=after)
    return held


def remove(session: Session, actor: Actor, commitment_id: int, *, now: datetime) -> Commitment:
    """Take an agreement off every list with its clauses; `restore` brings all of it back. Raises NotFound,
    Forbidden."""
    held = commitment_to_keep(session, actor, commitment_id)
    held.removed_at = now
    session.flush()
    audit.record(session, actor, "commitment.removed", held, now=now, before=facts(held))
    return held


def restore(session: Session, actor: Actor, commitment_id: int, *, now: datetime) -> Commitment:
    """Bring a removed agreement back; a second time changes nothing. Raises NotFound, Forbidden."""
    check_may_keep(actor)
    held = session.get(Commitment, commitment_id)
    if held is None:
        raise NotFound(MISSING)
    if held.removed_at is not None:
        held.removed_at = None
        session.flush()
        audit.record(session, actor, "commitment.restored", held, now=now)
    return held


def find_removed(session: Session, commitment_id: int | None) -> Commitment | None:
    """Return an agreement whose removal can be undone, or None."""
    found = select(Commitment).where(Commitment.id == commitment_id, Commitment.removed_at.is_not(None))
    return session.scalar(found) if commitment_id else None


def facts(held: Commitment) -> dict[str, Any]:
    """Return what the trail keeps of an agreement."""
    return {
        "kind": str(held.kind),
        "title": held.title,
        "number": held.number,
        "parties": held.parties,
        "signed_on": held.signed_on.isoformat() if held.signed_on else None,
        "ends_on": held.ends_on.isoformat() if held.ends_on else None,
        "source": held.source,
        "file_id": held.file_id,
    }


def _checked(values: CommitmentValues) -> dict[str, Any]:
    title = line(values.title, "title", LIMITS["title"])
    if not title:
        raise Invalid(T("Tulis tentang apa peraturan atau perjanjian ini."), field="title")
    if values.kind not in set(CommitmentKind):
        raise Invalid(T("Pilih jenisnya dari daftar."), field="kind")
    for name in ("signed_on", "ends_on"):
        day: date | None = getattr(values, name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Invalid(T("Periksa tahunnya."), field=name)
    if values.signed_on and values.ends_on and values.ends_on < values.signed_on:
        raise Invalid(T("Tanggal berakhir mendahului tanggal ditandatangani. Perbaiki salah satunya."), field="ends_on")
    return {
        "title": title,
        "kind": values.kind,
        "number": line(values.number, "number", LIMITS["number"]) or None,
        "parties": paragraph(values.parties, "parties", LIMITS["parties"]) or None,
        "signed_on": values.signed_on,
        "ends_on": values.ends_on,
        "source": line(values.source, "source", LIMITS["source"]) or None,
    }
