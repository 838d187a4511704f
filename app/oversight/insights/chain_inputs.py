"""The first two steps of a chain: what the campaign wants to reach, and what was put into it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.campaigns import goal_results, queries
from app.outreach.campaigns.models import Goal, Spending
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Amount, ChainLine, ChainStep, Trend, Words, day, measured, number, rupiah


def goals(session: Session, scope: ChainScope) -> ChainStep:
    wanted = scope.campaign.goals
    people = queries.names_of(session, [goal.responsible_id for goal in wanted if goal.responsible_id])
    return ChainStep(
        "goals",
        T("Sasaran"),
        T("Yang ingin dicapai, dari mana ke mana, kapan, dan siapa yang bertanggung jawab."),
        [_goal(goal, people.get(goal.responsible_id or 0), scope) for goal in wanted],
        _goals_said(wanted),
        None if wanted else scope.edit_action(T("Tambah sasaran"), "campaigns.new_goal"),
        T("Hasil"),
    )


def _goals_said(wanted: Sequence[Goal]) -> list[Words]:
    if not wanted:
        return [T("Sasaran belum dicatat. Tanpa sasaran tidak ada yang tahu apakah program ini berhasil.")]
    states = [goal_results.state(goal) for goal in wanted]
    said: list[Words] = []
    recorded = len(states) - states.count(goal_results.NOT_RECORDED)
    if recorded:
        said.append(T("%(n)s dari %(all)s sasaran tercapai.", n=states.count("reached"), all=len(wanted)))
    if recorded < len(wanted):
        said.append(T("%(n)s dari %(all)s sasaran belum dicatat hasilnya.", n=len(wanted) - recorded, all=len(wanted)))
    unknown = sum(goal.baseline is None for goal in wanted)
    if unknown:
        said.append(T("%(n)s dari %(all)s sasaran belum punya nilai awal, jadi kemajuannya belum bisa dibaca.",
                      n=unknown, all=len(wanted)))  # fmt: skip
    return said


def _goal(goal: Goal, person: str | None, scope: ChainScope) -> ChainLine:
    late = goal.due_on is not None and goal.due_on < scope.today
    due: Words = T("belum ditentukan")
    if goal.due_on is not None:
        due = T("%(day)s, sudah lewat", day=day(goal.due_on)) if late else day(goal.due_on)
    who: Words = person or goal.responsible_text or T("belum ditentukan")
    return ChainLine(
        goal.measure,
        None if goal.result is None else measured(goal.result, goal.unit),
        None if goal.target is None else measured(goal.target, goal.unit),
        Trend(_from_where(goal), verdict=goal_results.state(goal)),
        source_label=T("Sasaran program") if goal.result is None else goal.result_note or "",
        endpoint="campaigns.show",
        values={"campaign_id": scope.campaign.id, "_anchor": "sasaran"},
        note=T("Paling lambat: %(due)s. Penanggung jawab: %(who)s.", due=due, who=who),
        action=scope.edit_action(T("Catat hasil"), "campaigns.goal_result", goal_id=goal.id, dari="rantai")
        if goal.result is None
        else None,
        also=scope.edit_action(T("Isi nilai awal"), "campaigns.edit_goal", goal_id=goal.id)
        if goal.baseline is None
        else None,
    )


def _from_where(goal: Goal) -> Words:
    begun: Words = T("belum dicatat")
    if goal.baseline is not None:
        begun = measured(goal.baseline, goal.unit).text
    if goal.baseline_note:
        begun = T("%(begun)s (%(note)s)", begun=begun, note=goal.baseline_note)
    if goal.result_on is None:
        return T("nilai awal %(begun)s", begun=begun)
    return T("nilai awal %(begun)s; hasil per %(day)s", begun=begun, day=day(goal.result_on))


def inputs(session: Session, scope: ChainScope) -> ChainStep:
    campaign = scope.campaign
    spent = session.execute(
        select(
            func.sum(Spending.amount),
            func.sum(Spending.hours),
            *scope.monthly(Spending.spent_on, Spending.amount),
            *scope.monthly(Spending.spent_on, Spending.hours),
        ).where(Spending.campaign_id == campaign.id)
    ).one()
    many = len(scope.months)
    money, hours = int(spent[0] or 0), float(spent[1] or 0)
    by_month = spent[2 : 2 + many], spent[2 + many :]
    book = {"campaign_id": campaign.id, "_anchor": "anggaran"}
    lines = [
        ChainLine(
            T("Belanja"),
            rupiah(money) if money else None,
            Amount(T("anggaran belum dicatat")) if campaign.budget is None else rupiah(campaign.budget),
            scope.trend(by_month[0]) if money else None,
            source_label=T("Catatan belanja"),
            endpoint="campaigns.show",
            values=book,
            note=_left(money, campaign.budget),
            action=None if money else scope.edit_action(T("Catat belanja"), "campaigns.new_spending"),
        ),
        ChainLine(
            T("Jam kerja staf"),
            Amount(T("%(n)s jam", n=number(hours)), hours) if hours else None,
            trend=scope.trend(by_month[1]) if hours else None,
            source_label=T("Catatan belanja"),
            endpoint="campaigns.show",
            values=book,
            action=None if hours else scope.edit_action(T("Catat jam kerja"), "campaigns.new_spending"),
        ),
        _copies(session, scope),
    ]
    said: list[Words] = []
    if money and campaign.budget:
        said = [T("%(share)s %% anggaran terpakai.", share=number(round(100 * money / campaign.budget)))]
    elif campaign.budget is None:
        said = [T("Anggaran belum dicatat, jadi belanjanya belum bisa dibandingkan.")]
    return ChainStep(
        "inputs",
        T("Masukan"),
        T("Yang dikeluarkan: uang, waktu, dan bahan."),
        lines,
        said,
        scope.edit_action(T("Isi anggaran"), "campaigns.edit", _anchor="budget") if campaign.budget is None else None,
    )


def _left(money: int, budget: int | None) -> Words:
    if not money or budget is None:
        return ""
    left = budget - money
    if left < 0:
        return T("Melebihi anggaran %(amount)s.", amount=rupiah(-left).text)
    return T("Sisa %(amount)s.", amount=rupiah(left).text)


def _copies(session: Session, scope: ChainScope) -> ChainLine:
    """Ordered at printers and newspapers, and not called off."""
    campaign = scope.campaign
    ordered = session.execute(
        select(func.sum(PrintOrder.copies), func.count(), *scope.monthly(PrintOrder.ordered_at, PrintOrder.copies))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .where(PrintPiece.campaign_id == campaign.id, PrintOrder.status != OrderStatus.CANCELLED)
    ).one()
    copies = int(ordered[0] or 0)
    return ChainLine(
        T("Lembar dipesan"),
        Amount(T("%(n)s lembar", n=number(copies)), copies) if copies else None,
        trend=scope.trend(ordered[2:]) if copies else None,
        n=T("%(n)s pesanan", n=number(ordered[1])) if copies else "",
        source_label=T("Cetakan program"),
        endpoint="printing.index",
        values={"program": campaign.id},
        note=T("Dipesan belum berarti terpasang.") if copies else "",
        action=None if copies else scope.add_action(T("Buat cetakan"), "printing.new", program=campaign.id),
    )
