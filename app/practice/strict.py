"""Strict mode: a call is refused that the tables of the channels do not list, as the platforms refuse what they do not
know. The tables hold what the platforms document, with source and date."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.channels import x_wire
from app.channels.graph_wire import REQUESTS
from app.channels.wire_tables import requests_at


def unlisted(method: str, path: str, values: Mapping[str, Any]) -> str:
    """Return what no row lists of a call to the Graph, in its words; empty for a call that one row lists whole."""
    rows = list(requests_at(REQUESTS, method, path))
    if not rows:
        return f"Unknown path components: {path}"
    asked = names_of(str(values.get("fields", "")))
    strange = [[*row.unlisted(values), *(name for name in asked if name not in row.asks)] for row in rows]
    fewest = min(strange, key=len)
    if not fewest:
        return ""
    if fewest[0] in asked:
        return f"Tried accessing nonexisting field ({fewest[0]})"
    return f"Unknown parameter: {fewest[0]}"


def names_of(fields: str) -> list[str]:
    """Return the names of `id,message,reactions.limit(0).summary(total_count)`, without what stands behind them."""
    flat, before = fields, ""
    while flat != before:
        flat, before = re.sub(r"[({][^(){}]*[)}]", "", flat), flat
    return [name.split(".")[0] for name in flat.split(",") if name]


def unlisted_by_x(method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the parameter and the words in which X refuses what its documents do not list; empty for a listed call."""
    row = next(requests_at(x_wire.REQUESTS, method, path), None)
    if row is None:
        return "path", f"Unknown path: {path}"
    asked = [name for name in query.get(x_wire.FIELDS, "").split(",") if name]
    for name in row.unlisted([*query, *leaves(body)]):
        kind = "query parameter" if name in query else "field"
        return name, f"The {kind} [{name}] is not one of [{','.join(row.sends)}]"
    for name in asked:
        if name not in row.asks:
            return x_wire.FIELDS, f"The `{x_wire.FIELDS}` query parameter value [{name}] is not one of {list(row.asks)}"
    if (method, path) == ("POST", "/2/tweets") and "text" not in body:
        return "text", "The field [text] is required"
    return "", ""


def leaves(body: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the names of a body's fields, with dots for what lies within."""
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name
