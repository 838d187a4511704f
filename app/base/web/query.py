"""Reading what comes with an address.

Numbers: what cannot be the number of a record is as good as not given. Filters that a link carries on: never a word
that `url_for` takes for its own.
"""

from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

from app.kernel.numbers import LARGEST, read_int


def number_of(name: str, given: MultiDict[str, str] | None = None) -> int | None:
    """Return the number of a record or page under this name in the query (or in `given`), from 1 to `LARGEST`."""
    return read_int((request.args if given is None else given).get(name), 1)


def kept_args(*without: str) -> dict[str, list[str]]:
    """Return the filters of this page, for `url_for` of another link of it; without those named."""
    return {
        name: values
        for name, values in request.args.lists()
        if name not in without and name != "endpoint" and not name.startswith("_")
    }


def list_url(**changes: Any) -> str:
    """Return the address of this list with the same filters but for these; on its first page unless told otherwise.

    None takes a parameter out.
    """
    kept = {name: values for name, values in kept_args("hal").items() if name not in changes}
    return url_for(request.endpoint or "", **{**kept, **(request.view_args or {}), **changes})


class NumberInPath(IntegerConverter):
    """`<int:…>` in a path: a number that no record can have is an address that does not exist."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST, **limits})
