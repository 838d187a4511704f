"""The headcount of an event, by sex and age band, or as a total where nobody looked closer."""

from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.gatherings.events.models import AgeBand, Attendance, Event, Headcount, Sex
from app.kernel.errors import Invalid
from app.kernel.text import T

MOST = 100_000  # people at one event
Counts = Mapping[tuple[str, str], int]
"""(sex, age band) → people, e.g. ("f", "adult") → 12; ("u", "u") where only a total was counted."""


def set_headcount(session: Session, event: Event, counts: Counts) -> int:
    """Replace the headcount and return the sum. Empty counts leave "not counted". Raises Invalid (field headcount)."""
    for (sex, band), people in counts.items():
        if sex not in set(Sex) or band not in set(AgeBand):
            raise Invalid(T("Kelompok peserta ini tidak dikenal. Muat ulang halaman."), field="headcount")
        if not 0 <= people <= MOST:
            raise Invalid(T("Jumlah peserta harus antara 0 dan %(most)s.", most=MOST), field="headcount")
    event.headcounts = [
        Headcount(sex=str(sex), age_band=str(band), people=people) for (sex, band), people in counts.items() if people
    ]
    session.flush()
    count_people(session, event)
    return sum(counts.values())


def count_people(session: Session, event: Event) -> int | None:
    """Bring `event.people` up to date: the headcount, or the names on the list where more came by name.

    The event's version stays: whoever has its form open while people come in changed the plan and not the count.
    """
    session.flush()
    counted = session.scalar(select(func.sum(Headcount.people)).where(Headcount.event_id == event.id))
    named = session.scalar(select(func.count()).select_from(Attendance).where(Attendance.event_id == event.id)) or 0
    people = max(counted or 0, named) if counted or named else None
    session.execute(
        update(Event).where(Event.id == event.id).values(people=people),
        execution_options={"synchronize_session": False},
    )
    set_committed_value(event, "people", people)
    return people
