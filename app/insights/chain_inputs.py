"""The first two steps: what the campaign wants to reach, and what was put into it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns.models import Goal, Spending
from app.insights.chain_around import Around
from app.insights.chain_steps import Amount, Line, Step, Words, day, measured, number, rupiah
from app.kernel.text import T
from app.printing.models import OrderStatus, PrintOrder, PrintPiece


def goals(session: Session, known: Around) -> Step:
    wanted = known.campaign.goals
    people = queries.names_of(session, [goal.responsible_id for goal in wanted if goal.responsible_id])
    unknown = sum(goal.baseline is None for goal in wanted)
    said: list[Words] = []
    if not wanted:
        said = [T("Sasaran belum dicatat. Tanpa sasaran tidak ada yang tahu apakah program ini berhasil.")]
    elif unknown:
        said = [T("%(n)s dari %(all)s sasaran belum punya nilai awal, jadi kemajuannya belum bisa dibaca.",
                  n=unknown, all=len(wanted))]  # fmt: skip
    return Step(
        "goals",
        T("Sasaran"),
        T("Yang ingin dicapai, dari mana ke mana, kapan, dan siapa yang bertanggung jawab."),
        [_goal(goal, people.get(goal.responsible_id or 0), known) for goal in wanted],
        said,
        None if wanted else known.own(T("Tambah sasaran"), "campaigns.new_goal"),
        T("Nilai awal"),
    )


def _goal(goal: Goal, person: str | None, known: Around) -> Line:
    late = goal.due_on is not None and goal.due_on < known.today
    due: Words = T("belum ditentukan")
    if goal.due_on is not None:
        due = T("%(day)s, sudah lewat", day=day(goal.due_on)) if late else day(goal.due_on)
    who: Words = person or goal.responsible_text or T("belum ditentukan")
    return Line(
        goal.measure,
        None if goal.baseline is None else measured(goal.baseline, goal.unit),
        None if goal.target is None else measured(goal.target, goal.unit),
        note=T("Paling lambat: %(due)s. Penanggung jawab: %(who)s.", due=due, who=who),
        n=goal.baseline_note or "",
        source_label=T("Sasaran program"),
        endpoint="campaigns.show",
        values={"campaign_id": known.campaign.id, "_anchor": "sasaran"},
        action=known.own(T("Isi nilai awal"), "campaigns.edit_goal", goal_id=goal.id)
        if goal.baseline is None
        else None,
    )


def inputs(session: Session, known: Around) -> Step:
    campaign = known.campaign
    spent = session.execute(
        select(
            func.sum(Spending.amount),
            func.sum(Spending.hours),
            *known.monthly(Spending.spent_on, Spending.amount),
            *known.monthly(Spending.spent_on, Spending.hours),
        ).where(Spending.campaign_id == campaign.id)
    ).one()
    many = len(known.months)
    money, hours = int(spent[0] or 0), float(spent[1] or 0)
    by_month = spent[2 : 2 + many], spent[2 + many :]
    book = {"campaign_id": campaign.id, "_anchor": "anggaran"}
    lines = [
        Line(
            T("Belanja"),
            rupiah(money) if money else None,
            None if campaign.budget is None else rupiah(campaign.budget),
            known.trend(by_month[0]) if money else None,
            source_label=T("Catatan belanja"),
            endpoint="campaigns.show",
            values=book,
            note=_left(money, campaign.budget),
            action=None if money else known.own(T("Catat belanja"), "campaigns.new_spending"),
        ),
        Line(
            T("Jam kerja staf"),
            Amount(T("%(n)s jam", n=number(hours)), hours) if hours else None,
            trend=known.trend(by_month[1]) if hours else None,
            source_label=T("Catatan belanja"),
            endpoint="campaigns.show",
            values=book,
            action=None if hours else known.own(T("Catat jam kerja"), "campaigns.new_spending"),
        ),
        _copies(session, known),
    ]
    said: list[Words] = []
    if money and campaign.budget:
        said = [T("%(share)s %% anggaran terpakai.", share=number(round(100 * money / campaign.budget)))]
    elif campaign.budget is None:
        said = [T("Anggaran belum dicatat, jadi belanjanya belum bisa dibandingkan.")]
    return Step(
        "inputs",
        T("Masukan"),
        T("Yang dikeluarkan: uang, waktu, dan bahan."),
        lines,
        said,
        known.own(T("Isi anggaran"), "campaigns.edit", _anchor="budget") if campaign.budget is None else None,
    )


def _left(money: int, budget: int | None) -> Words:
    if not money or budget is None:
        return ""
    left = budget - money
    if left < 0:
        return T("Melebihi anggaran %(amount)s.", amount=rupiah(-left).told)
    return T("Sisa %(amount)s.", amount=rupiah(left).told)


def _copies(session: Session, known: Around) -> Line:
    """Ordered at printers and newspapers, and not called off."""
    campaign = known.campaign
    ordered = session.execute(
        select(func.sum(PrintOrder.copies), func.count(), *known.monthly(PrintOrder.ordered_at, PrintOrder.copies))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .where(PrintPiece.campaign_id == campaign.id, PrintOrder.status != OrderStatus.CANCELLED)
    ).one()
    copies = int(ordered[0] or 0)
    return Line(
        T("Lembar dipesan"),
        Amount(T("%(n)s lembar", n=number(copies)), copies) if copies else None,
        trend=known.trend(ordered[2:]) if copies else None,
        n=T("%(n)s pesanan", n=number(ordered[1])) if copies else "",
        source_label=T("Cetakan program"),
        endpoint="printing.index",
        values={"program": campaign.id},
        note=T("Dipesan belum berarti terpasang.") if copies else "",
        action=None if copies else known.more(T("Buat cetakan"), "printing.new", program=campaign.id),
    )
