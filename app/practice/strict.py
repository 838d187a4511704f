"""Strict mode: a call is refused that the tables of the channels do not list, as the platforms refuse what they do not
know. The tables hold what the platforms document, with source and date."""

import re
from collections.abc import Mapping
from typing import Any

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
