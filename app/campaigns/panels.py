"""What higher rooms show on a campaign's page, without this room knowing them.

A room registers a panel once, where its routes are made: `@panel("posts")`. The function gives a `Panel`, or None
where this person sees nothing there, in a small constant number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.kernel.roles import Actor


@dataclass(frozen=True)
class Line:
    """One record: a link, its time where it has one, and its status as (kind, words[, icon]) of ui.badge."""

    title: str
    url: str
    at: datetime | None = None
    badge: tuple[str, Any] | tuple[str, Any, str] | None = None


@dataclass(frozen=True)
class Panel:
    """A section of the page. `total` counts all records, `lines` are the first of them; `url` shows them all."""

    title: Any
    empty: Any
    url: str
    total: int = 0
    lines: Sequence[Line] = ()
    new_url: str | None = None
    new_label: Any = None


MakePanel = Callable[[Session, Actor, Campaign], Panel | None]
PANELS: dict[str, MakePanel] = {}


def panel(name: str) -> Callable[[MakePanel], MakePanel]:
    """Register the panel of a room; the same name again replaces it."""

    def register(function: MakePanel) -> MakePanel:
        PANELS[name] = function
        return function

    return register


def panels(session: Session, actor: Actor, campaign: Campaign) -> list[Panel]:
    made = (function(session, actor, campaign) for _name, function in sorted(PANELS.items()))
    return [one for one in made if one is not None]
