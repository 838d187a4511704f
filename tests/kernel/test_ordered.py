from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.kernel.ordered import in_use, next_place, put_away, step, swap, take_out

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)


@dataclass(eq=False)
class Part:
    name: str
    position: int
    archived_at: datetime | None = None


def parts(names: str) -> list[Part]:
    """With gaps between their positions, as removed ones leave them."""
    return [Part(name, 3 * place) for place, name in enumerate(names)]


def order(those: list[Part]) -> str:
    return "".join(one.name for one in sorted(those, key=lambda one: one.position))


@pytest.mark.parametrize(
    ("name", "up", "after"),
    [("b", True, "bacd"), ("b", False, "acbd"), ("d", True, "abdc"), ("a", False, "bacd")],
)
def test_one_changes_places_with_its_neighbour_and_all_are_numbered(name: str, up: bool, after: str) -> None:
    those = parts("abcd")
    assert step(those, those["abcd".index(name)], up=up)
    assert order(those) == after
    assert sorted(one.position for one in those) == [0, 1, 2, 3]


@pytest.mark.parametrize(("name", "up"), [("a", True), ("c", False)])
def test_at_the_end_nothing_changes(name: str, up: bool) -> None:
    those = parts("abc")
    assert not step(those, those["abc".index(name)], up=up)
    assert [one.position for one in those] == [0, 3, 6]


def test_a_neighbour_of_its_group_may_stand_further_away() -> None:
    those = parts("axyb")
    assert step(those, those[3], up=True, beside=[those[0], those[3]])
    assert order(those) == "bxya"
    assert not step(those, those[1], up=True, beside=[those[1], those[2]])


def test_the_next_place_is_after_the_last_also_of_those_put_away() -> None:
    those = parts("ab")
    put_away(those[1], NOW)
    assert next_place(those) == 4
    assert next_place([]) == 0


def test_what_is_put_away_is_not_in_use_until_it_is_taken_out() -> None:
    those = parts("ab")
    assert put_away(those[0], NOW)
    assert not put_away(those[0], NOW.replace(hour=9))
    assert those[0].archived_at == NOW
    assert [one.name for one in in_use(those)] == ["b"]
    assert take_out(those[0])
    assert not take_out(those[0])
    assert [one.name for one in in_use(those)] == ["a", "b"]


def test_items_of_a_plain_list_change_places() -> None:
    items = [1, 2, 3]
    assert swap(items, 1, up=True)
    assert items == [2, 1, 3]
    assert not swap(items, 2, up=False)
    assert items == [2, 1, 3]
