"""What higher rooms show on a page of a lower room, without that room knowing them.

A room whose page takes panels declares one slot `Panels`; `app/joints_pages.py` fills it with functions of higher
rooms, by a name that gives their order ("2-report"). A function gives a `Panel`, or None where this person sees nothing
there, in a small constant number of queries. The template `panels.html` draws them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.kernel.slots import SlotMap

Record = TypeVar("Record")
Make = Callable[[Session, Actor, Record], "Panel | None"]


@dataclass(frozen=True)
class PanelLine:
    """One record: a link, its time (`at`) or its day (`on`) where it has one, and its status as (kind, words[, icon])
    of ui.badge. With `photo_url` the picture stands beside it, with `detail` in words."""

    title: str
    url: str
    at: datetime | None = None
    badge: tuple[str, Any] | tuple[str, Any, str] | None = None
    on: date | None = None
    detail: Any = None
    photo_url: str | None = None
    photo_alt: Any = None


@dataclass(frozen=True)
class Panel:
    """A section of a page. `total` counts all records, `lines` are the first of them; `url` shows them all, or the one
    record there is, under `url_label`. `state`: (kind of ui.badge, words), of which "muted" means that there is
    nothing; `notes` are sentences that stand apart."""

    title: Any
    empty: Any
    url: str | None = None
    total: int = 0
    lines: Sequence[PanelLine] = ()
    new_url: str | None = None
    new_label: Any = None
    new_icon: str = "plus"
    url_label: Any = None
    state: tuple[str, Any] | None = None
    notes: Sequence[Any] = ()


class Panels(SlotMap[str, Make[Record]]):
    """The panels of one kind of page, in the order of their names."""

    def of(self, session: Session, actor: Actor, record: Record) -> list[Panel]:
        """Return what this person sees on the page of this record."""
        made = (make(session, actor, record) for _name, make in sorted(self.items()))
        return [one for one in made if one is not None]
