"""What higher rooms show on the page of a wave, without this room knowing them; see app/web/panels.py."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.surveys.models import Wave
from app.web.panels import Line, Panel, Panels

__all__ = ["ANSWERS", "SECTIONS", "Line", "Panel", "answers", "counts_answers", "panel", "panels"]

PANELS: Panels[Wave] = Panels()
panel, panels = PANELS.register, PANELS.of

SECTIONS: list[str] = []
"""Templates of higher rooms that stand on the page of a wave with what they ask themselves; given `wave`."""

CountAnswers = Callable[[Session, Sequence[int]], Mapping[int, int]]

ANSWERS: list[CountAnswers] = []
"""The one function of a higher room that counts the answers of many waves at once."""


def counts_answers(function: CountAnswers) -> CountAnswers:
    """Register it: `@counts_answers`. Given the ids of waves, it gives id → answers that count, in one query."""
    ANSWERS[:] = [function]
    return function


def answers(session: Session, wave_ids: Sequence[int]) -> Mapping[int, int] | None:
    """Wave's id → answers so far, 0 where there are none; None where no room counts them."""
    if not ANSWERS:
        return None
    found = ANSWERS[0](session, wave_ids) if wave_ids else {}
    return {number: found.get(number, 0) for number in wave_ids}
