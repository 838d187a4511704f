"""Evidence that a clause is followed: a record of Gaung, a file (told by its content), or an address elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.commitments import records
from app.oversight.commitments.access import clause_to_report, evidence_to_change, visible_evidence
from app.oversight.commitments.clauses import report
from app.oversight.commitments.models import Clause, ClauseStatus, Evidence, EvidenceKind
from app.oversight.commitments.wording import address, line

MAX_WHAT = 300
MOST_EVIDENCE = 50
FIRST_YEAR = 1945


@dataclass(frozen=True)
class EvidenceValues:
    """What a person enters. `record_id` of one of Gaung's records, `url` of an address; a file is kept before.
    `done`: with this the clause is done."""

    kind: str = EvidenceKind.FILE
    what: str = ""
    on: date | None = None
    record_id: int | None = None
    url: str = ""
    done: bool = False


def add(
    session: Session,
    actor: Actor,
    clause_id: int,
    values: EvidenceValues,
    *,
    file: StoredFile | None = None,
    today: date,
    zone: ZoneInfo,
    now: datetime,
) -> Evidence:
    """Add evidence to a clause. Raises Invalid with its field, NotFound, Forbidden, Refused where there is too much of
    it."""
    clause = clause_to_report(session, actor, clause_id)
    shown = Evidence(clause_id=clause.id, kind=values.kind, added_by_id=actor.id, added_at=now)
    shown.what, shown.on = line(values.what, "what", MAX_WHAT), values.on
    if shown.on is not None and (shown.on > today or shown.on.year < FIRST_YEAR):
        raise Invalid(T("Isi tanggal yang sudah terjadi, paling lambat hari ini."), field="on")
    _point(session, actor, shown, values, file, zone)
    count = select(func.count()).where(Evidence.clause_id == clause.id, Evidence.removed_at.is_(None))
    if (session.scalar(count) or 0) >= MOST_EVIDENCE:
        raise Refused(T("Paling banyak %(n)s bukti untuk satu butir.", n=MOST_EVIDENCE))
    session.add(shown)
    session.flush()
    audit.record(session, actor, "clause.evidence_added", clause, now=now, after=facts(shown))
    if values.done and clause.status != ClauseStatus.DONE:
        report(session, actor, clause.id, status=ClauseStatus.DONE, note=clause.note or "", now=now)
    return shown


def _point(
    session: Session, actor: Actor, shown: Evidence, values: EvidenceValues, file: StoredFile | None, zone: ZoneInfo
) -> None:
    """To what it is; a record brings its name and day along."""
    if values.kind in records.SOURCES:
        with session.no_autoflush:
            found = records.find(session, actor, values.kind, values.record_id or 0, zone=zone)
        if found is None:
            raise Invalid(T("Pilih salah satu dari daftar."), field="record_id")
        shown.record_id, shown.what, shown.on = found.id, shown.what or found.name[:MAX_WHAT], shown.on or found.on
        return
    if values.kind == EvidenceKind.FILE:
        if file is None:
            raise Invalid(T("Pilih berkasnya: PDF atau foto."), field="file")
        shown.file_id = file.id
    elif values.kind == EvidenceKind.ADDRESS:
        shown.url = address(values.url, "url")
    else:
        raise Invalid(T("Pilih jenis buktinya."), field="kind")
    if not shown.what:
        raise Invalid(T("Tulis apa yang ditunjukkannya, misalnya “berita acara serah terima data”."), field="what")


def remove(session: Session, actor: Actor, evidence_id: int, *, now: datetime) -> Clause:
    """Remove evidence; `restore` brings it back. Raises NotFound, Forbidden; Refused for the last one of a clause that
    is done."""
    clause, shown = evidence_to_change(session, actor, evidence_id)
    if shown.removed_at is not None:
        return clause
    count = select(func.count()).where(Evidence.clause_id == clause.id, Evidence.removed_at.is_(None))
    if clause.status == ClauseStatus.DONE and session.scalar(count) == 1:
        raise Refused(
            T("Butir ini selesai karena bukti ini. Tambahkan bukti lain dahulu, atau ubah keadaannya, lalu hapus.")
        )
    shown.removed_at = now
    session.flush()
    audit.record(session, actor, "clause.evidence_removed", clause, now=now, before=facts(shown))
    return clause


def restore(session: Session, actor: Actor, evidence_id: int, *, now: datetime) -> Clause:
    """Bring removed evidence back; a second time changes nothing. Raises NotFound, Forbidden."""
    clause, shown = evidence_to_change(session, actor, evidence_id)
    if shown.removed_at is not None:
        shown.removed_at = None
        session.flush()
        audit.record(session, actor, "clause.evidence_restored", clause, now=now, after=facts(shown))
    return clause


def file_of(session: Session, actor: Actor, evidence_id: int) -> StoredFile:
    """Return the file of evidence, for who sees the clause. Raises NotFound."""
    shown = visible_evidence(session, actor, evidence_id)
    file = session.get(StoredFile, shown.file_id) if shown.file_id else None
    if file is None:
        raise NotFound(T("Bukti ini bukan berkas."))
    return file


def facts(shown: Evidence) -> dict[str, Any]:
    """Return what the trail keeps of evidence."""
    return {
        "kind": str(shown.kind),
        "what": shown.what,
        "on": shown.on.isoformat() if shown.on else None,
        "record_id": shown.record_id,
        "file_id": shown.file_id,
        "url": shown.url,
    }
