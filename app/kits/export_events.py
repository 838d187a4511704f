"""The planned events of a campaign as files of a kit; the same event in several villages becomes one file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.gatherings.events.access import visible_to
from app.gatherings.events.models import Event, EventStatus
from app.kernel.roles import Actor
from app.kits.events import day_of
from app.outreach.campaigns.models import Campaign

LEFT_OUT = (EventStatus.CANCELLED, EventStatus.MERGED)
MOST_DAYS = 365
LEAST_MINUTES = 15


def events_of(actor: Actor, campaign: Campaign) -> Select[Any]:
    """Select what this person sees of the campaign's events, in the order of time, without what was called off."""
    return (
        select(Event)
        .where(Event.campaign_id == campaign.id, Event.status.not_in(LEFT_OUT), visible_to(actor))
        .order_by(Event.starts_at, Event.id)
        .options(selectinload(Event.speakers), selectinload(Event.materials))
    )


def event_files(
    events: Sequence[Event], pieces: Mapping[int, str], *, start: date, zone: ZoneInfo
) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Yield (kit key or None, values of the file). `pieces`: print piece → its file in the kit.

    Events that say the same and lie as evenly apart as an import would lay them stand in one file.
    """
    groups: dict[str, list[tuple[Event, dict[str, Any]]]] = {}
    for event in events:
        values = _values(event, pieces, zone)
        alike = repr((event.kit_key or f"#{event.id}", bool(event.village_code), values))
        groups.setdefault(alike, []).append((event, values))
    for group in groups.values():
        days = [_day(event, start, zone) for event, _values in group]
        first, last = days[0], days[-1]
        even = [day_of(first, last, place, len(days)) for place in range(len(days))] == days
        if even:
            yield _file([event for event, _values in group], group[0][1], first, last)
            continue
        for (event, values), day in zip(group, days, strict=True):
            yield _file([event], values, day, day)


def _file(events: Sequence[Event], values: dict[str, Any], first: int, last: int) -> tuple[str | None, dict[str, Any]]:
    codes = [event.village_code for event in events if event.village_code]
    days = {"day": first, "last_day": last} if last > first else {"day": first}
    head = {"title": values["title"], "kind": values["kind"], **days}
    return events[0].kit_key, {**head, **({"villages": codes} if codes else {}), **values}


def _values(event: Event, pieces: Mapping[int, str], zone: ZoneInfo) -> dict[str, Any]:
    """What the file says beside days and villages; what is empty is left out."""
    values: dict[str, Any] = {
        "title": event.title,
        "kind": str(event.kind),
        "hour": event.starts_at.astimezone(zone).strftime("%H:%M"),
        "minutes": max(LEAST_MINUTES, int((event.ends_at - event.starts_at).total_seconds() // 60)),
    }
    optional: dict[str, Any] = {
        "place": event.place,
        "description": event.description,
        "agenda": event.agenda,
        "adinda": sorted(row.tag for row in event.tags),
        "dimension": event.dimension_key,
        "registration": event.registration,
        "capacity": event.capacity,
        "budget": event.budget,
        "contact": event.contact,
        "speakers": [
            {"name": one.name, **({"title": one.title} if one.title else {})} for one in event.speakers
        ],
        "materials": [_material(one, pieces) for one in event.materials],
    }  # fmt: skip
    values |= {name: value for name, value in optional.items() if value}
    if not event.waiting_list:
        values["waiting_list"] = False
    return values


def _material(material: Any, pieces: Mapping[int, str]) -> dict[str, Any]:
    named = {"file": pieces[material.piece_id]} if material.piece_id in pieces else {"name": material.name}
    return named if material.planned is None else {**named, "copies": material.planned}


def _day(event: Event, start: date, zone: ZoneInfo) -> int:
    """The day of the campaign; what lies before its start becomes the first day."""
    return min(MOST_DAYS, max(0, (event.starts_at.astimezone(zone).date() - start).days))
