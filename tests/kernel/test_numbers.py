"""The one reader of whole numbers, and that nobody reads them otherwise."""

import re

import pytest

from app.kernel.numbers import LARGEST, are_digits, chosen_number, listed_number, read_int, read_ints
from config import ROOT


@pytest.mark.parametrize(
    "odd", ["", " ", "²", "١٢", "1_000", "1.5", "1e3", "0x1", "+1", "--1", "-1", "5\x85", "\u00a05", "9" * 20,
            str(LARGEST + 1), "1" * 5000, None, True, 1.0, [], {}, "1 2"]
)  # fmt: skip
def test_what_no_column_holds_is_no_number(odd: object) -> None:
    assert read_int(odd) is None


@pytest.mark.parametrize(("given", "number"), [("0", 0), (" 12\n", 12), (7, 7), (str(LARGEST), LARGEST), ("007", 7)])
def test_numbers_are_read(given: object, number: int) -> None:
    assert read_int(given) == number


def test_bounds_and_signs() -> None:
    assert read_int("-5", -9) == -5
    assert read_int("-10", -9) is None
    assert read_int("0", 1) is None
    assert read_int("10", 0, 9) is None
    assert read_ints("3,²,4,,x") == {3, 4}
    assert chosen_number("") is chosen_number("0") is None
    assert are_digits("12")
    assert not are_digits("1²")
    assert not are_digits("")
    with pytest.raises(ValueError):
        listed_number("²")


ALLOWED = {"kernel/numbers.py", "access/factors.py", "practice/wire.py", "trail/queries.py"}
"""Lengths are checked beside it, or nobody outside writes it."""


def test_nobody_asks_a_text_whether_it_is_a_number() -> None:
    paths = [path for path in (ROOT / "app").rglob("*.py") if path.parent.name != "practice"]
    paths = [path for path in paths if "/".join(path.parts[-2:]) not in ALLOWED]
    asked = r"\.is(digit|decimal|numeric)\(|\.get\([^()]*type=int\b|coerce=int\b"
    assert [path.name for path in paths if re.search(asked, path.read_text(encoding="utf-8"))] == []
