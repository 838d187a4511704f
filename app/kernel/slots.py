"""Slots: what rooms hand to rooms below, which do not know them. `app/joints.py` fills and seals every one.

The room that reads a slot declares it. Until it is sealed nobody may read it, since it could be empty or half full:
what is decided would then hang on what happened to be imported.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class Unsealed(RuntimeError):
    """A slot was read before app.joints.join() filled it."""


class Sealed(RuntimeError):
    """A slot was to be filled outside of app/joints*.py."""


SLOTS: dict[str, "Slot[Any] | SlotMap[Any, Any]"] = {}
"""Every slot that is declared, by its name."""


class Slot(Collection[T]):
    """What rooms above put in, in the order in which app/joints.py names it. `name`: room and word, "events.doors"."""

    def __init__(self, name: str) -> None:
        self.name, self.sealed = name, False
        self._held: list[T] = []
        _declare(name, self)

    def fill(self, *items: T) -> None:
        """Add items. Raises Sealed once the slot is sealed."""
        _check_open(self)
        self._held.extend(items)

    @property
    def one(self) -> T:
        """Return the only item. Raises ValueError where there are none or several."""
        (item,) = self
        return item

    def __iter__(self) -> Iterator[T]:
        _check_sealed(self)
        return iter(self._held)

    def __len__(self) -> int:
        _check_sealed(self)
        return len(self._held)

    def __contains__(self, item: object) -> bool:
        return any(item == held for held in self)


class SlotMap(Mapping[K, V]):
    """A slot whose items are found by a key."""

    def __init__(self, name: str) -> None:
        self.name, self.sealed = name, False
        self._held: dict[K, V] = {}
        _declare(name, self)

    def fill(self, items: Mapping[K, V]) -> None:
        """Add items. Raises Sealed once the slot is sealed, ValueError where a key is taken."""
        _check_open(self)
        taken = self._held.keys() & items.keys()
        if taken:
            raise ValueError(f"two rooms fill {self.name} with {taken}")
        self._held.update(items)

    def __getitem__(self, key: K) -> V:
        _check_sealed(self)
        return self._held[key]

    def __iter__(self) -> Iterator[K]:
        _check_sealed(self)
        return iter(self._held)

    def __len__(self) -> int:
        _check_sealed(self)
        return len(self._held)


def seal() -> None:
    """Seal every slot: from now on they are read and no longer filled."""
    for slot in SLOTS.values():
        slot.sealed = True


def _declare(name: str, slot: Slot[Any] | SlotMap[Any, Any]) -> None:
    if SLOTS.setdefault(name, slot) is not slot:
        raise ValueError(f"there are two slots called {name}")


def _check_open(slot: Slot[Any] | SlotMap[Any, Any]) -> None:
    if slot.sealed:
        raise Sealed(f"{slot.name} is filled in app/joints*.py alone")


def _check_sealed(slot: Slot[Any] | SlotMap[Any, Any]) -> None:
    if not slot.sealed:
        raise Unsealed(f"{slot.name} is empty or half full: call app.joints.join() first")
