"""What tests put into slots for a while, in place of what app/joints.py filled them with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.kernel.slots import Slot, SlotMap


@contextmanager
def holding(slot: Slot[Any] | SlotMap[Any, Any], items: Any) -> Iterator[None]:
    """Let the slot hold these items within the block."""
    held = slot._held
    slot._held = items
    try:
        yield
    finally:
        slot._held = held


@contextmanager
def unsealed(slot: Slot[Any] | SlotMap[Any, Any]) -> Iterator[None]:
    """Let the slot be as it is before app/joints.py filled it."""
    slot.sealed = False
    try:
        with holding(slot, type(slot._held)()):
            yield
    finally:
        slot.sealed = True
