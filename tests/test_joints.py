"""What rooms hand to rooms below: written down, so that no change of who imports whom changes it unseen."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from flask_babel.speaklater import LazyString
from sqlalchemy import ClauseElement
from sqlalchemy.orm import InstrumentedAttribute

from app.joints import join
from app.kernel.roles import Can
from app.kernel.slots import SLOTS, Sealed, Unsealed
from config import ROOT
from tests.rooms import APP
from tests.slots import unsealed

WRITTEN = Path(__file__).with_name("joints.txt")


def test_every_joint_holds_what_is_written_down() -> None:
    """`python -m tests.test_joints > tests/joints.txt` writes it anew: read the difference before you keep it."""
    command = [sys.executable, "-m", "tests.test_joints"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == WRITTEN.read_text(encoding="utf-8")


def test_every_slot_that_is_declared_is_filled_in_the_one_file() -> None:
    declared = {
        name
        for path in APP.rglob("*.py")
        for name in re.findall(r'= (?:Slot|SlotMap|Panels)\[.*\]\("([\w.]+)"\)', path.read_text())
    }
    assert declared == set(
        subprocess.run(
            [sys.executable, "-c", "import app.joints; from app.kernel.slots import SLOTS; print(*SLOTS)"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    )


def test_joining_twice_is_joining_once() -> None:
    before = dump()
    join()
    assert dump() == before


@pytest.mark.parametrize("name", sorted(SLOTS))
def test_nobody_reads_or_fills_a_slot_out_of_turn(name: str) -> None:
    slot = SLOTS[name]
    with pytest.raises(Sealed, match=name):
        slot.fill({})
    with unsealed(slot), pytest.raises(Unsealed, match=name):
        list(slot)


def dump() -> str:
    """Return every joint in words: its name, and a line for each item. Where a room stands is not part of it."""
    return "\n".join(line for name in sorted(SLOTS) for line in _block(name, SLOTS[name]))


def _block(name: str, held: Any) -> Iterator[str]:
    if isinstance(held, Mapping):
        held = dict(sorted(held.items()))  # found by key, or read in the order of keys
    elif held and hasattr(next(iter(held)), "order"):
        held = sorted(held, key=lambda one: one.order)
    yield name
    if isinstance(held, Mapping):
        yield from (f"    {_words(key)}: {_words(item)}" for key, item in held.items())
    else:
        yield from (f"    {_words(item)}" for item in held)
    yield ""


def _words(item: Any) -> str:
    """Return the item by names and words alone: no address in memory and no module."""
    if is_dataclass(item) and not isinstance(item, type):
        values = ", ".join(f"{field.name}={_words(getattr(item, field.name))}" for field in fields(item))
        return f"{type(item).__name__}({values})"
    if isinstance(item, Can):
        return f"{item.name} = {', '.join(sorted(item.roles))}"
    if isinstance(item, InstrumentedAttribute):
        return f"{item.class_.__tablename__}.{item.key}"
    if isinstance(item, ClauseElement):
        return " ".join(str(item).split())
    if callable(item):
        return getattr(item, "__qualname__", type(item).__name__).lstrip("_")
    if isinstance(item, Iterable) and not isinstance(item, (str, LazyString)):
        return f"({', '.join(map(_words, sorted(item) if isinstance(item, frozenset) else item))})"
    return str(item)


if __name__ == "__main__":
    join()
    print(dump(), end="")
