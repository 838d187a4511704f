"""What stands on the home page of surveys: what proposed itself, what is past its end, what is behind its target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from app.desk.queries import SHOWN, Section
from app.instruments.access import PLANNERS
from app.kernel.roles import Actor
from app.surveys.access import visible_to
from app.surveys.models import Wave, WaveStatus
from app.surveys.panels import Came, answers
from app.surveys.reminders import is_past_end, waits_to_open

FAR_GONE = 0.5
"""From this part of its period on, a survey whose answers lag behind is said to be late."""
LAG = 0.5
"""Behind: fewer than this part of the answers that should be there by now."""
MOST = 200


@dataclass(frozen=True)
class Waiting:
    """`why`: "proposed", "over" or "behind"; `answers` of `target` so far, None where nobody counts them."""

    id: int
    name: str
    ends_on: date
    why: str
    answers: int | None = None
    target: int | None = None


def waiting(session: Session, actor: Actor, today: date) -> Section:
    """Surveys of this person's organisation that wait for somebody; two queries."""
    if not actor.has(*PLANNERS):
        return Section()
    own = Wave.organisation_id.in_(actor.organisation_ids)
    behind = (Wave.status == WaveStatus.OPEN) & Wave.target.is_not(None) & (Wave.starts_on <= today)
    query = (
        select(Wave)
        .options(defer(Wave.draw))
        .where(visible_to(actor), own, or_(waits_to_open(), is_past_end(today), behind))
        .order_by(Wave.ends_on, Wave.id)
        .limit(MOST)
    )
    found = session.scalars(query).all()
    running = [wave.id for wave in found if wave.status == WaveStatus.OPEN]
    counted = answers(session, running) if running else {}
    rows = [row for wave in found if (row := _row(wave, today, counted))]
    return Section(rows[:SHOWN], len(rows))


def _row(wave: Wave, today: date, counted: Mapping[int, Came] | None) -> Waiting | None:
    came = counted[wave.id].planned if counted is not None and wave.id in counted else None
    if wave.status == WaveStatus.DRAFT:
        return Waiting(wave.id, wave.name, wave.ends_on, "proposed")
    if wave.ends_on < today:
        return Waiting(wave.id, wave.name, wave.ends_on, "over", came, wave.target)
    days, gone = (wave.ends_on - wave.starts_on).days + 1, (today - wave.starts_on).days
    if came is None or not wave.target or gone < FAR_GONE * days:
        return None
    if came >= LAG * wave.target * gone / days:
        return None
    return Waiting(wave.id, wave.name, wave.ends_on, "behind", came, wave.target)
