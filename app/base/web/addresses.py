"""Addresses of pages outside of a request, for what the worker writes."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask


def paths(app: Flask) -> Callable[[str, Mapping[str, Any]], str]:
    """Return a function from (endpoint, values) to the path of that page; "_anchor" among the values names a place on
    it."""
    adapter = app.url_map.bind("localhost")

    def path(endpoint: str, values: Mapping[str, Any]) -> str:
        given = {name: value for name, value in values.items() if name != "_anchor"}
        anchor = f"#{values['_anchor']}" if values.get("_anchor") else ""
        return adapter.build(endpoint, given) + anchor

    return path
