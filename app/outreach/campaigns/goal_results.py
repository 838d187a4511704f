"""Results of goals: a figure with its day and source, and how it stands against the target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns import rules
from app.outreach.campaigns.details import check_number, find_goal
from app.outreach.campaigns.models import Campaign, Goal

MAX_NOTE = 300
NOT_RECORDED = "missing"
STATE_LABELS = {
    "reached": T("tercapai"),
    "short": T("belum tercapai"),
    "no_target": T("target belum dicatat"),
    NOT_RECORDED: T("belum dicatat"),
}


@dataclass(frozen=True)
class ResultValues:
    """What a person enters. `taken`: the key of the offer that it was taken over from, else empty."""

    result: float | None = None
    result_on: date | None = None
    note: str = ""
    taken: str = ""


@dataclass(frozen=True)
class Offer:
    """A figure that a higher room knows of and that may be shown. `text`, `n` and `interval` as its own page writes
    them; `note` is the source in words. `value` is the number as it is shown, and never more exact."""

    key: str
    label: str
    value: float
    text: str
    n: str
    interval: str
    on: date
    note: str
    source: str
    wave_id: int


Offers = Callable[[Session, Actor, Campaign, date], Sequence[Offer]]
OFFERS = Slot[Offers]("campaigns.offers")
"""Rooms above put in what they can offer for goals in percent."""


def offers(session: Session, actor: Actor, campaign: Campaign, goal: Goal, *, today: date) -> list[Offer]:
    """Return the figures that higher rooms offer for a goal in percent; none that is older than the campaign."""
    if goal.unit.strip() != "%":
        return []
    found = (one for made in OFFERS for one in made(session, actor, campaign, today))
    return [one for one in found if campaign.starts_on <= one.on <= today]


def state(goal: Goal) -> str:
    """Return how the result stands against the target, a key of `STATE_LABELS`.

    Without a baseline, more counts as better; a target below the baseline is reached from above.
    """
    if goal.result is None:
        return NOT_RECORDED
    if goal.target is None:
        return "no_target"
    falls = goal.baseline is not None and goal.target < goal.baseline
    reached = goal.result <= goal.target if falls else goal.result >= goal.target
    return "reached" if reached else "short"


def record_result(
    session: Session,
    actor: Actor,
    campaign_id: int,
    goal_id: int,
    values: ResultValues,
    *,
    version: int | None = None,
    today: date,
    now: datetime,
) -> Goal:
    """Record what came out of a goal. Raises Invalid with its field, NotFound, Forbidden, Refused, Stale."""
    campaign = rules.find_to_edit(session, actor, campaign_id, version)
    goal = find_goal(campaign, goal_id)
    _check(session, campaign, goal, values, today)
    before = _facts(goal)
    goal.result, goal.result_on, goal.result_note = values.result, values.result_on, values.note.strip()
    goal.result_wave_id = _wave_id(session, actor, campaign, goal, values, today)
    rules.touch(session, campaign)
    audit.record(session, actor, "record_result", campaign, now=now, before=before, after=_facts(goal))
    return goal


def clear_result(session: Session, actor: Actor, campaign_id: int, goal_id: int, *, now: datetime) -> Goal:
    """Take back a result that was recorded by mistake. A second time changes nothing.

    Raises NotFound, Forbidden, Refused, Stale.
    """
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    goal = find_goal(campaign, goal_id)
    if goal.result is None:
        return goal
    before = _facts(goal)
    goal.result = goal.result_on = goal.result_note = goal.result_wave_id = None
    rules.touch(session, campaign)
    audit.record(session, actor, "clear_result", campaign, now=now, before=before)
    return goal


def _check(session: Session, campaign: Campaign, goal: Goal, values: ResultValues, today: date) -> None:
    if values.result is None:
        raise Invalid(T("Isi hasilnya dengan angka, misalnya 12,5."), field="result")
    check_number(session, values.result, "result", unit=goal.unit)
    if values.result_on is None:
        raise Invalid(T("Isi tanggal hasilnya diukur."), field="result_on")
    if values.result_on > today:
        raise Invalid(T("Tanggal ini belum terjadi. Catat setelah hasilnya diukur."), field="result_on")
    if values.result_on < campaign.starts_on:
        raise Invalid(
            T("Tanggal ini sebelum program mulai. Angka sebelum program dicatat sebagai nilai awal."), field="result_on"
        )
    note = values.note.strip()
    if not note:
        raise Invalid(T("Tulis asal angkanya, misalnya “daftar hadir kegiatan”."), field="note")
    at_most(note, MAX_NOTE, "note")


def _wave_id(
    session: Session, actor: Actor, campaign: Campaign, goal: Goal, values: ResultValues, today: date
) -> int | None:
    """Of the survey that the figure was taken from. A number or a day that somebody changed is not the survey's."""
    same = (values.result, values.result_on)
    if values.taken:
        for one in offers(session, actor, campaign, goal, today=today):
            if one.key == values.taken and (one.value, one.on) == same:
                return one.wave_id
    return None


def _facts(goal: Goal) -> dict[str, Any]:
    return {
        "goal_id": goal.id,
        "measure": goal.measure,
        "result": goal.result,
        "result_on": goal.result_on.isoformat() if goal.result_on else None,
        "result_note": goal.result_note,
        "result_wave_id": goal.result_wave_id,
    }
