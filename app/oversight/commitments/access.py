"""Who reads, keeps and reports on agreements. Routes ask for the role; here the record is asked too.

What binds the regency is no secret within the staff. A contact of an OPD sees the clauses that one's own OPD answers
for, and says how far they are; the office keeps everything.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.kernel.errors import Forbidden, NotFound, Stale
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.oversight.commitments.models import Clause, Commitment, Evidence

MISSING = T("Peraturan atau perjanjian ini tidak ada, atau bukan untuk OPD Anda.")
CLAUSE_MISSING = T("Butir ini tidak ada, atau bukan tugas OPD Anda.")
STALE = T(
    "Catatan ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Isian Anda masih ada di halaman ini: "
    "bandingkan dengan keadaan terakhir, lalu simpan sekali lagi."
)


def may_keep(actor: Actor) -> bool:
    return actor == SYSTEM or (actor.of_office and actor.can(Can.KEEP_COMMITMENTS))


def may_report(actor: Actor, clause: Clause) -> bool:
    """Tell whether this person may report on a clause: the office, the OPD that owns it, who answers for it."""
    if may_keep(actor) or (actor.id is not None and clause.person_id == actor.id):
        return True
    return actor.can(Can.REPORT_ON_CLAUSES) and clause.organisation_id in actor.organisation_ids


def clauses_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the clauses that a person sees, of agreements that are not removed."""
    there = and_(Clause.removed_at.is_(None), Clause.commitment_id.in_(_there()))
    if actor == SYSTEM or actor.can(Can.READ_ALL_COMMITMENTS):
        return there
    return and_(there, _of(actor))


def commitments_for(actor: Actor) -> ColumnElement[bool]:
    if actor == SYSTEM or actor.can(Can.READ_ALL_COMMITMENTS):
        return Commitment.removed_at.is_(None)
    return and_(
        Commitment.removed_at.is_(None),
        exists().where(Clause.commitment_id == Commitment.id, Clause.removed_at.is_(None), _of(actor)),
    )


def _of(actor: Actor) -> ColumnElement[bool]:
    """What the own OPD owns, or this person answers for."""
    return or_(Clause.organisation_id.in_(actor.organisation_ids), Clause.person_id == actor.id)


def get(session: Session, actor: Actor, commitment_id: int) -> Commitment:
    """Return the agreement. Raises NotFound where it is not there or not for this person."""
    found = session.scalar(select(Commitment).where(Commitment.id == commitment_id, commitments_for(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def commitment_to_keep(session: Session, actor: Actor, commitment_id: int, *, seen: int | None = None) -> Commitment:
    """Return the agreement, locked until the end of the transaction. Raises NotFound, Forbidden, Stale."""
    check_may_keep(actor)
    found = session.scalar(
        select(Commitment).where(Commitment.id == commitment_id, commitments_for(actor)).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound(MISSING)
    if seen is not None and seen != found.version:
        raise Stale(STALE)
    return found


def check_may_keep(actor: Actor) -> None:
    if not may_keep(actor):
        raise Forbidden(T("Peraturan dan perjanjian dicatat staf penulis atau editor di dinas pengelola aplikasi."))


def clause_to_keep(session: Session, actor: Actor, clause_id: int, *, seen: int | None = None) -> Clause:
    """Return a clause that this person may change, locked. Raises NotFound, Forbidden, Stale."""
    check_may_keep(actor)
    return _clause(session, actor, clause_id, seen)


def clause_to_report(session: Session, actor: Actor, clause_id: int, *, seen: int | None = None) -> Clause:
    """Return a clause that this person may report on, locked. Raises NotFound, Forbidden, Stale."""
    clause = _clause(session, actor, clause_id, seen)
    if not may_report(actor, clause):
        raise Forbidden(T("Kemajuan butir ini dilaporkan OPD penanggung jawabnya atau staf kantor."))
    return clause


def evidence_to_change(session: Session, actor: Actor, evidence_id: int) -> tuple[Clause, Evidence]:
    """Return (clause, evidence, also removed) where this person reports on the clause. Raises NotFound, Forbidden."""
    found = session.get(Evidence, evidence_id)
    if found is None:
        raise NotFound(T("Bukti ini tidak ada lagi. Muat ulang halamannya."))
    return clause_to_report(session, actor, found.clause_id), found


def visible_evidence(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """Return evidence of a clause that this person sees. Raises NotFound."""
    found = session.scalar(
        select(Evidence)
        .join(Clause, Clause.id == Evidence.clause_id)
        .where(Evidence.id == evidence_id, Evidence.removed_at.is_(None), clauses_for(actor))
    )
    if found is None:
        raise NotFound(T("Bukti ini tidak ada, atau bukan untuk OPD Anda."))
    return found


def _clause(session: Session, actor: Actor, clause_id: int, seen: int | None) -> Clause:
    clause = session.scalar(
        select(Clause).where(Clause.id == clause_id, clauses_for(actor)).with_for_update(of=Clause),
        execution_options={"populate_existing": True},
    )
    if clause is None:
        raise NotFound(CLAUSE_MISSING)
    if seen is not None and seen != clause.version:
        raise Stale(STALE)
    return clause


def _there() -> ColumnElement[int]:
    return select(Commitment.id).where(Commitment.removed_at.is_(None)).scalar_subquery()
