"""Indicators of resources: people who can do it on their own, and money that is recorded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.kernel.text import T
from app.learning.skills.matrix import NOWHERE, Matrix, Unit, matrix
from app.outreach.campaigns.models import Campaign, CampaignStatus, Spending
from app.outreach.campaigns.rules import visible
from app.oversight.scorecard.changes import format_number
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

NAMED = 3


def _matrix(scope: ScorecardScope) -> Matrix:
    found: Matrix = scope.cached("matrix", lambda one: matrix(one.session, "opd"))
    return found


def _units(found: Matrix) -> list[Unit]:
    return [unit for unit in found.units if unit.key != NOWHERE]


def find_opds(scope: ScorecardScope) -> MeasureResult:
    found = _matrix(scope)
    units, gap = _units(found), Button(T("Lihat OPD yang mana"), "skills.matrix", {"tampil": "celah"})
    if not units or not found.skills:
        return MeasureResult(
            missing=T("OPD dan daftar keterampilan"), do_missing=Button(T("Buka keterampilan"), "skills.matrix")
        )
    empty = found.empty_units()
    met = len(units) - len(empty)
    return MeasureResult(
        share(met, len(units)), len(units), met, simulated=found.practice,
        raises=T("%(n)s OPD belum punya orang yang mandiri, antara lain %(names)s. Undang mereka ke pelatihan.",
                 n=len(empty), names=first_names([unit.name for unit in empty])) if empty else None,
        do=gap if empty else None,
    )  # fmt: skip


def opd_rows(scope: ScorecardScope) -> list[Record]:
    found = _matrix(scope)
    every = len(found.skills)
    if not every:
        return []
    rows = []
    for unit in _units(found):
        able = every - len(found.gaps_of(unit))
        detail = T("%(n)s dari %(all)s keterampilan ada orang mandirinya", n=able, all=every)
        rows.append(Record(unit.name, detail, able > 0, "skills.matrix", {"q": unit.name}))
    return rows


def find_skills(scope: ScorecardScope) -> MeasureResult:
    found = _matrix(scope)
    rows = _skills(found)
    met, n = count_met(rows)
    if not n:
        return MeasureResult(
            missing=T("daftar keterampilan"), do_missing=Button(T("Buka keterampilan"), "skills.matrix")
        )
    lacking = [str(row.title) for row in rows if not row.met]
    return MeasureResult(
        share(met, n), n, met, simulated=found.practice,
        raises=T("Belum ada orang mandiri untuk %(names)s. Buka pelatihannya.", names=first_names(lacking))
        if lacking else None,
        do=Button(T("Rencanakan pelatihan"), "training.new") if lacking else None,
    )  # fmt: skip


def skill_rows(scope: ScorecardScope) -> list[Record]:
    return _skills(_matrix(scope))


def _skills(found: Matrix) -> list[Record]:
    """For each skill, in how many OPDs somebody can do it alone; met where anybody can."""
    every = len(_units(found))
    rows = []
    for skill in found.skills:
        where = every - found.without(skill)
        detail = T("ada orang mandiri di %(n)s dari %(all)s OPD", n=where, all=every)
        able = found.of_skill(skill).able > 0
        rows.append(Record(skill.name, detail, able, "skills.who_can", {"skill_id": skill.id}))
    return rows


def _campaigns(scope: ScorecardScope) -> Sequence[Any]:
    rows: Sequence[Any] = scope.cached("campaigns", _read_campaigns)
    return rows


def _read_campaigns(scope: ScorecardScope) -> Sequence[Any]:
    """Rows (Campaign, rupiah spent until the end of the period): those with days in the period, not called off."""
    spent = (
        select(func.coalesce(func.sum(Spending.amount), 0))
        .where(Spending.campaign_id == Campaign.id, Spending.spent_on <= scope.period.last)
        .scalar_subquery()
    )
    query = select(Campaign.id, Campaign.name, Campaign.budget, spent.label("spent")).where(
        Campaign.starts_on <= scope.period.last, Campaign.ends_on >= scope.period.first,
        Campaign.status != CampaignStatus.CANCELLED, visible(scope.actor),
    )  # fmt: skip
    return scope.session.execute(query.order_by(Campaign.budget.is_not(None), Campaign.name, Campaign.id)).all()


NO_CAMPAIGN = T("belum ada program pada periode ini")


def find_budgeted(scope: ScorecardScope) -> MeasureResult:
    rows = _campaigns(scope)
    without = [row for row in rows if row.budget is None]
    if not rows:
        return MeasureResult(unsure=NO_CAMPAIGN)
    met = len(rows) - len(without)
    return MeasureResult(
        share(met, len(rows)), len(rows), met,
        missing=_no_budget(without),
        do_missing=_enter(without),
        do_also=_enter_others(without),
    )  # fmt: skip


def _no_budget(without: Sequence[Any]) -> T | None:
    return T("anggaran %(names)s", names=first_names([row.name for row in without])) if without else None


def _enter(without: Sequence[Any]) -> Button | None:
    if not without:
        return None
    return _enter_one(without[0])


def _enter_others(without: Sequence[Any]) -> list[Button]:
    """As many as are named."""
    return [_enter_one(row) for row in without[1:NAMED]]


def _enter_one(row: Any) -> Button:
    return Button(T("Catat anggaran %(name)s", name=row.name), "campaigns.edit", {"campaign_id": row.id})


def budgeted_rows(scope: ScorecardScope) -> list[Record]:
    return [
        Record(row.name, T("Anggaran %(n)s", n=_rupiah(row.budget)) if row.budget is not None
               else T("Anggaran belum dicatat"), row.budget is not None, "campaigns.show", {"campaign_id": row.id})
        for row in _campaigns(scope)
    ]  # fmt: skip


def find_spent(scope: ScorecardScope) -> MeasureResult:
    rows = _campaigns(scope)
    planned = [row for row in rows if row.budget]
    without = [row for row in rows if row.budget is None]
    if not planned:
        return MeasureResult(
            unsure=None if without else NO_CAMPAIGN,
            missing=_no_budget(without),
            do_missing=_enter(without),
            do_also=_enter_others(without),
        )
    spent, budget = sum(row.spent for row in planned), sum(row.budget for row in planned)
    over = [row.name for row in planned if row.spent > row.budget]
    quiet = [row for row in planned if not row.spent]
    return MeasureResult(
        share(spent, budget), len(planned), None,
        missing=T("anggaran %(n)s program, yang karena itu tidak ikut dihitung", n=len(without)) if without else None,
        unsure=T("belanja %(names)s melebihi anggarannya; periksa catatannya", names=first_names(over))
        if over else None,
        more=T("%(spent)s dari %(budget)s", spent=_rupiah(spent), budget=_rupiah(budget)),
        raises=_spend_words(over, quiet),
        do=_spend_do(next((row for row in planned if row.spent > row.budget), None), (quiet or planned)[0]),
    )  # fmt: skip


def _spend_words(over: Sequence[str], quiet: Sequence[Any]) -> T:
    if over:
        return T("Periksa belanja dan anggaran %(names)s.", names=first_names(over))
    if quiet:
        return T("%(n)s program belum mencatat belanja: %(names)s.", n=len(quiet),
                 names=first_names([row.name for row in quiet]))  # fmt: skip
    return T("Catat belanja yang sudah dibayar.")


def _spend_do(over: Any, quiet: Any) -> Button:
    if over is not None:
        where = {"campaign_id": over.id, "_anchor": "anggaran"}
        return Button(T("Buka anggaran %(name)s", name=over.name), "campaigns.show", where)
    return Button(T("Catat belanja %(name)s", name=quiet.name), "campaigns.new_spending", {"campaign_id": quiet.id})


def spent_rows(scope: ScorecardScope) -> list[Record]:
    """Return the campaigns with a budget: what is not recorded cannot be spent against."""
    return [
        Record(
            row.name,
            T("%(spent)s dari %(budget)s (%(n)s %%)", spent=_rupiah(row.spent), budget=_rupiah(row.budget),
              n=format_number(100 * row.spent / row.budget)),
            0 < row.spent <= row.budget, "campaigns.show", {"campaign_id": row.id, "_anchor": "anggaran"},
        )
        for row in _campaigns(scope) if row.budget
    ]  # fmt: skip


def _rupiah(amount: int) -> str:
    return f"Rp{format_number(amount)}"


def first_names(names: Sequence[str]) -> str:
    """Write the first few names, and how many more."""
    said = ", ".join(names[:NAMED])
    left = len(names) - NAMED
    return f"{said}, dan {left} lainnya" if left > 0 else said


RESOURCES = (
    Measure(
        key="opds_able", label=T("OPD dengan orang yang mandiri"), unit=PERCENT, target=60, current=True,
        formula=T(
            "OPD dengan paling sedikit satu orang yang mandiri atau mampu melatih pada paling sedikit satu "
            "keterampilan, menurut bukti di matriks keterampilan, dibagi semua OPD aktif. Bidang dihitung pada OPD-nya."
        ),
        counted=T("%(met)s dari %(n)s OPD"), listed=T("OPD"), lacking=T("Belum ada yang mandiri"),
        find=find_opds, records=records_of_list(opd_rows),
    ),
    Measure(
        key="skills_held", label=T("Keterampilan yang ada orangnya"), unit=PERCENT, target=80, current=True,
        formula=T(
            "Keterampilan dengan paling sedikit satu orang yang mandiri atau mampu melatih di kabupaten ini, dibagi "
            "semua keterampilan di daftar. Datanya menyebut di berapa OPD orang itu ada."
        ),
        counted=T("%(met)s dari %(n)s keterampilan"), listed=T("Keterampilan"), lacking=T("Belum ada orangnya"),
        find=find_skills, records=records_of_list(skill_rows),
    ),
    Measure(
        key="budgeted", label=T("Program dengan anggaran tercatat"), unit=PERCENT, target=100,
        formula=T(
            "Program dengan hari pelaksanaan pada periode ini yang anggarannya dicatat, dibagi semua program seperti "
            "itu. Program yang dibatalkan tidak dihitung."
        ),
        counted=T("%(met)s dari %(n)s program"), listed=T("Program"), lacking=T("Tanpa anggaran"),
        find=find_budgeted, records=records_of_list(budgeted_rows),
    ),
    Measure(
        key="spent", label=T("Belanja tercatat terhadap anggaran"), unit=PERCENT, target=80, yearly=True,
        formula=T(
            "Belanja yang dicatat sampai hari terakhir periode ini, dibagi anggaran, untuk program dengan hari "
            "pelaksanaan pada periode ini yang anggarannya dicatat. Program tanpa anggaran tidak ikut dan disebut "
            "namanya."
        ),
        counted=T("%(n)s program dengan anggaran"), listed=T("Program dengan anggaran"),
        lacking=T("Belanja belum dicatat atau melebihi"), find=find_spent, records=records_of_list(spent_rows),
    ),
)  # fmt: skip
