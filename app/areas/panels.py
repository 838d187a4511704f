"""What higher rooms show on a village's page, without this room knowing them.

A room registers a panel once, where its routes are made: `@panel("printing")`. The function gives a `Panel`, or None
where this person sees nothing there, in a small constant number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.areas.models import Village
from app.kernel.roles import Actor


@dataclass(frozen=True)
class Entry:
    """One record of a day: a link, a line of detail, and the picture that proves it with its alt text."""

    title: str
    url: str
    on: date
    detail: Any
    photo_url: str
    photo_alt: Any


@dataclass(frozen=True)
class Panel:
    """A section of the page. `state`: (kind of ui.badge, words); `notes` stand apart from what `state` counts."""

    title: Any
    state: tuple[str, Any]
    empty: Any
    entries: Sequence[Entry] = ()
    notes: Sequence[Any] = ()
    url: str | None = None
    new_url: str | None = None
    new_label: Any = None


MakePanel = Callable[[Session, Actor, Village], Panel | None]
PANELS: dict[str, MakePanel] = {}


def panel(name: str) -> Callable[[MakePanel], MakePanel]:
    """Register the panel of a room; the same name again replaces it."""

    def register(function: MakePanel) -> MakePanel:
        PANELS[name] = function
        return function

    return register


def panels(session: Session, actor: Actor, village: Village) -> list[Panel]:
    made = (function(session, actor, village) for _name, function in sorted(PANELS.items()))
    return [one for one in made if one is not None]
