"""What higher rooms show on the pages of this room, without it knowing them; see app/base/web/panels.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.base.web.panels import Panels
from app.kernel.slots import Slot, SlotMap
from app.learning.programmes.panels import Tab
from app.learning.training.models import Batch

PANELS = Panels[Batch]("training.panels")
"""Short sections on the page of a batch."""


BATCH_TABS = Slot[Tab]("training.batch_tabs")
"""The pages of one batch, given `batch_id`; each is shown to whom its roles open it."""

OWN_SECTIONS = SlotMap[str, str]("training.own_sections")
"""Order and name ("2-tests") → template on the own page of a participant; given `trainee`, `token` and `enrolments`
(those that are not rejected or withdrawn, latest batch first)."""


OWN_FIRST = SlotMap[str, str]("training.own_first")
"""The same for what is to be done now, on top of that page: list items, or nothing."""


Cells = Callable[[Session, Batch, Sequence[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Column:
    """A column of the list of participants. `cells`: (session, batch, ids of enrolments) → id → what is shown, in a
    constant number of queries; one that is missing reads "–". `filed`: the same for a file, where a number is a number
    of `unit`; None: as it is shown."""

    order: int
    label: Any
    cells: Cells
    filed: Cells | None = None
    unit: str = ""


COLUMNS = Slot[Column]("training.columns")
