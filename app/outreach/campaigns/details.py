"""The parts of a campaign: its goals, its key messages, and what was spent on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign, Goal, KeyMessage, Spending

MAX_MESSAGES = 20
MAX_MESSAGE = 500
MAX_HOURS = 10_000
PERCENT = ("%", "persen")
VILLAGES = re.compile(r"(desa|kelurahan)(\s*(/|,|dan|atau|&)\s*(desa|kelurahan))?", re.IGNORECASE)
"""How people write the unit of a count of villages."""
GOAL_LENGTHS = {"measure": 200, "unit": 40, "baseline_note": 300, "responsible_text": 200}


@dataclass(frozen=True)
class GoalValues:
    """What a person enters about a goal. None for `baseline` or `target`: not known yet, never 0."""

    measure: str
    unit: str = "%"
    baseline: float | None = None
    baseline_note: str = ""
    target: float | None = None
    due_on: date | None = None
    responsible_id: int | None = None
    responsible_text: str = ""  # a post, where no person is named yet


def add_goal(
    session: Session,
    actor: Actor,
    campaign_id: int,
    values: GoalValues,
    *,
    version: int | None = None,
    now: datetime,
) -> Goal:
    campaign = rules.find_to_edit(session, actor, campaign_id, version)
    _check_goal(session, values)
    goal = Goal()
    _fill_goal(goal, values)
    campaign.goals.append(goal)
    rules.touch(session, campaign)
    audit.record(session, actor, "add_goal", campaign, now=now, after=_goal(goal))
    return goal


def edit_goal(
    session: Session,
    actor: Actor,
    campaign_id: int,
    goal_id: int,
    values: GoalValues,
    *,
    version: int | None = None,
    now: datetime,
) -> Goal:
    campaign = rules.find_to_edit(session, actor, campaign_id, version)
    goal = find_goal(campaign, goal_id)
    _check_goal(session, values)
    before = _goal(goal)
    _fill_goal(goal, values)
    rules.touch(session, campaign)
    audit.record(session, actor, "edit_goal", campaign, now=now, before=before, after=_goal(goal))
    return goal


def remove_goal(session: Session, actor: Actor, campaign_id: int, goal_id: int, *, now: datetime) -> None:
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    goal = find_goal(campaign, goal_id)
    audit.record(session, actor, "remove_goal", campaign, now=now, before=_goal(goal))
    campaign.goals.remove(goal)
    rules.touch(session, campaign)


def find_goal(campaign: Campaign, goal_id: int) -> Goal:
    for goal in campaign.goals:
        if goal.id == goal_id:
            return goal
    raise NotFound(T("Sasaran ini tidak ada lagi di program ini. Muat ulang halaman program."))


def _check_goal(session: Session, values: GoalValues) -> None:
    if not values.measure.strip():
        raise Invalid(T("Tulis apa yang diukur, misalnya “warga yang mengenal istilah smart city”."), field="measure")
    for field, most in GOAL_LENGTHS.items():
        at_most(getattr(values, field), most, field)
    for field in ("baseline", "target"):
        number = getattr(values, field)
        if number is not None:
            check_number(session, number, field, unit=values.unit)
    if values.responsible_id is not None and session.get(User, values.responsible_id) is None:
        raise Invalid(T("Pilih penanggung jawab dari daftar."), field="responsible_id")


def check_number(session: Session, number: float, field: str, *, unit: str) -> None:
    """Raise Invalid for a number below 0, a percentage above 100, or more villages than the regency has."""
    if not isfinite(number) or number < 0:
        raise Invalid(T("Isi angka nol atau lebih, misalnya 40."), field=field)
    if unit.strip().lower() in PERCENT and number > 100:
        raise Invalid(T("Persentase paling tinggi 100. Periksa angkanya atau ganti satuannya."), field=field)
    if VILLAGES.fullmatch(unit.strip()):
        every = session.scalar(select(func.count()).select_from(Village)) or 0
        if every and number > every:
            raise Invalid(
                T("Kabupaten ini punya %(n)s desa dan kelurahan. Periksa angkanya atau ganti satuannya.", n=every),
                field=field,
            )


def _fill_goal(goal: Goal, values: GoalValues) -> None:
    goal.measure = values.measure.strip()
    goal.unit = values.unit.strip()
    goal.baseline, goal.target = values.baseline, values.target
    goal.baseline_note = values.baseline_note.strip() or None
    goal.due_on = values.due_on
    goal.responsible_id = values.responsible_id
    goal.responsible_text = values.responsible_text.strip() or None


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "measure": goal.measure,
        "unit": goal.unit,
        "baseline": goal.baseline,
        "baseline_note": goal.baseline_note,
        "target": goal.target,
        "due_on": goal.due_on.isoformat() if goal.due_on else None,
        "responsible_id": goal.responsible_id,
        "responsible_text": goal.responsible_text,
    }


def set_key_messages(
    session: Session,
    actor: Actor,
    campaign_id: int,
    texts: Sequence[str],
    *,
    version: int | None = None,
    now: datetime,
) -> list[KeyMessage]:
    """Replace the key messages by these, in this order; empty ones fall away."""
    campaign = rules.find_to_edit(session, actor, campaign_id, version)
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MAX_MESSAGES:
        raise Invalid(T("Paling banyak %(n)s pesan kunci. Gabungkan yang mirip.", n=MAX_MESSAGES), field="texts")
    if any(len(text) > MAX_MESSAGE for text in kept):
        raise Invalid(T("Satu pesan kunci paling panjang %(n)s huruf.", n=MAX_MESSAGE), field="texts")
    before = [message.text for message in campaign.key_messages]
    campaign.key_messages = [KeyMessage(position=number, text=text) for number, text in enumerate(kept, start=1)]
    rules.touch(session, campaign)
    audit.record(session, actor, "set_key_messages", campaign, now=now, before={"texts": before}, after={"texts": kept})
    return campaign.key_messages


def spend(
    session: Session,
    actor: Actor,
    campaign_id: int,
    *,
    spent_on: date | None,
    amount: int = 0,
    hours: float = 0,
    note: str,
    now: datetime,
) -> Spending:
    """Record rupiah spent or staff hours given, or both."""
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    if spent_on is None:
        raise Invalid(T("Isi tanggal belanja."), field="spent_on")
    if spent_on > (now + timedelta(days=1)).date():
        raise Invalid(T("Tanggal belanja belum terjadi. Catat setelah uangnya dibelanjakan."), field="spent_on")
    rules.check_rupiah(amount, "amount")
    if not isfinite(hours) or not 0 <= hours <= MAX_HOURS:
        raise Invalid(T("Isi jam kerja antara 0 dan %(n)s.", n=MAX_HOURS), field="hours")
    if not amount and not hours:
        raise Invalid(T("Isi jumlah rupiah, jam kerja, atau keduanya."), field="amount")
    note = note.strip()
    if not note:
        raise Invalid(T("Tulis untuk apa, misalnya “cetak 500 selebaran”."), field="note")
    at_most(note, 300, "note", T("Keterangan terlalu panjang. Paling banyak %(n)s huruf."))
    spending = Spending(
        spent_on=spent_on,
        amount=amount,
        hours=hours,
        note=note,
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    campaign.spendings.append(spending)
    session.flush()
    audit.record(session, actor, "spend", campaign, now=now, after=_spending(spending))
    return spending


def remove_spending(session: Session, actor: Actor, campaign_id: int, spending_id: int, *, now: datetime) -> None:
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    for spending in campaign.spendings:
        if spending.id == spending_id:
            audit.record(session, actor, "remove_spending", campaign, now=now, before=_spending(spending))
            campaign.spendings.remove(spending)
            session.flush()
            return
    raise NotFound(T("Catatan belanja ini sudah tidak ada. Muat ulang halaman program."))


def _spending(spending: Spending) -> dict[str, Any]:
    return {
        "spent_on": spending.spent_on.isoformat(),
        "amount": spending.amount,
        "hours": spending.hours,
        "note": spending.note,
    }
