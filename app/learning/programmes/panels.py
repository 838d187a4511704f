"""The pages of training as a whole, to which higher rooms add theirs without this room knowing them."""

from dataclasses import dataclass
from typing import Any

from app.base.web.panels import Panels
from app.kernel.slots import Slot
from app.learning.programmes.models import Programme


@dataclass(frozen=True)
class Tab:
    """A page beside others. `family`: prefixes of endpoints that belong to it too."""

    order: int
    endpoint: str
    label: Any
    family: tuple[str, ...] = ()


TABS = Slot[Tab]("programmes.tabs")
"""Each is shown to whom its roles open it."""

PANELS = Panels[Programme]("programmes.panels")
"""Sections that rooms above add to the page of a programme."""
