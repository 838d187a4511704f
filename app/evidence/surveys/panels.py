"""Slots for what higher rooms show on the page of a wave, without this room knowing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.base.web.panels import Panels
from app.evidence.surveys.models import Wave
from app.kernel.slots import Slot

PANELS = Panels[Wave]("surveys.panels")

SECTIONS = Slot[str]("surveys.sections")
"""Templates of higher rooms that stand on the page of a wave with what they ask themselves; given `wave`."""


@dataclass(frozen=True)
class AnswerCount:
    """Answers that count. `planned`: those that the target is for; `beside`: over the public link of a survey whose
    places were chosen or drawn, from people who chose themselves."""

    planned: int = 0
    beside: int = 0


@dataclass(frozen=True)
class SampleCounts:
    """Answers of the planned sample: by place, and by group as in quotas ("f.17-24"). Where none came, no entry."""

    places: dict[str, int]
    groups: dict[str, int]


CountAnswers = Callable[[Session, Sequence[int]], Mapping[int, AnswerCount]]
CountSample = Callable[[Session, Wave], SampleCounts]

ANSWERS = Slot[CountAnswers]("surveys.answers")
"""The one function of a higher room that counts the answers of many waves at once, in one query: id → those that count.
"""
SPREAD = Slot[CountSample]("surveys.spread")
"""The one function of a higher room that says where the answers of a wave came from."""


def answers(session: Session, wave_ids: Sequence[int]) -> Mapping[int, AnswerCount]:
    """Return wave's id → answers so far, 0 where there are none."""
    found = ANSWERS.one(session, wave_ids) if wave_ids else {}
    return {number: found.get(number, AnswerCount()) for number in wave_ids}


def spread(session: Session, wave: Wave) -> SampleCounts:
    """Return where the answers of the planned sample came from."""
    return SPREAD.one(session, wave)
