"""Whole numbers from outside: the one reader of what came in a form, an address, a header or a file.

`str.isdigit` is true of "²" and of the digits of every script, and `int` reads "1_000", blanks of every kind and
numbers that no column of the database can hold. What is read here can be stored.
"""

LARGEST = 2**31 - 1
"""The largest value of PostgreSQL's integer; a larger one would fail in the database and not as "not found"."""
DIGITS = frozenset("0123456789")
MOST_SIGNS = 19


def read_int(given: object, least: int = 0, most: int = LARGEST) -> int | None:
    """Return the whole number from `least` to `most` that was written with the digits 0 to 9; None for anything else.

    Blanks around it are left out; a minus is read where `least` is below zero.
    """
    if given is None or isinstance(given, bool | float):
        return None
    text = str(given).strip(" \t\r\n")
    digits = text[1:] if least < 0 and text.startswith("-") else text
    if not 0 < len(digits) <= MOST_SIGNS or not DIGITS.issuperset(digits):
        return None
    number = int(text)
    return number if least <= number <= most else None


def are_digits(text: str) -> bool:
    """Tell whether all of a text, and something, is digits from 0 to 9, however long."""
    return bool(text) and DIGITS.issuperset(text)


def read_ints(given: str | None) -> set[int]:
    """Return the numbers that a hidden field holds, parted by commas; what is none is left out."""
    return {number for number in map(read_int, (given or "").split(",")) if number is not None}


def chosen_number(given: object) -> int | None:
    """Return what was chosen from a list, for `coerce` of a select: None for nothing. Raises ValueError for no
    number."""
    return None if given is None or given == "" else listed_number(given) or None


def listed_number(given: object) -> int:
    """Return what was chosen from a select without an empty choice, for `coerce`. Raises ValueError for what is no
    number."""
    number = read_int(given)
    if number is None:
        raise ValueError("no whole number")
    return number
