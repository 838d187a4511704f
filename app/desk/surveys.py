"""Sections of the home page about surveys: for planners what waits for them, for interviewers where to begin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, defer

from app.desk.queries import SHOWN, Section
from app.evidence.responses.waiting import Backlog, backlog
from app.evidence.surveys.access import asked_by, visible_to
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WavePlace, WaveStatus
from app.evidence.surveys.panels import AnswerCount, answers
from app.evidence.surveys.waves.reminders import is_past_end, waits_to_open
from app.kernel.roles import Actor, Can

FAR_GONE = 0.5
"""From this part of its period on, a survey whose answers lag behind is said to be late."""
LAG = 0.5
"""Behind: fewer than this part of the answers that should be there by now."""
MOST = 200
LATELY = timedelta(days=60)
"""So long after its last day a survey's answers are still worked on."""
MOST_WORKED_ON = 30


@dataclass(frozen=True)
class WaitingSurvey:
    """A survey that waits for somebody. `why`: "proposed", "unopened", "no_places", "over", "behind", "held",
    "conflicts", "sheets", "files" or "texts".

    `answers` of `target` so far, None where nobody counts them; `amount`: how many of what `why` names.
    """

    id: int
    name: str
    ends_on: date
    why: str
    answers: int | None = None
    target: int | None = None
    amount: int = 0
    starts_on: date | None = None


def waiting(session: Session, actor: Actor, today: date) -> Section:
    """Return surveys of this person's organisation that wait for somebody, simulated ones left out."""
    if not actor.can(Can.PLAN_SURVEYS):
        return Section()
    mine = and_(visible_to(actor), Wave.organisation_id.in_(actor.organisation_ids), Wave.simulated.is_(False))
    behind = (Wave.status == WaveStatus.OPEN) & Wave.target.is_not(None) & (Wave.starts_on <= today)
    unopened = (Wave.status == WaveStatus.DRAFT) & (Wave.starts_on <= today)
    placed = select(func.count()).where(WavePlace.wave_id == Wave.id).scalar_subquery()
    query = (
        select(Wave, placed.label("placed"))
        .options(defer(Wave.draw))
        .where(mine, or_(waits_to_open(), is_past_end(today), behind, unopened))
        .order_by(Wave.ends_on, Wave.id)
        .limit(MOST)
    )
    found = session.execute(query).all()
    running = [wave.id for wave, _ in found if wave.status == WaveStatus.OPEN]
    counted = answers(session, running) if running else {}
    rows = [row for wave, places in found if (row := _row(wave, places, today, counted))]
    rows += _unfinished(session, mine, today)
    return Section(rows[:SHOWN], len(rows))


def _row(wave: Wave, places: int, today: date, counted: Mapping[int, AnswerCount] | None) -> WaitingSurvey | None:
    came = counted[wave.id].planned if counted is not None and wave.id in counted else None
    if wave.status == WaveStatus.DRAFT:
        why = "proposed" if wave.proposed_at else "unopened"
        if wave.method != SampleMethod.OPEN and not places and wave.starts_on <= today:
            why = "no_places"
        return WaitingSurvey(wave.id, wave.name, wave.ends_on, why, starts_on=wave.starts_on)
    if wave.ends_on < today:
        return WaitingSurvey(wave.id, wave.name, wave.ends_on, "over", came, wave.target)
    days, gone = (wave.ends_on - wave.starts_on).days + 1, (today - wave.starts_on).days
    if came is None or not wave.target or gone < FAR_GONE * days:
        return None
    if came >= LAG * wave.target * gone / days:
        return None
    return WaitingSurvey(wave.id, wave.name, wave.ends_on, "behind", came, wave.target)


def _unfinished(session: Session, mine: object, today: date) -> list[WaitingSurvey]:
    """What of the answers waits: bursts, versions to decide on, sheets, files, texts."""
    held = Wave.status.in_((WaveStatus.OPEN, WaveStatus.CLOSED)) & Wave.erased_at.is_(None)
    query = (
        select(Wave)
        .options(defer(Wave.draw))
        .where(mine, held, Wave.ends_on >= today - LATELY)  # type: ignore[arg-type]
        .order_by(Wave.ends_on, Wave.id)
        .limit(MOST_WORKED_ON)
    )
    waves = session.scalars(query).all()
    found = backlog(session, waves) if waves else {}
    return [row for wave in waves for row in _works(wave, found[wave.id])]


def _works(wave: Wave, what: Backlog) -> Iterator[WaitingSurvey]:
    for why in ("held", "conflicts", "sheets", "files", "texts"):
        if amount := getattr(what, why):
            yield WaitingSurvey(wave.id, wave.name, wave.ends_on, why, amount=amount)


def to_ask(session: Session, actor: Actor, today: date) -> Section:
    """Return the surveys that run today and in which this person interviews, the first to end first."""
    if not actor.can(Can.INTERVIEW_FIRST):
        return Section()
    query = (
        select(Wave)
        .options(defer(Wave.draw))
        .where(
            Wave.status == WaveStatus.OPEN, Wave.simulated.is_(False), Wave.starts_on <= today, Wave.ends_on >= today,
            asked_by(actor),
        )
        .order_by(Wave.ends_on, Wave.id)
        .limit(MOST)
    )  # fmt: skip
    waves = [wave for wave in session.scalars(query) if Mode.PHONE in wave.modes]
    return Section(waves[:SHOWN], len(waves))
