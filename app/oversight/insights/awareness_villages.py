"""Sort the villages of two surveys: which a campaign reached between them, which not, and where other campaigns were
too."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.evidence.results.cells import Bools
from app.evidence.results.figures import Part
from app.evidence.surveys.models import Wave
from app.evidence.surveys.statistics.reached import LEAST_VILLAGES
from app.gatherings.events.models import Event
from app.gatherings.events.reach import took_place, within
from app.gatherings.reports.contacts import contacts
from app.kernel.periods import EARLIEST, Period
from app.kernel.site import site_of
from app.learning.skills.villages_reached import select_attendees
from app.learning.training.models import Batch
from app.outreach.printing.models import PrintPiece, Proof, ProofVillage


@dataclass(frozen=True)
class Villages:
    """Villages by survey and group (reached, others, at another time): the cells, and how many villages they are.
    `late`: those reached at another time are too few for a group of their own and stand among the others. `elsewhere`:
    at how many of the reached, and of the others, another campaign was between the surveys as well."""

    reached: Collection[str]
    members: tuple[tuple[Bools, Bools], tuple[Bools, Bools]]
    counts: tuple[tuple[int, int, int], tuple[int, int, int]]
    late: int = 0
    elsewhere: tuple[int, int] = (0, 0)


def days_between(before: Wave, after: Wave, zone: ZoneInfo) -> Period | None:
    """Return the days from the end of the survey before to the beginning of the one after, both included; None where
    there are none. A survey that was closed early ended then."""
    closed = before.closed_at.astimezone(zone).date() if before.closed_at else before.ends_on
    first, last = min(before.ends_on, max(closed, before.starts_on)), after.starts_on
    return Period(first, last) if first <= last else None


def villages_between(
    session: Session, parts: tuple[Part, Part], campaign_id: int, between: Period, *, now: datetime, zone: ZoneInfo
) -> Villages:
    """Sort villages by whether they were reached on the days between, as reports/contacts.py has it; two queries a
    source, and one of other campaigns."""
    reached = set(contacts(session, zone, now, campaign_id=campaign_id, period=between))
    ever = Period(date(EARLIEST, 1, 1), max(parts[1].survey.wave.ends_on, between.last))
    apart = set(contacts(session, zone, now, campaign_id=campaign_id, period=ever)) - reached
    asked = [set(part.cells.place.tolist()) for part in parts]
    late = 0
    if min(len(one & apart) for one in asked) < LEAST_VILLAGES:
        late, apart = len((asked[0] | asked[1]) & apart), set()
    members = [_members(part, reached, apart) for part in parts]
    also, every = _of_other_campaigns(session, campaign_id, between, now, zone), asked[0] | asked[1]
    return Villages(
        reached,
        (members[0], members[1]),
        (_counts(parts[0], members[0]), _counts(parts[1], members[1])),
        late,
        (len(every & reached & also), len((every - reached - apart) & also)),
    )


def _members(part: Part, reached: Collection[str], apart: Collection[str]) -> tuple[Bools, Bools]:
    inside = np.isin(part.cells.place, sorted(reached))
    return inside, ~inside & ~np.isin(part.cells.place, sorted(apart))


def _counts(part: Part, members: Sequence[Bools]) -> tuple[int, int, int]:
    each = [len(np.unique(part.cells.place[rows])) for rows in (*members, ~(members[0] | members[1]))]
    return each[0], each[1], each[2]


def _of_other_campaigns(
    session: Session, campaign_id: int, between: Period, now: datetime, zone: ZoneInfo
) -> set[str]:  # fmt: skip
    """Villages that another campaign reached on these days, by whatever contacts() counts."""
    events = select(Event.village_code.label("code")).where(
        took_place(now, practice=site_of(session).practice),
        within(between, zone),
        Event.village_code.is_not(None),
        Event.campaign_id != campaign_id,
    )
    prints = (
        select(ProofVillage.village_code.label("code"))
        .join(Proof, Proof.id == ProofVillage.proof_id)
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(
            Proof.withdrawn_at.is_(None), Proof.placed_on >= between.first, Proof.placed_on <= between.last,
            PrintPiece.campaign_id != campaign_id,
        )
    )  # fmt: skip
    trained = select_attendees(zone, now, period=between).where(Batch.campaign_id != campaign_id)
    return set(session.scalars(union(events, prints, trained)))
