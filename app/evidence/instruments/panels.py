"""Slot for what higher rooms show on the page of an instrument, without this room knowing them."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.base.web.panels import PanelLine
from app.kernel.roles import Actor
from app.kernel.slots import Slot

Uses = Callable[[Session, Actor, int], Mapping[int, Sequence[PanelLine]]]
"""(session, who looks, instrument's id) → version's id → the surveys, or the papers of batches, with it that this
person may see, latest first."""

USES = Slot[Uses]("instruments.uses")


def uses(session: Session, actor: Actor, instrument_id: int) -> Mapping[int, Sequence[PanelLine]]:
    found: dict[int, list[PanelLine]] = {}
    for use in USES:
        for version_id, lines in use(session, actor, instrument_id).items():
            found.setdefault(version_id, []).extend(lines)
    return found
