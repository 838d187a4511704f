"""Indicators of commitment (Edwards' disposition): what was agreed and decided is followed through."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.base.people.models import Organisation, User
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, Decision, DecisionStatus
from app.outreach.campaigns.rules import visible
from app.oversight.commitments.access import clauses_for
from app.oversight.commitments.models import Clause, ClauseStatus, Commitment, Evidence
from app.oversight.commitments.queries import CLOSED
from app.oversight.scorecard.changes import day_of
from app.oversight.scorecard.measures import (
    PERCENT,
    Button,
    Measure,
    MeasureResult,
    Record,
    ScorecardScope,
    count_met,
    records_of_list,
    share,
)

NO_CLAUSE = T("butir peraturan dan perjanjian")
LONGEST = 120


def _clauses(scope: ScorecardScope) -> Sequence[Any]:
    rows: Sequence[Any] = scope.cached("clauses", _read_clauses)
    return rows


def _read_clauses(scope: ScorecardScope) -> Sequence[Any]:
    """Every clause that stands: there are dozens of them, not thousands."""
    proved = exists(select(Evidence.id).where(Evidence.clause_id == Clause.id, Evidence.removed_at.is_(None))).label(
        "proved"
    )
    query = (
        select(
            Clause.id, Clause.commitment_id, Clause.number, Clause.text, Clause.status, Clause.due_on,
            Clause.organisation_id, Clause.person_id, Clause.person_text, Commitment.title,
            Organisation.name.label("organisation"), proved,
        )
        .join(Commitment, Commitment.id == Clause.commitment_id)
        .outerjoin(Organisation, Organisation.id == Clause.organisation_id)
        .where(clauses_for(scope.actor))
        .order_by(Clause.due_on.is_(None), Clause.due_on, Commitment.id, Clause.position, Clause.id)
    )  # fmt: skip
    return scope.session.execute(query).all()


def _record(row: Any, detail: T | str, *, met: bool) -> Record:
    title = " ".join(part for part in (row.number, row.text) if part)
    short = title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"
    return Record(short, detail, met, "commitments.show", {"commitment_id": row.commitment_id})


def _is_late(row: Any, scope: ScorecardScope) -> bool:
    return bool(row.status not in CLOSED and row.due_on is not None and row.due_on < scope.today)


def done_rows(scope: ScorecardScope) -> list[Record]:
    """Return the clauses that still bind, each with how it stands; those that somebody stopped by a decision are left
    out."""
    rows = []
    for row in _clauses(scope):
        if row.status == ClauseStatus.STOPPED:
            continue
        done = row.status == ClauseStatus.DONE
        if done:
            detail = T("selesai, ada bukti") if row.proved else T("selesai, bukti belum dicatat")
        elif _is_late(row, scope):
            detail = T("terlambat sejak %(day)s", day=day_of(row.due_on))
        elif row.due_on:
            detail = T("paling lambat %(day)s", day=day_of(row.due_on))
        else:
            detail = T("tanpa batas waktu")
        rows.append(_record(row, T("%(title)s: %(detail)s", title=row.title, detail=detail), met=done and row.proved))
    return rows


def find_done(scope: ScorecardScope) -> MeasureResult:
    rows = _clauses(scope)
    judged = [row for row in rows if row.status != ClauseStatus.STOPPED]
    if not judged:
        return _none_recorded()
    met = sum(row.status == ClauseStatus.DONE and row.proved for row in judged)
    late = [row for row in judged if _is_late(row, scope)]
    unknown = sum(row.status is None for row in judged)
    unproved = sum(row.status == ClauseStatus.DONE and not row.proved for row in judged)
    return MeasureResult(
        share(met, len(judged)), len(judged), met,
        missing=T("keadaan %(n)s butir", n=unknown) if unknown else None,
        do_missing=Button(T("Buka komitmen"), "commitments.index") if unknown else None,
        more=T("%(late)s terlambat, %(unproved)s selesai tanpa bukti", late=len(late), unproved=unproved),
        raises=T("%(n)s butir lewat batas waktunya. Mintalah kabar dari pemiliknya.", n=len(late)) if late
        else T("%(n)s butir selesai tanpa bukti. Catat buktinya.", n=unproved) if unproved
        else T("%(n)s butir masih berjalan atau belum dimulai.", n=len(judged) - met),
        do=Button(T("Buka komitmen"), "commitments.index"),
    )  # fmt: skip


def _none_recorded() -> MeasureResult:
    return MeasureResult(missing=NO_CLAUSE, do_missing=Button(T("Catat perjanjian"), "commitments.new"))


def owner_rows(scope: ScorecardScope) -> list[Record]:
    rows = []
    for row in _clauses(scope):
        if row.status == ClauseStatus.STOPPED:
            continue
        person = bool(row.person_id or row.person_text)
        owned = row.organisation_id is not None and person and row.due_on is not None
        parts = [
            row.organisation or str(T("belum ada OPD")),
            str(T("ada penanggung jawab")) if person else str(T("belum ada penanggung jawab")),
            day_of(row.due_on) if row.due_on else str(T("belum ada batas waktu")),
        ]
        rows.append(_record(row, ", ".join(parts), met=owned))
    return rows


def find_owned(scope: ScorecardScope) -> MeasureResult:
    met, n = count_met(owner_rows(scope))
    if not n:
        return _none_recorded()
    return MeasureResult(
        share(met, n), n, met,
        raises=T("%(n)s butir belum punya OPD, penanggung jawab, dan batas waktu yang lengkap. Lengkapi.", n=n - met),
        do=Button(T("Lihat butirnya"), "scorecard.data", {"indikator": "clauses_owned", "periode": str(scope.period),
                                                      "tampil": "kurang"}),
    )  # fmt: skip


def _due(scope: ScorecardScope) -> ColumnElement[bool]:
    """Decisions to be done by a day of the period that is over, or done already; given up ones are no part of it."""
    over = or_(Decision.status == DecisionStatus.DONE, Decision.due_on < scope.today)
    return and_(
        Decision.due_on >= scope.period.first, Decision.due_on <= scope.period.last, over,
        Decision.status != DecisionStatus.DROPPED, visible(scope.actor),
    )  # fmt: skip


def decision_rows(scope: ScorecardScope) -> list[Record]:
    query = (
        select(
            Decision.text, Decision.status, Decision.due_on, Decision.owner_text, Decision.campaign_id,
            Campaign.name.label("campaign"), User.name.label("owner"),
        )
        .join(Campaign, Campaign.id == Decision.campaign_id)
        .outerjoin(User, User.id == Decision.owner_id)
        .where(_due(scope))
        .order_by(Decision.status.desc(), Decision.due_on, Decision.id)
    )  # fmt: skip
    return [
        Record(
            row.text if len(row.text) <= LONGEST else row.text[: LONGEST - 1].rstrip() + "…",
            T("%(campaign)s: %(owner)s, paling lambat %(day)s", campaign=row.campaign,
              owner=row.owner or row.owner_text or T("belum ada penanggung jawab"), day=day_of(row.due_on)),
            row.status == DecisionStatus.DONE, "campaigns.show", {"campaign_id": row.campaign_id},
        )
        for row in scope.session.execute(query)
    ]  # fmt: skip


def find_decisions(scope: ScorecardScope) -> MeasureResult:
    met, n = count_met(decision_rows(scope))
    if n:
        return MeasureResult(
            share(met, n), n, met,
            raises=T("%(n)s keputusan lewat batas waktunya. Selesaikan, atau catat mengapa tidak dilanjutkan.",
                     n=n - met),
            do=Button(
                T("Lihat keputusannya"), "scorecard.data",
                {"indikator": "decisions", "periode": str(scope.period), "tampil": "kurang"},
            ),
        )  # fmt: skip
    query = select(func.count(Decision.id)).join(Campaign, Campaign.id == Decision.campaign_id)
    if scope.session.scalar(query.where(visible(scope.actor))):
        return MeasureResult(unsure=T("tidak ada keputusan yang jatuh tempo pada periode ini"))
    return MeasureResult(
        missing=T("keputusan"), do_missing=Button(T("Buka program untuk mencatatnya"), "campaigns.index")
    )


COMMITMENT = (
    Measure(
        key="clauses_done", label=T("Butir perjanjian selesai dengan bukti"), unit=PERCENT, target=75, current=True,
        formula=T(
            "Butir peraturan dan perjanjian yang dicatat selesai dan punya bukti, dibagi semua butir yang dicatat. "
            "Butir yang dihentikan tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s butir"), listed=T("Butir"), lacking=T("Belum selesai dengan bukti"),
        find=find_done, records=records_of_list(done_rows),
    ),
    Measure(
        key="clauses_owned", label=T("Butir perjanjian dengan pemilik dan batas waktu"), unit=PERCENT, target=100,
        current=True,
        formula=T(
            "Butir yang punya OPD pemilik, penanggung jawab, dan batas waktu, dibagi semua butir yang dicatat. Butir "
            "yang dihentikan tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s butir"), listed=T("Butir"), lacking=T("Belum lengkap"),
        find=find_owned, records=records_of_list(owner_rows),
    ),
    Measure(
        key="decisions", label=T("Keputusan yang dijalankan"), unit=PERCENT, target=80,
        formula=T(
            "Keputusan dengan batas waktu pada periode ini yang dicatat selesai, dibagi keputusan seperti itu yang "
            "selesai atau sudah lewat batasnya. Yang dicatat tidak dilanjutkan tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s keputusan"), listed=T("Keputusan yang selesai atau lewat batasnya"),
        lacking=T("Belum dijalankan"), find=find_decisions, records=records_of_list(decision_rows),
    ),
)  # fmt: skip
