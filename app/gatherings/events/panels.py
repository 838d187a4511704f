"""Slots by which higher rooms show something on the page of an event; see app/base/web/panels.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.base.web.panels import Panels
from app.gatherings.events.models import Event
from app.kernel.roles import Actor
from app.kernel.slots import Slot

PANELS = Panels[Event]("events.panels")

SECTIONS = Slot[str]("events.sections")
"""Templates of higher rooms that stand on the page of an event with what they ask themselves; given `event`."""


@dataclass(frozen=True)
class Door:
    """Where one asks for a place at a public event that is part of something else. `words`: as "Pendaftaran" says it;
    `url` and `label` of the button, where there is one."""

    words: Any
    url: str | None = None
    label: Any = None


UNREPORTED = Slot[Callable[[Session, Event], bool]]("events.unreported")
"""Rules of higher rooms: whether this event is reported with something else, so that its page asks for no report."""

DOORS = Slot[Callable[[Session, Sequence[Row[Any]]], Mapping[int, Door]]]("events.doors")
"""(session, rows of agenda.LINE) → the event's id → its door, in a constant number of queries."""


PEOPLE_ELSEWHERE = Slot[Callable[[Session, Actor, Event], Door | None]]("events.people_elsewhere")
"""Who keeps the list of people of an event that is part of something else: nobody is added at the event itself."""


def keeper(session: Session, actor: Actor, event: Event) -> Door | None:
    return next((found for each in PEOPLE_ELSEWHERE if (found := each(session, actor, event)) is not None), None)


def doors(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Door]:
    """Return event id → door, for those of these events that are part of something else."""
    found: dict[int, Door] = {}
    for each in DOORS:
        found.update(each(session, rows))
    return found
