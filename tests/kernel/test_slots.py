import pytest

from app.kernel import slots
from app.kernel.slots import Sealed, Slot, SlotMap, Unsealed, seal


@pytest.fixture(autouse=True)
def _slots_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "SLOTS", {})


def test_a_slot_gives_what_was_put_in_order_of_filling() -> None:
    slot = Slot[str]("tests.words")
    slot.fill("b", "a")
    slot.fill("c")
    seal()
    assert (list(slot), len(slot), "a" in slot, "d" in slot) == (["b", "a", "c"], 3, True, False)


def test_an_empty_slot_is_read_once_it_is_sealed() -> None:
    slot, named = Slot[str]("tests.words"), SlotMap[str, int]("tests.numbers")
    seal()
    assert (list(slot), dict(named), bool(slot), bool(named)) == ([], {}, False, False)


def test_the_one_item_is_neither_none_nor_one_of_two() -> None:
    alone, two, none = Slot[str]("tests.alone"), Slot[str]("tests.two"), Slot[str]("tests.none")
    alone.fill("a")
    two.fill("a", "b")
    seal()
    assert alone.one == "a"
    for slot in (two, none):
        with pytest.raises(ValueError):
            _ = slot.one


@pytest.mark.parametrize("read", [list, len, bool, lambda slot: "a" in slot])
def test_nobody_reads_a_slot_before_it_is_sealed(read) -> None:
    slot, named = Slot[str]("tests.words"), SlotMap[str, int]("tests.numbers")
    slot.fill("a")
    named.fill({"a": 1})
    with pytest.raises(Unsealed, match=r"tests\.words"):
        read(slot)
    with pytest.raises(Unsealed, match=r"tests\.numbers"):
        read(named)


@pytest.mark.parametrize("read", [dict, lambda named: named["a"], lambda named: named.get("a"), lambda m: m.items()])
def test_nobody_looks_anything_up_before_it_is_sealed(read) -> None:
    named = SlotMap[str, int]("tests.numbers")
    named.fill({"a": 1})
    with pytest.raises(Unsealed):
        list(read(named) or [])


def test_nobody_fills_a_slot_afterwards() -> None:
    slot, named = Slot[str]("tests.words"), SlotMap[str, int]("tests.numbers")
    seal()
    with pytest.raises(Sealed, match=r"tests\.words"):
        slot.fill("a")
    with pytest.raises(Sealed, match=r"tests\.numbers"):
        named.fill({"a": 1})


def test_a_key_and_the_name_of_a_slot_are_taken_once() -> None:
    named = SlotMap[str, int]("tests.numbers")
    named.fill({"a": 1})
    with pytest.raises(ValueError, match=r"tests\.numbers"):
        named.fill({"a": 2})
    with pytest.raises(ValueError, match=r"tests\.numbers"):
        Slot[str]("tests.numbers")
