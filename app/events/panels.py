"""What higher rooms show on an event's page, without this room knowing them.

A room registers a panel once, where its routes are made: `@panel("2-report")`. The function gives a `Panel`, or None
where this person sees nothing there, in a small constant number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.campaigns.panels import Line
from app.events.models import Event
from app.kernel.roles import Actor

__all__ = ["Line", "Panel", "panel", "panels"]


@dataclass(frozen=True)
class Panel:
    """A section of the page. `total` counts all records, `lines` are the first of them; `url` shows them all, or
    the one record there is, under `url_label`. `state`: (kind of ui.badge, words); `notes` are sentences."""

    title: Any
    empty: Any
    url: str | None = None
    total: int = 0
    lines: Sequence[Line] = ()
    new_url: str | None = None
    new_label: Any = None
    url_label: Any = None
    state: tuple[str, Any] | None = None
    notes: Sequence[Any] = ()


MakePanel = Callable[[Session, Actor, Event], Panel | None]
PANELS: dict[str, MakePanel] = {}


def panel(name: str) -> Callable[[MakePanel], MakePanel]:
    """Register the panel of a room; the same name again replaces it."""

    def register(function: MakePanel) -> MakePanel:
        PANELS[name] = function
        return function

    return register


def panels(session: Session, actor: Actor, event: Event) -> list[Panel]:
    made = (function(session, actor, event) for _name, function in sorted(PANELS.items()))
    return [one for one in made if one is not None]
