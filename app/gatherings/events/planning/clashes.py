"""Find events that clash: the same group, place or speaker at the same time.

They are shown, never forbidden: a group may well split up, a hall may have two rooms. An office holds several events at
once with different people, so that only a group is in its own way.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.access import visible_to
from app.gatherings.events.models import Event, EventStatus, Speaker
from app.gatherings.events.planning.plans import plan_of
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.service import Plan
from app.kernel.roles import Actor
from app.kernel.slots import Slot

Span = tuple[datetime, datetime]
MOMENT = timedelta(minutes=1)  # how long an event takes that begins and ends at once
MOST = 60
NO_ACCOUNTS: Mapping[int, str] = {}
GROUPS = (OrganisationKind.KIM, OrganisationKind.PROGRAMMER)


class ClashReason(StrEnum):
    ORGANISER = "organiser"
    PLACE = "place"
    SPEAKER = "speaker"
    PEOPLE = "people"  # who has a place at both


@dataclass(frozen=True)
class Clash:
    """Another event and what it shares. `title` is None where this person may not see that event. `people`: how many
    have a place at both."""

    event_id: int
    title: str | None
    organisation: str
    starts_at: datetime
    ends_at: datetime
    why: Sequence[ClashReason]
    speakers: Sequence[str]
    people: int = 0


SEATED = Slot[Callable[[Session, Actor, Event, Sequence[Span]], Sequence[Clash]]]("events.seated")
"""Rules of higher rooms: (session, actor, event, spans) → where people who have a place at this event have another at
these times."""


def seated_elsewhere(session: Session, actor: Actor, event: Event, spans: Sequence[Span]) -> list[Clash]:
    """Return the clashes of people who have a place at this event and at another at these times."""
    return [one for rule in SEATED for one in rule(session, actor, event, spans)]


def merge_clashes(found: Sequence[Clash], more: Sequence[Clash]) -> list[Clash]:
    """Merge two lists of clashes in the order of time, each event once with all that it shares."""
    known = {one.event_id: one for one in found}
    for one in more:
        held = known.get(one.event_id)
        why = [*held.why, *(each for each in one.why if each not in held.why)] if held else one.why
        known[one.event_id] = replace(held, why=why, people=one.people) if held else one
    return sorted(known.values(), key=lambda one: (one.starts_at, one.event_id))


def find_clashes(
    session: Session,
    actor: Actor,
    values: Plan,
    *,
    spans: Sequence[Span] = (),
    leave_out: Collection[int] = (),
    accounts: Mapping[int, str] = NO_ACCOUNTS,
) -> list[Clash]:
    """Return the events that clash with this plan, in the order of time; two queries, whatever the number of days.

    `spans`: the times of all occurrences where it recurs. `leave_out`: the event itself. `accounts`: of the speakers
    who have one (id of the user → name here): they are known by it, however the name is written elsewhere.
    """
    times = list(spans)
    if not times and values.starts_at and values.ends_at:
        times = [(values.starts_at, values.ends_at)]
    keys = {name_key(name): " ".join(name.split()) for name, _title in values.speakers if name_key(name)}
    shared = _shared(values, keys, accounts)
    if not times or not shared:
        return []
    rows = session.execute(
        select(Event.id, Event.title, Event.organisation_id, Event.village_code, Event.place, Event.starts_at,
               Event.ends_at, Event.announced_at, Organisation.name.label("organisation"),
               Organisation.kind.in_(GROUPS).label("of_group"), visible_to(actor).label("seen"))
        .join(Organisation, Organisation.id == Event.organisation_id)
        .where(
            Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)),
            Event.id.not_in(list(leave_out)),
            or_(*(_overlaps(start, end) for start, end in times)),
            or_(*shared),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(MOST)
    ).all()  # fmt: skip
    theirs = _speakers(session, [row.id for row in rows], keys, accounts)
    found = [_clash(row, values, theirs.get(row.id, [])) for row in rows]
    return [one for one in found if one.why]


def clashes_of_event(session: Session, actor: Actor, event: Event) -> list[Clash]:
    """Return the events that clash with an existing one; as `find_clashes`."""
    accounts = {one.user_id: one.name for one in event.speakers if one.user_id is not None}
    return find_clashes(session, actor, plan_of(event), leave_out=[event.id], accounts=accounts)


def _shared(values: Plan, keys: dict[str, str], accounts: Mapping[int, str]) -> list[ColumnElement[bool]]:
    shared: list[ColumnElement[bool]] = []
    if values.organisation_id is not None:
        shared.append(and_(Event.organisation_id == values.organisation_id, Organisation.kind.in_(GROUPS)))
    if _place_key(values.place):
        same = Event.village_code == values.village_code if values.village_code else Event.village_code.is_(None)
        shared.append(and_(same, func.length(Event.place) > 0))
    if keys or accounts:
        shared.append(exists().where(Speaker.event_id == Event.id, _is_one_of(keys, accounts)))
    return shared


def _is_one_of(keys: Mapping[str, str], accounts: Mapping[int, str]) -> ColumnElement[bool]:
    return or_(Speaker.name_key.in_(list(keys)), Speaker.user_id.in_(list(accounts)))


def _overlaps(start: datetime, end: datetime) -> ColumnElement[bool]:
    """One that ends as the other begins does not overlap."""
    end = max(end, start + MOMENT)
    return and_(Event.starts_at < end, or_(Event.ends_at > start, Event.starts_at >= start))


def _place_key(place: str) -> str:
    return " ".join(place.split()).casefold()


def _speakers(
    session: Session, ids: Sequence[int], keys: dict[str, str], accounts: Mapping[int, str]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if not ids or not (keys or accounts):
        return found
    rows = session.execute(
        select(Speaker.event_id, Speaker.name_key, Speaker.user_id)
        .where(Speaker.event_id.in_(ids), _is_one_of(keys, accounts))
        .order_by(Speaker.position)
    )
    for event_id, key, user_id in rows:
        known = accounts.get(user_id) if user_id is not None else None
        found.setdefault(event_id, []).append(known or keys[key])
    return found


def _clash(row: Any, values: Plan, speakers: Sequence[str]) -> Clash:
    why = []
    if row.of_group and row.organisation_id == values.organisation_id:
        why.append(ClashReason.ORGANISER)
    same_village = row.village_code == (values.village_code or None)
    if same_village and row.place and _place_key(row.place) == _place_key(values.place):
        why.append(ClashReason.PLACE)
    if speakers:
        why.append(ClashReason.SPEAKER)
    title = row.title if row.seen or row.announced_at is not None else None
    return Clash(row.id, title, row.organisation, row.starts_at, row.ends_at, why, speakers)
