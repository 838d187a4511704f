"""Records in an order that people set, of which some are put away: modules, criteria, skills, questions of a list."""

from collections.abc import Iterable, MutableSequence, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

X = TypeVar("X")


class Ordered(Protocol):
    position: Any


class Archivable(Protocol):
    archived_at: Any


R = TypeVar("R", bound=Archivable)
O = TypeVar("O", bound=Ordered)  # noqa: E741


def in_use(records: Iterable[R]) -> list[R]:
    """Return those that are not put away, in the order in which they came."""
    return [one for one in records if one.archived_at is None]


def put_away(record: Archivable, now: datetime) -> bool:
    """Take it out of what is chosen from; what has it keeps it. Return whether it was in use until now."""
    if record.archived_at is not None:
        return False
    record.archived_at = now
    return True


def take_out(record: Archivable) -> bool:
    """Undo `put_away`. Return whether it was put away until now."""
    if record.archived_at is None:
        return False
    record.archived_at = None
    return True


def next_place(records: Iterable[Ordered]) -> int:
    """Return the position after the last, 0 where there is none yet."""
    return max((one.position for one in records), default=-1) + 1


def swap(items: MutableSequence[X], here: int, *, up: bool) -> bool:
    """Change places with the one before or after. Return False at the end, where nothing changes."""
    there = here + (-1 if up else 1)
    if not 0 <= there < len(items):
        return False
    items[here], items[there] = items[there], items[here]
    return True


def step(records: Sequence[O], one: O, *, up: bool, beside: Sequence[O] | None = None) -> bool:
    """Change places with its neighbour and number all anew. Return False at the end, where nothing changes.

    `records` in their order; `beside`: those of them that count as neighbours.
    """
    near, ordered = list(records if beside is None else beside), list(records)
    here = near.index(one)
    if not swap(near, here, up=up):
        return False
    first, second = ordered.index(one), ordered.index(near[here])
    ordered[first], ordered[second] = ordered[second], ordered[first]
    for position, each in enumerate(ordered):
        each.position = position
    return True
