"""Numbers that come with an address. What cannot be the number of a record is as good as not given."""

from flask import request
from werkzeug.datastructures import MultiDict

LARGEST = 2**31 - 1
"""The largest key of PostgreSQL's integer; a larger one would fail in the database and not as "not found"."""


def number_of(name: str, given: MultiDict[str, str] | None = None) -> int | None:
    """The number of a record or page under this name in the query (or in `given`), from 1 to `LARGEST`."""
    number = (request.args if given is None else given).get(name, type=int)
    return number if number is not None and 1 <= number <= LARGEST else None
